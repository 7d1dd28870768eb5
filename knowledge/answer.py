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
NUMBER = "[0-9〇零一二三四五六七八九十百千万]+"
# Amounts are held against amounts, clock times against clock times; periods of different steps are no conflict.
VALUES = (
    re.compile(rf"{NUMBER}元?以上{NUMBER}元以下|{NUMBER}元(?:以下|以上)?"),
    re.compile(rf"(?<![小每]){NUMBER}时(?:{NUMBER}分)?(?!间|段|内|期)"),
    re.compile(rf"{NUMBER}分贝"),
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
    """A line for each pair of passages of different levels whose values of one kind differ, the higher level first."""
    rules = [p for p in passages if p.article.number]
    for at, one in enumerate(rules):
        for other in rules[at + 1 :]:
            differing = next((d for kind in VALUES if (d := _differ(kind, one, other))), None)
            if differing is None or one.document.level is other.document.level:
                continue
            pair = sorted([(one, differing[0]), (other, differing[1])], key=lambda entry: entry[0].document.level.rank)
            yield _say("conflict", language, **_sides(pair, language))


def _differ(kind: re.Pattern[str], one: Passage, other: Passage) -> tuple[Sequence[str], Sequence[str]] | None:
    its, others = (tuple(dict.fromkeys(kind.findall(p.quote))) for p in (one, other))
    return (its, others) if its and others and not set(its) & set(others) else None


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
