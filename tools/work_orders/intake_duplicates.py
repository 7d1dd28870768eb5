"""Whether an open case may be the same problem: same class, close by, not long ago."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tools.work_orders.intake_draft import Duplicate
from tools.work_orders.model import Place
from warehouse.past_cases import OpenCase

OpenCases = Callable[[str, datetime, datetime], Iterable[OpenCase]]
_METRES = 111_320.0
_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NearBy:
    """What counts as the same.

    Attributes:
        metres: Radius; `metres_of` overrides it for a class by name.
        hours: How long ago at most; `hours_of` overrides it.
    """

    metres: float = 60.0
    hours: float = 72.0
    metres_of: Mapping[str, float] = field(default_factory=dict)
    hours_of: Mapping[str, float] = field(default_factory=dict)


def duplicates_of(
    minor: str, place: Place, now: datetime, open_cases: OpenCases, near: NearBy
) -> tuple[Duplicate, ...]:
    """Open cases that may be the same problem, nearest first, at most three.

    With points on both sides the distance decides; otherwise the same numbered address in the same community does.
    """
    hours = near.hours_of.get(minor, near.hours)
    radius = near.metres_of.get(minor, near.metres)
    found = []
    for case in open_cases(minor, now - timedelta(hours=hours), now):
        metres = _metres(place, case)
        same = metres <= radius if metres is not None else _same_address(place, case)
        if same:
            age = max(0.0, (now - case.reported_at).total_seconds() / _HOUR)
            found.append(Duplicate(case_no=case.case_no, metres=metres, hours=age, address=case.address))
    return tuple(sorted(found, key=lambda one: (one.metres if one.metres is not None else radius, one.hours))[:3])


def _metres(place: Place, case: OpenCase) -> float | None:
    if place.latitude is None or place.longitude is None or case.latitude is None or case.longitude is None:
        return None
    east = (place.longitude - case.longitude) * math.cos(math.radians(place.latitude))
    return math.hypot(east, place.latitude - case.latitude) * _METRES


def _same_address(place: Place, case: OpenCase) -> bool:
    mine, theirs = _numbered(place.address), _numbered(case.address)
    if not mine or mine != theirs:
        return False
    street = place.street is None or place.street in (case.address or "") or place.community == case.community
    return street and (place.community is None or case.community is None or place.community == case.community)


def _numbered(address: str | None) -> str | None:
    """Road and number: what two people write the same way."""
    if not address:
        return None
    chinese = re.search(r"([㐀-鿿]{2,4}(?:路|街|大道|巷))\s*(\d+)号?", address)
    if chinese:
        return f"{chinese.group(1)[-3:]}{chinese.group(2)}"
    english = re.search(r"\b(\d+)\s+([a-z']+)", address.casefold())
    return f"{english.group(1)} {english.group(2)}" if english else None
