"""Dispatch without a unit: the routed one is proposed with what speaks for it, else it is asked for with candidates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.tools.work_orders.office import MINUTE, NOW, OTHER_UNIT, UNIT, act, file, handled, person
from tools.propose_transition import PROPOSE_TRANSITION
from tools.spec import ToolContext, ToolResult
from tools.work_orders.errors import UnreadableRouting
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor, Category, WorkOrder
from tools.work_orders.routing import Router
from tools.work_orders.routing_rules import Rules
from warehouse.past_cases import PastRoute

SOON = NOW + timedelta(minutes=30)


def learned(ledger: Ledger, **units: int) -> None:
    """The city's past cases of the class in the district, by unit."""
    cases = [PastRoute("暴露垃圾", unit=unit, district="高新区") for unit, count in units.items() for _ in range(count)]
    router = Router(lambda minor: cases if minor == "暴露垃圾" else (), lambda _: ())
    ledger.router = lambda: router


def waiting(ledger: Ledger, **changes: Any) -> WorkOrder:
    return act(ledger, file(ledger, **changes), person("acceptor"), "register", NOW + MINUTE)


def step(ledger: Ledger, *numbers: str, who: Actor | None = None, **args: Any) -> ToolResult:
    who = who or person("dispatcher")
    context = ToolContext(principal=who.principal, now=SOON, warehouse=None, ledger=lambda: ledger)  # type: ignore[arg-type]
    return PROPOSE_TRANSITION.run(PROPOSE_TRANSITION.args.model_validate({"case_nos": numbers, **args}), context)


def test_dispatch_without_a_unit_proposes_the_routed_one_and_says_why(ledger: Ledger) -> None:
    learned(ledger, **{UNIT: 35, OTHER_UNIT: 2})
    proposal = step(ledger, waiting(ledger).case_no, action="dispatch").facts["proposal"]
    assert proposal["fields"] == {"unit": UNIT}
    assert ["建议单位", f"{UNIT}（同类同区 37 件中 35 件）"] in proposal["card"]["zh"]["lines"]
    assert ["Suggested unit", f"{UNIT} (35 of 37 cases of this class in this district)"] in proposal["card"]["en"][
        "lines"
    ]


def test_under_the_threshold_the_unit_is_asked_for_with_candidates(ledger: Ledger) -> None:
    learned(ledger, **{UNIT: 9, OTHER_UNIT: 6})
    asked = step(ledger, waiting(ledger).case_no, action="dispatch").facts
    assert (asked["error"], asked["missing"]) == ("missing_argument", ["unit"])
    assert [option["reply"] for option in asked["options"]] == [UNIT, OTHER_UNIT]
    assert asked["options"][0]["label"] == f"{UNIT} · 9/15"


def test_a_candidate_is_chosen_by_its_number_and_no_other_number_is_a_unit(ledger: Ledger) -> None:
    learned(ledger, **{UNIT: 9, OTHER_UNIT: 6})
    number = waiting(ledger).case_no
    assert step(ledger, number, action="dispatch", unit="2").facts["proposal"]["fields"] == {"unit": OTHER_UNIT}
    assert step(ledger, number, action="dispatch", unit="3").facts["error"] == "missing_argument"


def test_who_names_a_unit_gets_it_and_sees_the_suggestion_beside_it(ledger: Ledger) -> None:
    learned(ledger, **{UNIT: 35})
    proposal = step(ledger, waiting(ledger).case_no, action="dispatch", unit=OTHER_UNIT).facts["proposal"]
    assert proposal["fields"] == {"unit": OTHER_UNIT}
    assert ["处置单位", OTHER_UNIT] in proposal["card"]["zh"]["lines"]
    assert any(name == "建议单位" and UNIT in value for name, value in proposal["card"]["zh"]["lines"])


def test_cases_of_several_units_are_not_dispatched_together(ledger: Ledger) -> None:
    learned(ledger, **{UNIT: 35})
    ours, other = waiting(ledger), waiting(ledger, category=Category(kind="event", major="街面秩序", minor="占道经营"))
    assert step(ledger, ours.case_no, ours.case_no, action="dispatch").facts["proposal"]["fields"] == {"unit": UNIT}
    assert step(ledger, ours.case_no, other.case_no, action="dispatch").facts["error"] == "missing_argument"


def test_reassigning_never_suggests_who_has_it(ledger: Ledger) -> None:
    learned(ledger, **{UNIT: 40, OTHER_UNIT: 30})
    order = handled(ledger)
    found = step(ledger, order.case_no, action="reassign", reason="派错了").facts["proposal"]
    assert found["fields"]["unit"] == OTHER_UNIT
    assert step(ledger, order.case_no, action="reassign").facts["missing"] == ["unit"]


def test_who_sent_it_back_does_not_get_it_again(ledger: Ledger) -> None:
    learned(ledger, **{UNIT: 40, OTHER_UNIT: 30})
    order = act(ledger, handled(ledger), person("handler"), "return", NOW + 9 * MINUTE, reason="不是我们的")
    assert step(ledger, order.case_no, action="dispatch").facts["proposal"]["fields"] == {"unit": OTHER_UNIT}


def test_a_dispatcher_of_another_district_is_refused_and_told_of_no_case(ledger: Ledger) -> None:
    learned(ledger, **{UNIT: 35})
    far = person("dispatcher", districts=("东湖区",))
    refused = step(ledger, waiting(ledger).case_no, who=far, action="dispatch").facts
    assert not refused.get("options")
    assert "proposal" not in refused


def test_a_broken_rules_file_is_said_and_leaves_cards_readable(ledger: Ledger) -> None:
    def broken() -> Router:
        raise UnreadableRouting(file="routing.yml", problem="rule 1: no unit is called '九队'")

    number = waiting(ledger).case_no
    ledger.router = broken
    assert "九队" in step(ledger, number, action="dispatch").facts["sentence"]["zh"]
    assert step(ledger, number, action="dispatch", unit=UNIT).facts["proposal"]["fields"] == {"unit": UNIT}


def test_without_a_citys_cases_the_unit_is_asked_for_as_ever(ledger: Ledger) -> None:
    number = waiting(ledger).case_no
    assert step(ledger, number, action="dispatch").facts["missing"] == ["unit"]
    ledger.router = lambda: Router(lambda _: (), lambda _: (), Rules())
    assert step(ledger, number, action="dispatch").facts["options"] == []
