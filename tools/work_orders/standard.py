"""The handling standard: which 立案条件 a case may be filed under, and the limit that hangs on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from tools.work_orders.limits import read_limit
from tools.work_orders.model import CaseKind, Category, Limit
from warehouse.reader import Warehouse


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

    def completed_by(self, other: Standard) -> Standard:
        """This standard, with the other's clauses for classes that it does not know."""
        missing = (c for c in other.clauses.values() if (c.category.kind, c.category.minor) not in self._by_class)
        return Standard((*missing, *self.clauses.values()))

    def limit(self, category: Category | None, condition: str | None) -> Limit | None:
        """The limit of a 立案条件; without one, of the class where it has a single clause; else None."""
        if condition is not None and condition in self.clauses:
            return self.clauses[condition].limit
        clauses = self.clauses_of(category) if category is not None else ()
        return clauses[0].limit if len(clauses) == 1 else None


_CLAUSES: TypeAdapter[list[Clause]] = TypeAdapter(list[Clause])


def save(standard: Standard, path: Path) -> None:
    """Keep a standard as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(_CLAUSES.dump_json(list(standard.clauses.values()), indent=1))
    fresh.replace(path)


def load(path: Path) -> Standard:
    """The standard that `save` kept."""
    return Standard(_CLAUSES.validate_json(path.read_bytes()))


def of_warehouse(warehouse: Warehouse) -> Standard:
    """The limits that the city's own category list names, one clause for a class; classes without one are left out."""
    clauses = []
    for row in warehouse.category_limits():
        read = read_limit(row.time_limit)
        if read is None or row.kind not in {"component", "event"}:
            continue
        kind: CaseKind = "component" if row.kind == "component" else "event"
        category = Category(kind=kind, major=row.major, minor=row.minor, code=row.code, standard_ref=row.standard_ref)
        clauses.append(
            Clause(
                id=f"{kind}:{row.code or row.minor}:1",
                category=category,
                condition="",
                closing="",
                limit=read.limit,
                departments=(row.department,) if row.department else (),
            )
        )
    return Standard(clauses)
