"""Where it is: names of the area tree, names learned from past cases, words that read like a place, or a pin."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tools.pinyin import sound
from tools.work_orders.gazetteer_sound import latin
from tools.work_orders.gazetteer_words import merged, written_places
from tools.work_orders.model import Place
from warehouse.past_cases import GridCentre, PastPlace
from warehouse.reader import Member

LEVELS = ("district", "street", "community", "grid")
_SHARE = 0.8
_LEARNED_CASES = 3
_FARTHEST_METRES = 3000.0
_METRES = 111_320.0
_LONGEST = 40
# A short form is only as good as a name when it cannot be an ordinary word.
_SHORTEST = 2
# Two characters sound like too many words.
_SHORTEST_HEARD = 3
_NUMBERED = re.compile(r"\d+号?.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name and the place it stands for; `level` is None for a learned landmark."""

    name: str
    place: Place
    level: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReading:
    """What a message says about where.

    Attributes:
        place: As far as it is known.
        options: Areas that the name may mean, when it is not just one.
        rest: The message without the place words.
    """

    place: Place
    options: tuple[Place, ...] = ()
    rest: str = ""

    @property
    def is_somewhere(self) -> bool:
        """Whether somebody could go there."""
        place = self.place
        return bool(place.address or place.community or place.grid or place.street or place.latitude is not None)


class Gazetteer:
    """The places of a city. Cheap to ask: a dictionary of names and a table of cell centres."""

    def __init__(
        self,
        members: Mapping[str, Sequence[Member]],
        past: Iterable[PastPlace] = (),
        centres: Iterable[GridCentre] = (),
        polygons: Mapping[str, Any] | None = None,
    ) -> None:
        self._names: dict[str, list[Named]] = defaultdict(list)
        self._heard: dict[str, list[Named]] = defaultdict(list)
        self._parents = {(level, one.value): one.parent for level in LEVELS for one in members.get(level, ())}
        for level in LEVELS[:3]:
            for one in members.get(level, ()):
                self._add_area(level, one)
        for landmark in _learned(past):
            if landmark.name not in self._names:
                self._names[landmark.name].append(landmark)
        self._longest = min(_LONGEST, max((len(name) for name in self._names), default=0))
        self._centres = tuple(centres)
        self._points = np.array([(one.longitude, one.latitude) for one in self._centres]).reshape(-1, 2)
        self._shapes = _shapes(polygons or {})

    def read(self, text: str) -> PlaceReading:
        """Names in the text, longest first, put together into one place."""
        found = self._mentions(text)
        spans = [(start, end) for start, end, _ in found]
        written = written_places(text)
        place, options = self._combined([names for _, _, names in found])
        joined = merged(text, spans + written)
        address = " ".join(text[start:end].strip() for start, end in joined) or None
        if address and not written and all(name[0].level == "district" for _, _, name in found):
            address = None
        rest = _without(text, joined)
        return PlaceReading(place=replace(place, address=address), options=options, rest=rest)

    def at(self, longitude: float, latitude: float) -> Place:
        """The cell, community, street and district of a point: by polygon, else by the nearest cell within 3 km."""
        place = Place(longitude=longitude, latitude=latitude)
        inside = {level: name for level, name, rings in self._shapes if _contains(rings, longitude, latitude)}
        nearest = self._nearest(longitude, latitude)
        if nearest is not None:
            place = replace(
                place,
                district=nearest.district,
                street=nearest.street,
                community=nearest.community,
                grid=nearest.grid or None,
            )
        if any(inside.get(level, getattr(place, level)) != getattr(place, level) for level in LEVELS):
            place = Place(longitude=longitude, latitude=latitude)
        return _with_area(place, inside)

    def _nearest(self, longitude: float, latitude: float) -> GridCentre | None:
        if not len(self._points):
            return None
        scale = np.array([np.cos(np.radians(latitude)), 1.0]) * _METRES
        metres = np.linalg.norm((self._points - (longitude, latitude)) * scale, axis=1)
        at = int(metres.argmin())
        return self._centres[at] if metres[at] <= _FARTHEST_METRES else None

    def _add_area(self, level: str, one: Member) -> None:
        place = self._placed(level, one.value)
        short = re.sub(r"(?:街道办事处|街道|社区|居委会|镇|乡|村|区|县)$", "", one.value)
        names = {one.value, *one.aliases}
        if (level != "district" and len(short) >= 3) or (level == "district" and len(short) >= _SHORTEST):
            names.add(short)
        names |= latin(short) | latin(one.value)
        for name in names:
            key = name.casefold()
            if len(key) >= _SHORTEST:
                self._names[key].append(Named(name=key, place=place, level=level))
        if len(short) >= _SHORTEST_HEARD:
            self._heard[sound(short)].append(Named(name=short, place=place, level=level))

    def _placed(self, level: str, name: str) -> Place:
        values = {level: name}
        at = LEVELS.index(level)
        while at > 0:
            parent = self._parents.get((LEVELS[at], values[LEVELS[at]]))
            if parent is None:
                break
            at -= 1
            values[LEVELS[at]] = parent
        return _area(values)

    def _mentions(self, text: str) -> list[tuple[int, int, list[Named]]]:
        folded = text.casefold()
        found, at = [], 0
        while at < len(folded):
            end = next(
                (
                    at + size
                    for size in range(min(self._longest, len(folded) - at), 1, -1)
                    if folded[at : at + size] in self._names and _whole(folded, at, at + size)
                ),
                None,
            )
            named = self._names[folded[at:end]] if end is not None else None
            if named is None:
                end, named = self._by_sound(folded, at)
            if end is None or named is None:
                at += 1
            else:
                found.append((at, end, named))
                at = end
        return found

    def _by_sound(self, text: str, at: int) -> tuple[int | None, list[Named] | None]:
        """A name typed with other characters of the same sound (虹桥录 for 虹桥路)."""
        for size in (5, 4, 3):
            heard = sound(text[at : at + size]) if at + size <= len(text) else ""
            if heard and heard in self._heard:
                return at + size, self._heard[heard]
        return None, None

    def _combined(self, mentions: list[list[Named]]) -> tuple[Place, tuple[Place, ...]]:
        """One place that agrees with every mention, the finest first; options where a name stays ambiguous."""
        known = Place()
        options: tuple[Place, ...] = ()
        order = {"district": 0, "street": 1, "community": 2, None: 3}
        for names in sorted(mentions, key=lambda many: order[many[0].level]):
            fitting = [one.place for one in names if _agrees(one.place, known)]
            if len(fitting) == 1:
                known = _with_area(known, {k: v for k in LEVELS if (v := getattr(fitting[0], k)) is not None})
            elif fitting:
                options = tuple(fitting)
        return known, options


def _with_area(place: Place, values: Mapping[str, str]) -> Place:
    """The place with some of its area names replaced."""
    return replace(
        place,
        district=values.get("district", place.district),
        street=values.get("street", place.street),
        community=values.get("community", place.community),
        grid=values.get("grid", place.grid),
    )


def _area(values: Mapping[str, str]) -> Place:
    return _with_area(Place(), values)


def _agrees(one: Place, other: Place) -> bool:
    pairs = ((getattr(one, level), getattr(other, level)) for level in LEVELS)
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a Latin name is not the inside of a longer word."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    latin = text[start].isascii() and text[start].isalnum()
    return not latin or not ((before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum()))


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts.append(text[at:start])
        at = end
    return re.sub(r"\s+", " ", " ".join([*parts, text[at:]])).strip(" ,，。.、")


def _learned(past: Iterable[PastPlace]) -> list[Named]:
    """Roads and landmarks that past cases wrote often; an area only where four of five cases lay in it."""
    where: dict[str, dict[str, Counter[str]]] = {}
    counts: Counter[str] = Counter()
    for one in past:
        for name in _names_in(one.address):
            counts[name] += one.cases
            tally = where.setdefault(name, {level: Counter() for level in LEVELS[:3]})
            for level in LEVELS[:3]:
                value = getattr(one, level)
                if value:
                    tally[level][value] += one.cases
    return [
        Named(name=name, place=_usual(tally, counts[name]), level=None)
        for name, tally in where.items()
        if counts[name] >= _LEARNED_CASES
    ]


def _names_in(address: str) -> set[str]:
    spans = written_places(address)
    names = {_NUMBERED.sub("", address[start:end]).strip().casefold() for start, end in spans}
    english = re.match(r"(?:intersection of )?(?:\d+[\w-]*\s+)?([\w' ]+?)(?:\s{2,}|\s*&|$)", address, re.I)
    if english and address.isascii():
        names.add(english.group(1).strip().casefold())
    return {name for name in names if 3 <= len(name) <= _LONGEST}


def _usual(tally: Mapping[str, Counter[str]], cases: int) -> Place:
    values = {}
    for level in LEVELS[:3]:
        top = tally[level].most_common(1)
        if top and top[0][1] >= _SHARE * cases:
            values[level] = top[0][0]
    return _area(values)


def _shapes(collection: Mapping[str, Any]) -> list[tuple[str, str, list[list[tuple[float, float]]]]]:
    """Level, name and rings of every area of a GeoJSON FeatureCollection (properties `level` and `name`)."""
    shapes = []
    for feature in collection.get("features", ()):
        geometry, told = feature["geometry"], feature["properties"]
        parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        rings = [[(float(x), float(y)) for x, y, *_ in ring] for part in parts for ring in part]
        shapes.append((str(told["level"]), str(told["name"]), rings))
    return shapes


def _contains(rings: list[list[tuple[float, float]]], x: float, y: float) -> bool:
    """Even-odd rule over all rings, so that holes are outside."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def read_polygons(text: str | None) -> Mapping[str, Any]:
    """A city's `areas.geojson`; nothing where there is none."""
    loaded: Mapping[str, Any] = json.loads(text) if text else {}
    return loaded
