"""Windows in local wall time: buckets of a series, and the period another one is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from warehouse.semantic import Compare, DailyWindow, Grain, TimeRange

# Stands for "all the data there is".
BEGINNING = datetime(1900, 1, 1)  # noqa: DTZ001  # naive local, as the facts are


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A half-open window in naive local time, with the moment of asking."""

    start: datetime
    end: datetime
    now: datetime
    grain: Grain | None = None
    daily_window: DailyWindow | None = None
    day_type: str | None = None

    @classmethod
    def of(cls, asked: TimeRange | None, now: datetime, zone: ZoneInfo) -> Window:
        """The window asked for, in the city's wall time; everything up to now when none was."""
        local_now = now.astimezone(zone).replace(tzinfo=None)
        if asked is None:
            return cls(start=BEGINNING, end=local_now, now=local_now)
        return cls(
            start=asked.start.astimezone(zone).replace(tzinfo=None),
            end=asked.end.astimezone(zone).replace(tzinfo=None),
            now=local_now,
            grain=asked.grain,
            daily_window=asked.daily_window,
            day_type=asked.day_type,
        )

    def buckets(self) -> list[tuple[datetime, datetime]]:
        """The grain's buckets that overlap the window and have begun, clipped to it."""
        assert self.grain is not None
        edges, edge = [], truncated(self.start, self.grain)
        last = min(self.end, self.now)
        while edge < last:
            following = step(edge, self.grain)
            edges.append((max(edge, self.start), min(following, self.end)))
            edge = following
        return edges


def truncated(moment: datetime, grain: Grain) -> datetime:
    """The beginning of the grain's bucket that holds the moment."""
    if grain is Grain.HOUR:
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    month = {Grain.MONTH: day.month, Grain.QUARTER: (day.month - 1) // 3 * 3 + 1, Grain.YEAR: 1}[grain]
    return day.replace(month=month, day=1)


def step(moment: datetime, grain: Grain, times: int = 1) -> datetime:
    """The same place in the next bucket (or `times` buckets on); the 31st becomes the month's last day."""
    if grain in {Grain.HOUR, Grain.DAY, Grain.WEEK}:
        return (
            moment
            + times
            * {Grain.HOUR: timedelta(hours=1), Grain.DAY: timedelta(days=1), Grain.WEEK: timedelta(weeks=1)}[grain]
        )
    months = times * {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}[grain]
    index = moment.year * 12 + moment.month - 1 + months
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=index // 12, month=index % 12 + 1, day=day)
        except ValueError:
            continue
    raise AssertionError(moment)


def compared(asked: TimeRange, compare: Compare, zone: ZoneInfo, now: datetime) -> TimeRange:
    """The window to put beside `asked`: the one given, the one before of the same kind, or the same dates a year earlier."""
    if compare.window is not None:
        return compare.window
    if compare.mode == "same_period_last_year":
        return shifted(asked, Grain.YEAR, -1, zone)
    return previous(asked, zone, now)


def shifted(asked: TimeRange, grain: Grain, times: int, zone: ZoneInfo) -> TimeRange:
    """Both ends moved by whole calendar steps of wall time."""
    ends = [
        step(m.astimezone(zone).replace(tzinfo=None), grain, times).replace(tzinfo=zone)
        for m in (asked.start, asked.end)
    ]
    return asked.model_copy(update={"start": ends[0], "end": ends[1], "said": ""})


def previous(asked: TimeRange, zone: ZoneInfo, now: datetime) -> TimeRange:
    """The preceding window of the same kind.

    Whole calendar units step back by that unit; a window that is still running compares with the same elapsed part of
    the unit before; anything else with the stretch of equal length just before it.
    """
    start, end = (m.astimezone(zone).replace(tzinfo=None) for m in (asked.start, asked.end))
    for grain in (Grain.YEAR, Grain.QUARTER, Grain.MONTH, Grain.WEEK, Grain.DAY):
        begins = start == truncated(start, grain)
        running = begins and asked.end >= now and end <= step(start, grain)
        if (begins and end == step(start, grain)) or (running and end == now.astimezone(zone).replace(tzinfo=None)):
            return shifted(asked, grain, -1, zone)
    length = end - start
    ends = [(m - length).replace(tzinfo=zone) for m in (start, end)]
    return asked.model_copy(update={"start": ends[0], "end": ends[1], "said": ""})
