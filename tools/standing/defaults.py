"""What holds where nobody said anything else, and who may have which briefing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from tools.principal import Role
from tools.standing.schedule import Quiet, Schedule
from tools.standing.wishes import AlertRule, RuleFile
from warehouse.semantic import Frozen

_FILE = Path(__file__).parent / "defaults.yml"
_ALERTS = Path(__file__).parent / "alerts.yml"


class BriefingDefault(Frozen):
    """When a briefing comes, and whose it is; no roles means everybody's."""

    schedule: Schedule
    roles: tuple[Role, ...] = ()


class Defaults(Frozen):
    """The file: quiet hours as "22:00-07:00", briefings by id, the shortest window first."""

    quiet: str
    briefings: dict[str, BriefingDefault]

    @property
    def quiet_hours(self) -> Quiet:
        """The hours in which nobody is woken."""
        return Quiet.read(self.quiet)

    def of(self, role: Role) -> tuple[str, ...]:
        """The briefings that a role may have."""
        return tuple(name for name, one in self.briefings.items() if not one.roles or role in one.roles)


@cache
def defaults() -> Defaults:
    """As shipped."""
    return Defaults.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def rules(own: str = "") -> tuple[AlertRule, ...]:
    """The shipped rules with the city's own over them, without those switched off.

    Args:
        own: The city's alerts.yml; empty where it has none.

    Raises:
        pydantic.ValidationError, yaml.YAMLError: The file breaks its contract.
    """
    found = {
        rule.id: rule
        for text in (_ALERTS.read_text(encoding="utf-8"), own)
        for rule in RuleFile.model_validate(yaml.safe_load(text) or {}).alerts
    }
    return tuple(rule for rule in found.values() if rule.enabled)
