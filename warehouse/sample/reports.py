"""When, where and what is reported: the volume and mix of the sample city's cases, before anybody handles them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from warehouse.sample.design import Design
from warehouse.sample.work_clock import works
from warehouse.working_calendar import WorkingCalendar

_PER_DAY = 420.0
_GROWTH_PER_YEAR = 0.06
RISING = "09011"
_LOCAL = {  # How much more of a category a district has than its share of the city.
    ("高新区", "08004"): 2.2,
    ("高新区", "08001"): 1.8,
    ("东湖区", "09006"): 1.3,
    ("临江区", "06025"): 2.4,
    ("南渡区", "06011"): 1.9,
    ("云桥区", "09009"): 1.4,
    ("望山区", "09006"): 0.6,
}


@dataclass(frozen=True, slots=True)
class Span:
    """The days covered: from the first day's midnight to the given now (naive local time)."""

    first: date
    end: datetime

    @property
    def days(self) -> list[date]:
        """Every day of the span, the running one included."""
        return [self.first + timedelta(days=n) for n in range((self.end.date() - self.first).days + 1)]

    @property
    def last_night(self) -> tuple[datetime, datetime]:
        """The last night (22:00 to 06:00) that is over at the end."""
        morning = self.end.replace(hour=6, minute=0, second=0, microsecond=0)
        if morning > self.end:
            morning -= timedelta(days=1)
        return morning - timedelta(hours=8), morning


def reports(
    design: Design, span: Span, calendar: WorkingCalendar, scale: float, rng: np.random.Generator
) -> pd.DataFrame:
    """One row per report, unsorted: reported (second precision), source, category and cell as row numbers."""
    counts = _counts(design, span, calendar, scale, rng)
    parts = []
    for source, per_day in enumerate(counts.T):
        days = np.repeat(np.array(span.days, dtype="M8[D]"), per_day)
        profile = np.array(design.hours[design.sources["hours"][source]])
        seconds = rng.choice(24, len(days), p=profile / profile.sum()) * 3600 + rng.integers(0, 3600, len(days))
        at = days.astype("M8[s]") + seconds.astype("m8[s]")
        parts.append(pd.DataFrame({"reported": at, "source": np.full(len(at), source)}))
    table = pd.concat(parts, ignore_index=True)
    table = table[table["reported"] < np.datetime64(span.end, "s")].reset_index(drop=True)
    table["category"] = _categories(design, span, table, rng)
    table["cell"] = _cells(design, table["category"].to_numpy(), rng)
    return table


def _counts(
    design: Design, span: Span, calendar: WorkingCalendar, scale: float, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    rows = []
    for number, day in enumerate(span.days):
        growth = 1 + _GROWTH_PER_YEAR * (number - len(span.days)) / 365
        rows.append([_PER_DAY * scale * growth * source.share / 100 * _day_factor(calendar, day, source)
                     for source in design.sources.itertuples()])  # fmt: skip
    weather = rng.gamma(60, 1 / 60, (len(rows), 1))
    return rng.poisson(np.array(rows) * weather)


def _day_factor(calendar: WorkingCalendar, day: date, source: object) -> float:
    kind = calendar.day_type(day) if day.year in calendar.years else None
    if kind == "holiday":
        return float(getattr(source, "holiday"))  # noqa: B009  # a row of a table has no declared fields
    if works(calendar, day):
        return 1.08 if day.isoweekday() == 1 else 1.0
    return float(getattr(source, "sunday" if day.isoweekday() == 7 else "saturday"))


def _categories(design: Design, span: Span, table: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    chosen = np.zeros(len(table), dtype="int64")
    reported = table["reported"].dt
    hour = reported.hour.to_numpy()
    part = np.select([(hour >= 22) | (hour < 6), hour >= 19], [2, 1], 0)
    groups = table.groupby([table["source"], reported.year, reported.month, part], sort=True).indices
    for (source, year, month, when), rows in groups.items():
        weights = _weights(design, int(source), int(month), int(when))
        weights[design.category(RISING)] *= rise(span, int(year), int(month))
        chosen[rows] = rng.choice(len(weights), len(rows), p=weights / weights.sum())
    return chosen


def _weights(design: Design, source: int, month: int, part: int) -> npt.NDArray[np.float64]:
    table = design.categories
    season = np.array([design.seasons[name][month - 1] for name in table["season"]])
    weights = np.array(table["share"] * season * table["night"] ** (part / 2), dtype="float64")
    only = design.sources["only"][source]
    if isinstance(only, list):
        weights = weights * table["code"].isin(only).to_numpy()
    return weights


def rise(span: Span, year: int, month: int) -> float:
    """How much more of the rising category there is: from one to over twice as much in the last six months."""
    back = (span.end.year - year) * 12 + span.end.month - month
    return 1 + 0.3 * max(0, 5 - back)


def _cells(design: Design, category: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    chosen = np.zeros(len(category), dtype="int64")
    base = design.cells["weight"].to_numpy(dtype="float64")
    districts = design.cells["district"].to_numpy()
    for number, code in enumerate(design.categories["code"]):
        rows = np.flatnonzero(category == number)
        local = np.array([_LOCAL.get((name, code), 1.0) for name in districts])
        weights = base * local
        chosen[rows] = rng.choice(len(weights), len(rows), p=weights / weights.sum())
    return chosen
