"""Verified questions: a wording whose reading is fixed, matched before anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.offline.lexicon import shipped_verified
from assistant.offline.normalise import fold
from assistant.offline.tokens import tokenise


class VerifiedBank:
    """Verified queries by their wording without time words. The city's own come before the shipped ones."""

    def __init__(self, own: Sequence[Mapping[str, Any]], known: frozenset[str]) -> None:
        self._queries: dict[str, Mapping[str, Any]] = {}
        for entry in (*own, *shipped_verified()):
            metrics = {m.partition(".")[0] for m in entry["query"].get("metrics", ())}
            if metrics <= known:
                for wording in (w for listed in entry["question"].values() for w in listed):
                    self._queries.setdefault(_key(fold(wording)), entry)

    def match(self, text: str, spans: Sequence[tuple[int, int]]) -> Mapping[str, Any] | None:
        """The verified entry of a normalised question, leaving out what stands in the time spans."""
        kept = "".join(c for i, c in enumerate(text) if not any(a <= i < b for a, b in spans))
        return self._queries.get(_key(kept))


def _key(text: str) -> str:
    return " ".join(token.text for token in tokenise(text)).removesuffix(" 呢").removesuffix(" 吗")
