"""Dispatch: who a case should go to, how sure that is and why. A rule of the city's first, then what cases like it did.

Past cases speak from the general to the particular: those of the major class, of the class, those whose title is alike,
of them those of the same district, street, community and cell, and last the few nearest ones. Each level is smoothed by
the one above it, as if that were so many cases more: a level of two cases bends the answer and does not make it. Nothing
is trained; a case that was closed a minute ago counts in the next answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tools.work_orders.model import CaseDraft, Place
from tools.work_orders.routing_rules import AREAS, Rule, Rules
from tools.work_orders.routing_titles import Titles
from warehouse.past_cases import PastRoute
from warehouse.scope import CITY_WIDE, Scope

Target = Literal["department", "unit"]
TARGETS: tuple[Target, ...] = ("department", "unit")
Why = Literal["rule", "usual", "similar"]
Shares = Sequence[tuple[str | None, str | None, int]]
PastOf = Callable[[str], Sequence[PastRoute]]
SharesOf = Callable[[str], Shares]

# What is known from the level above counts as so many cases: few for a title, which is written about this very kind of
# case, more for an area, and as many as there are for the nearest, which may be near by chance.
_WEIGHT, _TITLE_WEIGHT = 3.0, 1.0
_NEAREST, _NEAREST_WEIGHT = 10, 10.0
_USUAL = 0.95
_CANDIDATES, _UNLIKELY = 3, 0.02
# Fewer cases than this say little to a person who is told of them; the level above them is told instead.
_TELLING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Somebody a case may go to.

    Attributes:
        confidence: That it is the right one, 0..1; 1.0 by a rule.
        level: What the counted cases share with this one: `major`, `class`, or an area level.
        cases: Of the `of` cases counted there, how many went to it. Both 0 by a rule.
    """

    name: str
    confidence: float
    why: Why
    level: str = "class"
    cases: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Where a case should go; None where nobody is likely enough, so that a dispatcher decides.

    Attributes:
        departments, units: Candidates, likeliest first, however unlikely.
    """

    department: Route | None = None
    unit: Route | None = None
    departments: tuple[Route, ...] = ()
    units: tuple[Route, ...] = ()


NOBODY = Routing()


class _Level(NamedTuple):
    """Cases that share something with the one at hand, by who they went to."""

    name: str
    counts: Counter[str]
    weight: float = _WEIGHT


class Router:
    """Routes the cases of one city.

    Args:
        past: Minor class to its past cases, newest first.
        shares: Major class to department, unit and number of cases.
    """

    def __init__(self, past: PastOf, shares: SharesOf, rules: Rules | None = None) -> None:
        self._past = past
        self._shares = shares
        self.rules = rules or Rules()
        self._read: tuple[Sequence[PastRoute], _Class] | None = None

    @property
    def threshold(self) -> float:
        """Less sure than this is a question for a dispatcher."""
        return self.rules.threshold

    def route(self, draft: CaseDraft, scope: Scope = CITY_WIDE, *, but: Sequence[str] = ()) -> Routing:
        """Who the case should go to.

        Args:
            scope: Whose cases may be looked at: an asker is told nothing of what they may not see.
            but: Who it shall not go to: who returned it, or has it now.
        """
        if draft.category is None:
            return NOBODY
        rule = self.rules.of(draft)
        known = self._class(draft.category.minor)
        if scope.limits:
            known = _Class([one for one in known.rows if _is_in(one, scope)])
        shares = self._shares(draft.category.major) if draft.category.major and not scope.limits else ()
        departments = self._ranked("department", draft, known, shares, rule, but)
        if rule is not None and rule.department is not None:
            # Who takes it inside a department that is given is learned from that department's own cases.
            known = _Class([one for one in known.rows if one.department == rule.department])
            shares = [one for one in shares if one[0] == rule.department]
        units = self._ranked("unit", draft, known, shares, rule, but)
        return Routing(department=self._sure(departments), unit=self._sure(units), departments=departments, units=units)

    def _class(self, minor: str) -> _Class:
        rows = self._past(minor)
        if self._read is None or self._read[0] is not rows:
            self._read = (rows, _Class(rows))
        return self._read[1]

    def _ranked(
        self, target: Target, draft: CaseDraft, known: _Class, shares: Shares, rule: Rule | None, but: Sequence[str]
    ) -> tuple[Route, ...]:
        ruled = getattr(rule, target) if rule is not None else None
        if ruled is not None and ruled not in but:
            return (Route(name=ruled, confidence=1.0, why="rule"),)
        of_major: Counter[str] = Counter()
        for department, unit, cases in shares:
            if name := (department if target == "department" else unit):
                of_major[name] += cases
        levels = [_Level("major", of_major), *known.levels(target, draft)]
        return _routes([_without(level, but) for level in levels])

    def _sure(self, found: Sequence[Route]) -> Route | None:
        return found[0] if found and found[0].confidence >= self.threshold else None


class _Class:
    """The past cases of a class."""

    def __init__(self, rows: Sequence[PastRoute]) -> None:
        self.rows = rows

    @cached_property
    def _titles(self) -> Titles:
        return Titles([one.title or "" for one in self.rows])

    @cached_property
    def _points(self) -> npt.NDArray[np.float64]:
        """Longitude and latitude in degrees of latitude, nan where a case has none."""
        points = [(_degrees(one.longitude), _degrees(one.latitude)) for one in self.rows]
        made = np.array(points, dtype=np.float64).reshape(-1, 2)
        made[:, 0] *= self._shrink
        return made

    @cached_property
    def _shrink(self) -> float:
        latitudes = [one.latitude for one in self.rows if one.latitude is not None]
        return float(np.cos(np.radians(np.median(latitudes)))) if latitudes else 1.0

    @cached_property
    def _areas(self) -> Mapping[str, npt.NDArray[np.object_]]:
        return {level: np.array([getattr(one, level) for one in self.rows], dtype=object) for level in AREAS}

    @cached_property
    def _chosen(self) -> Mapping[Target, tuple[list[str], npt.NDArray[np.int64]]]:
        """Who was chosen: the names, and of every case the place of its name, -1 where nobody was."""
        found: dict[Target, tuple[list[str], npt.NDArray[np.int64]]] = {}
        for target in TARGETS:
            told = [getattr(one, target) for one in self.rows]
            names = sorted({name for name in told if name is not None})
            place = {name: at for at, name in enumerate(names)}
            found[target] = (names, np.array([place.get(name, -1) for name in told], dtype=np.int64))
        return found

    def _counted(self, target: Target, places: npt.NDArray[np.int64]) -> Counter[str]:
        names, chosen = self._chosen[target]
        counts = np.bincount(chosen[places] + 1, minlength=len(names) + 1)[1:]
        return Counter({names[at]: int(counts[at]) for at in np.flatnonzero(counts)})

    def levels(self, target: Target, draft: CaseDraft) -> list[_Level]:
        """Who the cases of the class went to, from all of it to the nearest."""
        if not self.rows:
            return []
        places = np.arange(len(self.rows))
        found = [_Level("class", self._counted(target, places))]
        alike = self._titles.alike(draft.title)
        if alike is not None:
            places = alike
            found.append(_Level("class", self._counted(target, places), _TITLE_WEIGHT))
        inside = places
        for level in AREAS:
            value = getattr(draft.place, level)
            if value is None:
                continue
            inside = inside[self._areas[level][inside] == value]
            if not inside.size:
                break
            found.append(_Level(level, self._counted(target, inside)))
        nearest = self._nearest(places[self._chosen[target][1][places] >= 0], draft.place)
        if nearest.size:
            found.append(_Level("near", self._counted(target, nearest), _NEAREST_WEIGHT))
        return found

    def _nearest(self, places: npt.NDArray[np.int64], place: Place) -> npt.NDArray[np.int64]:
        if place.longitude is None or place.latitude is None:
            return places[:0]
        there = np.array([place.longitude * self._shrink, place.latitude])
        apart = ((self._points[places] - there) ** 2).sum(axis=1)
        places, apart = places[~np.isnan(apart)], apart[~np.isnan(apart)]
        if len(places) <= _NEAREST:
            return places
        # All that lie as far as the last of them: at one address there is no telling which is nearer.
        farthest: float = np.partition(apart, _NEAREST - 1)[_NEAREST - 1]
        return np.compress(apart <= farthest, places)


def _routes(levels: Sequence[_Level]) -> tuple[Route, ...]:
    """Candidates by the smoothed shares of the levels."""
    shares: dict[str, float] = {}
    for _, counts, weight in levels:
        total = counts.total()
        if total:
            names = counts.keys() | shares.keys()
            shares = {
                name: (counts[name] + weight * shares.get(name, 0.0)) / (total + weight) for name in sorted(names)
            }
    ranked = sorted(shares.items(), key=lambda pair: -pair[1])[:_CANDIDATES]
    return tuple(_route(name, share, levels) for name, share in ranked if share >= _UNLIKELY)


def _route(name: str, share: float, levels: Sequence[_Level]) -> Route:
    """A candidate with the cases that speak for it: those of the finest area that has enough to tell."""
    told = [one for one in levels if one.name != "near" and one.counts.total()]
    enough = [one for one in told if one.counts.total() >= _TELLING and one.counts[name]]
    level = (enough or told)[-1] if told else _Level("near", Counter())
    return Route(
        name=name,
        confidence=share,
        why="usual" if share >= _USUAL else "similar",
        level=level.name,
        cases=level.counts[name],
        of=level.counts.total(),
    )


def _without(level: _Level, but: Sequence[str]) -> _Level:
    if not but:
        return level
    return level._replace(counts=Counter({name: n for name, n in level.counts.items() if name not in but}))


def _degrees(value: float | None) -> float:
    return float("nan") if value is None else value


def _is_in(one: PastRoute, scope: Scope) -> bool:
    """Whether an asker of that scope may see the case; people of a unit see what went to their department or unit."""
    for dimension, allowed in scope.limits.items():
        values = {one.department, one.unit} if dimension == "department" else {getattr(one, dimension, None)}
        if not values & allowed:
            return False
    return True
