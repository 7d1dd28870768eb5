"""Charts: a table as one Vega-Lite v5 specification with its data inside, where its shape suits a drawing.

Texts of the data stand in the data only. Nothing of them gets into expressions or field names, so no cell can change
what the specification does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Literal

from warehouse.table import Column, Table

Mark = Literal["auto", "bar", "line", "heat"]
Member = Callable[[str, Any], str]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
MOST_POINTS = 500
MOST_BARS = 50
MOST_SERIES = 8
_CLOCK = frozenset({"hour_of_day", "weekday"})
_WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "this": "本期", "base": "对比期", "time": "时间", "hours": "{}（小时）", "part": "{} / {} 项",
        "hour": "{} 时", "days": "周一 周二 周三 周四 周五 周六 周日",
        "bar": "条形图：{title}，{n} 项", "line": "折线图：{title}，{n} 个点", "rect": "热力图：{title}，{n} 格",
    },
    "en": {
        "this": "this window", "base": "compared window", "time": "time", "hours": "{} (hours)", "part": "{} of {}",
        "hour": "{}:00", "days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "bar": "Bar chart: {title}, {n} items", "line": "Line chart: {title}, {n} points",
        "rect": "Heat map: {title}, {n} cells",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification and what it shows in words."""

    spec: dict[str, Any]
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """A table being drawn: where it runs along, what tells its series apart, and what is measured."""

    language: str
    mark: str
    axis: Column
    series: Column | None
    measures: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    index: dict[str, int]
    member: Member

    def word(self, key: str) -> str:
        return _WORDS[self.language][key]

    def label(self, column: Column) -> str:
        if column.role == "time":
            return self.word("time")
        text = column.label.get(self.language, column.name)
        return self.word("hours").format(text) if column.type == "hours" else text


def chart_of(
    table: Table, *, language: str, title: str, mark: Mark = "auto", member: Member | None = None
) -> Chart | None:
    """The table drawn; None where no drawing suits it.

    Rankings and breakdowns become horizontal bars in the table's order, series lines, hours by weekdays a heat map,
    comparisons grouped bars. Rates have a percent axis. Moments are drawn as the city's wall time.

    Args:
        language: Of titles and axes, `zh` or `en`.
        mark: What the asker wished for; a wish that does not suit the shape gives way to it.
        member: How a dimension's value is called; without it hours and weekdays are named and the rest stands as it is.
    """
    drawing = _drawing(table, language, mark, member)
    if drawing is None:
        return None
    points = _points(drawing)
    whole = len(points)
    if drawing.mark == "bar" and drawing.axis.role == "dimension" and drawing.series is None:
        points = points[: MOST_BARS * len(drawing.measures)]
    if not 2 <= len(points) <= MOST_POINTS or len({p["place"] for p in points}) < 2:
        return None
    shown: Any = title
    if len(points) < whole:
        count = len(drawing.measures)
        shown = {"text": title, "subtitle": drawing.word("part").format(len(points) // count, whole // count)}
    spec = {"$schema": SCHEMA, "title": shown, "data": {"values": points}, **_body(drawing, points)}
    return Chart(spec, drawing.word(drawing.mark).format(title=title, n=len(points)))


def _drawing(table: Table, language: str, mark: Mark, member: Member | None) -> _Drawing | None:
    times = [c for c in table.columns if c.role == "time"]
    dimensions = [c for c in table.columns if c.role == "dimension"]
    measures = _measures(table)
    if not measures or len(times) > 1 or not 1 <= len(times) + len(dimensions) <= 2:
        return None
    index = {c.name: i for i, c in enumerate(table.columns)}
    keys = [index[c.name] for c in (*times, *dimensions)]
    rows = tuple(row for row in table.rows if all(row[i] is not None for i in keys))
    axis, series = _roles(times, dimensions, rows, index)
    if series is not None:
        measures = measures[:1]
    known = _kind(axis, series, rows, index, mark)
    if known is None:
        return None
    return _Drawing(
        language=language, mark=known, axis=axis, series=series, measures=measures, rows=rows, index=index,
        member=member or _plain_member(language),
    )  # fmt: skip


def _measures(table: Table) -> tuple[Column, ...]:
    """What is drawn: a value and what it is compared with, else values that share a unit."""
    numbers = {"integer", "number", "ratio", "hours"}
    values = [c for c in table.columns if c.role == "metric" and c.type in numbers]
    if not values:
        return ()
    first = values[0]
    bases = [c for c in table.columns if c.role == "base" and c.name in {f"{first.name}.base", "expected"}]
    if bases:
        return (first, bases[0])
    return tuple(c for c in values if (c.type, c.unit) == (first.type, first.unit))[:4]


def _roles(
    times: Sequence[Column], dimensions: Sequence[Column], rows: Sequence[Sequence[Any]], index: Mapping[str, int]
) -> tuple[Column, Column | None]:
    """(what runs along the axis, what tells series apart): time first, else hours, else the longer dimension."""
    columns = [*times, *dimensions]
    if len(columns) == 1:
        return columns[0], None
    if times:
        return times[0], dimensions[0]
    size = {c.name: len({row[index[c.name]] for row in rows}) for c in columns}
    first, second = sorted(columns, key=lambda c: (c.name != "hour_of_day", c.name not in _CLOCK, -size[c.name]))
    return first, second


def _kind(
    axis: Column, series: Column | None, rows: Sequence[Sequence[Any]], index: Mapping[str, int], mark: Mark
) -> str | None:
    if series is None:
        if axis.role == "time":
            return "bar" if mark == "bar" else "line"
        return "line" if mark == "line" and axis.name in _CLOCK else "bar"
    many = len({row[index[series.name]] for row in rows}) > MOST_SERIES
    clocks = {axis.name, series.name} == _CLOCK
    if clocks or many or mark == "heat":
        return "rect" if axis.role != "time" or mark == "heat" else None
    return "line" if axis.role == "time" and mark != "bar" else "bar"


def _plain_member(language: str) -> Member:
    words = _WORDS[language]

    def member(dimension: str, value: Any) -> str:
        if dimension == "hour_of_day":
            return words["hour"].format(value)
        if dimension == "weekday" and str(value) in "1234567":
            return words["days"].split()[int(value) - 1]
        return str(value)

    return member


def _points(drawing: _Drawing) -> list[dict[str, Any]]:
    """One point a row and measure, in the table's order; places count along the axis."""
    places, order = _places(drawing, drawing.axis), _places(drawing, drawing.series)
    found = []
    for row in drawing.rows:
        along = row[drawing.index[drawing.axis.name]]
        for n, measure in enumerate(drawing.measures):
            value = row[drawing.index[measure.name]]
            if value is None and drawing.mark != "line":
                continue
            point = {"name": _along(drawing, along), "place": places[along], "value": _number(value)}
            if drawing.series is not None:
                cell = row[drawing.index[drawing.series.name]]
                point |= {"series": drawing.member(drawing.series.name, cell), "order": order[cell]}
            elif len(drawing.measures) > 1:
                point |= {"series": _series_name(drawing, n), "order": n}
            found.append(point)
    return found


def _places(drawing: _Drawing, column: Column | None) -> dict[Any, int]:
    """Where a column's values stand: clocks and times by themselves, everything else as the table has it."""
    if column is None:
        return {}
    cells = dict.fromkeys(row[drawing.index[column.name]] for row in drawing.rows)
    if column.name in _CLOCK:
        return {cell: int(cell) for cell in cells}
    ordered: Iterable[Any] = sorted(cells) if column.role == "time" else cells
    return {cell: place for place, cell in enumerate(ordered)}


def _along(drawing: _Drawing, cell: Any) -> str:
    if drawing.axis.role == "time":
        moment = cell.replace(tzinfo=None) if isinstance(cell, datetime) else datetime.combine(cell, time())
        return moment.isoformat()
    return drawing.member(drawing.axis.name, cell)


def _number(value: Any) -> float | int | None:
    return round(value, 6) if isinstance(value, float) else value


def _series_name(drawing: _Drawing, n: int) -> str:
    first, column = drawing.measures[0], drawing.measures[n]
    if len(drawing.measures) > 1 and drawing.measures[1].label == first.label:
        return drawing.word("this" if n == 0 else "base")
    return column.label.get(drawing.language, column.name)


def _body(drawing: _Drawing, points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Mark and encodings."""
    value = _value_axis(drawing)
    tooltip = [
        {"field": "name", "title": drawing.label(drawing.axis), "type": "nominal"},
        {"field": "value", "title": value["title"], "type": "quantitative", **_format(drawing)},
    ]
    if drawing.mark == "rect":
        return _heat(drawing, value, tooltip)
    split = "series" in points[0]
    encoding: dict[str, Any] = {"tooltip": tooltip}
    if split:
        title = drawing.label(drawing.series) if drawing.series else None
        encoding["color"] = {"field": "series", "type": "nominal", "title": title, "sort": _by("order")}
    upright = drawing.axis.role == "time" or drawing.axis.name in _CLOCK
    encoding |= {"x": _axis(drawing), "y": value} if upright else {"y": _axis(drawing), "x": value}
    if split and drawing.mark == "bar":
        offset = "xOffset" if upright else "yOffset"
        encoding[offset] = {"field": "series", "type": "nominal", "sort": _by("order")}
    size: dict[str, Any] = {"width": 560, "height": 300} if upright else {"width": 480}
    if drawing.mark == "bar" and drawing.axis.role == "time" and split:
        encoding["x"] |= {"type": "ordinal", "timeUnit": "yearmonthdatehours"}
    mark = {"type": "line", "point": True} if drawing.mark == "line" else {"type": "bar"}
    return {"mark": mark, **size, "encoding": encoding}


def _heat(drawing: _Drawing, value: Mapping[str, Any], tooltip: list[dict[str, Any]]) -> dict[str, Any]:
    title = drawing.label(drawing.series) if drawing.series else None
    encoding = {
        "x": {**_axis(drawing), **({"type": "ordinal"} if drawing.axis.role == "time" else {})},
        "y": {"field": "series", "type": "ordinal", "title": title, "sort": _by("order")},
        "color": {"field": "value", "type": "quantitative", "title": value["title"], "legend": _format(drawing)},
        "tooltip": [tooltip[0], {"field": "series", "title": title, "type": "nominal"}, tooltip[1]],
    }
    return {"mark": {"type": "rect"}, "width": {"step": 26}, "height": {"step": 26}, "encoding": encoding}


def _by(field: str) -> dict[str, str]:
    return {"field": field, "op": "min", "order": "ascending"}


def _format(drawing: _Drawing) -> dict[str, str]:
    return {"format": ".1%"} if drawing.measures[0].type == "ratio" else {}


def _value_axis(drawing: _Drawing) -> dict[str, Any]:
    first = drawing.measures[0]
    several = drawing.series is None and len({c.label.get(drawing.language) for c in drawing.measures}) > 1
    title = None if several else drawing.label(first)
    axis: dict[str, Any] = {"format": ".0%"} if first.type == "ratio" else {}
    if first.type == "integer":
        axis = {"format": ",d", "tickMinStep": 1}
    # A bar's length is its value, so it starts at zero; a line may start where its values do when it draws a rate.
    zero = drawing.mark == "bar" or first.type != "ratio"
    return {"field": "value", "type": "quantitative", "title": title, "axis": axis, "scale": {"zero": zero}}


def _axis(drawing: _Drawing) -> dict[str, Any]:
    title = drawing.label(drawing.axis)
    if drawing.axis.role != "time":
        return {"field": "name", "type": "ordinal", "title": title, "sort": _by("place"), "axis": {"labelLimit": 240}}
    cells = sorted({row[drawing.index[drawing.axis.name]] for row in drawing.rows})
    return {"field": "name", "type": "temporal", "title": title, "axis": {"format": _time_format(cells)}}


def _time_format(cells: Sequence[date]) -> str:
    """Digits that tell the buckets apart; month names would need a language."""
    gap = min((b - a for a, b in pairwise(cells)), default=timedelta(days=1))
    if gap < timedelta(days=1):
        return "%m-%d %H:%M"
    if gap < timedelta(days=28):
        return "%m-%d" if cells[0].year == cells[-1].year else "%Y-%m-%d"
    return "%Y-%m" if gap < timedelta(days=360) else "%Y"


__all__ = ["Chart", "chart_of"]
