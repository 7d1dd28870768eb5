"""Deadlines for many cases at once: working hours skip nights, weekends and holidays; urgent hours do not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from warehouse.working_calendar import WorkingCalendar

Times = npt.NDArray[np.datetime64]
_DAY = 24 * 60
_UNITS = {"Hu": (60, False), "H": (60, True), "D": (8 * 60, True)}


def limit_minutes(limit: str) -> tuple[int, bool]:
    """Minutes of a limit like `2Hu`, `4H` or `5D`, and whether only working minutes count."""
    number = limit.rstrip("HuD")
    per_unit, working = _UNITS[limit[len(number) :]]
    return int(number) * per_unit, working


class WorkClock:
    """Adds minutes to times, by the working calendar or around the clock."""

    def __init__(self, calendar: WorkingCalendar, first: date, last: date) -> None:
        days = (last - first).days + 1
        opened = np.zeros((days, _DAY), dtype=bool)
        slots = [(a.hour * 60 + a.minute, b.hour * 60 + b.minute) for a, b in calendar.slots]
        for index in range(days):
            if works(calendar, first + timedelta(days=index)):
                for start, stop in slots:
                    opened[index, start:stop] = True
        flat = opened.ravel()
        self._first = np.datetime64(first, "m")
        self._before = np.concatenate([[0], np.cumsum(flat)])
        self._minute = np.flatnonzero(flat)

    def after(self, start: Times, minutes: npt.NDArray[Any], working: npt.NDArray[np.bool_]) -> Times:
        """When so many minutes (at least one) have passed since `start`; by working time where `working`."""
        span = np.maximum(np.rint(minutes).astype("int64"), 1)
        at = (start.astype("M8[m]") - self._first).astype("int64")
        worked = self._minute[np.minimum(self._before[at] + span - 1, len(self._minute) - 1)] + 1
        passed: Times = self._first + np.where(working, worked, at + span).astype("m8[m]")
        return passed


def works(calendar: WorkingCalendar, day: date) -> bool:
    """True on working days; a year without official data falls back to Monday to Friday."""
    if day.year not in calendar.years:
        return day.isoweekday() not in calendar.weekend
    return calendar.day_type(day) == "workday"
