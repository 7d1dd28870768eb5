"""A draft's department, clause and deadline: from the standard where it is clear, from nobody's guess where it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tools.work_orders.deadlines import DeadlineClock
from tools.work_orders.intake_assign import by_standard
from tools.work_orders.intake_draft import Assignment
from tools.work_orders.model import CaseDraft, Category, Limit, Place
from tools.work_orders.routing import Router
from tools.work_orders.standard import Clause, Standard
from warehouse.past_cases import PastRoute
from warehouse.working_calendar import WorkingCalendar

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
CLOCK = DeadlineClock(WorkingCalendar.load("cn"), ZoneInfo("Asia/Shanghai"))
LITTER = Category(kind="event", major="M", minor="litter")


def clause(number: int, condition: str = "lies open", departments: tuple[str, ...] = ("Cleaning",)) -> Clause:
    """A clause of two urgent hours times its number."""
    return Clause(
        id=f"event:litter:{number}", category=LITTER, condition=condition, closing="gone",
        limit=Limit(amount=2.0 * number, clock="urgent_hour"), departments=departments,
    )  # fmt: skip


def router(usual: dict[str, str]) -> Router:
    """Past cases that all went to one department."""
    return Router(
        lambda minor: [PastRoute(minor, department=usual[minor])] * 50 if minor in usual else (), lambda _: ()
    )


def assigned(clauses: tuple[Clause, ...], usual: dict[str, str], category: Category | None = LITTER) -> Assignment:
    """What a draft of a class is assigned."""
    draft = CaseDraft(title="t", description="d", category=category, place=Place())
    return by_standard(Standard(clauses), CLOCK, router(usual))(draft, NOW)


def test_the_only_clause_of_a_class_gives_condition_words_limit_and_due_time() -> None:
    found = assigned((clause(1),), {})
    assert (found.condition, found.clause, found.department) == ("event:litter:1", "lies open", "Cleaning")
    assert found.due_at == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def test_of_several_clauses_none_is_guessed() -> None:
    assert assigned((clause(1), clause(2)), {"litter": "East"}) == Assignment(department="East")


def test_the_department_of_past_cases_goes_before_the_standards() -> None:
    assert assigned((clause(1),), {"litter": "East"}).department == "East"


def test_of_several_departments_in_a_clause_none_is_guessed() -> None:
    assert assigned((clause(1, departments=("A", "B")),), {}).department is None


def test_a_limit_without_a_filing_condition_sets_the_deadline_and_cites_nothing() -> None:
    found = assigned((clause(1, condition=""),), {})
    assert (found.condition, found.clause) == (None, None)
    assert found.due_at is not None


def test_an_unknown_class_is_nobodys_yet() -> None:
    assert assigned((clause(1),), {"litter": "East"}, category=None) == Assignment()


def test_where_past_cases_disagree_the_standard_names_the_department() -> None:
    split = Router(lambda minor: [PastRoute(minor, department=name) for name in ("East", "West")] * 9, lambda _: ())
    draft = CaseDraft(title="t", description="d", category=LITTER, place=Place())
    assert by_standard(Standard((clause(1),)), CLOCK, split)(draft, NOW).department == "Cleaning"


def test_a_unit_that_past_cases_agree_on_is_assigned_with_its_department() -> None:
    past = Router(lambda minor: [PastRoute(minor, department="East", unit="Crew 1")] * 50, lambda _: ())
    draft = CaseDraft(title="t", description="d", category=LITTER, place=Place())
    found = by_standard(Standard(), CLOCK, past)(draft, NOW)
    assert (found.department, found.unit) == ("East", "Crew 1")
