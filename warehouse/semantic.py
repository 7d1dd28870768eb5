"""SemanticQuery: the one currency between language and data.

It names metrics, dimensions, values and time; it holds no SQL, no table name and no permission. The same object is
the tool's JSON schema, the cache key and the golden file.
"""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator


class Frozen(BaseModel):
    """Immutable and strict about its keys, so that a misspelt key is an error and never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Grain(StrEnum):
    """Bucket of a time series; weeks start on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class DailyWindow(Frozen):
    """A part of every day, [start, end); `end <= start` runs over midnight (22:00 to 06:00)."""

    start: time
    end: time


class TimeRange(Frozen):
    """A half-open window [start, end) in the city's time zone.

    `grain` asks for a series. `daily_window` and `day_type` keep only some hours or days inside the window.
    `said` is what the asker wrote, for the echo.
    """

    start: AwareDatetime
    end: AwareDatetime
    grain: Grain | None = None
    daily_window: DailyWindow | None = None
    day_type: Literal["workday", "restday", "weekend", "holiday"] | None = None
    said: str = ""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"empty window: {self.start.isoformat()} to {self.end.isoformat()}")
        return self


class Filter(Frozen):
    """Keep (or drop) rows by the value of a dimension; several filters are all required.

    `in` and `not_in` take member values as the catalogue spells them; `is_null` and `not_null` take none;
    the comparisons take one number and only apply to numeric dimensions; `contains` takes one text.
    """

    dimension: str
    op: Literal["in", "not_in", "is_null", "not_null", "gt", "ge", "lt", "le", "contains"] = "in"
    values: tuple[str, ...] = ()
    said: str = ""


class Having(Frozen):
    """Keep groups whose metric passes the comparison. Rates are 0..1."""

    metric: str
    op: Literal["gt", "ge", "lt", "le", "eq", "ne"]
    value: float


class Compare(Frozen):
    """Put a second window beside the first one.

    `previous` is the preceding window of the same kind (the same elapsed part when the first one is still running);
    `same_period_last_year` is the same dates a year earlier; `window` is the one given. A given `window` wins.
    """

    mode: Literal["previous", "same_period_last_year", "window"]
    window: TimeRange | None = None


class Order(Frozen):
    """Sort by a metric or dimension id, or by `change` / `change_ratio` of the first metric in a comparison."""

    by: str
    direction: Literal["asc", "desc"] = "desc"


class SemanticQuery(Frozen):
    """A question about numbers in the catalogue's own words.

    `metrics` are catalogue ids, a duration with a statistic as `id.median`, `id.p90` (any p1..p99) or `id.mean`.
    `time` None means all the data there is. `limit` keeps ties. `limit_per` makes the limit hold inside each value of
    those dimensions. With `calc` share or rank a filter on one of `dimensions` only chooses which groups are shown: the
    share is of all groups that the other filters leave, the rank among them. `rows="cases"` lists single records instead of aggregating.
    """

    metrics: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    time: TimeRange | None = None
    filters: tuple[Filter, ...] = ()
    having: tuple[Having, ...] = ()
    compare: Compare | None = None
    calc: Literal["none", "share", "rank", "cumulative"] = "none"
    order: tuple[Order, ...] = ()
    limit: int | None = Field(default=None, ge=1, le=10_000)
    limit_per: tuple[str, ...] = ()
    rows: Literal["aggregate", "cases"] = "aggregate"

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.rows == "aggregate" and not self.metrics:
            raise ValueError("an aggregate query needs at least one metric")
        if not set(self.limit_per) <= set(self.dimensions):
            raise ValueError("limit_per must be among the dimensions")
        return self


def aware(moment: datetime) -> datetime:
    """The moment itself; refuses a naive one, which would mean a different instant in every city."""
    if moment.tzinfo is None:
        raise ValueError(f"naive time {moment.isoformat()}")
    return moment
