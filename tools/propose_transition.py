"""propose_transition: a step on one case, or the same step on several, ready to be confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from tools.dispatching import with_unit
from tools.ledger_results import actor, key_of, proposed, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from tools.work_orders.arguments import StepArgs
from tools.work_orders.errors import TooMany
from warehouse.semantic import SemanticQuery

if TYPE_CHECKING:
    from tools.work_orders.ledger import Ledger


class Transition(StepArgs):
    """A step with its arguments.

    Attributes:
        action: escalate 督办, extend 延期, return 回退, rework 返工, suspend 挂账, feed_back 反馈, check 核查, close 结案,
            cancel 作废, reassign 转派, urge 催办, and the other steps of the flow.
        case_nos: The cases; several make one proposal.
        query: Instead of numbers: every case that a case list would show (`rows="cases"`), up to the cap of one act.
    """

    action: str
    case_nos: tuple[str, ...] = Field(default=(), max_length=1000)
    query: SemanticQuery | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Transition:
        if bool(self.case_nos) == (self.query is not None):
            raise ValueError("give either case_nos or query")
        return self


def run(step: Transition, context: ToolContext, ledger: Ledger) -> ToolResult:
    """The proposal; nothing changes until a person with the right confirms."""
    from tools import proposals

    numbers = step.case_nos or _listed(step, context, ledger.flow.machine.policy.bulk_cap)
    if not numbers:
        return ToolResult(text="no such case", facts={"error": "no_case"})
    ledger.outside.bring(numbers)
    given = StepArgs.model_validate(step.model_dump(exclude={"action", "case_nos", "query"}))
    args = with_unit(step.action, given, numbers, context, ledger)
    wish = proposals.Wish(
        action=step.action, case_nos=numbers, args=args, key=key_of(context, *numbers), thread=context.thread
    )
    return proposed(ledger, proposals.propose(ledger, wish, actor(context), context.now), asked=len(set(numbers)))


def _listed(step: Transition, context: ToolContext, cap: int) -> tuple[str, ...]:
    """The numbers of the cases of a list, as far as the asker sees them.

    Raises:
        TooMany: More than one act may touch.
    """
    assert step.query is not None
    limit = min(step.query.limit or cap, cap)
    query = step.query.model_copy(update={"rows": "cases", "limit": limit})
    found = context.warehouse.run(query, scope=context.principal.scope, now=context.now)
    total = found.total or 0
    if total > cap and (step.query.limit is None or step.query.limit > cap):
        raise TooMany(count=total, cap=cap)
    place = [column.name for column in found.table.columns].index("case_no")
    return tuple(str(row[place]) for row in found.table.rows)


PROPOSE_TRANSITION = Tool(
    name="propose_transition",
    args=Transition,
    run=with_ledger(run),
    effect="propose",
    description={
        "zh": "拟对案件办一步（督办、延期、回退、返工、挂账、反馈、核查、结案、作废、转派、催办等），等有权的人确认。",
        "en": "Propose a step on cases (escalate, extend, return, rework, suspend, feed back, check, close, cancel, reassign, urge); a person with the right confirms.",
    },
)
