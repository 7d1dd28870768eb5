"""What can stand: a briefing on a schedule, a rule that warns. Both are JSON in the ledger and YAML in a city's folder."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from tools.principal import Role
from tools.standing.schedule import Quiet, Schedule
from warehouse.semantic import Filter, Frozen

Level = Literal["notice", "warning", "urgent"]
LEVELS: tuple[Level, ...] = ("notice", "warning", "urgent")


class Subscription(Frozen):
    """A briefing for one person.

    Attributes:
        channel: Where it was asked for, and so where it goes first: `web`, `telegram` …; the page keeps a copy.
        quiet: Hours that delay it to their end; None: the city's, unless `at` itself lies in them.
    """

    briefing: str
    schedule: Schedule
    language: Literal["zh", "en"] = "zh"
    channel: str = "web"
    quiet: Quiet | None = None


class Recipients(Frozen):
    """Who is told: everybody of these roles whose area covers it, and these persons."""

    roles: tuple[Role, ...] = ()
    persons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.roles or self.persons)


class Escalation(Frozen):
    """Who is told when nobody has acknowledged after that many minutes."""

    minutes: int = Field(ge=1)
    to: Recipients


class AlertCondition(Frozen):
    """What to look for.

    Attributes:
        kind: `threshold`: a metric passes a bound. `excess`: more than usual, by the night brief's own measure.
            `overdue_soon`: open cases whose deadline is near. `feed_silent`: a source brought nothing for too long.
        metric: For threshold and excess.
        dimension: The groups it looks at, one alert each; None is everything together (excess: districts).
        window_hours: What is counted: the last so many hours up to now; None with threshold: today, or as it stands now.
        minutes: overdue_soon: how near; feed_silent: how long.
        at_least: Groups with fewer are left alone.
        level: `urgent` is told in quiet hours too.
    """

    kind: Literal["threshold", "excess", "overdue_soon", "feed_silent"]
    metric: str | None = None
    op: Literal["gt", "ge", "lt", "le"] = "ge"
    value: float | None = None
    dimension: str | None = None
    filters: tuple[Filter, ...] = ()
    window_hours: float | None = Field(default=None, gt=0, le=24 * 31)
    minutes: int | None = Field(default=None, ge=1)
    at_least: int = Field(default=1, ge=1)
    level: Level = "warning"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needs = {"threshold": ("metric", "value"), "excess": ("metric", "window_hours"), "overdue_soon": ("minutes",),
                 "feed_silent": ("minutes",)}[self.kind]  # fmt: skip
        missing = [name for name in needs if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        return self


class AlertRule(AlertCondition):
    """When to warn, whom, and how often.

    Attributes:
        merge_minutes: Alerts of one rule within so many minutes of its last message make one message.
        again_hours: The same thing is not said again within so many hours.
    """

    id: str = Field(pattern=r"^[\w-]{1,60}$")
    title: dict[Literal["zh", "en"], str]
    to: Recipients = Recipients()
    escalate: Escalation | None = None
    merge_minutes: int = Field(default=10, ge=0)
    again_hours: float = Field(default=6, gt=0)
    enabled: bool = True


class RuleFile(Frozen):
    """A file of rules."""

    alerts: tuple[AlertRule, ...] = ()
