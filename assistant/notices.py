"""Notices: plain sentences for a person when something did not go as it should."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

PATH = Path(__file__).parent / "prompts" / "notices.yml"


def notice(key: str, language: str, trace: str = "") -> str:
    """The sentence in `zh` or `en`."""
    return _notices()[language][key].format(trace=trace)


def language_of(text: str) -> str:
    """`zh` as soon as there is a Chinese character."""
    return "zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en"


@cache
def _notices() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = yaml.load(PATH.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return read
