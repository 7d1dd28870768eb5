"""Yes, no and take-it-back in words, as data (`work_orders/words.yml`). Opens no ledger: every turn may be one of them."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Said = Literal["approve", "reject"]
Meant = Literal["approve", "reject", "undo"]
_WORDS = Path(__file__).parent / "work_orders" / "words.yml"


def meant(text: str) -> Meant | None:
    """What a whole utterance decides; None: it decides nothing."""
    return _decisions().get(_plain(text))


def is_polite(text: str) -> bool:
    """Whether it may be no decision at all but politeness."""
    return _plain(text) in _polite()


def is_order(text: str) -> bool:
    """Whether it says what to do as well: with no card to say yes to it may be the order itself."""
    return _plain(text) in _orders()


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = yaml.load(_WORDS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def _decisions() -> dict[str, Meant]:
    decisions: tuple[Meant, ...] = ("approve", "reject", "undo")
    return {_plain(word): said for said in decisions for group in _words()[said].values() for word in group}


@cache
def _polite() -> frozenset[str]:
    return frozenset(_plain(word) for group in _words()["polite"].values() for word in group)


@cache
def _orders() -> frozenset[str]:
    return frozenset(_plain(word) for group in _words()["orders"].values() for word in group)


def _plain(text: str) -> str:
    """Letters and digits only, widths and case folded; a final 吧 or 了 stays, it may carry the meaning."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
