"""「东湖区超期未结超过50件就提醒我」, "alert me when anomalies are above usual": a rule in plain language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from assistant.notices import language_of
from assistant.offline.desk import Desk
from assistant.offline.normalise import normalise
from assistant.offline.plan import Call, Turn, Understanding
from assistant.offline.standing_words import Cutting, pattern
from assistant.offline.times.numbers import EN, ZH, number
from warehouse.semantic import TimeRange

TOOL = "propose_alert_rule"
Understand = Callable[[Turn, Desk], Understanding]
_LENGTH = re.compile(
    rf"(?:提前|前)?({ZH}|{EN})\s*个?\s*(分钟|分|小时|钟头|天|minutes?|mins?|hours?|days?)(?:没有?|以?内|之内|前|以前|before|ahead)?"
)
_MINUTES = {"分": 1, "小": 60, "钟": 60, "天": 1440, "m": 1, "h": 60, "d": 1440}
_VALUE = re.compile(r"\s*([\d.,]*\d|[零〇一二两三四五六七八九十百千万]+)\s*(%|个百分点|件|起|个|条|宗|cases?|percent)?")
_ASKED = frozenset({"query_metrics", "detect_anomalies"})
_USUAL_HOURS = 24
_SOON_MINUTES, _SILENT_MINUTES = 60, 120


def read_alert(turn: Turn, desk: Desk, understand: Understand) -> Understanding | None:
    """The rule as a call; None where no rule is spoken, or where its condition cannot be read.

    Args:
        understand: Reads what is counted, as in a question.
    """
    text = normalise(turn.text).text
    language = language_of(turn.text)
    cutting = Cutting(text)
    if cutting.take(pattern("stop_alert")):
        cutting.take_all(pattern("filler"))
        return None if cutting.left else _said(language, {"change": "stop"})
    condition = _condition(text)
    if condition is None:
        return None
    rule = _rule(condition, turn, desk, understand)
    if rule is None:
        return None
    return _said(language, {"change": "start", "rule": rule})


def _said(language: str, args: Mapping[str, Any]) -> Understanding:
    call = Call(TOOL, dict(args))
    return Understanding(language="zh" if language == "zh" else "en", calls=(call,), confidence=0.95)


def _condition(text: str) -> str | None:
    """What stands between "if" and "then tell me"; None without a joint, as in "tell me how many"."""
    verb = pattern("alert").search(text)
    if verb is None:
        return None
    before, after = text[: verb.start()].strip(" ,.;"), text[verb.end() :].strip(" ,.;!")
    joint = pattern("joints").match(after) if after else None
    if joint is not None and not before.strip("请 "):
        return after[joint.end() :].strip(" ,")
    opener = pattern("openers").match(before)
    ends = [found for found in pattern("joints").finditer(before) if found.end() == len(before)]
    if (opener is None and not ends) or after:
        return None
    while ends:
        before = before[: ends[-1].start()].rstrip(" ,")
        ends = [found for found in pattern("joints").finditer(before) if found.end() == len(before)]
    return before[opener.end() :].strip(" ,") if opener else before


def _rule(condition: str, turn: Turn, desk: Desk, understand: Understand) -> dict[str, Any] | None:
    cutting = Cutting(condition)
    if cutting.take(pattern("due_soon")):
        return _timed(cutting, "overdue_soon", _SOON_MINUTES, turn, desk, understand)
    if cutting.take(pattern("silent")):
        cutting.take_all(pattern("feeds"))
        return _timed(cutting, "feed_silent", _SILENT_MINUTES, turn, desk, understand)
    if cutting.take(pattern("unusual")):
        counted = _counted(cutting, turn, desk, understand)
        if counted is None:
            return None
        hours = counted.pop("window_hours", None)
        return {"kind": "excess", **counted, "dimension": counted.get("dimension") or "district",
                "window_hours": hours or _USUAL_HOURS}  # fmt: skip
    return _bounded(cutting, turn, desk, understand)


def _timed(
    cutting: Cutting, kind: str, otherwise: int, turn: Turn, desk: Desk, understand: Understand
) -> dict[str, Any] | None:
    """How near or how long, and of which cases where some are named."""
    found = cutting.take(_LENGTH)
    minutes = int(number(found[1]) * _MINUTES[found[2][0]]) if found else otherwise
    cutting.take_all(pattern("filler"))
    rule = {"kind": kind, "minutes": max(1, minutes)}
    rest = " ".join(
        piece
        for piece in cutting.left
        if piece not in {"有", "案件", "案子", "case", "cases", "has", "have", "are", "is", "超过", "over"}
    )
    if not rest:
        return rule
    counted = _counted(Cutting(rest), turn, desk, understand) if kind == "overdue_soon" else None
    return None if counted is None or "dimension" in counted else {**rule, "filters": counted["filters"]}


def _bounded(cutting: Cutting, turn: Turn, desk: Desk, understand: Understand) -> dict[str, Any] | None:
    hits = [(found, op) for op in ("ge", "gt", "lt", "le") for found in pattern("bounds", op).finditer(cutting.text)]
    hits = [(found, op) for found, op in hits if _VALUE.match(cutting.text, found.end())]
    if not hits:
        return None
    found, op = max(hits, key=lambda hit: len(hit[0].group()))
    value = _VALUE.match(cutting.text, found.end())
    assert value is not None  # the list above
    bound = _number(value[1])
    if bound is None:
        return None
    cutting.blank(found.start(), value.end())
    counted = _counted(cutting, turn, desk, understand)
    if counted is None:
        return None
    metric = desk.catalog.metrics[counted["metric"].partition(".")[0]]
    if metric.kind == "ratio":
        bound = bound / 100 if value[2] in {"%", "percent", "个百分点"} or bound > 1 else bound
    elif value[2] in {"%", "percent", "个百分点"}:
        return None
    return {"kind": "threshold", **counted, "op": op, "value": bound}


def _counted(cutting: Cutting, turn: Turn, desk: Desk, understand: Understand) -> dict[str, Any] | None:
    """The one metric, its filters, at most one cut and the length of the window, read as a question is."""
    words = " ".join(cutting.text.split()) if language_of(cutting.text) == "en" else "".join(cutting.text.split())
    understood = understand(Turn(text=words, now=turn.now, scope=turn.scope), desk)
    call = understood.calls[0]
    if len(understood.calls) != 1 or call.tool not in _ASKED or understood.unexplained:
        return None
    metrics = call.args.get("metrics") or [call.args.get("metric", "anomalies")]
    cuts = call.args.get("dimensions") or ([call.args["dimension"]] if call.tool == "detect_anomalies" else [])
    if len(metrics) != 1 or len(cuts) > 1 or call.args.get("compare"):
        return None
    filters = [
        {key: one[key] for key in ("dimension", "op", "values") if key in one} for one in call.args.get("filters", ())
    ]
    counted: dict[str, Any] = {"metric": metrics[0], "filters": filters}
    counted |= {"dimension": cuts[0]} if cuts else {}
    window = _window(call.args.get("time"), turn, words)
    return None if window is None else counted | window


def _window(time: Mapping[str, Any] | None, turn: Turn, words: str) -> dict[str, Any] | None:
    """The length of a window that ends now; nothing for today, which is what counts anyway; None for any other time."""
    if not time:
        return {}
    said = TimeRange.model_validate(time)
    if said.daily_window or said.day_type or said.grain:
        return None
    if _LENGTH.search(words) and said.start < turn.now <= said.end + timedelta(hours=1):
        return {"window_hours": round((min(said.end, turn.now) - said.start) / timedelta(hours=1), 2)}
    midnight = turn.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {} if said.start == midnight else None


def _number(text: str) -> float | None:
    digits = text.replace(",", "")
    try:
        return float(digits) if digits[0].isdigit() else number(digits)
    except (ValueError, KeyError):
        return None
