"""Principal: who asks, what they may do, whose rows they may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from warehouse.scope import CITY_WIDE, Scope


class Role(StrEnum):
    """The field's roles; the built-in local principals carry these names."""

    LEADER = "leader"
    COLLECTOR = "collector"
    ACCEPTOR = "acceptor"
    SHIFT_LEADER = "shift_leader"
    DISPATCHER = "dispatcher"
    HANDLER = "handler"
    ANALYST = "analyst"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated person.

    `districts` and `departments` narrow what is seen; both empty means the whole city.
    """

    name: str
    role: Role
    districts: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """Row scope as the compiler applies it."""
        limits = {}
        if self.districts:
            limits["district"] = frozenset(self.districts)
        if self.departments:
            limits["department"] = frozenset(self.departments)
        return Scope(limits) if limits else CITY_WIDE
