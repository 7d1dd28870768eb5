"""Charts: a table as one Vega-Lite v5 specification with its data inside, where its shape suits a drawing.

Texts of the data stand in the data only. Nothing of them gets into expressions or field names, so no cell can change
what the specification does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from tools.chart_marks import (
    CLOCK,
    PLAIN,
    Chart,
    Drawing,
    Mark,
    Voice,
    body,
    caption,
)
from warehouse.table import Column, Table

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
# CJK families first where a system has one: a browser and the PNG renderer take the first that they know.
FONT = (
    "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Micro Hei, sans-serif"
)
MOST_POINTS = 500
MOST_BARS = 50
MOST_GROUPED = 40
MOST_SERIES = 8


def chart_of(
    table: Table, *, language: str, title: str, subtitle: str = "", mark: Mark = "auto", voice: Voice = PLAIN
) -> Chart | None:
    """The table drawn; None where no drawing suits it.

    Rankings and breakdowns become horizontal bars in the table's order, series lines, hours by weekdays a heat map,
    comparisons grouped bars. Rates have a percent axis. Moments are drawn as the city's wall time.

    Args:
        language: Of titles and axes, `zh` or `en`.
        subtitle: A second line, smaller.
        mark: What the asker wished for; a wish that does not suit the shape gives way to it.
        voice: What columns, units and values are called; without it labels stand as the table has them.
    """
    drawing = _drawing(table, language, mark, voice)
    if drawing is None:
        return None
    points = _points(drawing)
    whole = len(points)
    if drawing.mark == "bar" and drawing.axis.role == "dimension" and drawing.series is None:
        points = points[: MOST_BARS * len(drawing.measures)]
    if not 2 <= len(points) <= MOST_POINTS or len({p["place"] for p in points}) < 2:
        return None
    lines = [subtitle] if subtitle else []
    if len(points) < whole:
        count = len(drawing.measures)
        lines.append(drawing.word("part").format(len(points) // count, whole // count))
    spec = {
        "$schema": SCHEMA,
        "title": {"text": title, "subtitle": lines, "anchor": "start", "offset": 18},
        "config": {"font": FONT, "view": {"stroke": None}},
        "data": {"values": points},
        **body(drawing, points),
    }
    said = ("，" if language == "zh" else ", ").join([title, *lines])
    return Chart(spec, caption(drawing, points, said))


def _drawing(table: Table, language: str, mark: Mark, voice: Voice) -> Drawing | None:
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
    nested = series is not None and _is_nested(rows, index[axis.name], index[series.name])
    known = _kind(axis, series, rows, index, mark, nested=nested)
    if known is None:
        return None
    if series is not None and nested:
        groups = list(dict.fromkeys(row[index[series.name]] for row in rows))
        rows = tuple(sorted(rows, key=lambda row: groups.index(row[index[series.name]])))
    return Drawing(
        language=language, mark=known, axis=axis, series=series, measures=measures, rows=rows, index=index,
        nested=nested, voice=voice,
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
    first, second = sorted(columns, key=lambda c: (c.name != "hour_of_day", c.name not in CLOCK, -size[c.name]))
    return first, second


def _is_nested(rows: Sequence[Sequence[Any]], axis: int, series: int) -> bool:
    """Whether every value of the axis belongs to one series, as streets do to districts."""
    pairs = {(row[axis], row[series]) for row in rows}
    return len(pairs) == len({row[axis] for row in rows})


def _kind(
    axis: Column, series: Column | None, rows: Sequence[Sequence[Any]], index: Mapping[str, int], mark: Mark,
    *, nested: bool,
) -> str | None:  # fmt: skip
    if series is None:
        if axis.role == "time":
            return "bar" if mark == "bar" else "line"
        return "line" if mark == "line" and axis.name in CLOCK else "bar"
    groups = len({row[index[series.name]] for row in rows})
    if {axis.name, series.name} == CLOCK or mark == "heat":
        return "rect"
    if axis.role == "time":
        return None if groups > MOST_SERIES else "bar" if mark == "bar" else "line"
    if nested:
        return "bar" if len(rows) <= MOST_BARS else None
    return "rect" if groups > MOST_SERIES or len(rows) > MOST_GROUPED else "bar"


def _points(drawing: Drawing) -> list[dict[str, Any]]:
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
                point |= {"series": drawing.voice.member(drawing.language, drawing.series, cell), "order": order[cell]}
            elif len(drawing.measures) > 1:
                point |= {"series": drawing.measured[n], "order": n}
            found.append(point)
    return found


def _places(drawing: Drawing, column: Column | None) -> dict[Any, int]:
    """Where a column's values stand: clocks and times by themselves, everything else as the table has it."""
    if column is None:
        return {}
    cells = dict.fromkeys(row[drawing.index[column.name]] for row in drawing.rows)
    if column.name in CLOCK:
        return {cell: int(cell) for cell in cells}
    ordered: Iterable[Any] = sorted(cells) if column.role == "time" else cells
    return {cell: place for place, cell in enumerate(ordered)}


def _along(drawing: Drawing, cell: Any) -> str:
    if drawing.axis.role == "time":
        moment = cell.replace(tzinfo=None) if isinstance(cell, datetime) else datetime.combine(cell, time())
        return moment.isoformat()
    return drawing.voice.member(drawing.language, drawing.axis, cell)


def _number(value: Any) -> float | int | None:
    return round(value, 6) if isinstance(value, float) else value


__all__ = ["Chart", "Mark", "Voice", "chart_of"]
