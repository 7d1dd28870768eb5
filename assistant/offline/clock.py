"""Time words of a question as understanding needs them: what they cover, and which window they name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assistant.offline.desk import Desk
from assistant.offline.normalise import Normalised
from assistant.offline.plan import Turn
from warehouse.semantic import Compare, TimeRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The time reading of one question.

    Attributes:
        spans: Offsets in the text that the time words cover.
        problem: Why no window can be given (an impossible date, a year without a calendar), with what was said.
    """

    spans: tuple[tuple[int, int], ...] = ()
    time: TimeRange | None = None
    compare: Compare | None = None
    problem: dict[str, Any] | None = None
    readings: tuple[dict[str, Any], ...] = field(default=())


def read_times(text: Normalised, desk: Desk, turn: Turn) -> Moments:
    """The times named in a text."""
    return Moments()
