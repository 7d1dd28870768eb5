"""A standing wish in words, for a card and for a list. Put together by code, so that a person sees what will stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from tools.standing.deeds import Deed
from tools.standing.schedule import Schedule
from tools.standing.wishes import AlertRule

Language = Literal["zh", "en"]
_FILE = Path(__file__).parent / "cards.yml"


@cache
def _texts() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return content


def word(group: str, name: str, language: Language) -> str:
    """The word; the name itself where there is none."""
    entry = _texts()[group].get(name)
    return str(entry[language]) if entry else name


def title(deed: Deed, language: Language) -> str:
    """As 「订阅简报：夜间简报」."""
    shown = "change" if deed.action == "subscribe" and deed.before is not None else deed.action
    about = [
        deed.rule.title[language] if deed.rule is not None else word("briefings", name, language) for name in deed.names
    ]
    return _colon(language).join((word("actions", shown, language), _joined(about, language)))


def lines(deed: Deed, language: Language) -> Iterator[tuple[str, str]]:
    """Name and value of what will stand."""
    if deed.subscription is not None:
        wish = deed.subscription
        yield word("fields", "when", language), schedule_words(wish.schedule, language)
        if deed.before is not None and deed.before.schedule != wish.schedule:
            yield word("fields", "before", language), schedule_words(deed.before.schedule, language)
        yield word("fields", "channel", language), word("channels", wish.channel, language)
        if wish.quiet is not None:
            yield word("fields", "quiet", language), f"{wish.quiet.start:%H:%M}–{wish.quiet.end:%H:%M}"
    if deed.rule is not None:
        yield word("fields", "level", language), level_word(deed.rule, language)


def level_word(rule: AlertRule, language: Language) -> str:
    """How loud a rule is."""
    return word("levels", rule.level, language)


def schedule_words(schedule: Schedule, language: Language) -> str:
    """As 「每周一、周五 08:30」."""
    names: Mapping[str, list[str]] = _texts()["weekdays"]
    days = _joined([names[language][day - 1] for day in schedule.weekdays], language)
    return word("days", schedule.days, language).format(at=f"{schedule.at:%H:%M}", days=days, day=schedule.day)


def _joined(words: list[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(words)


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "
