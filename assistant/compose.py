"""From tool results and words to an Answer: its status, blocks and the questions that may follow."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue import Answer, AnswerStatus, Clarification, Option, Question
from assistant.drawing import charts_of
from assistant.offline.plan import Call
from assistant.order_words import named
from assistant.verbalise_cells import Speech, is_before_data
from assistant.verbalise_orders import proposals_of
from assistant.verbalise_replies import error_code
from tools.spec import ToolResult

_DENIED = frozenset({
    "denied", "outside_scope", "scope_denied", "not_permitted", "not_possible", "stale_version", "already_decided",
    "proposal_expired", "not_undoable", "too_many", "tainted",
})  # fmt: skip
_DECLINED = frozenset(
    {"unknown_member", "metric_unavailable", "not_applicable", "ledger_unavailable", "unknown_action"}
)
_EMPTY = frozenset({"empty_window", "no_snapshot", "unknown_order", "no_case", "no_subscription"})
_REPORTS = {
    "question": AnswerStatus.CLARIFY, "not_ours": AnswerStatus.ABSTAIN, "cancelled": AnswerStatus.DONE,
    "joined": AnswerStatus.DONE, "chit_chat": AnswerStatus.ANSWER,
}  # fmt: skip


def compose(  # noqa: PLR0913  # one argument for each thing an answer is made of
    *,
    question: Question,
    calls: Sequence[tuple[Call, ToolResult]],
    text: str,
    language: str,
    model: str,
    fallback: bool,
    trace_id: str,
    elapsed_ms: float,
    speech: Speech | None = None,
) -> Answer:
    """The Answer of one turn; every table and query of its tool results is in it, in the order of the calls.

    Args:
        speech: How the answer speaks; without it nothing is drawn and values stay as the warehouse has them.
    """
    charts = charts_of(calls, speech) if speech is not None else ()
    return Answer(
        status=status_of(calls, question),
        text=text,
        language=language,
        tables=tuple(
            named(speech.table(table), language) if speech else table for _, result in calls for table in result.tables
        ),
        evidence=tuple(evidence for _, result in calls for evidence in result.evidence),
        charts=charts,
        citations=tuple(citation for _, result in calls for citation in result.citations),
        proposals=tuple(one for _, result in calls for one in proposals_of(result)),
        clarification=_clarification(calls),
        suggestions=_nearest(calls),
        model=model,
        fallback=fallback,
        trace_id=trace_id,
        elapsed_ms=elapsed_ms,
    )


def status_of(calls: Sequence[tuple[Call, ToolResult]], question: Question) -> AnswerStatus:
    """What happened, read from the results and never from the text."""
    codes = {code for _, result in calls if (code := error_code(result))}
    tools = {call.tool for call, _ in calls}
    outcomes = (
        (not calls, AnswerStatus.ERROR),
        ("clarify" in tools or "missing_argument" in codes, AnswerStatus.CLARIFY),
        ("abstain" in tools or bool(codes & _DECLINED), AnswerStatus.ABSTAIN),
        (_no_rule_found(calls), AnswerStatus.ABSTAIN),
        (bool(codes & _DENIED), AnswerStatus.DENIED),
        (bool(codes & _EMPTY), AnswerStatus.NO_DATA),
        (bool(codes), AnswerStatus.ERROR),
        *((True, _REPORTS[result.facts["report"]["kind"]]) for _, result in calls if "report" in result.facts),
        (any(proposals_of(result) for _, result in calls), AnswerStatus.PROPOSAL),
        (_is_empty(calls, question), AnswerStatus.NO_DATA),
    )
    return next((status for happened, status in outcomes if happened), AnswerStatus.ANSWER)


def _no_rule_found(calls: Sequence[tuple[Call, ToolResult]]) -> bool:
    """Rules were asked and none was found; a number beside them is an answer all the same, and the text says both."""
    asked = [not result.citations for call, result in calls if call.tool == "search_policy"]
    return any(asked) and not any(result.evidence for _, result in calls)


def _is_empty(calls: Sequence[tuple[Call, ToolResult]], question: Question) -> bool:
    """Nothing to show: only empty tables without a threshold, or windows after the data ends."""
    ran = [(t, e) for _, result in calls for t, e in zip(result.tables, result.evidence, strict=False)]
    if not ran:
        return False
    late = all(e.window is not None and e.window[0] >= min(e.as_of, question.now) for _, e in ran)
    early = all(is_before_data(e) for _, e in ran)
    bare = all(not t.rows and not e.semantic.having for t, e in ran)
    values = [i for t, _ in ran for i, c in enumerate(t.columns) if c.role == "metric"]
    nulls = bool(values) and all(
        row[i] is None for t, _ in ran for row in t.rows for i, c in enumerate(t.columns) if c.role == "metric"
    )
    return late or early or bare or (nulls and any(t.rows for t, _ in ran))


def _clarification(calls: Sequence[tuple[Call, ToolResult]]) -> Clarification | None:
    for call, _ in calls:
        if call.tool == "clarify":
            options = tuple(Option(o["label"], o["reply"]) for o in call.args.get("options", ()))
            return Clarification(str(call.args.get("about", "")), options)
    for _, result in calls:
        told = result.facts.get("report", {})
        if told.get("kind") == "question":
            return Clarification(told["about"], tuple(Option(o["label"], o["reply"]) for o in told.get("options", ())))
        if error_code(result) == "missing_argument" and result.facts.get("options"):
            likely = tuple(Option(o["label"], o["reply"]) for o in result.facts["options"])
            return Clarification(str(result.facts["missing"][0]), likely)
    return None


def _nearest(calls: Sequence[tuple[Call, ToolResult]]) -> tuple[str, ...]:
    found = [str(q) for call, _ in calls if call.tool == "abstain" for q in call.args.get("nearest", ())]
    return tuple(dict.fromkeys(found))[:3]
