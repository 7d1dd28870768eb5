"""Where and when a question is asked: now, the city's zone, its calendar and policies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from assistant.offline.times.policies import Policies, policies_of
from assistant.offline.times.values import Cycle, Hours, Slice, Span, TimeProblem
from assistant.offline.times.walls import floor, step
from warehouse.catalog import City
from warehouse.semantic import DailyWindow, TimeRange
from warehouse.working_calendar import UnknownCalendarYear, WorkingCalendar

# A leap day may be eight years away.
_LOOK_BACK = 9
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Here:
    """The asker's present. `now` is the city's wall clock, naive; `instant` the same moment, aware."""

    now: datetime
    instant: datetime
    zone: ZoneInfo
    calendar: WorkingCalendar
    policies: Policies
    day_first: bool = False

    @classmethod
    def of(cls, now: datetime, city: City, calendar: WorkingCalendar) -> Here:
        """The present in the city. `now` must be aware."""
        zone = ZoneInfo(city.timezone)
        local = now.astimezone(zone)
        # 5/11 is the fifth of November where English is written outside of America.
        day_first = city.language == "en" and not city.timezone.startswith("America/")
        return cls(local.replace(tzinfo=None), local, zone, calendar, policies_of(city), day_first)

    def month_and_day(self, first: str, second: str) -> tuple[int, int]:
        """The month and the day of two numbers, in the order of the place; a number that can be no month is the day."""
        one, other = int(first), int(second)
        swapped = one > 12 >= other if not self.day_first else other <= 12
        return (other, one) if swapped else (one, other)

    def this(self, unit: str, offset: int = 0) -> Span:
        """The calendar unit now lies in, or one `offset` units away."""
        start = step(unit, floor(unit, self.now), offset)
        anchor = start if unit == "day" else None
        return Span(start, step(unit, start, 1), unit, anchor=anchor, relative=True)

    def back(self, count: float, unit: str) -> datetime:
        """The wall clock so long ago; hours and minutes are counted in real time across clock changes."""
        if unit in {"minute", "hour"}:
            past = (self.instant.astimezone(UTC) - timedelta(**{f"{unit}s": count})).astimezone(self.zone)
            return past.replace(tzinfo=None)
        return step(unit, self.now, -count)

    def latest(self, cycle: Cycle) -> Span:
        """The last occurrence that has begun.

        Raises:
            TimeProblem: It never occurs, or the calendar does not know.
        """
        period = floor(cycle.every, self.now)
        for back in range(_LOOK_BACK):
            found = cycle.at(step(cycle.every, period, -back))
            if (
                found is not None
                and found.start <= self.now
                and not (
                    _ends_next_year(found, self.now)
                    or (cycle.every == "week" and found.unit == "range" and found.end - _ONE_DAY > self.now)
                )
            ):
                return found
        raise TimeProblem("impossible_date")

    def latest_hours(self, hours: Hours) -> Span:
        """The last such hours that have begun."""
        today = floor("day", self.now)
        found = [hours.on(step("day", today, -back)) for back in (0, 1, 2)]
        return next((span for span in found if span.start < self.now), found[-1])

    def within(self, cycle: Cycle, span: Span) -> tuple[Span, ...]:
        """The occurrences that begin inside the span (a holiday that reaches into the year before counts too)."""
        found: list[Span] = []
        period = floor(cycle.every, span.start)
        while period < span.end and len(found) < 400:
            one = cycle.at(period)
            if one is not None and (span.start <= one.start < span.end or one.unit == "holiday"):
                found.append(one)
            period = step(cycle.every, period, 1)
        return tuple(found)

    def holiday(self, name: str, year: int) -> Span | None:
        """The official days off of a holiday.

        Raises:
            TimeProblem: The calendar does not know the year.
        """
        try:
            days = self.calendar.holiday(name, year)
        except UnknownCalendarYear as error:
            raise TimeProblem("unknown_calendar_year") from error
        if days is None:
            return None
        start, end = (datetime.combine(day, time()) for day in days)
        anchor = start if end - start == timedelta(days=1) else None
        return Span(start, end, "holiday", anchor=anchor, name=name)

    def slice(self, part: Slice, span: Span) -> Span:
        """The first or last units of a window, never more than the window."""
        if part.last:
            start, end = max(span.start, step(part.unit, span.end, -part.count)), span.end
        else:
            start, end = span.start, min(span.end, step(part.unit, span.start, part.count))
        return Span(start, end, "range", anchor=start if part.unit == "day" and part.count == 1 else None)

    def aware(self, wall: datetime) -> datetime:
        """The wall time in the city's zone; a time that a clock change skips becomes the one after it."""
        return wall.replace(tzinfo=self.zone).astimezone(UTC).astimezone(self.zone)

    def window(self, span: Span, said: str) -> TimeRange:
        """The span as a window of the semantic query, a running one read up to now.

        Raises:
            TimeProblem: It lies wholly in the future, or is empty.
        """
        if span.start > self.now:
            raise TimeProblem("future")
        start, end = self.aware(span.start), self.aware(span.end)
        if span.running and span.start < self.now < span.end:
            end = self.instant
        if end.astimezone(UTC) <= start.astimezone(UTC):
            raise TimeProblem("empty_window")
        if end <= start:
            # Inside the repeated hour wall times compare backwards; fixed offsets keep the instants.
            start, end = (one.replace(tzinfo=timezone(one.utcoffset() or timedelta(0))) for one in (start, end))
        daily = span.daily and DailyWindow(start=span.daily.start, end=span.daily.end)
        return TimeRange(start=start, end=end, grain=span.grain, daily_window=daily, day_type=span.day_type, said=said)

    def wall(self, moment: datetime) -> datetime:
        """The city's wall clock at an aware moment."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def date(self, year: int, month: int, day: int) -> Span:
        """One calendar day.

        Raises:
            TimeProblem: There is no such date.
        """
        try:
            start = datetime.combine(date(year, month, day), time())
        except ValueError as error:
            raise TimeProblem("impossible_date") from error
        return Span(start, step("day", start, 1), "day", anchor=start)


def _ends_next_year(span: Span, now: datetime) -> bool:
    """Whether "November to February", asked in November, would end next year: the last complete one is meant."""
    if span.unit != "range" or span.end <= now:
        return False
    return (span.end - timedelta(seconds=1)).year > span.start.year
