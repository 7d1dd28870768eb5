"""What pieces of a time expression mean before they are put together.

A `Span` is a window on the wall clock. A `Cycle` comes again every year, month or week ("October", "Wednesday") and
needs a context to become a span; `Hours` come again every day. The rest are functions over these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Literal

from warehouse.semantic import Grain

ONE_DAY = timedelta(days=1)
# Units that are whole days, so that hours of the day can be cut out of them.
WHOLE = frozenset(
    ("day", "week", "month", "quarter", "half", "year", "weekend", "holiday", "tenday", "rolling", "range")
)
DayType = Literal["workday", "restday", "weekend", "holiday"]


class TimeProblem(Exception):
    """A time expression that is understood but names no window; `code` is one of the problem codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of every day, [start, end); `end <= start` runs over midnight.

    `point` is a clock time rather than a stretch; `fixed` says that morning or afternoon is settled; `clock` tells how
    a bare hour is read inside this part of the day; `loose` needs company to be a mention at all.
    """

    start: time
    end: time
    name: str = ""
    clock: str = ""
    point: bool = False
    fixed: bool = False
    loose: bool = False
    daily: bool = False
    tomorrow: bool = False

    @property
    def length(self) -> timedelta:
        """How long the hours last, at most a day."""
        minutes = (_minutes(self.end) - _minutes(self.start)) % 1440 or 1440
        return timedelta(minutes=minutes)

    def on(self, day: datetime) -> Span:
        """These hours of the day that begins at the midnight `day`."""
        start = day + timedelta(minutes=_minutes(self.start), days=int(self.tomorrow))
        unit = "clock" if self.point else "part"
        return Span(start, start + self.length, unit, anchor=day, hours=self, policies=self.policies)

    @property
    def policies(self) -> tuple[str, ...]:
        """The choice to print, such as "night 22:00–06:00"."""
        return (f"{self.name} {self.start:%H:%M}–{self.end:%H:%M}",) if self.name and not self.point else ()


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


@dataclass(frozen=True, slots=True)
class Span:
    """A window of wall-clock time, [start, end).

    `unit` is the calendar unit it is one of, or part, clock, weekend, holiday, rolling, range, until. `running` windows
    are read up to now; a said end is kept. `anchor` is the midnight of the day that hours inside it belong to.
    `name` is the holiday. `relative` means it was said from now ("last week").
    """

    start: datetime
    end: datetime
    unit: str
    anchor: datetime | None = None
    hours: Hours | None = None
    daily: Hours | None = None
    day_type: DayType | None = None
    grain: Grain | None = None
    name: str = ""
    running: bool = True
    relative: bool = False
    policies: tuple[str, ...] = ()

    @property
    def length(self) -> timedelta:
        """End minus start on the wall clock."""
        return self.end - self.start

    def noting(self, *policies: str) -> Span:
        """The same window with further choices to print."""
        return replace(self, policies=tuple(dict.fromkeys((*self.policies, *policies))))


@dataclass(frozen=True, slots=True)
class Cycle:
    """Something that comes once in each `every`; `at` takes the start of such a period, None where it does not exist.

    `key` says which one it is, so that equal readings are found equal. `loose` needs company to be a mention.
    """

    unit: str
    every: str
    key: tuple[object, ...]
    at: Callable[[datetime], Span | None] = field(compare=False, repr=False)
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Length:
    """A duration: no window by itself."""

    count: float
    unit: str


@dataclass(frozen=True, slots=True)
class Slice:
    """The first or last few units of something."""

    count: int
    unit: str
    last: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """So many units before (or after) what was talked about."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class DayKind:
    """Only days of that type."""

    type: DayType
    daily: Hours | None = None


@dataclass(frozen=True, slots=True)
class Against:
    """The other side of a comparison: a window, a shift, or a mode.

    `alone` marks "去年同期" without a comparing word, which may also be a window of its own.
    """

    mode: Literal["previous", "same_period_last_year", "window"]
    span: Span | None = None
    shift: Shift | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A bucket asked for ("by day")."""

    grain: Grain


@dataclass(frozen=True, slots=True)
class Moment:
    """Now."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A function word: since, onward, until, before, against, ago, every, tomorrow, week_of, moment."""

    kind: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Understood, but no window."""

    code: str


Value = Span | Cycle | Hours | Length | Slice | Shift | DayKind | Against | Series | Moment | Mark | Problem
