"""An invented city's exports, made up from a seed: for trying CityDesk out and for tests with a known answer.

`generate` writes the files; `examples/sample_city` holds the feeds that load them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from warehouse.sample.alarms import all_alarms, lone_alarms
from warehouse.sample.callbacks import callbacks
from warehouse.sample.design import design
from warehouse.sample.export import write_alarms, write_callbacks, write_cases, write_members
from warehouse.sample.handling import handled
from warehouse.sample.reports import Span, reports
from warehouse.sample.stories import calm, planted
from warehouse.working_calendar import WorkingCalendar

__all__ = ["SampleSummary", "generate"]


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written.

    Attributes:
        files: The files, in the order they are to be loaded.
        cases, alarms, callbacks: Rows of each.
        first, last: Report time of the first and the last case, local time.
    """

    files: tuple[Path, ...]
    cases: int
    alarms: int
    callbacks: int
    first: datetime
    last: datetime


def generate(folder: Path, *, end: datetime, months: int = 17, scale: float = 1.0, seed: int = 7) -> SampleSummary:
    """Write the sample city's exports into the folder; the same arguments give the same bytes.

    Args:
        folder: Where to; made if missing, files of the same names are replaced.
        end: The given now. Nothing is reported or done after it; only deadlines lie later. An aware time is read as
            the wall time it shows.
        months: How many months back the first day lies.
        scale: Share of the full volume (1.0 is about 420 cases a day).
        seed: Of all chance.
    """
    folder.mkdir(parents=True, exist_ok=True)
    city, calendar, rng = design(), WorkingCalendar.load("cn"), np.random.default_rng(seed)
    local = end.replace(tzinfo=None)
    span = Span(_months_back(local.date(), months), local)
    lone = calm(city, span, lone_alarms(city, span, scale, rng))
    table = planted(city, span, reports(city, span, calendar, scale, rng), lone, scale, rng)
    cases = handled(city, span, calendar, table, rng)
    alarms = all_alarms(city, span, lone, cases, rng)
    calls = callbacks(city, span, cases, rng)
    cases["satisfaction"] = cases["case_no"].map(calls.set_index("case_no")["satisfaction"])
    names = ("areas.csv", "standard.xlsx", "departments.xlsx", "cases.csv", "alarms.csv", "callbacks.csv")
    write_members(folder, city)
    write_cases(folder / "cases.csv", city, cases, rng)
    write_alarms(folder / "alarms.csv", city, alarms)
    write_callbacks(folder / "callbacks.csv", city, calls)
    return _summary(tuple(folder / name for name in names), cases, len(alarms), len(calls))


def _summary(files: tuple[Path, ...], cases: pd.DataFrame, alarms: int, calls: int) -> SampleSummary:
    first, last = cases["reported"].min().to_pydatetime(), cases["reported"].max().to_pydatetime()
    return SampleSummary(files, len(cases), alarms, calls, first, last)


def _months_back(day: date, months: int) -> date:
    back = day.year * 12 + day.month - 1 - months
    return date(back // 12, back % 12 + 1, 1)
