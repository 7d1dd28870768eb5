"""What an order says beside the step and its cases: why, to whom, until when, with which result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from assistant.offline.act_words import bare, listed
from assistant.offline.desk import Desk
from assistant.offline.lattice import chinese_number
from assistant.offline.lexicon import lexicons
from assistant.offline.normalise import Normalised, fold
from assistant.offline.plan import Turn

_N = r"(?P<n>[一二两三四五六七八九十]+|\d+)"
_SPAN = re.compile(rf"{_N}\s*(?:个)?\s*(?P<unit>天|日|周|星期|月|days?|weeks?|months?)(?![a-z])")
_DATE = re.compile(r"(?:(?P<y>\d{4})[年/.-])?(?P<m>\d{1,2})[月/-](?P<d>\d{1,2})[日号]?")
_DAYS = {"天": 1, "日": 1, "d": 1, "周": 7, "星": 7, "w": 7, "月": 30, "m": 30}
# Which argument takes words that are about nothing else.
_FREE = {"feed_back": "result", "reply": "result", "escalate": "requirement"}
_PASSED = frozenset({"check", "verify", "review_appeal", "decide_appeal"})
_TO_UNITS = frozenset({"dispatch", "reassign"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A reason given in words, and the text without it."""

    reason: str
    rest: str


def reason_in(text: Normalised) -> Clause:
    """「因为下雨」, "because of rain": what follows the mark, up to a comma when the order comes after it."""
    said = text.text
    mark = listed("reason_marks").search(said)
    if mark is None:
        return Clause("", said)
    end = len(said)
    comma = re.search(r"[,;]", said[mark.end() :])
    if mark.start() < 3 and comma is not None:
        end = mark.end() + comma.start()
    reason = bare(text.said(mark.end(), end))
    return Clause(reason, said[: mark.start()] + " " * (end - mark.start()) + said[end:])


def unit_named(said: str, desk: Desk) -> str | None:
    """The one department or unit whose name, or a telling part of it, stands in the words."""
    wanted = bare(re.sub(r"^(?:给|到|让|由|to|by|for)\s*", "", said.strip()))
    if not wanted:
        return None
    known = [m for d in ("unit", "department") for m in desk.members.get(d, ())]
    exact = [m for m in known if fold(m) in wanted or fold(m) == fold(wanted)]
    if exact:
        return max(exact, key=len)
    entries = [e for e in desk.vocabulary.names.get(fold(wanted), ()) if e.target in {"unit", "department"}]
    named = list(dict.fromkeys(e.value for e in entries))
    partly = [m for m in known if len(wanted) >= 2 and fold(wanted) in fold(m)]
    found = named or list(dict.fromkeys(partly))
    return found[0] if len(found) == 1 else None


def until_in(said: str, now: datetime) -> datetime | None:
    """The end of a suspension: a date ahead, or so many days from now; the end of that day."""
    dated = _DATE.search(said)
    if dated is not None:
        try:
            day = now.replace(year=int(dated["y"] or now.year), month=int(dated["m"]), day=int(dated["d"]))
        except ValueError:
            return None
        if dated["y"] is None and day.date() < now.date():
            day = day.replace(year=day.year + 1)
        return datetime.combine(day.date(), time(23, 59), tzinfo=now.tzinfo)
    span = _SPAN.search(said)
    if span is None:
        return None
    number = int(span["n"]) if span["n"].isdigit() else chinese_number(list(span["n"]), lexicons()[0].numerals)
    day = now + timedelta(days=number * _DAYS[span["unit"][0]])
    return datetime.combine(day.date(), time(23, 59), tzinfo=now.tzinfo)


def args_of(action: str, said: str, reason: str, desk: Desk, turn: Turn) -> dict[str, Any]:
    """Arguments of a step.

    Args:
        said: Words that are about nothing else, as they were written; "" where there are none.
        reason: Given with a mark.
    """
    args: dict[str, Any] = {}
    rest = bare(said)
    if action in _PASSED:
        failed, passed = listed("failed_words").search(rest), listed("passed_words").search(rest)
        if failed or passed:
            args["passed"] = failed is None
        rest = bare(listed("passed_words").sub("", listed("failed_words").sub("", rest)))
    if action in _TO_UNITS and rest:
        unit = unit_named(rest, desk)
        if unit is not None:
            args["unit"], rest = unit, ""
    if action == "suspend" and (until := until_in(rest, turn.now)) is not None:
        args["until"] = until.isoformat()
        rest = bare(_SPAN.sub("", _DATE.sub("", rest))).removeprefix("到").removeprefix("until").strip()
    free = _FREE.get(action, "reason")
    if rest and action not in _TO_UNITS:
        args[free] = rest
    if reason:
        joined = f"{reason}（{args['reason']}）" if args.get("reason") else reason
        args["reason"] = joined
    if action == "escalate":
        args = _supervision(args, turn)
    return args


def _supervision(args: dict[str, Any], turn: Turn) -> dict[str, Any]:
    """A 督办 without words of its own asks for what every one asks for; the card shows it and it can be changed."""
    english = turn.text.isascii()
    usual = "Deal with it without delay and reply." if english else "请尽快处置并回复。"
    kind = "leader" if turn.role == "leader" else "key"
    return {"kind": kind, "requirement": args.get("reason") or usual, **args}
