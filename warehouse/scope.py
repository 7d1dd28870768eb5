"""Scope: whose rows an asker may see. Applied by the compiler to every fact, and only there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Scope:
    """Allowed values by dimension id; all must hold. An empty scope sees the whole city.

    A dimension limited to no values at all sees nothing: an empty allow-list never means "everything".
    """

    limits: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_city_wide(self) -> bool:
        """Whether nothing is limited."""
        return not self.limits


CITY_WIDE = Scope()
