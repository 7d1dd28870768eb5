"""What a step may be told, checked where it comes in: from a model, a button, a form or the command line."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Text = Field(default=None, max_length=2000)


class StepArgs(BaseModel):
    """Arguments of a step; each step says which of them it needs.

    Attributes:
        reason: Why: of a return, rework, extension, suspension, cancellation, refusal, appeal.
        unit: 处置单位 it goes to. `department`: the 主管部门 above it.
        condition: Id of the 立案条件 it is filed under.
        passed: What a verification, check or review found.
        result: What was done (feedback, reply).
        until: End of a 挂账.
        kind: Kind of 督办; `level` 1 is the highest; `requirement` what is wanted, `reply_by` until when.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    reason: str | None = Text
    unit: str | None = Text
    department: str | None = Text
    condition: str | None = Text
    passed: bool | None = None
    result: str | None = Text
    until: AwareDatetime | None = None
    kind: Literal["overdue", "leader", "key"] | None = None
    level: int | None = Field(default=None, ge=1, le=3)
    requirement: str | None = Text
    reply_by: AwareDatetime | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The arguments that were given."""
        return self.model_dump(exclude_none=True)

    @property
    def record(self) -> dict[str, Any]:
        """The arguments that were given, as JSON."""
        return self.model_dump(mode="json", exclude_none=True)
