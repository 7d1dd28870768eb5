"""The metric catalogue: metrics, dimensions and facts as data, in two languages.

The shipped files in `models/` hold the defaults; a city's folder may add to them or override any entry by id. Unknown
keys are refused. Formulas are SQL expressions over one fact's own columns, parsed and checked here, never executed as
text.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from warehouse.semantic import Frozen

Text = dict[Literal["zh", "en"], str]
Names = dict[Literal["zh", "en"], tuple[str, ...]]


class Metric(Frozen):
    """One governed number.

    Attributes:
        kind: `count` rows, `distinct` values of `of`, `ratio` of two counts, `duration` statistics of `of` (hours),
            `sum` of other metrics (each by its own fact and time), `difference` of two, `cumulative` running total of one.
        fact: Table counted; null for sum, difference and cumulative.
        time: The column it is counted by.
        where: Rows that count at all.
        numerator, denominator: For ratios; each is added to `where`.
        of: For distinct: a column. For duration: an expression in hours. For sum, difference, cumulative: metric ids.
        window: Replaces `time in [start, end)` where a metric is counted differently. May use `:start`, `:end`,
            `:now` and `:until` (the earlier of end and now).
        statistics: For durations, which may be asked; the first is the default.
        unit: case, alarm, percent, hour, call … (labels in dimensions.yml under `units`).
        better: up, down or none.
        minimum_sample: A rate over fewer rows is listed apart from a ranking; null: the city's default.
        needs: Columns the source itself must have; a stand-in (`same_as` in the feed) does not do. Columns used in the
            formulas are needed anyway, but there a stand-in does.
        definition: The sentence printed as 口径.
        names: What people call it, besides the label.
    """

    id: str
    kind: Literal["count", "distinct", "ratio", "duration", "sum", "difference", "cumulative"]
    label: Text
    names: Names = Field(default_factory=dict)
    fact: str | None = None
    time: str | None = None
    where: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    of: str | tuple[str, ...] | None = None
    window: str | None = None
    snapshot: bool = False
    needs: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    unit: str = "case"
    better: Literal["up", "down", "none"] = "none"
    minimum_sample: int | None = None
    definition: Text


class Value(Frozen):
    """A fixed value of a dimension (true/false marks, statuses) with its names."""

    id: str
    label: Text
    names: Names = Field(default_factory=dict)


class Dimension(Frozen):
    """One way to cut or filter.

    Attributes:
        kind: `text` (members from the data), `mark` (an expression with fixed `values`), `number`, or `clock` (hour,
            weekday, day type: a part of the metric's own time).
        column: For text and number: the fact column, the same in every fact that has it.
        expression: For marks: SQL over a fact's columns, may use `:now`.
        facts: Facts that have it; empty means every fact with the column.
        parent: The level above, in a hierarchy (street → district).
        hierarchy: `area`, `category` or `organisation` where it belongs to one.
        level: City-wide order in the hierarchy, 1 just below the city.
    """

    id: str
    kind: Literal["text", "mark", "number", "clock"]
    label: Text
    names: Names = Field(default_factory=dict)
    column: str | None = None
    expression: str | None = None
    facts: tuple[str, ...] = ()
    parent: str | None = None
    hierarchy: Literal["area", "category", "organisation"] | None = None
    level: int | None = None
    values: tuple[Value, ...] = ()


class City(Frozen):
    """What differs between cities and is not a formula (`city.yml`).

    Attributes:
        timezone: IANA name; every wall time in the facts is in it.
        clock: `wall` reads the clock; `data` means the export is an archive, so relative words count from its last day.
        night: The night window (`time.night`), over midnight.
        parts_of_day: Named parts of a day, "HH:MM-HH:MM".
        calendar: Which holiday calendar (`cn`, `us`, or a file beside city.yml).
        minimum_sample: Rates over fewer rows are listed apart.
        labels: What the city calls its dimensions ({"district": {"en": "neighborhood"}}).
    """

    id: str
    name: Text
    language: Literal["zh", "en"] = "zh"
    timezone: str = "Asia/Shanghai"
    clock: Literal["wall", "data"] = "wall"
    night: str = "22:00-06:00"
    parts_of_day: dict[str, str] = Field(default_factory=dict)
    calendar: str = "cn"
    minimum_sample: int = 20
    labels: dict[str, Text] = Field(default_factory=dict)
    names: dict[str, Names] = Field(default_factory=dict)
