"""Function words of both languages, as data (`assistant/lexicon/*.yml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "lexicon"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Function words of one language.

    Attributes:
        operators: Surfaces by operator id.
        stopwords: Words that change no result.
        case_nouns: What a case is called when no metric is meant by it.
        soft_verbs: Verbs that say little beside another metric.
        generic_area: Words for "one level below the asker's scope".
        place_suffixes, body_suffixes: Endings that people leave off names.
        numerals: Number words and their values.
        metric_words: Verbs and adjectives that name a metric only inside a question.
        dimension_words: Further names of dimensions, by dimension id.
        acts: What people say for the steps of the flow, by step.
        lists: Words that single rules look for, by the name of the list.
    """

    language: str
    operators: dict[str, tuple[str, ...]]
    stopwords: tuple[str, ...]
    case_nouns: tuple[str, ...]
    soft_verbs: tuple[str, ...]
    generic_area: tuple[str, ...]
    place_suffixes: tuple[str, ...]
    body_suffixes: tuple[str, ...]
    numerals: dict[str, int]
    metric_words: dict[str, tuple[str, ...]]
    dimension_words: dict[str, tuple[str, ...]]
    acts: dict[str, tuple[str, ...]]
    lists: dict[str, frozenset[str]]


def _read(name: str) -> Any:
    path = FOLDER / f"{name}.yml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader) if path.exists() else {}  # both are safe loaders


@cache
def lexicons() -> tuple[Lexicon, Lexicon]:
    """Chinese and English, read once."""
    return _lexicon("zh"), _lexicon("en")


def _lexicon(language: str) -> Lexicon:
    data = _read(language)

    def listed_under(key: str) -> tuple[str, ...]:
        return tuple(str(word) for word in data.get(key, ()))

    def by_id(key: str) -> dict[str, tuple[str, ...]]:
        return {name: tuple(map(str, listed)) for name, listed in (data.get(key) or {}).items()}

    return Lexicon(
        language=language,
        operators={op: tuple(map(str, surfaces)) for op, surfaces in data["operators"].items()},
        stopwords=listed_under("stopwords"),
        case_nouns=listed_under("case_nouns"),
        soft_verbs=listed_under("soft_verbs"),
        generic_area=listed_under("generic_area"),
        place_suffixes=listed_under("place_suffixes"),
        body_suffixes=listed_under("body_suffixes"),
        metric_words=by_id("metric_words"),
        dimension_words=by_id("dimension_words"),
        acts=by_id("acts"),
        lists={name: frozenset(listed) for name, listed in by_id("lists").items()},
        numerals={str(k): int(v) for k, v in (data.get("numerals") or data.get("numbers") or {}).items()},
    )


@cache
def words(name: str) -> frozenset[str]:
    """The words of a named list in both languages."""
    return frozenset[str]().union(*(lexicon.lists.get(name, frozenset()) for lexicon in lexicons()))


@cache
def categories() -> tuple[dict[str, Any], ...]:
    """Colloquial names of standard categories; empty when the file is not shipped."""
    data = _read("categories")
    entries = data.get("categories", ()) if isinstance(data, dict) else data
    return tuple(entries)


@cache
def compositions() -> dict[str, dict[str, str]]:
    """How an operator and a metric or mark make another metric, by operator."""
    return dict(_read("compositions"))


@cache
def shipped_verified() -> tuple[dict[str, Any], ...]:
    """Verified questions that hold in any city."""
    return tuple(_read("verified").get("verified", ()))
