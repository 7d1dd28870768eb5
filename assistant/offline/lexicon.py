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

    def words(key: str) -> tuple[str, ...]:
        return tuple(str(word) for word in data.get(key, ()))

    return Lexicon(
        language=language,
        operators={op: tuple(map(str, surfaces)) for op, surfaces in data["operators"].items()},
        stopwords=words("stopwords"),
        case_nouns=words("case_nouns"),
        soft_verbs=words("soft_verbs"),
        generic_area=words("generic_area"),
        place_suffixes=words("place_suffixes"),
        body_suffixes=words("body_suffixes"),
        metric_words={metric: tuple(map(str, listed)) for metric, listed in (data.get("metric_words") or {}).items()},
        numerals={str(k): int(v) for k, v in (data.get("numerals") or data.get("numbers") or {}).items()},
    )


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
