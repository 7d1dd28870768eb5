"""What a semantic query must give, worked out with pandas from the definitions of the metrics, without any SQL.

It shares no code with the warehouse but the query itself. `Refused` means that the query must not be answered.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import pandas as pd

from warehouse.semantic import Filter, SemanticQuery, TimeRange

Mask = Any
Span = tuple[pd.Timestamp, pd.Timestamp]
COUNTED_AT = {
    "reported_cases": "reported_at", "registered_cases": "registered_at", "dispatched_cases": "dispatched_at",
    "disposed_cases": "disposed_at", "closed_cases": "closed_at", "late_closures": "closed_at",
    "rework_cases": "registered_at", "urgent_cases": "registered_at", "cancelled_cases": "reported_at",
    "registration_rate": "reported_at", "satisfaction_rate": "closed_at", "handling_hours": "disposed_at",
    "closing_hours": "closed_at", "alarms": "detected_at", "false_alarm_rate": "detected_at",
    "unconverted_alarms": "detected_at",
}  # fmt: skip
CARRIED_OVER = ("due_cases", "closure_rate", "on_time_closure_rate", "rework_rate")
STOCKS = ("overdue_open", "open_cases", "suspended_cases")
RATES = (
    "closure_rate",
    "on_time_closure_rate",
    "rework_rate",
    "registration_rate",
    "satisfaction_rate",
    "false_alarm_rate",
)
DURATIONS = ("handling_hours", "closing_hours")
SUMS = {"anomalies": ("reported_cases", "unconverted_alarms")}
OF_ALARMS = ("alarms", "false_alarm_rate", "unconverted_alarms")
CLOCKS = ("hour_of_day", "weekday", "day_type")
AREAS = {"district": None, "street": "district"}
ONLY_CASES = ("state", "overdue", "status")
UNITS = ("YS", "QS", "MS", "W-MON", "D")


class Refused(Exception):
    """The query asks for something that has no meaning."""


@dataclass(frozen=True, slots=True)
class Window:
    """Naive wall times; `until` is the earlier of the end and now."""

    start: pd.Timestamp
    end: pd.Timestamp
    now: pd.Timestamp
    asked: TimeRange | None

    @property
    def until(self) -> pd.Timestamp:
        return min(self.end, self.now)


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
        starts = [start.to_pydatetime().replace(tzinfo=self.zone) for start, _ in _buckets(window)]
        width = len(query.dimensions)

        def cells(row: Row) -> tuple[Any, ...]:
            return (*row.key[:width], *(starts[at] for at in row.key[width:]), *row.cells.values())

        return [cells(row) for row in shown], [cells(row) for row in apart]

    def _first(self, query: SemanticQuery) -> pd.Timestamp:
        firsts = {True: self.alarms["detected_at"].min(), False: self.cases["reported_at"].min()}
        return min(firsts[leaf in OF_ALARMS] for leaf in _leaves(query))

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
        start, end = (_a_year_back if query.compare.mode != "previous" else _before)(window)
        if start >= window.now:
            raise Refused("not begun")
        return Window(start, end, window.now, query.time)

    # rows that count ---------------------------------------------------------------------------------------------
    def _grouped(
        self, query: SemanticQuery, scope: dict[str, frozenset[str]], window: Window
    ) -> dict[tuple[Any, ...], dict[str, Any]]:
        found: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(dict)
        for ref in _leaves(query):
            for index, until, part in self._parts(ref, query, scope, window):
                keys = [_dimension(part, id, _time_of(ref), window) for id in query.dimensions]
                grouping = part.groupby(keys, dropna=False, sort=False) if keys else [((), part)]
                for key, members in grouping:
                    key = tuple(None if pd.isna(k) else k for k in (key if isinstance(key, tuple) else (key,)))
                    found[key if index is None else (*key, index)][ref] = _measured(ref, members, until, self.zone)
        return found

    def _parts(
        self, ref: str, query: SemanticQuery, scope: dict[str, frozenset[str]], window: Window
    ) -> Iterator[tuple[int | None, pd.Timestamp, pd.DataFrame]]:
        """The counted rows of every bucket, or of the whole window; empty ones too where nothing is cut."""
        facts = self._kept(ref, query, scope, window)
        spans: list[tuple[int | None, Span]] = [(None, (window.start, window.end))]
        if window.asked is not None and window.asked.grain:
            spans = [(number, span) for number, span in enumerate(_buckets(window))]
        for index, (start, end) in spans:
            yield (
                index,
                min(end, window.now),
                facts[_counts(ref, facts, start, end, window.now) & _hours_kept(ref, facts, window)],
            )

    def _kept(self, ref: str, query: SemanticQuery, scope: dict[str, frozenset[str]], window: Window) -> pd.DataFrame:
        of_alarms = ref.split(".")[0] in OF_ALARMS
        facts = self.alarms if of_alarms else self.cases
        mask = pd.Series(True, index=facts.index)
        late = [one for one in query.filters if _only_shows(one, query)]
        for one in query.filters:
            _check_dimension(ref, one.dimension)
            if one not in late:
                mask &= _passes_filter(one, _dimension(facts, one.dimension, _time_of(ref), window))
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
            count = len(_buckets(window))
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


def _leaves(query: SemanticQuery) -> list[str]:
    return list(dict.fromkeys(leaf for ref in query.metrics for leaf in SUMS.get(ref, (ref,))))


def _only_shows(one: Filter, query: SemanticQuery) -> bool:
    chooses = one.op in {"in", "not_in", "is_null", "not_null"}
    return query.calc in {"share", "rank"} and one.dimension in query.dimensions and chooses


def _time_of(ref: str) -> str:
    return COUNTED_AT.get(ref.split(".")[0], "due_at")


# rows ------------------------------------------------------------------------------------------------------------
def _counts(ref: str, facts: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, now: pd.Timestamp) -> Mask:
    name, until = ref.split(".")[0], min(end, now)
    f = facts
    if name in CARRIED_OVER:
        mine = f["registered_at"].notna() & ~f["cancelled"] & ~f["suspended"] & ~f["timeout_exempt"]
        unclosed = f["closed_at"].isna() | (f["closed_at"] >= start)
        return mine & (f["due_at"] < until) & ((f["due_at"] >= start) | unclosed)
    if name in STOCKS:
        standing = f["registered_at"].notna() & (f["registered_at"] < until)
        standing &= f["closed_at"].isna() | (f["closed_at"] >= until)
        own = {
            "open_cases": ~f["cancelled"],
            "suspended_cases": f["suspended"],
            "overdue_open": ~f["suspended"] & ~f["cancelled"] & (f["due_at"] < until),
        }
        return standing & own[name]
    moment = f[COUNTED_AT[name]]
    inside = moment.notna() & (moment >= start) & (moment < until)
    return inside & _own_rows(name, f)


def _own_rows(name: str, f: pd.DataFrame) -> Mask:
    match name:
        case "late_closures":
            return f["registered_at"].notna() & (f["closed_at"] > f["due_at"])
        case "rework_cases":
            return f["rework_count"] > 0
        case "urgent_cases":
            return f["is_urgent"]
        case "cancelled_cases":
            return f["cancelled"]
        case "satisfaction_rate":
            return f["satisfaction"].notna()
        case "handling_hours":
            return f["disposed_at"] >= f["dispatched_at"]
        case "closing_hours":
            return f["closed_at"] >= f["registered_at"]
        case "alarms":
            return ~f["is_false"]
        case "unconverted_alarms":
            return ~f["is_false"] & f["case_no"].isna()
    return pd.Series(True, index=f.index)


def _measured(ref: str, f: pd.DataFrame, until: pd.Timestamp, zone: ZoneInfo) -> Any:
    """A count, (numerator, denominator), or (statistic, rows)."""
    name, _, statistic = ref.partition(".")
    if name in DURATIONS:
        first, last = ("dispatched_at", "disposed_at") if name == "handling_hours" else ("registered_at", "closed_at")
        hours = (_instants(f[last], zone) - _instants(f[first], zone)).dt.total_seconds() / 3600 - f["paused_hours"]
        if not len(hours):
            return None, 0
        fraction = {"median": 0.5, "p90": 0.9}.get(statistic)
        return (hours.mean() if fraction is None else hours.quantile(fraction)), len(hours)
    if name not in RATES:
        return len(f)
    top = {
        "closure_rate": lambda: f["closed_at"] < until,
        "on_time_closure_rate": lambda: f["closed_at"] <= f["due_at"],
        "rework_rate": lambda: f["rework_count"] > 0,
        "registration_rate": lambda: f["registered_at"].notna(),
        "satisfaction_rate": lambda: f["satisfaction"].isin(["satisfied", "basically_satisfied"]),
        "false_alarm_rate": lambda: f["is_false"],
    }[name]()
    return int(top.sum()), len(f)


def _instants(wall: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Wall times as moments: the first coming of an hour that comes twice, an hour later for one that never came."""
    return wall.dt.tz_localize(zone, ambiguous=[True] * len(wall), nonexistent=pd.Timedelta(hours=1))


def _hours_kept(ref: str, facts: pd.DataFrame, window: Window) -> Mask:
    asked, kept = window.asked, pd.Series(True, index=facts.index)
    if asked is None or not (asked.daily_window or asked.day_type):
        return kept
    moment = facts[_time_of(ref)]
    if asked.daily_window:
        start, end = asked.daily_window.start, asked.daily_window.end
        clock = moment.dt.hour * 60 + moment.dt.minute
        after, before = clock >= start.hour * 60 + start.minute, clock < end.hour * 60 + end.minute
        kept &= (after & before) if end > start else (after | before)
    if asked.day_type:
        kept &= moment.map(lambda m: not pd.isna(m) and _is_day(m.date(), str(asked.day_type))).astype(bool)
    return kept


def _is_day(day: date, wanted: str) -> bool:
    if day.year > 2026:
        return False  # ahead of every moment of asking here
    off, name = chinese_calendar.get_holiday_detail(day)
    return {"workday": not off, "restday": off, "weekend": off and name is None, "holiday": off and name is not None}[
        wanted
    ]


def _dimension(facts: pd.DataFrame, id: str, time: str, window: Window) -> pd.Series:
    if not len(facts):
        return pd.Series(dtype=object)
    now = window.now
    match id:
        case "hour_of_day":
            return facts[time].dt.hour
        case "weekday":
            return facts[time].dt.day_of_week + 1
        case "day_type":
            return (
                facts[time]
                .map(lambda m: "workday" if not pd.isna(m) and _is_day(m.date(), "workday") else "restday")
                .astype(object)
            )
        case "overdue":
            late = (facts["due_at"] < now) & (facts["closed_at"].isna() | (facts["closed_at"] > facts["due_at"]))
            return late.map({True: "yes", False: "no"}).astype(object).where(facts["due_at"].notna(), None)
        case "state":
            closed = facts["closed_at"].notna() & (facts["closed_at"] <= now)
            found = pd.Series("open", index=facts.index, dtype=object)
            found[facts["suspended"]] = "suspended"
            found[closed] = "closed"
            found[facts["cancelled"]] = "cancelled"
            return found
    return facts[id]


def _passes_filter(one: Filter, values: pd.Series) -> Mask:
    number = one.dimension in {"hour_of_day", "weekday"}
    given: list[Any] = [float(v) for v in one.values] if number else list(one.values)
    match one.op:
        case "in":
            return values.isin(given)
        case "not_in":
            return ~values.isin(given)
        case "is_null":
            return values.isna()
        case "not_null":
            return values.notna()
        case "contains":
            return values.map(lambda v: isinstance(v, str) and given[0].lower() in v.lower()).astype(bool)
        case "gt":
            return values > given[0]
        case "ge":
            return values >= given[0]
        case "lt":
            return values < given[0]
        case "le":
            return values <= given[0]
    raise AssertionError(one.op)


# windows ---------------------------------------------------------------------------------------------------------
def _starts(window: Window, unit: str) -> bool:
    return all(moment == _floor(moment, unit) for moment in (window.start, window.end))


def _floor(moment: pd.Timestamp, unit: str) -> pd.Timestamp:
    day = moment.normalize()
    if unit == "h":
        return moment.floor("h")
    if unit == "W-MON":
        return day - pd.Timedelta(days=day.weekday())
    offset = {
        "YS": pd.offsets.YearBegin(),
        "QS": pd.offsets.QuarterBegin(startingMonth=1),
        "MS": pd.offsets.MonthBegin(),
    }
    return offset[unit].rollback(day) if unit in offset else day


def _next(moment: pd.Timestamp, unit: str, count: int = 1) -> pd.Timestamp:
    months = {"YS": 12, "QS": 3, "MS": 1}
    if unit in months:
        return moment + pd.DateOffset(months=months[unit] * count)
    return moment + pd.Timedelta(**{"W-MON": {"weeks": count}, "D": {"days": count}, "h": {"hours": count}}[unit])


def _before(window: Window) -> Span:
    """The window of the same kind before it; of a running one only the part that has gone by."""
    unit = next((unit for unit in UNITS if _starts(window, unit)), None)
    length = window.end - window.start
    if unit is None:
        day = pd.Timedelta(days=1)
        back = day if length < day else length
        start, end = window.start - back, window.end - back
    else:
        count, at = 0, window.start
        while at < window.end:
            at, count = _next(at, unit), count + 1
        start, end = _next(window.start, unit, -count), window.start
    return start, (min(end, start + (window.now - window.start)) if window.end > window.now else end)


def _a_year_back(window: Window) -> Span:
    year = pd.DateOffset(years=1)
    start, end = window.start - year, window.end - year
    if end <= start:
        end = start + pd.Timedelta(days=1)
    if window.end > window.now:
        end = max(min(end, window.now - year), start + pd.Timedelta(minutes=1))
    return start, end


def _buckets(window: Window) -> list[Span]:
    if window.asked is None or window.asked.grain is None:
        return []
    unit = {"hour": "h", "day": "D", "week": "W-MON", "month": "MS", "quarter": "QS", "year": "YS"}[window.asked.grain]
    found, left = [], _floor(window.start, unit)
    while left < window.until:
        right = _next(left, unit)
        found.append((max(left, window.start), min(right, window.until)))
        left = right
    return found


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
    if not ranking or first.split(".")[0] not in (*RATES, *DURATIONS):
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
        if _only_shows(one, query):
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
