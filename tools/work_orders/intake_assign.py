"""Who answers for a draft and until when: by the clause of the handling standard, else by what was usual."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tools.work_orders.deadlines import DeadlineClock
from tools.work_orders.intake_draft import Assign, Assignment
from tools.work_orders.model import CaseDraft
from tools.work_orders.standard import Standard


def by_standard(standard: Standard, clock: DeadlineClock, usual: Mapping[str, str]) -> Assign:
    """Assign by the only clause of a class; a class with several gets no clause, which one holds is for a person.

    Args:
        usual: Minor class to the department that most of its past cases went to; it goes before the standard, which
            names kinds of departments where the city's cases name the department itself.
    """

    def assign(draft: CaseDraft, now: datetime) -> Assignment:
        if draft.category is None:
            return Assignment()
        department = usual.get(draft.category.minor)
        clauses = standard.clauses_of(draft.category)
        if len(clauses) != 1:
            return Assignment(department=department)
        (clause,) = clauses
        named = clause.departments[0] if len(clause.departments) == 1 else None
        return Assignment(
            department=department or named,
            # A limit of the city's bare list has no filing condition that a card could cite.
            condition=clause.id if clause.condition else None,
            clause=clause.condition or None,
            limit=clause.limit,
            due_at=clock.due(now, clause.limit).at,
        )

    return assign
