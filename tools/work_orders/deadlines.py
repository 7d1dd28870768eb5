"""Deadlines: three clocks over a working calendar, with the intervals in which a case's clock stands still.

- `urgent_hour` 紧急工作时 and `natural_day` 自然日 run on through nights, weekends and holidays.
- `work_hour` 工作时 runs in the calendar's working slots only.
- `work_day` 工作日 is one day's worth of those slots (8 hours where the slots are 8–12 and 14–18).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tools.work_orders.model import ClockKind, Limit, Pause
from warehouse.working_calendar import WorkingCalendar

_DAY = timedelta(days=1)
# A limit that is not over after so many days is a mistake in the standard or a calendar without working days.
_HORIZON = 20 * 366
CONTINUOUS: frozenset[ClockKind] = frozenset({"urgent_hour", "natural_day"})
Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a limit ends.

    Attributes:
        is_provisional: A year on the way has no decreed calendar; Monday to Friday were assumed.
    """

    at: datetime
    is_provisional: bool = False


class DeadlineClock:
    """Adds limits to moments, and measures between moments, by a city's calendar.

    All moments are aware; results are in UTC.
    """

    def __init__(self, calendar: WorkingCalendar, zone: ZoneInfo) -> None:
        self.calendar = calendar
        self.zone = zone

    def due(self, start: datetime, limit: Limit, pauses: Iterable[Pause] = ()) -> Deadline:
        """The earliest moment at which the clock has run for the whole limit since `start`.

        A pause without an end is left out: as long as nobody knows when the clock runs again there is no better answer
        than the one it had. A limit that is used up at the end of a slot is due then, not when the next slot opens.
        """
        remaining = self.length(limit)
        days: list[date] = []
        for begin, end in self._running(start.astimezone(UTC), limit.clock, tuple(pauses), days):
            if remaining <= end - begin:
                return Deadline(begin + remaining, self._guessed(days))
            remaining -= end - begin
        raise ValueError(f"{limit} does not end within {_HORIZON} days")

    def spent(self, start: datetime, end: datetime, clock: ClockKind, pauses: Iterable[Pause] = ()) -> timedelta:
        """How long the clock ran in [start, end); open pauses last until `end`."""
        end = end.astimezone(UTC)
        closed = tuple(Pause(start=p.start, end=p.end or end, why=p.why) for p in pauses)
        total = timedelta(0)
        if end <= start:
            return total
        for begin, stop in self._running(start.astimezone(UTC), clock, closed, []):
            if begin >= end:
                break
            total += min(stop, end) - begin
        return total

    def length(self, limit: Limit) -> timedelta:
        """Running time of a limit on its own clock."""
        if limit.clock == "work_day":
            day = date(2000, 1, 1)
            slots = (datetime.combine(day, b, UTC) - datetime.combine(day, a, UTC) for a, b in self.calendar.slots)
            return sum(slots, timedelta(0)) * limit.amount
        return (_DAY if limit.clock == "natural_day" else timedelta(hours=1)) * limit.amount

    def _running(
        self, start: datetime, clock: ClockKind, pauses: tuple[Pause, ...], days: list[date]
    ) -> Iterator[Interval]:
        stops = sorted((p.start.astimezone(UTC), p.end.astimezone(UTC)) for p in pauses if p.end is not None)
        open_intervals = self._always(start) if clock in CONTINUOUS else self._working(start, days)
        for interval in open_intervals:
            yield from _without(interval, stops)

    def _always(self, start: datetime) -> Iterator[Interval]:
        for index in range(_HORIZON):
            yield start + index * _DAY, start + (index + 1) * _DAY

    def _working(self, start: datetime, days: list[date]) -> Iterator[Interval]:
        """Working slots from `start` on; every day looked at is noted in `days`."""
        first = start.astimezone(self.zone).date()
        for index in range(_HORIZON):
            day = first + index * _DAY
            days.append(day)
            if not self.works(day):
                continue
            for opens, closes in self.calendar.slots:
                begin = datetime.combine(day, opens, self.zone).astimezone(UTC)
                end = datetime.combine(day, closes, self.zone).astimezone(UTC)
                if end > start:
                    yield max(begin, start), end

    def works(self, day: date) -> bool:
        """True on working days; a year without official data is taken as Monday to Friday until it is decreed."""
        if day.year not in self.calendar.years:
            return day.isoweekday() not in self.calendar.weekend
        return self.calendar.day_type(day) == "workday"

    def _guessed(self, days: list[date]) -> bool:
        return any(year not in self.calendar.years for year in {day.year for day in days})


def _without(interval: Interval, stops: list[Interval]) -> Iterator[Interval]:
    """What is left of an interval when the (sorted) stops are cut out of it."""
    begin, end = interval
    for stop, go in stops:
        if go <= begin or stop >= end:
            continue
        if stop > begin:
            yield begin, stop
        begin = max(begin, go)
    if begin < end:
        yield begin, end
