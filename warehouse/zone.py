"""When a city's clocks are changed: naive wall times between which the offset from UTC is one and the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Stretch:
    """Wall times before `until` (None: for good), which lie `offset` seconds ahead of UTC."""

    until: datetime | None
    offset: int


def stretches(zone: ZoneInfo, first: datetime, last: datetime) -> tuple[Stretch, ...]:
    """The stretches between two naive wall times, ascending; one where the clocks are never changed.

    A wall time that comes twice, when clocks go back, is taken to be its first coming, as PEP 495 does with fold=0.
    """
    found: list[Stretch] = []
    at = first
    while at < last:
        following = at + timedelta(days=1)
        if _offset(zone, following) != _offset(zone, at):
            found.append(Stretch(_change(zone, at, following), _offset(zone, at)))
        at = following
    return (*found, Stretch(None, _offset(zone, at)))


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first wall second with the later offset."""
    before = _offset(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high.replace(microsecond=0)


def _offset(zone: ZoneInfo, wall: datetime) -> int:
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
