"""report_problem: what somebody saw, in their own words, becomes a draft to confirm, or one question back.

The words are always the asker's own of this conversation, whatever a model writes into the call: text that stands in a
case or a document can therefore never become a report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.ledger_results import actor, key_of, proposed, refused, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from tools.work_orders.errors import LedgerUnavailable, MissingArgument
from warehouse.semantic import Frozen

if TYPE_CHECKING:
    from tools.work_orders.intake_draft import IntakeStep
    from tools.work_orders.ledger import Ledger


class Report(Frozen):
    """A report. `text`: an earlier message of the asker that was meant; None is the one just said."""

    text: str | None = None


def run(report: Report, context: ToolContext, ledger: Ledger) -> ToolResult:
    """Proposals, one for each problem; or the next question with the state to be given back with its answer."""
    from tools.work_orders.intake_draft import IntakeSession

    intake = context.intake()
    if intake is None:
        raise LedgerUnavailable(problem="reports are not read here")
    earlier = report.text is not None and report.text in context.said
    session = None if earlier or context.report is None else IntakeSession.model_validate(context.report)
    step = intake.read(
        str(report.text) if earlier else context.words, now=context.now, place_pin=context.pin, photo=context.photos,
        session=session, reporter=context.principal.name,
    )  # fmt: skip
    if step.kind == "ready":
        return _drafted(ledger, step, context)
    told: dict[str, Any] = {"kind": step.kind, "text": step.text}
    if step.question is not None:
        told["options"] = [{"label": option.label, "reply": option.reply} for option in step.question.options]
        told["about"] = step.question.about
    if step.kind == "joined" and step.joined is not None:
        told |= {"case_no": step.joined, "followed": _followed(ledger, step.joined, context)}
    state = step.session.model_dump(mode="json") if step.session is not None else None
    return ToolResult(text=step.text, facts={"report": told, **({"state": state} if state else {})})


def _drafted(ledger: Ledger, step: IntakeStep, context: ToolContext) -> ToolResult:
    """A proposal for each problem; where one lacks something, that is asked for and nothing is proposed."""
    from tools import proposals

    lacking = next((item.draft.missing for item in step.items if item.draft.missing), ())
    if lacking:
        return refused(ledger, MissingArgument(action="report", missing=lacking))
    made = [
        proposals.propose_report(
            ledger, item.draft, actor(context), context.now, key=key_of(context, "report", str(at)), thread=context.thread
        )
        for at, item in enumerate(step.items)
    ]  # fmt: skip
    cards = [proposed(ledger, one).facts["proposal"] for one in made]
    facts = {"proposals": cards, "lead": step.text}
    return ToolResult(text=f"{len(cards)} drafts wait for the asker to confirm", facts=facts)


def _followed(ledger: Ledger, case_no: str, context: ToolContext) -> bool:
    """Have the asker told how an open case goes on; False for a case that another system keeps."""
    with ledger.database.writing() as connection:
        return ledger.subscribe(connection, context.principal.name, case_no, context.now)


REPORT_PROBLEM = Tool(
    name="report_problem",
    args=Report,
    run=with_ledger(run),
    effect="propose",
    description={
        "zh": "读懂用户用大白话上报的问题（本轮原话），拟成待确认的案件，或反问一处缺的信息。",
        "en": "Read the asker's own words about a problem they saw and draft the case to confirm, or ask for one missing thing. Call it without arguments.",
    },
)
