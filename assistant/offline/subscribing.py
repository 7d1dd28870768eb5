"""「每天早上八点给我发昨夜简报」「别再发周报了」「把简报改到九点」: a briefing that comes by itself, moves, or stops."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

from assistant.notices import language_of
from assistant.offline.desk import Desk
from assistant.offline.lattice import cover
from assistant.offline.normalise import normalise
from assistant.offline.plan import Call, Turn, Understanding
from assistant.offline.sentence import Sentence
from assistant.offline.standing_words import Cutting, pattern, standing_words
from assistant.offline.times import find_times
from assistant.offline.times.numbers import HAN, number
from assistant.offline.times.values import Hours
from assistant.offline.tokens import tokenise

TOOL = "propose_subscription"
_BRIEFINGS = ("personal", "night", "daily", "weekly", "monthly", "scorecard", "any")
# 每早八点 is 每天早八点; the part of the day belongs to the clock time.
_EVERY_PART = re.compile(r"每(?:个)?(?=[早晚](?:上|晨)?)")
_WEEK_ZH = re.compile(
    r"每?个?(?:周|星期|礼拜)([一二三四五六日天](?:[,和及]?(?:周|星期|礼拜)?[一二三四五六日天](?![点时]))*)"
)
_MONTH_ZH = re.compile(rf"每个?月(?:的)?(\d{{1,2}}|{HAN})[号日]")
_MONTH_EN = re.compile(
    r"(?:on )?(?:the (\d{1,2})(?:st|nd|rd|th)?(?: day)? of (?:each|every|the) month|day (\d{1,2}) of (?:each|every|the) month)"
)
_EACH = re.compile(r"每个?(?:周|星期|礼拜|月)|(?<![a-z])(?:every|each) (?:week|month)(?![a-z])")
_BARE_EN = re.compile(r"(?<![a-z])(?:at|to) (\d{1,2})(?::(\d\d))?(?![\d:])")
_BARE_ZH = re.compile(rf"([早晚]?)(\d{{1,2}}|{HAN})[点时](?:(半)|([一三])刻|(\d{{1,2}}|{HAN})分?)?钟?")
# A bare hour before this one is meant for the afternoon: nobody has a report sent at three in the night by a bare three.
_FIRST_MORNING_HOUR = 6


@dataclass(slots=True, kw_only=True)
class _Days:
    """On which days, as the tool takes it."""

    days: Literal["every", "working", "week", "month"]
    weekdays: tuple[int, ...] = ()
    day: int | None = None

    @property
    def args(self) -> dict[str, Any]:
        """Only what is said."""
        said: dict[str, Any] = {"days": self.days, "weekdays": list(self.weekdays), "day": self.day}
        return {name: value for name, value in said.items() if value}


def read_subscription(turn: Turn, desk: Desk) -> Understanding | None:
    """The wish as a call; a refusal that names what it does not understand; None where no such wish is spoken."""
    text = normalise(_EVERY_PART.sub("每天", turn.text)).text
    language = language_of(turn.text)
    whole = Cutting(text)
    if whole.take(pattern("list")):
        whole.take_all(pattern("briefings", "any"))
        whole.take_all(pattern("filler"))
        return None if whole.left else _understood(language, Call("my_subscriptions", {}))
    cutting = Cutting(text)
    briefing = _briefing(cutting)
    before = _before(turn)
    if briefing is None and before is None:
        return None
    days = _days(cutting)
    change, subscribes = _change(cutting)
    if change is None or (briefing is None and change != "move"):
        return None
    at = _clock(cutting, turn, desk)
    if change == "start" and not (days or at or subscribes):
        return None
    if change == "move" and not (days or at):
        return None
    cutting.take_all(pattern("mine"))
    cutting.take_all(pattern("filler"))
    if cutting.left:
        return _unexplained(cutting, desk, language)
    named = briefing if briefing != "any" else None
    args: dict[str, Any] = {"change": change, "briefing": named or before, "language": language}
    args |= {"at": f"{at:%H:%M}"} if at and change != "stop" else {}
    args |= days.args if days and change != "stop" else {}
    return _understood(language, Call(TOOL, {name: value for name, value in args.items() if value}))


def _understood(language: str, call: Call) -> Understanding:
    return Understanding(language="zh" if language == "zh" else "en", calls=(call,), confidence=0.95)


def _unexplained(cutting: Cutting, desk: Desk, language: str) -> Understanding | None:
    """Words that no part of the wish explains. With a metric among them it is a question about numbers after all."""
    rest = " ".join(cutting.left)
    if Sentence(rest, cover(normalise(rest), tokenise(rest), desk.vocabulary, desk.speller, [])).where("metric"):
        return None
    facts = {"reason": "not_understood", "unexplained": list(cutting.left), "nearest": [], "facts": {}}
    return Understanding(
        language="zh" if language == "zh" else "en", calls=(Call("abstain", facts),), confidence=0.5,
        unexplained=cutting.left,
    )  # fmt: skip


def _before(turn: Turn) -> str | None:
    """The briefing that the turn before was about, for 「改到九点吧」."""
    calls = turn.history[-1].calls if turn.history else ()
    return next((call.args.get("briefing") for call in calls if call.tool == TOOL), None)


def _briefing(cutting: Cutting) -> str | None:
    """Which briefing is named; `any` where only a briefing is. A name inside another word (昨日报了) is none."""
    words: Mapping[str, Any] = standing_words()
    best: tuple[int, str, tuple[int, int]] | None = None
    for name in _BRIEFINGS:
        for found in pattern("briefings", name).finditer(cutting.text):
            start, end = found.span()
            inside = len(found.group()) == 2 and (
                cutting.text[start - 1 : start] in words["not_before"]
                or cutting.text[end : end + 1] in words["not_behind"]
            )
            if not inside and (best is None or len(found.group()) > best[0]):
                best = (len(found.group()), name, (start, end))
    if best is None:
        return None
    cutting.blank(*best[2])
    return best[1]


def _change(cutting: Cutting) -> tuple[Literal["start", "move", "stop"] | None, bool]:
    """What is wanted, and whether the verb alone says that it should come again and again."""
    if cutting.take(pattern("stop")):
        cutting.take_all(pattern("start"))
        return "stop", True
    if cutting.take(pattern("move")):
        return "move", True
    found = cutting.take(pattern("start"))
    if found is None:
        return None, False
    cutting.take_all(pattern("start"))
    return "start", "订" in found.group() or "subscribe" in found.group() or "sign" in found.group()


def _days(cutting: Cutting) -> _Days | None:
    if found := cutting.take(_MONTH_ZH):
        return _Days(days="month", day=int(number(found[1])))
    if found := cutting.take(_MONTH_EN):
        return _Days(days="month", day=int(found[1] or found[2]))
    if cutting.take(pattern("days", "working")):
        cutting.take_all(pattern("days", "every"))
        return _Days(days="working")
    if weekdays := _weekdays(cutting):
        return _Days(days="week", weekdays=weekdays)
    if cutting.take(pattern("days", "every")):
        return _Days(days="every")
    # 「每周给我发周报」 says nothing that the weekly report does not say itself.
    cutting.take(_EACH)
    return _every_part(cutting)


def _every_part(cutting: Cutting) -> _Days | None:
    """As in "every morning at 8": every day; the part of the day stays, for the clock time."""
    found = cutting.take(re.compile(r"(?<![a-z])(?:every|each) (?=morning|evening|night|afternoon)"))
    return _Days(days="every") if found else None


def _weekdays(cutting: Cutting) -> tuple[int, ...]:
    if found := cutting.take(_WEEK_ZH):
        return tuple(
            dict.fromkeys(
                "一二三四五六日".index("日" if c == "天" else c) + 1 for c in found[1] if c in "一二三四五六日天"
            )
        )
    named = [day for day in range(1, 8) if _take_day(cutting, day)]
    if named:
        cutting.take_all(re.compile(r"(?<![a-z])(?:every|each|on|and)(?![a-z])"))
    return tuple(named)


def _take_day(cutting: Cutting, day: int) -> bool:
    names = "|".join(standing_words()["weekday_names"][day]["en"])
    return cutting.take(re.compile(rf"(?<![a-z])(?:{names})s?(?![a-z])")) is not None


def _clock(cutting: Cutting, turn: Turn, desk: Desk) -> time | None:
    """The clock time that is said, read by the same rules as in a question."""
    found = find_times(cutting.text, now=turn.now, city=desk.city, calendar=desk.calendar, previous=None)
    for mention in found:
        if isinstance(mention.value, Hours) and mention.value.point:
            cutting.blank(mention.start, mention.end)
            return _meant(mention.value)
    if bare := cutting.take(_BARE_EN):
        return _bare(int(bare[1]), int(bare[2] or 0))
    if bare := cutting.take(_BARE_ZH):
        minute = 30 if bare[3] else {"一": 15, "三": 45}.get(bare[4] or "", int(number(bare[5])) if bare[5] else 0)
        return _bare(int(number(bare[2])), minute, bare[1])
    return None


def _bare(hour: int, minute: int, part: str = "") -> time | None:
    """An hour without more than 早 or 晚 beside it; None where the clock has no such time."""
    if hour > 24 or minute > 59:
        return None
    clock = {"早": "am", "晚": "late"}.get(part, "")
    said = Hours(time(hour % 24, minute), time(hour % 24, minute), clock=clock)
    return said.start.replace(hour=(hour + 12) % 24) if part == "晚" and 5 <= hour <= 12 else _meant(said)


def _meant(hours: Hours) -> time:
    settled = hours.fixed or bool(hours.clock) or hours.start.hour >= _FIRST_MORNING_HOUR or hours.start.hour == 0
    return hours.start if settled else hours.start.replace(hour=hours.start.hour + 12)
