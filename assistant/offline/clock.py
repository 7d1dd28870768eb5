"""Time words of a question as understanding needs them: what they cover, and which window they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from assistant.offline.desk import Desk
from assistant.offline.normalise import Normalised
from assistant.offline.times import TimeMention, TimeReading, find_times, resolve
from assistant.offline.times.values import DayKind, DayType
from assistant.offline.tokens import Token, tokenise
from assistant.offline.vocabulary import Entry
from warehouse.semantic import Compare, Grain, TimeRange

_ASKING = frozenset({"which", "each", "most", "least", "best", "worst", "slow", "fast", "per_day"})
# Stands for a name while times are looked for.
_BLANK = "□"
_TALK = frozenset({"greeting", "thanks", "goodbye"})
_NAMES = frozenset({"value", "dimension", "metric"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The time reading of one question.

    Attributes:
        spans: Offsets in the normalised text that the time words cover.
        others: Further windows, when more than one was said.
        partial: Hours or a kind of day said without a window: `time` is then merely the latest such stretch.
        kinds_of_day: How many kinds of day were said ("weekends or workdays").
        weekdays: Days of the week that keep coming ("on Mondays"), 1 for Monday, each with where it was said.
        now: The moment of asking.
        problem: Why no window can be given (an impossible date, a year without a calendar), with what was said.
    """

    spans: tuple[tuple[int, int], ...] = ()
    time: TimeRange | None = None
    others: tuple[TimeRange, ...] = ()
    compare: Compare | None = None
    grain: Grain | None = None
    partial: dict[str, Any] | None = None
    kinds_of_day: int = 0
    weekdays: tuple[tuple[int, int], ...] = ()
    problem: dict[str, Any] | None = None
    now: datetime | None = None
    readings: tuple[dict[str, Any], ...] = field(default=())


def read_times(text: str, tokens: Sequence[Token], desk: Desk, *, now: datetime, previous: TimeRange | None) -> Moments:
    """The times named in a normalised text; words inside a longer name ("五一路") are no times."""
    names = _name_spans(tokens, desk)
    found = find_times(text, now=now, city=desk.city, calendar=desk.calendar, previous=previous)
    apart = _said_apart(found, text, tokens, desk)
    if apart is not None:
        found = find_times(apart, now=now, city=desk.city, calendar=desk.calendar, previous=previous)
    cut = [
        (a, b)
        for a, b in names
        for m in found
        if a < m.start < b < m.end or (m.start < a < m.end < b and not any(c == m.end and d > b for c, d in names))
    ]
    cut += [(a, b) for a, b in _name_spans(tokens, desk, members=True) for m in found if m.start < a and b < m.end]
    cut += [span for m in found if (span := _asked_kind(m, tokens, desk))]
    if cut:
        found = find_times(_blanked(text, cut), now=now, city=desk.city, calendar=desk.calendar, previous=previous)
    kept = [m for m in found if not _is_no_time(m, names, tokens, desk)]
    kept, again = _without_days(kept, text)
    weekly = [m for m in kept if m.problem == "recurring_weekday"]
    kept = [m for m in kept if m.problem != "recurring_weekday"]
    reading = resolve(kept, now=now, city=desk.city, calendar=desk.calendar, previous=previous)
    moments = _moments(reading, kept)
    spans = tuple(sorted((*moments.spans, *((m.start, m.end) for m in (*weekly, *again)))))
    return replace(moments, spans=spans, now=now, weekdays=tuple((_weekday(m.said), m.start) for m in weekly))


_LEFT_OUT_BEFORE = re.compile(
    r"(?:除了|除去|除|去掉|不算|不含|不包括|剔除|扣除|排除|刨除|excluding|except(?: for)?|without|not counting|not including|"
    r"other than|apart from|ignoring|leaving out)\s*(?:the\s+)?$"
)
_LEFT_OUT_AFTER = re.compile(r"\s*(?:不算在内|不算|不计|不含|除外|以外|之外|excluded|not counted|left out)(?:的)?")
_OTHER_DAYS: dict[str, DayType] = {
    "weekend": "workday",
    "restday": "workday",
    "holiday": "workday",
    "workday": "restday",
}


def _without_days(found: Sequence[TimeMention], text: str) -> tuple[list[TimeMention], list[TimeMention]]:
    """Kinds of day that are left out, as the days that remain; and mentions that only say a kind of day again."""
    kept: list[TimeMention] = []
    again: list[TimeMention] = []
    for mention in found:
        if mention.kind == "day_type" and mention.day_type:
            before, after = _LEFT_OUT_BEFORE.search(text, 0, mention.start), _LEFT_OUT_AFTER.match(text, mention.end)
            if before or after:
                start, end = before.start() if before else mention.start, after.end() if after else mention.end
                other = _OTHER_DAYS[mention.day_type]
                said = text[start:end]
                mention = replace(
                    mention, start=start, end=end, said=said, range=None, day_type=other, value=DayKind(other)
                )
            if any(m.day_type == mention.day_type for m in kept):
                again.append(mention)
                continue
        kept.append(mention)
    return kept, again


_WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekday(said: str) -> int:
    """Which day of the week a recurring one is, 1 for Monday."""
    chinese = re.search(r"(?:周|星期|礼拜)([一二三四五六日天])", said)
    if chinese:
        return "一二三四五六日天".index(chinese[1]) % 7 + 1 if chinese[1] != "天" else 7
    return next(i for i, name in enumerate(_WEEKDAY_NAMES, 1) if re.search(rf"\b{name}", said))


_TIME_WORDS = (
    "january", "february", "august", "september", "october", "november", "december", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "yesterday", "today", "weekend", "quarter", "month",
)  # fmt: skip


def mend_time_words(text: Normalised, desk: Desk) -> Normalised:
    """The text with misspelt English time words mended ("septmber"); words of the vocabulary are left alone."""
    for token in reversed(tokenise(text.text)):
        if len(token.text) < 6 or not token.text.isascii() or not token.text.isalpha():
            continue
        if token.text in desk.vocabulary.words or token.text in _TIME_WORDS or token.singular in _TIME_WORDS:
            continue
        allowed = 1 if len(token.text) < 8 else 2
        near = [
            w for w in _TIME_WORDS if w[0] == token.text[0] and DamerauLevenshtein.distance(w, token.text) <= allowed
        ]
        if len(near) == 1:
            text = text.replaced(token.start, token.end, near[0])
    return text


def _is_no_time(mention: TimeMention, names: Sequence[tuple[int, int]], tokens: Sequence[Token], desk: Desk) -> bool:
    """Part of a longer name, a bare "each", or a kind of day that is asked for and not given ("which weekday")."""
    if any(a <= mention.start and mention.end <= b and b - a > mention.end - mention.start for a, b in names):
        return True
    inside = [i for i, t in enumerate(tokens) if mention.start <= t.start and t.end <= mention.end]
    if not inside:
        return False
    first, last = inside[0], inside[-1] + 1
    whole = [e for end, entries, _ in desk.vocabulary.starting_at(tokens, first) if end == last for e in entries]
    if mention.kind == "grain" and any(e.kind == "op" and e.target == "each" for e in whole):
        return True
    asked = first > 0 and any(e.kind == "op" and e.target in _ASKING for e in desk.vocabulary.ending_at(tokens, first))
    return mention.kind in {"day_type", "daily_window"} and asked and any(e.kind == "dimension" for e in whole)


_CONNECTORS = re.compile(r"\b(?:from|to|until|till)\b|[从到至]|-")


def _said_apart(found: Sequence[TimeMention], text: str, tokens: Sequence[Token], desk: Desk) -> str | None:
    """A change "from Q3 to Q4" speaks of two windows, not of the stretch from one to the other."""
    changes = any(
        e.kind == "op" and e.target in {"change", "compare"}
        for start in range(len(tokens))
        for _, entries, _ in desk.vocabulary.starting_at(tokens, start)
        for e in entries
    )
    for mention in found if changes else ():
        inner = text[mention.start : mention.end]
        if mention.kind == "window" and _CONNECTORS.search(inner):
            parted = _CONNECTORS.sub(lambda m: "," + " " * (len(m.group()) - 1), inner)
            again = (
                find_times(parted, now=mention.range.start, city=desk.city, calendar=desk.calendar)
                if mention.range
                else ()
            )
            if len([m for m in again if m.kind == "window"]) == 2:
                return text[: mention.start] + parted + text[mention.end :]
    return None


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with boxes, which no time word bridges, where a name begins or ends inside a time word ("closed late | in November")."""
    for start, end in spans:
        text = text[:start] + _BLANK * (end - start) + text[end:]
    return text


def _name_spans(tokens: Sequence[Token], desk: Desk, *, members: bool = False) -> list[tuple[int, int]]:
    """Stretches that are names of this city, of two tokens or more.

    Args:
        members: Only members, and those of one token too.
    """
    return [
        (tokens[start].start, tokens[end - 1].end)
        for start in range(len(tokens))
        for end, entries, exact in desk.vocabulary.starting_at(tokens, start)
        if exact and (_names_member(entries, desk) if members else end - start > 1 and _is_name(entries))
    ]


def _is_name(entries: Sequence[Entry]) -> bool:
    return any(e.kind in _NAMES or (e.kind == "op" and e.target in _TALK) for e in entries)


def _names_member(entries: Sequence[Entry], desk: Desk) -> bool:
    return any(e.kind == "value" and e.target in desk.members for e in entries)


def _asked_kind(mention: TimeMention, tokens: Sequence[Token], desk: Desk) -> tuple[int, int] | None:
    """The dimension with which a time word begins when it is asked by what: "busiest | weekday | in November"."""
    first = next((i for i, t in enumerate(tokens) if t.start == mention.start), 0)
    if first == 0 or not any(e.kind == "op" and e.target in _ASKING for e in desk.vocabulary.ending_at(tokens, first)):
        return None
    for end, entries, _ in desk.vocabulary.starting_at(tokens, first):
        if tokens[end - 1].end < mention.end and any(e.kind == "dimension" for e in entries):
            return tokens[first].start, tokens[end - 1].end
    return None


def _earlier(window: TimeRange) -> TimeRange:
    """The window just before: what "the week before" means beside "last week"."""
    return window.model_copy(update={"start": window.start - (window.end - window.start), "end": window.start})


def _partial(reading: TimeReading) -> dict[str, Any] | None:
    """Hours or a kind of day, to be put inside a window known from before."""
    limits: dict[str, Any] = {}
    if reading.daily_window is not None:
        limits["daily_window"] = reading.daily_window.model_dump(mode="json")
    if reading.day_type is not None:
        limits["day_type"] = reading.day_type
    return limits or None


def _moments(reading: TimeReading, mentions: Sequence[TimeMention]) -> Moments:
    problem = None
    if reading.problems:
        first = reading.problems[0]
        problem = {"code": first.problem, "said": first.said}
    windows = [m for m in mentions if m.kind == "window"]
    others = tuple(
        _earlier(other)
        if reading.range and other.start == reading.range.start and other.end == reading.range.end
        else other
        for other in reading.alternatives[1:]
    )
    return Moments(
        spans=reading.spans,
        time=reading.range,
        others=others,
        compare=reading.compare,
        grain=reading.grain,
        partial=_partial(reading) if not windows and reading.compare is None else None,
        kinds_of_day=len({m.day_type for m in mentions if m.day_type}),
        problem=problem,
        readings=tuple({"key": "time_policy", "said": policy} for policy in reading.policies),
    )
