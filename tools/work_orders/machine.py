"""The flow of a case as data, read from transitions.yml: statuses, steps, and who may take which."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tools.principal import Role
from tools.work_orders.errors import UnknownAction
from tools.work_orders.model import ClockKind, Limit, WorkOrderStatus

SHIPPED = Path(__file__).parent / "transitions.yml"
Guard = Literal[
    "own_unit", "other_unit", "suspended", "not_suspended", "not_overdue", "was_late", "extensions_left",
    "suspensions_left", "until_allowed", "verified_if_asked", "category_known", "reply_owed", "reply_given", "not_appealed",
    "in_first_review", "in_second_review",
]  # fmt: skip
Need = Literal["reason", "unit", "passed", "result", "until", "kind", "requirement"]
Stamp = Literal["registered_at", "disposed_at", "checked_at", "closed_at"]
Counter = Literal["rework_count", "extension_count", "return_count", "suspension_count", "urge_count"]
PauseReason = Literal["suspended", "waiting_for_check", "returned"]


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(_Read):
    """A name in both languages."""

    zh: str
    en: str


class _LimitSpec(_Read):
    amount: float = Field(gt=0)
    clock: ClockKind


class Policy(_Read):
    """Numbers that differ between cities."""

    extensions: int = Field(ge=0)
    suspensions: int = Field(ge=0)
    suspension_days: int = Field(gt=0)
    fallback_limit: _LimitSpec
    proposal_hours: float = Field(gt=0)
    undo_minutes: float = Field(ge=0)
    bulk_cap: int = Field(gt=0)

    @property
    def fallback(self) -> Limit:
        """The limit of a case filed without a 立案条件."""
        return Limit(amount=self.fallback_limit.amount, clock=self.fallback_limit.clock)


class StatusSpec(_Read):
    """A status: its step of the seven and its names."""

    step: int = Field(ge=1, le=7)
    zh: str
    en: str
    final: bool = False


class ActionSpec(_Read):
    """A step: from where, by whom, under which guards, and what it changes."""

    label: Label
    origin: tuple[WorkOrderStatus, ...] = Field(alias="from", min_length=1)
    to: WorkOrderStatus | None = None
    otherwise: WorkOrderStatus | None = None
    ask: frozenset[Role]
    confirm: frozenset[Role] = frozenset()
    two_persons: bool = False
    not_after: str | None = None
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()
    clock: Literal["start", "start_or_run", "stop", "run", "extend"] | None = None
    pause: PauseReason | None = None
    stamp: Stamp | None = None
    count: Counter | None = None
    tell: tuple[Literal["reporter", "unit"], ...] = ()
    harmless: bool = False
    changes: dict[str, Any] = Field(default_factory=dict, alias="set")

    @model_validator(mode="after")
    def _whole(self) -> ActionSpec:
        if (self.clock == "stop") != (self.pause is not None):
            raise ValueError("`pause` says why the clock stops")
        return self

    @property
    def pressers(self) -> frozenset[Role]:
        """Who may confirm it."""
        return self.confirm or self.ask


class ReportSpec(_Read):
    """Who may report a case."""

    label: Label
    ask: frozenset[Role]


class Machine(_Read):
    """The whole flow."""

    policy: Policy
    steps: dict[int, Label]
    statuses: dict[WorkOrderStatus, StatusSpec]
    report: ReportSpec
    actions: dict[str, ActionSpec]

    @model_validator(mode="after")
    def _closed(self) -> Machine:
        if set(self.statuses) != set(WorkOrderStatus):
            raise ValueError(f"statuses must be exactly {', '.join(WorkOrderStatus)}")
        for name, action in self.actions.items():
            if action.not_after is not None and action.not_after not in self.actions:
                raise ValueError(f"{name}: no step {action.not_after}")
        return self

    def is_harmless(self, action: str) -> bool:
        """Whether a step leaves waiting proposals as good as they were."""
        return action == "recompute" or (action in self.actions and self.actions[action].harmless)

    def action(self, name: str) -> ActionSpec:
        """The step of that name.

        Raises:
            UnknownAction: There is none.
        """
        found = self.actions.get(name)
        if found is None:
            raise UnknownAction(action=name, known=tuple(self.actions))
        return found


@lru_cache(maxsize=8)
def load_machine(path: Path = SHIPPED) -> Machine:
    """The flow of a file; a word the machine does not know is a `pydantic.ValidationError`."""
    return Machine.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
