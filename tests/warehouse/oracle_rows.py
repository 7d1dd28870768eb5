"""Which rows count, what they measure and what they are grouped by: the definitions of the metrics in pandas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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


def leaves_of(query: SemanticQuery) -> list[str]:
    return list(dict.fromkeys(leaf for ref in query.metrics for leaf in SUMS.get(ref, (ref,))))


def only_shows(one: Filter, query: SemanticQuery) -> bool:
    chooses = one.op in {"in", "not_in", "is_null", "not_null"}
    return query.calc in {"share", "rank"} and one.dimension in query.dimensions and chooses


def time_of(ref: str) -> str:
    return COUNTED_AT.get(ref.split(".")[0], "due_at")


# rows ------------------------------------------------------------------------------------------------------------
def counted(ref: str, facts: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, now: pd.Timestamp) -> Mask:
    name, until = ref.split(".")[0], min(end, now)
    f = facts
    if name in CARRIED_OVER:
        mine = f["registered_at"].notna() & ~f["cancelled"] & ~f["suspended"] & ~f["timeout_exempt"]
        unclosed = f["closed_at"].isna() | (f["closed_at"] >= start)
        return mine & (f["due_at"] < until) & ((f["due_at"] >= start) | unclosed)
    if name in STOCKS:
        # What is suspended may never have been filed; what is open or overdue has.
        begun = f["reported_at" if name == "suspended_cases" else "registered_at"]
        standing = begun.notna() & (begun < until)
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


def measured(ref: str, f: pd.DataFrame, until: pd.Timestamp, zone: ZoneInfo) -> Any:
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


def hours_kept(ref: str, facts: pd.DataFrame, window: Window) -> Mask:
    asked, kept = window.asked, pd.Series(True, index=facts.index)
    if asked is None or not (asked.daily_window or asked.day_type):
        return kept
    moment = facts[time_of(ref)]
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


def dimension_of(facts: pd.DataFrame, id: str, time: str, window: Window) -> pd.Series:
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


def passes_filter(one: Filter, values: pd.Series) -> Mask:
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


def window_before(window: Window) -> Span:
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


def a_year_back(window: Window) -> Span:
    year = pd.DateOffset(years=1)
    start, end = window.start - year, window.end - year
    if end <= start:
        end = start + pd.Timedelta(days=1)
    if window.end > window.now:
        end = max(min(end, window.now - year), start + pd.Timedelta(minutes=1))
    return start, end


def buckets_of(window: Window) -> list[Span]:
    if window.asked is None or window.asked.grain is None:
        return []
    unit = {"hour": "h", "day": "D", "week": "W-MON", "month": "MS", "quarter": "QS", "year": "YS"}[window.asked.grain]
    found, left = [], _floor(window.start, unit)
    while left < window.until:
        right = _next(left, unit)
        found.append((max(left, window.start), min(right, window.until)))
        left = right
    return found


def names_of(window: Window) -> list[pd.Timestamp]:
    """What each bucket is called: its calendar start, also where the window begins inside it."""
    if window.asked is None or window.asked.grain is None:
        return []
    unit = {"hour": "h", "day": "D", "week": "W-MON", "month": "MS", "quarter": "QS", "year": "YS"}[window.asked.grain]
    return [_floor(start, unit) for start, _ in buckets_of(window)]
