"""What a semantic query must give, worked out with pandas from the definitions of the metrics, without any SQL.

It shares no code with the warehouse but the query itself. `Refused` means that the query must not be answered.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from tests.warehouse.oracle_rows import (
    AREAS,
    CARRIED_OVER,
    CLOCKS,
    DURATIONS,
    OF_ALARMS,
    ONLY_CASES,
    RATES,
    STOCKS,
    SUMS,
    Refused,
    Window,
    a_year_back,
    buckets_of,
    counted,
    dimension_of,
    hours_kept,
    leaves_of,
    measured,
    names_of,
    only_shows,
    passes_filter,
    time_of,
    window_before,
)
from warehouse.semantic import SemanticQuery, TimeRange

Span = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(kw_only=True)
class Row:
    """A group: its values, then what is derived from them."""

    key: tuple[Any, ...]
    cells: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class City:
    """The facts of a small city and what is known of its places."""

    cases: pd.DataFrame = field(repr=False)
    alarms: pd.DataFrame = field(repr=False)
    areas: list[tuple[str, str, str | None, str | None]] = field(repr=False)
    zone: ZoneInfo
    minimum_sample: int

    def answer(
        self, query: SemanticQuery, scope: dict[str, frozenset[str]], now: datetime
    ) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """The rows, and the rows with too small a sample to be ranked."""
        _check(query)
        self._check_scope(query, scope)
        window = self._window(query.time, now)
        base = self._base(query, now)
        groups = self._grouped(query, scope, window)
        # What lies before the data is not known, which is not zero.
        known = base is None or base.end > self._first(query)
        before = self._grouped(query, scope, base) if base is not None and known else {}
        rows = [Row(key=key) for key in self._keys(query, scope, window, groups, before)]
        for row in rows:
            for ref in query.metrics:
                _fill(row, ref, groups.get(row.key, {}), before.get(row.key, {}) if known else None, query)
        rows, nameless = _parted(rows, query)
        ranked, apart = _apart(rows, query, self.minimum_sample)
        _calculate(ranked, query, nameless)
        shown = _ordered([row for row in ranked if _is_shown(row, query)], query, query.limit)
        apart = _ordered([row for row in apart if _is_shown(row, query)], query, None)
        starts = [start.to_pydatetime().replace(tzinfo=self.zone) for start in names_of(window)]
        width = len(query.dimensions)

        def cells(row: Row) -> tuple[Any, ...]:
            return (*row.key[:width], *(starts[at] for at in row.key[width:]), *row.cells.values())

        return [cells(row) for row in shown], [cells(row) for row in apart]

    def _first(self, query: SemanticQuery) -> pd.Timestamp:
        firsts = {True: self.alarms["detected_at"].min(), False: self.cases["reported_at"].min()}
        return min(firsts[leaf in OF_ALARMS] for leaf in leaves_of(query))

    def _check_scope(self, query: SemanticQuery, scope: dict[str, frozenset[str]]) -> None:
        """A place outside the asker's is refused by name; it is not a place without cases."""
        above = {name: parent for level, name, _, parent in self.areas if level == "street"}
        for one in query.filters:
            if one.op != "in" or one.dimension not in AREAS:
                continue
            for id in AREAS.keys() & scope.keys():
                inside = {
                    value
                    for value in one.values
                    for allowed in scope[id]
                    if value == allowed or allowed == above.get(value) or value == above.get(allowed)
                }
                if not inside:
                    raise Refused("outside the scope")

    # windows -----------------------------------------------------------------------------------------------------
    def _wall(self, moment: datetime) -> pd.Timestamp:
        return pd.Timestamp(moment.astimezone(self.zone).replace(tzinfo=None))

    def _window(self, asked: TimeRange | None, now: datetime) -> Window:
        wall = self._wall(now)
        if asked is None:
            return Window(pd.Timestamp(1900, 1, 1), wall, wall, None)
        if asked.start >= now:
            raise Refused("not begun")
        return Window(self._wall(asked.start), self._wall(asked.end), wall, asked)

    def _base(self, query: SemanticQuery, now: datetime) -> Window | None:
        if query.compare is None:
            return None
        if query.compare.window is not None:
            given = query.compare.window
            assert query.time is not None
            return self._window(given.model_copy(update={"grain": query.time.grain}), now)
        if query.time is None:
            raise Refused("nothing to compare with")
        window = self._window(query.time, now)
        start, end = (a_year_back if query.compare.mode != "previous" else window_before)(window)
        if start >= window.now:
            raise Refused("not begun")
        return Window(start, end, window.now, query.time)

    # rows that count ---------------------------------------------------------------------------------------------
    def _grouped(
        self, query: SemanticQuery, scope: dict[str, frozenset[str]], window: Window
    ) -> dict[tuple[Any, ...], dict[str, Any]]:
        found: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(dict)
        for ref in leaves_of(query):
            for index, until, part in self._parts(ref, query, scope, window):
                keys = [dimension_of(part, id, time_of(ref), window) for id in query.dimensions]
                grouping = part.groupby(keys, dropna=False, sort=False) if keys else [((), part)]
                for key, members in grouping:
                    key = tuple(None if pd.isna(k) else k for k in (key if isinstance(key, tuple) else (key,)))
                    found[key if index is None else (*key, index)][ref] = measured(ref, members, until, self.zone)
        return found

    def _parts(
        self, ref: str, query: SemanticQuery, scope: dict[str, frozenset[str]], window: Window
    ) -> Iterator[tuple[int | None, pd.Timestamp, pd.DataFrame]]:
        """The counted rows of every bucket, or of the whole window; empty ones too where nothing is cut."""
        facts = self._kept(ref, query, scope, window)
        spans: list[tuple[int | None, Span]] = [(None, (window.start, window.end))]
        if window.asked is not None and window.asked.grain:
            spans = [(number, span) for number, span in enumerate(buckets_of(window))]
        for index, (start, end) in spans:
            yield (
                index,
                min(end, window.now),
                facts[counted(ref, facts, start, end, window.now) & hours_kept(ref, facts, window)],
            )

    def _kept(self, ref: str, query: SemanticQuery, scope: dict[str, frozenset[str]], window: Window) -> pd.DataFrame:
        of_alarms = ref.split(".")[0] in OF_ALARMS
        facts = self.alarms if of_alarms else self.cases
        mask = pd.Series(True, index=facts.index)
        late = [one for one in query.filters if only_shows(one, query)]
        for one in query.filters:
            _check_dimension(ref, one.dimension)
            if one not in late:
                mask &= passes_filter(one, dimension_of(facts, one.dimension, time_of(ref), window))
        for id, allowed in scope.items():
            if of_alarms and id not in AREAS:
                raise Refused("scope")
            mask &= facts[id].isin(allowed)
        for id in query.dimensions:
            _check_dimension(ref, id)
        return facts[mask]

    def _keys(
        self,
        query: SemanticQuery,
        scope: dict[str, frozenset[str]],
        window: Window,
        *groups: dict[tuple[Any, ...], Any],
    ) -> list[tuple[Any, ...]]:
        known = dict.fromkeys(key for one in groups for key in one)
        if query.time and query.time.grain:
            heads = dict.fromkeys(key[:-1] for key in known) or ({(): None} if not query.dimensions else {})
            count = len(buckets_of(window))
            return [(*head, index) for head in heads for index in range(count)]
        return [*known, *(key for key in self._idle(query, scope) if key not in known)]

    def _idle(self, query: SemanticQuery, scope: dict[str, frozenset[str]]) -> Iterator[tuple[Any, ...]]:
        """Places without a row, which are the fewest."""
        if len(query.dimensions) != 1 or query.dimensions[0] not in AREAS:
            return
        level = query.dimensions[0]
        fewest = any(one.direction == "asc" and one.by in query.metrics for one in query.order)
        counted = query.metrics[0].split(".")[0] not in (*RATES, *DURATIONS)
        if not fewest or not counted or any(one.dimension in AREAS for one in query.filters):
            return
        listed = {name: parent for at, name, _, parent in self.areas if at == level}
        for name in dict.fromkeys((*listed, *self.cases[level].dropna())):
            inside = {level: name, AREAS[level] or "": listed.get(name)}
            if all(id in inside and inside[id] in allowed for id, allowed in scope.items()):
                yield (name,)


# what is asked ---------------------------------------------------------------------------------------------------
def _check(query: SemanticQuery) -> None:
    refs = [ref.split(".")[0] for ref in query.metrics]
    if query.calc in {"share", "cumulative"} and any(ref in (*RATES, *DURATIONS) for ref in refs):
        raise Refused("does not add up")
    if query.calc == "cumulative" and any(ref in (*STOCKS, *CARRIED_OVER) for ref in refs):
        raise Refused("would be counted again in every bucket")
    parts = query.time is not None and (query.time.daily_window or query.time.day_type)
    if parts and any(ref in (*STOCKS, *CARRIED_OVER) for ref in refs):
        raise Refused("parts of days")


def _check_dimension(ref: str, id: str) -> None:
    name = ref.split(".")[0]
    if id in CLOCKS and name in (*STOCKS, *CARRIED_OVER):
        raise Refused("a clock of a moment")
    if id in ONLY_CASES and name in OF_ALARMS:
        raise Refused("alarms have none")


# groups ----------------------------------------------------------------------------------------------------------
def _value(ref: str, raw: dict[str, Any]) -> tuple[Any, int | None]:
    name = ref.split(".")[0]
    if name in DURATIONS:
        return raw.get(ref, (None, 0))
    if name in RATES:
        top, bottom = raw.get(ref, (0, 0))
        return (top / bottom if bottom else None), bottom
    return sum(raw.get(leaf, 0) for leaf in SUMS.get(ref, (ref,))), None


def _fill(row: Row, ref: str, raw: dict[str, Any], before: dict[str, Any] | None, query: SemanticQuery) -> None:
    value, sample = _value(ref, raw)
    row.cells[ref] = value
    if query.compare:
        base = None if before is None else _value(ref, before)[0]
        change = None if value is None or base is None else value - base
        of_rate = ref.split(".")[0] in RATES
        row.cells[f"{ref}.base"], row.cells[f"{ref}.change"] = base, change
        row.cells[f"{ref}.change_ratio"] = None if change is None or not base or of_rate else change / base
    if query.calc in {"share", "rank"}:
        row.cells[f"{ref}.{query.calc}"] = None
    if sample is not None:
        row.cells[f"{ref}.sample"] = sample


def _parted(rows: list[Row], query: SemanticQuery) -> tuple[list[Row], list[Row]]:
    """Rows without a value are no group of a breakdown, unless they are asked for."""
    asked = {one.dimension for one in query.filters if one.op == "is_null"}
    places = [at for at, id in enumerate(query.dimensions) if id not in asked]
    nameless = [row for row in rows if any(row.key[at] is None for at in places)]
    return [row for row in rows if row not in nameless], nameless


def _apart(rows: list[Row], query: SemanticQuery, least: int) -> tuple[list[Row], list[Row]]:
    first = next((one.by for one in query.order if one.by in query.metrics), query.metrics[0])
    ranking = bool(query.dimensions) and (query.limit is not None or query.calc == "rank")
    if not ranking or first.split(".")[0] not in RATES:
        return rows, []
    return (
        [row for row in rows if row.cells[f"{first}.sample"] >= least],
        [row for row in rows if row.cells[f"{first}.sample"] < least],
    )


def _calculate(rows: list[Row], query: SemanticQuery, nameless: list[Row]) -> None:
    """Shares are of everything that was counted, the nameless included; ranks are among those that are shown."""
    if query.calc == "share":
        rows = [*rows, *nameless]
    width = len(query.dimensions)
    for ref in query.metrics:
        circles: dict[Any, list[Row]] = defaultdict(list)
        for row in rows:
            inside = tuple(row.key[query.dimensions.index(id)] for id in query.limit_per)
            bucket = row.key[width:] if query.dimensions else ()
            circles[row.key[:width] if query.calc == "cumulative" else (inside, bucket)].append(row)
        for circle in circles.values():
            _calculate_circle(circle, ref, query)


def _calculate_circle(circle: list[Row], ref: str, query: SemanticQuery) -> None:
    values = [row.cells[ref] for row in circle]
    if query.calc == "share":
        for row in circle:
            row.cells[f"{ref}.share"] = row.cells[ref] / sum(values) if sum(values) else None
    elif query.calc == "rank":
        ascending = next((one.direction == "asc" for one in query.order if one.by == ref), False)
        ranks = pd.Series(values, dtype="float64").rank(method="min", ascending=ascending)
        for row, rank in zip(circle, ranks, strict=True):
            row.cells[f"{ref}.rank"] = None if math.isnan(rank) else int(rank)
    elif query.calc == "cumulative":
        total = 0
        for row in sorted(circle, key=lambda row: row.key[len(query.dimensions) :]):
            total += row.cells[ref]
            row.cells[ref] = total


def _is_shown(row: Row, query: SemanticQuery) -> bool:
    for one in query.filters:
        if only_shows(one, query):
            cell = row.key[query.dimensions.index(one.dimension)]
            found = {"in": str(cell) in one.values, "not_in": str(cell) not in one.values or cell is None,
                     "is_null": cell is None, "not_null": cell is not None}  # fmt: skip
            if not found[one.op]:
                return False
    for threshold in query.having:
        cell, value = row.cells[threshold.metric], threshold.value
        if cell is None:
            return False
        tests = {"gt": cell > value, "ge": cell >= value, "lt": cell < value, "le": cell <= value, "eq": cell == value,
                 "ne": cell != value}  # fmt: skip
        if not tests[threshold.op]:
            return False
    return True


def _ordered(rows: list[Row], query: SemanticQuery, limit: int | None) -> list[Row]:
    orders = [(_named(one.by, query), one.direction == "desc") for one in query.order]
    if not orders:
        clock = next((id for id in query.dimensions if id in {"hour_of_day", "weekday", "day_type"}), None)
        series = query.time is not None and query.time.grain is not None
        orders = [("time", False)] if series else [(clock, False)] if clock else [(query.metrics[0], True)]
    rows = sorted(
        rows,
        key=lambda row: [
            (
                cell is None,
                str(cell) if isinstance(cell, str) else "",
                0 if cell is None or isinstance(cell, str) else cell,
            )
            for cell in row.key
        ],
    )
    for name, down in reversed(orders):
        known = [row for row in rows if _sorted_by(row, name, query) is not None]
        known.sort(key=lambda row: _sorted_by(row, name, query), reverse=down)
        rows = known + [row for row in rows if _sorted_by(row, name, query) is None]
    if limit is None:
        return rows
    circles: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        circles[tuple(row.key[query.dimensions.index(id)] for id in query.limit_per)].append(row)
    kept = []
    for circle in circles.values():
        cells = [[_sorted_by(row, name, query) for name, _ in orders] for row in circle]
        kept += [row for n, row in enumerate(circle) if n < limit or cells[n] == cells[limit - 1]]
    return [row for row in rows if row in kept]


def _named(by: str, query: SemanticQuery) -> str:
    return f"{query.metrics[0]}.{by}" if by in {"change", "change_ratio", "share", "rank"} else by


def _sorted_by(row: Row, name: str, query: SemanticQuery) -> Any:
    if name in query.dimensions:
        return row.key[query.dimensions.index(name)]
    return row.key[-1] if name == "time" else row.cells[name]
