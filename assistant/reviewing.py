"""What a review makes of a judged answer: a verified question of the city, or a sample for the evals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from assistant.notices import language_of
from assistant.offline.clock import read_times
from assistant.offline.desk import Desk
from assistant.offline.normalise import normalise
from assistant.offline.tokens import tokenise
from assistant.offline.verified import VerifiedBank
from warehouse.reader import Warehouse
from warehouse.semantic import SemanticQuery

MOST_ROWS = 200


def verified_entry(
    question: str, query: Mapping[str, Any], warehouse: Warehouse, now: datetime, *, when: str = ""
) -> dict[str, Any]:
    """An entry of verified.yml: the wording without its time words, and the query without its time.

    Args:
        query: A SemanticQuery as JSON.
        when: Time words that hold where a question of this wording says none.

    Raises:
        ValueError: The wording would not be recognised again, or `when` names no time.
    """
    desk = Desk.of(warehouse)
    text = normalise(question).text
    spans = read_times(text, tokenise(text), desk, now=now, previous=None).spans
    wording = "".join(sign for place, sign in enumerate(text) if not any(a <= place < b for a, b in spans)).strip()
    fixed = SemanticQuery.model_validate({**query, "time": None})
    entry: dict[str, Any] = {
        "question": {language_of(question): [wording]},
        "query": fixed.model_dump(mode="json", exclude_defaults=True),
    }
    if when:
        said = normalise(when).text
        if read_times(said, tokenise(said), desk, now=now, previous=None).time is None:
            raise ValueError(f"{when!r} names no time")
        entry["time"] = when
    bank = VerifiedBank([entry], known=frozenset(warehouse.catalog.metrics))
    if not wording or bank.match(text, spans) is None:
        raise ValueError(f"nothing of {question!r} remains to be recognised by; give other words with --question")
    return entry


def add_verified(folder: Path, content: str, entry: Mapping[str, Any]) -> Path:
    """Put an entry before the others of the city's file; an older one of the same wording gives way.

    Args:
        folder: The city's own catalogue in the home.
        content: The city's verified.yml as it holds now, wherever it lies.
    """
    listed = (yaml.safe_load(content) or {}).get("verified", []) if content.strip() else []
    wordings = {wording for some in entry["question"].values() for wording in some}
    others = [one for one in listed if not wordings & {w for some in one["question"].values() for w in some}]
    return _written(folder / "verified.yml", {"verified": [dict(entry), *others]})


def add_sample(folder: Path, city: str, now: datetime, dialogue: Mapping[str, Any]) -> Path:
    """Put a dialogue into the suite of its city and moment; the same id again replaces it."""
    path = folder / f"feedback-{city}-{now:%Y%m%dT%H%M}.yml"
    known = yaml.safe_load(path.read_text(encoding="utf-8"))["dialogues"] if path.is_file() else []
    others = [one for one in known if one["id"] != dialogue["id"]]
    suite = {"suite": path.stem, "city": city, "now": now.isoformat(), "dialogues": [*others, dict(dialogue)]}
    return _written(path, suite)


def turn_of(question: str, outcome: str, rows: Sequence[Sequence[Any]] = ()) -> dict[str, Any]:
    """A turn with what is right for it.

    Raises:
        ValueError: More rows than a person would check.
    """
    if len(rows) > MOST_ROWS:
        raise ValueError(f"{len(rows)} rows are too many for a sample (at most {MOST_ROWS})")
    return {"ask": question, "expect": outcome, **({"rows": [list(row) for row in rows]} if rows else {})}


def _written(path: Path, content: Mapping[str, Any]) -> Path:
    """All of it or as before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    Path(draft).replace(path)
    return path
