"""Reports: telling a problem somebody saw from a question about numbers, and asking when it may be either."""

from __future__ import annotations

from collections.abc import Callable

from assistant.offline import doubt
from assistant.offline.act_words import bare, listed, verbs_in
from assistant.offline.acts import Said
from assistant.offline.plan import Call, Understanding

# Whose work it is to report: their plain statement is a report.
_REPORTERS = frozenset({"collector", "handler"})
_ANSWERS = frozenset({"query_metrics", "list_cases", "draw_chart", "detect_anomalies"})


def read_report(said: Said, numbers: Callable[[], Understanding]) -> Understanding | None:
    """The report that a statement is, or the question whether it is one; None when it is none.

    Args:
        numbers: Reads the turn as a question about numbers.
    """
    text, turn = said.text.text.strip(), said.turn
    waiting = turn.history[-1].report if turn.history else None
    if waiting is not None and not _leaves(said):
        return _heard(said)
    if said.asks and not said.polite:
        return None
    opener = listed("report_openers").match(text.lstrip("请我 "))
    if opener is not None and (bare(text[opener.end() :]) or turn.attached) and not _counts(said):
        return _heard(said)
    if turn.attached:
        return _heard(said)
    if listed("report_signs").search(text) is None or _counts(said):
        return None
    understood = numbers()
    timed = any(s.has("time") for s in said.sentence.segments)
    if understood.confidence < 0.5 or not {call.tool for call in understood.calls} <= _ANSWERS:
        return _heard(said)
    if any(call.args.get("dimensions") for call in understood.calls) or (timed and turn.role not in _REPORTERS):
        return None
    return _either(said, understood) if timed or turn.role not in _REPORTERS else _heard(said)


def _leaves(said: Said) -> bool:
    """Whether a message while a report is taken is about something else."""
    return (said.asks and _counts(said)) or bool(said.sentence.ops("how_many", "rank", "trend", "share", free=False))


def _counts(said: Said) -> bool:
    """Whether a metric is asked for by name, with a verb of counting or a time."""
    named = [s for s in said.sentence.segments if s.has("metric") and not s.has("stop")]
    return bool(named) and (said.asks or any(s.has("time") for s in said.sentence.segments)) and not _is_step(said)


def _is_step(said: Said) -> bool:
    return len(verbs_in(said.text.text)) > 0 and bool(listed("report_signs").search(said.text.text))


def _heard(said: Said) -> Understanding:
    return Understanding(language=said.language, calls=(Call("report_problem", {}),), confidence=0.9)


def _either(said: Said, understood: Understanding) -> Understanding:
    """Ask which of both is meant; what is chosen carries its whole call."""
    from assistant.order_words import say

    report = Call("report_problem", {"text": said.turn.text})
    options = [
        doubt.option(label, label, calls)
        for label, calls in (
            (say("report_this", said.language), (report,)),
            (say("count_this", said.language), understood.calls),
        )
    ]
    call = doubt.clarify("report", options)
    return Understanding(language=said.language, calls=(call,), confidence=0.4)
