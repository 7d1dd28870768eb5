"""The handling standard: which 立案条件 a case may be filed under, and the limit that hangs on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tools.work_orders.model import CaseKind, Category, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A 立案条件 with its 结案条件 and limit.

    Attributes:
        id: Stable within a city: kind, code and the condition's number under it.
        condition: When it is filed. `closing`: when it may be closed.
        units: 处置单位; `departments`: 主管部门, as the standard lists them.
    """

    id: str
    category: Category
    condition: str
    closing: str
    limit: Limit
    units: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


class Standard:
    """The clauses of a city, by id and by class."""

    def __init__(self, clauses: Iterable[Clause] = ()) -> None:
        self.clauses: dict[str, Clause] = {clause.id: clause for clause in clauses}
        self._by_class: dict[tuple[CaseKind, str], list[Clause]] = {}
        for clause in self.clauses.values():
            self._by_class.setdefault((clause.category.kind, clause.category.minor), []).append(clause)

    def clauses_of(self, category: Category) -> tuple[Clause, ...]:
        """The clauses of a class, as the standard orders them."""
        return tuple(self._by_class.get((category.kind, category.minor), ()))

    def limit(self, category: Category | None, condition: str | None) -> Limit | None:
        """The limit of a 立案条件; without one, of the class where it has a single clause; else None."""
        if condition is not None and condition in self.clauses:
            return self.clauses[condition].limit
        clauses = self.clauses_of(category) if category is not None else ()
        return clauses[0].limit if len(clauses) == 1 else None
