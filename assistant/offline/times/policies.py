"""The choices of `policies.yml`, with a city's own hours in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.offline.times.values import Hours
from warehouse.catalog import City

_FILE = Path(__file__).with_name("policies.yml")


@dataclass(frozen=True, slots=True)
class Policies:
    """Parts of the day by id, what they are called, and the bounds of vague stretches."""

    parts: dict[str, Hours]
    words: dict[str, Hours]
    edges: dict[str, dict[str, dict[str, Any]]]
    recent_days: int


def policies_of(city: City) -> Policies:
    """The shipped policies with the city's night and parts of the day."""
    return _policies(city.night, tuple(sorted(city.parts_of_day.items())))


@lru_cache(maxsize=32)
def _policies(night: str, own: tuple[tuple[str, str], ...]) -> Policies:
    raw = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    hours = {"night": night, **dict(own)}
    parts: dict[str, Hours] = {}
    words: dict[str, Hours] = {}
    for name, entry in raw["parts"].items():
        label = name.removesuffix("_en").replace("_", " ")
        part = parse_hours(hours.get(name, entry["hours"]), name=label, clock=entry["clock"])
        parts[name] = part
        words.update(dict.fromkeys([*entry.get("zh", ()), *entry.get("en", ())], part))
    edges = {"month": raw["month_edges"], "year": raw["year_edges"]}
    return Policies(parts, words, edges, raw["recent_days"])


def parse_hours(text: str, *, name: str = "", clock: str = "") -> Hours:
    """Hours from "22:00-06:00"; 24:00 is midnight."""
    start, end = (time.fromisoformat(part.strip().replace("24:00", "00:00")) for part in text.split("-"))
    return Hours(start, end, name, clock)
