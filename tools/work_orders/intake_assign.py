"""Who answers for a draft and until when: by the city's routing and by the clause of the handling standard."""

from __future__ import annotations

from datetime import datetime

from tools.work_orders.deadlines import DeadlineClock
from tools.work_orders.intake_draft import Assign, Assignment
from tools.work_orders.model import CaseDraft
from tools.work_orders.routing import Router
from tools.work_orders.standard import Standard


def by_standard(standard: Standard, clock: DeadlineClock, router: Router) -> Assign:
    """Assign by the only clause of a class; a class with several gets no clause, which one holds is for a person.

    Args:
        router: Where it is sure, it goes before the standard, which names kinds of departments where the city's rules
            and cases name the department itself; where it is not, a unit is left to a dispatcher.
    """

    def assign(draft: CaseDraft, now: datetime) -> Assignment:
        if draft.category is None:
            return Assignment()
        routing = router.route(draft)
        department = routing.department.name if routing.department else None
        unit = routing.unit.name if routing.unit else None
        clauses = standard.clauses_of(draft.category)
        if len(clauses) != 1:
            return Assignment(department=department, unit=unit)
        (clause,) = clauses
        named = clause.departments[0] if len(clause.departments) == 1 else None
        return Assignment(
            department=department or named,
            unit=unit,
            # A limit of the city's bare list has no filing condition that a card could cite.
            condition=clause.id if clause.condition else None,
            clause=clause.condition or None,
            limit=clause.limit,
            due_at=clock.due(now, clause.limit).at,
        )

    return assign
