"""A query's window in the city's wall time, and the predicates it puts on a fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlglot import exp

from warehouse.dialect import DuckDb
from warehouse.errors import EmptyWindow
from warehouse.periods import buckets
from warehouse.semantic import DailyWindow, Grain, TimeRange

# Up to this many days are listed one by one.
_FEW_DAYS = 31
DAWN = datetime(1900, 1, 1)  # noqa: DTZ001  # naive local, as the facts are


class Days(Protocol):
    """What is asked of a working calendar."""

    def day_type(self, day: date) -> str:
        """workday, restday or holiday."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Naive wall times: [start, end), the earlier of end and now, now; the series cut, and the days kept.

    `first` is the earliest data, so that a window without a start has buckets; `buckets` leaves out what is ahead.
    """

    start: datetime
    end: datetime
    until: datetime
    now: datetime
    grain: Grain | None
    daily: DailyWindow | None
    day_type: str | None
    first: datetime

    @property
    def buckets(self) -> tuple[tuple[datetime, datetime], ...]:
        """The series' buckets, ascending; empty without a grain."""
        if self.grain is None:
            return ()
        return buckets(max(self.start, self.first) if self.start == DAWN else self.start, self.until, self.grain)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The wall time in the city, naive, as the facts hold it."""
    return moment.astimezone(zone).replace(tzinfo=None)


def window_of(range_: TimeRange | None, now: datetime, zone: ZoneInfo, first: datetime) -> Window:
    """The window in wall time; None is everything up to now.

    Raises:
        EmptyWindow: It lies wholly ahead of now, or is empty on the city's wall clock.
    """
    wall = local(now, zone)
    if range_ is None:
        return Window(start=DAWN, end=wall, until=wall, now=wall, grain=None, daily=None, day_type=None, first=first)
    start, end = local(range_.start, zone), local(range_.end, zone)
    if range_.start >= now or start >= end:
        reason = "not begun yet" if range_.start >= now else "empty on the wall clock"
        raise EmptyWindow(range_.start.isoformat(), range_.end.isoformat(), reason)
    return Window(start=start, end=end, until=min(end, wall), now=wall, grain=range_.grain,
                  daily=range_.daily_window, day_type=range_.day_type, first=first)  # fmt: skip


def moments(window: Window, dialect: DuckDb) -> dict[str, exp.Expr]:
    """Literals for the moments a formula may name."""
    names = {"start": window.start, "end": window.end, "until": window.until, "now": window.now}
    return {name: dialect.timestamp(moment) for name, moment in names.items()}


def in_window(column: exp.Expr, window: Window, dialect: DuckDb) -> list[exp.Expr]:
    """`start <= column < end`; what lies after now is not known yet and never counted."""
    return [
        exp.GTE(this=column.copy(), expression=dialect.timestamp(window.start)),
        exp.LT(this=column.copy(), expression=dialect.timestamp(window.until)),
    ]


def kept_hours(column: exp.Expr, daily: DailyWindow, dialect: DuckDb) -> exp.Expr:
    """Whether the wall clock stood in the daily window, over midnight where it runs so."""
    seconds = dialect.second_of_day(column)
    after = exp.GTE(this=seconds, expression=exp.Literal.number(_seconds(daily.start)))
    before = exp.LT(this=seconds.copy(), expression=exp.Literal.number(_seconds(daily.end)))
    joined = exp.and_(after, before) if daily.end > daily.start else exp.or_(after, before)
    return exp.paren(joined, copy=False)


def days_of(window: Window, wanted: str, calendar: Days) -> tuple[date, ...]:
    """Days in the window of the wanted type; `restday` is any day off, `weekend` one that is no holiday."""
    start = max(window.start, window.first) if window.start == DAWN else window.start
    day, found = start.date(), []
    last = (window.until - timedelta(microseconds=1)).date()
    while day <= last:
        kind = calendar.day_type(day)
        if {"restday": kind != "workday", "weekend": kind == "restday"}.get(wanted, kind == wanted):
            found.append(day)
        day += timedelta(days=1)
    return tuple(found)


def on_days(column: exp.Expr, days: tuple[date, ...], dialect: DuckDb) -> exp.Expr:
    """Whether the moment's day is one of these, for moments between the first and the last of them.

    Many days are told as weekdays with their exceptions: a year of working days is 250 dates, which take the engine
    far longer to look for than five weekdays and some thirty dates.
    """
    if not days:
        return exp.false()
    day = dialect.date_of(column)
    listed, between = frozenset(days), [days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)]
    usual = {n for n in range(1, 8) if 2 * _weekdays(days, n) > _weekdays(between, n)}
    if len(days) <= _FEW_DAYS or not usual:
        return exp.In(this=day, expressions=[dialect.day(one) for one in days])
    added = [one for one in days if one.isoweekday() not in usual]
    dropped = [one for one in between if one.isoweekday() in usual and one not in listed]
    bounds = [
        exp.GTE(this=day, expression=dialect.day(days[0])),
        exp.LTE(this=day.copy(), expression=dialect.day(days[-1])),
    ]
    by_week: exp.Expr = exp.In(
        this=dialect.weekday_of(column), expressions=[exp.Literal.number(n) for n in sorted(usual)]
    )
    if dropped:
        by_week = exp.and_(
            by_week, exp.Not(this=exp.In(this=day.copy(), expressions=[dialect.day(d) for d in dropped]))
        )
    if added:
        by_week = exp.or_(by_week, exp.In(this=day.copy(), expressions=[dialect.day(d) for d in added]))
    return exp.paren(exp.and_(*bounds, exp.paren(by_week, copy=False)), copy=False)


def _weekdays(days: Sequence[date], number: int) -> int:
    return sum(day.isoweekday() == number for day in days)


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
