"""The shipped base model, trained at first use, and a city's own, trained from its past cases on command."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from tools.work_orders.classifier_city import CityList
from tools.work_orders.classifier_model import TextClassifier, load_classifier, train
from tools.work_orders.classifier_phrases import SLOT, PhraseBook
from tools.work_orders.classifier_text import cleaned
from tools.work_orders.gazetteer import Gazetteer
from warehouse.past_cases import PastText

# A bump makes every cached model train again.
FORMAT = 2
_MOST_PER_LABEL = 150
_MOST_SAMPLES = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What `citydesk intake train` made: its version, file and report."""

    version: str
    path: Path
    report: dict[str, Any]


def base_samples(book: PhraseBook) -> list[tuple[str, str]]:
    """Every phrase and every name, with its label."""
    said = [
        (phrase.replace(SLOT, ""), label)
        for label, languages in book.phrases.items()
        for phrases in languages.values()
        for phrase in phrases
    ]
    named = [(name, item.id) for item in book.classes.values() for name in item.names]
    return said + named


def base_classifier(home: Path, book: PhraseBook) -> TextClassifier:
    """The base model of this home; trained when there is none for these phrases (half a minute at most)."""
    path = home / "intake" / f"base-{FORMAT}-{book.digest}.npz"
    return _cached(path, lambda: base_samples(book))


def city_classifier(home: Path, city: str, book: PhraseBook) -> TextClassifier:
    """The city's newest trained model for these phrases, else the base model."""
    newest = newest_version(home, city, book)
    return load_classifier(newest) if newest is not None else base_classifier(home, book)


def newest_version(home: Path, city: str, book: PhraseBook) -> Path | None:
    """The file of the city's newest model that fits these phrases."""
    found = sorted((home / "cities" / city / "intake").glob(f"*-{FORMAT}-{book.digest}.npz"))
    return found[-1] if found else None


def train_city(  # noqa: PLR0913  # what a model is made of
    home: Path,
    city: str,
    book: PhraseBook,
    listed: CityList,
    gazetteer: Gazetteer,
    past: Iterable[PastText],
    now: datetime,
) -> Trained:
    """Learn the city's words from its past cases on top of the shipped phrases, and make that the city's model.

    Args:
        past: Newest first; at most 150 different texts of a category are used.
        now: Names the version.
    """
    texts = city_samples(past, listed, gazetteer)
    samples = base_samples(book) + texts
    version = f"{now:%Y%m%dT%H%M%S}-{_digest(samples)}"
    path = home / "cities" / city / "intake" / f"{version}-{FORMAT}-{book.digest}.npz"
    model = train(samples)
    model.save(path)
    return Trained(version=version, path=path, report={**model.report, "past_texts": len(texts)})


def city_samples(past: Iterable[PastText], listed: CityList, gazetteer: Gazetteer) -> list[tuple[str, str]]:
    """Different texts of past cases, their places taken out, with the label of what they turned out to be."""
    seen: dict[str, int] = {}
    found: dict[tuple[str, str], None] = {}
    for one in past:
        label = listed.label_of.get(one.minor)
        if label is None or seen.get(label, 0) >= _MOST_PER_LABEL:
            continue
        text = cleaned(gazetteer.read(one.text).rest)
        if len(text) >= 2 and (text, label) not in found:
            found[text, label] = None
            seen[label] = seen.get(label, 0) + 1
        if len(found) >= _MOST_SAMPLES:
            break
    return list(found)


def _cached(path: Path, samples: Any) -> TextClassifier:
    if path.is_file():
        return load_classifier(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if not path.is_file():
            train(samples()).save(path)
    return load_classifier(path)


def _digest(samples: Sequence[tuple[str, str]]) -> str:
    return hashlib.sha256("\n".join(f"{label}\t{text}" for text, label in samples).encode()).hexdigest()[:8]
