"""Dangers: what jumps the queue, what to do at once, and whom to call besides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import yaml

from tools.work_orders.classifier_phrases import FOLDER

_HURT = re.compile(
    r"受伤|伤了|流血|骨折|摔伤|砸伤|砸到人|晕倒|昏迷|触电了|掉进去了?人|有人掉|人掉进|孩子掉|老人掉|\b(?:injured|hurt|bleeding|unconscious|fell in(?:to)?)\b",
    re.I,
)
_NO_MORE = re.compile(r"(?:已经|都)(?:修好|处理|盖好|扶起)|修好了|fixed already|has been fixed", re.I)


@lru_cache(maxsize=1)
def _kinds() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "emergencies.yml").read_text(encoding="utf-8"))
    return loaded


def emergency_of(labels: Iterable[str], text: str) -> str | None:
    """The kind of danger, by the likely classes and the words; None when there is none.

    Args:
        labels: Classes worth believing, likeliest first.
        text: The reporter's words.
    """
    said = text.casefold()
    if _NO_MORE.search(said):
        return None
    for kind, rule in _kinds().items():
        if any(word in said for word in rule.get("before", ())):
            return kind
    for label in labels:
        for kind, rule in _kinds().items():
            words = rule.get("with", {}).get(label, ())
            if label in rule.get("classes", ()) or any(word in said for word in words):
                return kind
    return None


def advice_for(kind: str, language: str) -> str:
    """What to do at once."""
    return str(_kinds()[kind]["advice"][language])


def call_for(kind: str, language: str) -> str | None:
    """Whom to call besides, if anybody."""
    call = _kinds()[kind].get("call")
    return str(call[language]) if call else None


def somebody_is_hurt(text: str) -> bool:
    """Whether the words say that a person is hurt."""
    return bool(_HURT.search(text))
