"""Which days are worked: official holidays, 调休 swaps and working hours, from a data file per country.

A year that the file does not cover is refused, never extrapolated: holidays with swapped days are decreed, not computed.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from warehouse.errors import CatalogError, QueryError
from warehouse.semantic import Frozen

DayType = Literal["workday", "restday", "holiday"]
_FOLDER = Path(__file__).parent / "calendars"
_DAY = timedelta(days=1)


class UnknownCalendarYear(QueryError):
    """The calendar has no official data for that year."""

    code = "unknown_calendar_year"

    def __init__(self, calendar_id: str, year: int) -> None:
        super().__init__(f"calendar {calendar_id} has no year {year}")
        self.calendar = calendar_id
        self.year = year


class _Rule(Frozen):
    """A holiday that is computed: a fixed date, or the nth weekday (ISO 1..7) of a month; nth -1 is the last one."""

    month: int
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None
    since: int = 0
    observed: bool = False

    def date_in(self, year: int) -> date:
        if self.day is not None:
            return date(year, self.month, self.day)
        days = [date(year, self.month, 1 + i) for i in range(calendar.monthrange(year, self.month)[1])]
        matching = [day for day in days if day.isoweekday() == self.weekday]
        nth = self.nth or 1
        return matching[nth - 1 if nth > 0 else nth]


class _Year(Frozen):
    """A decreed year: first and last day off of each holiday, and the weekend days that are worked instead."""

    free: dict[str, tuple[date, date]]
    worked: tuple[date, ...] = ()


class _File(Frozen):
    """A calendar file."""

    id: str
    names: dict[str, dict[Literal["zh", "en"], tuple[str, ...]]]
    slots: tuple[str, ...]
    weekend: tuple[int, ...] = (6, 7)
    years: dict[int, _Year] = Field(default_factory=dict)
    rules: dict[str, _Rule] = Field(default_factory=dict)
    rule_years: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Working days and holidays of one country or city.

    Attributes:
        years: The years with official data, ascending.
        names: Holiday id to what people call it, per language.
        slots: Working hours of a working day, [start, end) each, in order.
        weekend: ISO weekdays (Monday is 1) that are free unless worked by decree.
    """

    id: str
    years: tuple[int, ...]
    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    slots: tuple[tuple[time, time], ...]
    weekend: frozenset[int]
    _off: Mapping[tuple[str, int], tuple[date, date]] = field(repr=False)
    _holidays: frozenset[date] = field(repr=False)
    _worked: frozenset[date] = field(repr=False)

    @classmethod
    def load(cls, name: str | Path) -> WorkingCalendar:
        """The shipped calendar of that name (`cn`, `us`), or the YAML file at that path.

        A file that is missing or breaks its contract is a `CatalogError`.
        """
        shipped = _FOLDER / f"{name}.yml"
        return _load(shipped if shipped.is_file() else Path(name))

    def day_type(self, day: date) -> DayType:
        """What kind of day it is; a weekend day worked in exchange for a holiday is a workday.

        Raises:
            UnknownCalendarYear: No official data for that year.
        """
        if day.year not in self.years:
            raise UnknownCalendarYear(self.id, day.year)
        if day in self._holidays:
            return "holiday"
        if day in self._worked or day.isoweekday() not in self.weekend:
            return "workday"
        return "restday"

    def holiday(self, name: str, year: int) -> tuple[date, date] | None:
        """The days off of a holiday, [first, day after the last), or None when that year did not have it.

        Args:
            name: Holiday id or any of its names.
            year: The year the holiday belongs to (days off may begin in the December before).

        Raises:
            UnknownCalendarYear: No official data for that year.
        """
        if year not in self.years:
            raise UnknownCalendarYear(self.id, year)
        found = self._off.get((self.holiday_id(name) or name, year))
        return None if found is None else (found[0], found[1] + _DAY)

    def holiday_id(self, name: str) -> str | None:
        """The id of the holiday that people call so; case does not matter."""
        wanted = name.casefold()
        for key, names in self.names.items():
            if wanted == key or any(wanted == alias.casefold() for group in names.values() for alias in group):
                return key
        return None


@lru_cache(maxsize=16)
def _load(path: Path) -> WorkingCalendar:
    try:
        raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        file = _File.model_validate(raw)
        slots = tuple(_slot(text) for text in file.slots)
    except (OSError, yaml.YAMLError, ValidationError, ValueError) as error:
        raise CatalogError(str(path), str(error)) from error
    off, observed = _days_off(file)
    holidays = {first + _DAY * i for first, last in off.values() for i in range((last - first).days + 1)}
    return WorkingCalendar(
        id=file.id,
        years=tuple(sorted({*file.years, *_rule_years(file)})),
        names=MappingProxyType({key: _by_language(names) for key, names in file.names.items()}),
        slots=slots,
        weekend=frozenset(file.weekend),
        _off=MappingProxyType(off),
        _holidays=frozenset(holidays | observed),
        _worked=frozenset(day for year in file.years.values() for day in year.worked),
    )


def _days_off(file: _File) -> tuple[dict[tuple[str, int], tuple[date, date]], set[date]]:
    """First and last day of every holiday, and the weekdays taken instead of a holiday on a weekend."""
    off = {(name, number): days for number, year in file.years.items() for name, days in year.free.items()}
    observed: set[date] = set()
    for year in _rule_years(file, after=1):
        for name, rule in file.rules.items():
            if year < rule.since:
                continue
            day = rule.date_in(year)
            off[name, year] = (day, day)
            if rule.observed and day.isoweekday() in (6, 7):
                observed.add(day - _DAY if day.isoweekday() == 6 else day + _DAY)
    return off, observed


def _rule_years(file: _File, after: int = 0) -> range:
    first, last = file.rule_years or (0, -1)
    return range(first, last + 1 + (after if file.rule_years else 0))


def _by_language(names: Mapping[Literal["zh", "en"], tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({str(language): group for language, group in names.items()})


def _slot(text: str) -> tuple[time, time]:
    start, end = text.split("-")
    return time.fromisoformat(start), time.fromisoformat(end)
