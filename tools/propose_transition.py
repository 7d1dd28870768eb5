"""propose_transition: a step on one case, or the same step on several, ready to be confirmed."""

from __future__ import annotations

from pydantic import Field

from tools import proposals
from tools.ledger_results import actor, proposed, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from tools.work_orders.arguments import StepArgs
from tools.work_orders.ledger import Ledger


class Transition(StepArgs):
    """A step with its arguments.

    Attributes:
        action: escalate 督办, extend 延期, return 回退, rework 返工, suspend 挂账, feed_back 反馈, check 核查, close 结案,
            cancel 作废, reassign 转派, urge 催办, and the other steps of the flow.
        case_nos: The cases; several make one proposal.
    """

    action: str
    case_nos: tuple[str, ...] = Field(min_length=1)


def run(step: Transition, context: ToolContext, ledger: Ledger) -> ToolResult:
    """The proposal; nothing changes until a person with the right confirms."""
    args = StepArgs.model_validate(step.model_dump(exclude={"action", "case_nos"}))
    wish = proposals.Wish(action=step.action, case_nos=step.case_nos, args=args)
    return proposed(ledger, proposals.propose(ledger, wish, actor(context), context.now))


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
