"""From what was found to what a person reads: quotes verbatim, citations from metadata, nothing else about the rules.

Pure functions: the same findings and language give the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.articles import Status
from knowledge.passages import Found, Passage
from knowledge.places import shown

Language = Literal["zh", "en"]
VALUES = re.compile(
    r"[0-9〇零一二三四五六七八九十百千万]+(?:倍|元)?以上[0-9〇零一二三四五六七八九十百千万]+(?:倍|元)以下|"
    r"[0-9〇零一二三四五六七八九十百千万]+(?:元|倍)(?:以下|以上)?|[0-9〇零一二三四五六七八九十百]+(?:个工作日|日|小时|个月|年)内?"
)
VALUES_SHOWN = 3


def render(found: Found, language: Language, *, library_day: date | None = None) -> str:
    """The answer text.

    Args:
        library_day: The newest date in the library, shown so that nobody takes an old collection for today's law.
    """
    lines = [*_body(found, language)]
    if found.unknown:
        lines.append(_say("unknown", language, words=", ".join(found.unknown)))
    if library_day is not None:
        lines.append(_say("as_of", language, day=library_day.isoformat()))
    return "\n".join(lines)


def _body(found: Found, language: Language) -> Iterator[str]:
    match found.outcome:
        case "found" | "not_in_force":
            for number, passage in enumerate(found.passages):
                yield from _quoted("also" if number else "quoted", passage, language)
            yield from conflicts(found.passages, language)
        case "not_found":
            yield _say("not_found", language)
            yield from _nearest(found, language)
        case "elsewhere":
            yield _say("elsewhere", language, own=shown(found.question.place), place=found.elsewhere)
        case _:
            yield _say(found.outcome, language, title=found.elsewhere)


def _quoted(key: str, passage: Passage, language: Language) -> Iterator[str]:
    yield _say(
        key, language, citation=passage.citation, version=_version(passage, language), status=_status(passage, language)
    )
    yield from ("> " + line for line in passage.quote.splitlines())
    if passage.status is not Status.IN_FORCE:
        yield _say("not_in_force", language, status=_status(passage, language), until=_until(passage, language))


def _nearest(found: Found, language: Language) -> Iterator[str]:
    if not found.nearest:
        return
    yield _say("nearest", language)
    for passage in found.nearest:
        first = passage.quote.splitlines()[0]
        yield f"- {passage.citation}（{_version(passage, language)}，{_status(passage, language)}）：{first}"


def conflicts(passages: Sequence[Passage], language: Language) -> Iterator[str]:
    """A line for each pair of levels whose quoted amounts or periods differ, the higher level first."""
    valued = [(p, values) for p in passages if (values := tuple(dict.fromkeys(VALUES.findall(p.quote))))]
    for at, (one, its) in enumerate(valued):
        for other, others in valued[at + 1 :]:
            if one.document.level is other.document.level or set(its) & set(others):
                continue
            pair = sorted([(one, its), (other, others)], key=lambda entry: entry[0].document.level.rank)
            yield _say("conflict", language, **_sides(pair, language))


def _sides(pair: Sequence[tuple[Passage, Sequence[str]]], language: Language) -> dict[str, str]:
    levels = _phrases()["levels"][language]
    sides: dict[str, str] = {}
    for name, (passage, values) in zip(("higher", "lower"), pair, strict=True):
        sides[name] = passage.citation
        sides[f"{name}_level"] = levels[passage.document.level.value]
        sides[f"{name}_values"] = "、".join(values[:VALUES_SHOWN])
    return sides


def _version(passage: Passage, language: Language) -> str:
    version = passage.document.version
    dated = re.fullmatch(r"\d{4}(-\d{2}){0,2}", version)
    return _say("version", language, version=version) if dated else _say("undated", language)


def _status(passage: Passage, language: Language) -> str:
    return str(_phrases()["statuses"][language][passage.status.value])


def _until(passage: Passage, language: Language) -> str:
    document = passage.document
    if passage.status is Status.NOT_YET and document.effective:
        return _say("not_yet_since", language, day=document.effective.isoformat())
    return _say("until", language, day=document.repealed.isoformat()) if document.repealed else ""


def _say(key: str, language: Language, **filled: str) -> str:
    return str(_phrases()[key][language]).format(**filled)


@cache
def _phrases() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "phrases.yml").read_text(encoding="utf-8"))
    return read
