"""When something comes by itself: a wall time on some days, and hours in which nobody is woken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from warehouse.semantic import Frozen
from warehouse.working_calendar import UnknownCalendarYear, WorkingCalendar

_DAY = timedelta(days=1)
# A longest look back: nobody wants the briefings of a year of standstill counted one by one.
LONGEST_BACK = timedelta(days=40)


class Quiet(Frozen):
    """Hours of every day in which nothing is sent, [start, end); `end <= start` runs over midnight."""

    start: time
    end: time

    @model_validator(mode="after")
    def _has_hours(self) -> Self:
        if self.start == self.end:
            raise ValueError("quiet hours that begin and end at the same time are none or all; leave them out")
        return self

    @classmethod
    def read(cls, text: str) -> Quiet:
        """From "22:00-07:00"."""
        start, _, end = text.partition("-")
        return cls(start=time.fromisoformat(start.strip()), end=time.fromisoformat(end.strip()))

    def covers(self, clock: time) -> bool:
        """Whether a wall time lies inside."""
        inside = self.start <= clock < self.end
        return inside if self.start < self.end else clock >= self.start or clock < self.end

    def over(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment itself, or the end of the quiet hours that it lies in."""
        local = moment.astimezone(zone)
        if not self.covers(local.time()):
            return moment
        day = local.date()
        if self.start > self.end and local.time() >= self.start:
            day += _DAY
        return wall(day, self.end, zone)


class Schedule(Frozen):
    """A wall time on some days.

    Attributes:
        days: `every` day, `working` days by the city's calendar, given `week`days, a day of the `month`.
        weekdays: With `week`: 1 for Monday to 7.
        day: With `month`: 1..31; a month that is shorter has its last day instead.
    """

    at: time
    days: Literal["every", "working", "week", "month"] = "every"
    weekdays: tuple[int, ...] = ()
    day: int | None = Field(default=None, ge=1, le=31)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.at.tzinfo is not None or self.at.second or self.at.microsecond:
            raise ValueError("`at` is a wall time of hours and minutes")
        if (self.days == "week") != bool(self.weekdays) or not set(self.weekdays) <= set(range(1, 8)):
            raise ValueError("`weekdays` (1 to 7) go with days: week")
        if (self.days == "month") != (self.day is not None):
            raise ValueError("`day` goes with days: month")
        return self

    def on(self, day: date, calendar: WorkingCalendar) -> bool:
        """Whether it comes on that day; in a year without an official calendar Monday to Friday are working days."""
        if self.days == "working":
            try:
                return calendar.day_type(day) == "workday"
            except UnknownCalendarYear:
                return day.isoweekday() not in calendar.weekend
        if self.days == "week":
            return day.isoweekday() in self.weekdays
        if self.days == "month":
            assert self.day is not None  # the validator's word
            last = (day + _DAY).month != day.month
            return day.day == self.day or (last and day.day < self.day)
        return True

    def due(self, after: datetime, until: datetime, zone: ZoneInfo, calendar: WorkingCalendar) -> list[datetime]:
        """Its moments in (after, until], in UTC, oldest first; at most those of the last forty days."""
        after = max(after, until - LONGEST_BACK)
        first, last = after.astimezone(zone).date(), until.astimezone(zone).date()
        moments = (wall(day, self.at, zone) for day in _days(first, last) if self.on(day, calendar))
        return [moment for moment in moments if after < moment <= until]

    def following(self, after: datetime, zone: ZoneInfo, calendar: WorkingCalendar) -> datetime:
        """The next moment after that one."""
        day = after.astimezone(zone).date()
        while not (self.on(day, calendar) and wall(day, self.at, zone) > after):
            day += _DAY
        return wall(day, self.at, zone)


def wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A wall time as a moment in UTC; one that a change of the clocks leaves out comes as late as the change is wide."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY
