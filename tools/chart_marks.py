"""Marks and encodings: how a table's points are drawn, as the body of a Vega-Lite specification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from warehouse.table import Column

Mark = Literal["auto", "bar", "line", "heat"]

CLOCK = frozenset({"hour_of_day", "weekday"})
# A named tick for each point up to here; beyond, the renderer chooses.
MOST_TICKS = 14
# Values are written beside bars up to here.
MOST_LABELS = 24
NARROW = 0.08
NOW_COLOUR, BASE_COLOUR = "#2f6db5", "#c3ccd6"
_WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "this": "本期", "base": "对比期", "time": "时间", "part": "{} / {} 项", "unit": "{}（{}）",
        "hour": "{} 时", "days": "周一 周二 周三 周四 周五 周六 周日", "hours": "小时",
        "bar": "条形图：{title}；{n} 项，最高 {top} {high}，最低 {bottom} {low}",
        "line": "折线图：{title}；{n} 个点，最高 {top} {high}，最低 {bottom} {low}",
        "rect": "热力图：{title}；{n} 格，最高 {top} {high}，最低 {bottom} {low}",
    },
    "en": {
        "this": "This window", "base": "Compared window", "time": "Time", "part": "{} of {}", "unit": "{} ({})",
        "hour": "{}:00", "days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday", "hours": "hours",
        "bar": "Bar chart: {title}; {n} items, highest {top} {high}, lowest {bottom} {low}",
        "line": "Line chart: {title}; {n} points, highest {top} {high}, lowest {bottom} {low}",
        "rect": "Heat map: {title}; {n} cells, highest {top} {high}, lowest {bottom} {low}",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification and what it shows in words."""

    spec: dict[str, Any]
    alt: str


class Voice:
    """What columns, units and values are called; a city's own words come with a class of this shape."""

    def label(self, language: str, column: Column) -> str:
        """A column's name."""
        return column.label.get(language, column.name)

    def unit(self, language: str, column: Column) -> str:
        """The unit's word; empty where it has none."""
        return _WORDS[language]["hours"] if column.type == "hours" else ""

    def member(self, language: str, column: Column, value: Any) -> str:
        """A dimension's value."""
        words = _WORDS[language]
        if column.name == "hour_of_day":
            return words["hour"].format(value)
        if column.name == "weekday" and str(value) in "1234567":
            return words["days"].split()[int(value) - 1]
        return str(value)


PLAIN = Voice()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A table being drawn: where it runs along, what tells its series apart, and what is measured.

    Attributes:
        nested: Every place on the axis belongs to one series.
    """

    language: str
    mark: str
    axis: Column
    series: Column | None
    measures: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    index: dict[str, int]
    nested: bool
    voice: Voice

    def word(self, key: str) -> str:
        """A word of the drawing itself."""
        return _WORDS[self.language][key]

    @property
    def compares(self) -> bool:
        """Whether a window stands beside another one."""
        return len(self.measures) > 1 and self.measures[1].role == "base"

    @property
    def upright(self) -> bool:
        """Whether places run from left to right."""
        return self.axis.role == "time" or self.axis.name in CLOCK

    @property
    def measured(self) -> tuple[str, ...]:
        """What the measures are called beside each other."""
        if self.compares and self.measures[1].name.endswith(".base"):
            return (self.word("this"), self.word("base"))
        return tuple(self.voice.label(self.language, column) for column in self.measures)

    def label(self, column: Column) -> str:
        """A column's name with its unit."""
        if column.role == "time":
            return self.word("time")
        text, unit = self.voice.label(self.language, column), self.voice.unit(self.language, column)
        return self.word("unit").format(text, unit) if unit else text


def shorthand(column: Column, value: Any) -> str:
    """A number as the chart writes it."""
    if column.type == "ratio":
        return f"{value * 100:.1f}%"
    return f"{value:,.1f}" if value % 1 else f"{int(value):,}"


def caption(drawing: Drawing, points: Sequence[Mapping[str, Any]], title: str) -> str:
    """What the chart shows, for those who do not see it."""
    first = points[0].get("series") if len(drawing.measures) > 1 else None
    known = [p for p in points if p["value"] is not None and (first is None or p["series"] == first)]
    top, bottom = max(known, key=lambda p: p["value"]), min(known, key=lambda p: p["value"])

    def named(point: Mapping[str, Any]) -> str:
        name = str(point["name"]).removesuffix("T00:00:00").replace("T", " ")
        return f"{point['series']} · {name}" if drawing.series is not None else name

    measure = drawing.measures[0]
    values = {"high": shorthand(measure, top["value"]), "low": shorthand(measure, bottom["value"])}
    n = len(known)
    return drawing.word(drawing.mark).format(title=title, n=n, top=named(top), bottom=named(bottom), **values)


def body(drawing: Drawing, points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Mark, size and encodings of the points."""
    value = _value_axis(drawing, points)
    tooltip = [
        {"field": "name", "title": drawing.label(drawing.axis), "type": "nominal"},
        {"field": "value", "title": drawing.label(drawing.measures[0]), "type": "quantitative", **_format(drawing)},
    ]
    if drawing.mark == "rect":
        return _heat(drawing, tooltip)
    split = "series" in points[0]
    encoding: dict[str, Any] = {"tooltip": tooltip}
    if split:
        tooltip.insert(1, {"field": "series", "title": _series_title(drawing) or "", "type": "nominal"})
    encoding |= {"x": _axis(drawing), "y": value} if drawing.upright else {"y": _axis(drawing) | _on_top(), "x": value}
    if drawing.upright:
        encoding["y"] = value | {"axis": {**value["axis"], **_on_top()["axis"]}}
    if split and drawing.mark == "bar" and not drawing.nested:
        offset = "xOffset" if drawing.upright else "yOffset"
        encoding[offset] = {"field": "series", "type": "nominal", "sort": _by("order")}
    if drawing.mark == "bar" and drawing.axis.role == "time":
        encoding["x"] |= {"type": "ordinal", "timeUnit": "yearmonthdatehours"}
        encoding["x"]["axis"].pop("values", None)
    size: dict[str, Any] = {"width": 560, "height": 300} if drawing.upright else {"width": 480}
    return {**size, "encoding": encoding, **_marks(drawing, points, split=split)}


def _marks(drawing: Drawing, points: Sequence[Mapping[str, Any]], *, split: bool) -> dict[str, Any]:
    """The mark, with its values written beside bars where there is room."""
    colour = {"color": _colour(drawing)} if split else {}
    if drawing.mark == "line":
        mark: dict[str, Any] = {"type": "line", "point": True}
        return {"mark": mark if split else {**mark, "color": NOW_COLOUR}, **({"encoding": colour} if split else {})}
    bar: dict[str, Any] = {"type": "bar"} if split else {"type": "bar", "color": NOW_COLOUR}
    layers: list[dict[str, Any]] = [{"mark": bar, "encoding": colour}]
    if len(points) <= MOST_LABELS:
        place = {"dy": -7} if drawing.upright else {"align": "left", "dx": 4}
        text = {"field": "value", "type": "quantitative", **_format(drawing)}
        layers.append({"mark": {"type": "text", **place}, "encoding": {"text": text}})
    return {"layer": layers}


def _colour(drawing: Drawing) -> dict[str, Any]:
    colour: dict[str, Any] = {
        "field": "series", "type": "nominal", "title": _series_title(drawing), "sort": _by("order"),
    }  # fmt: skip
    if drawing.compares:
        # The window asked about stands out, the one it is held against stays in the background.
        colour["scale"] = {"domain": list(drawing.measured), "range": [NOW_COLOUR, BASE_COLOUR]}
    colour["legend"] = {"orient": "top"} if drawing.series is None else {}
    return colour


def _series_title(drawing: Drawing) -> str | None:
    return drawing.label(drawing.series) if drawing.series else None


def _heat(drawing: Drawing, tooltip: list[dict[str, Any]]) -> dict[str, Any]:
    title = _series_title(drawing)
    axis = _axis(drawing)
    if drawing.axis.role == "time":
        axis = {**axis, "type": "ordinal", "timeUnit": "yearmonthdatehours", "axis": {"format": axis["axis"]["format"]}}
    legend = {"title": drawing.label(drawing.measures[0]), **_format(drawing)}
    encoding = {
        "x": axis,
        "y": {"field": "series", "type": "ordinal", "title": title, "sort": _by("order"), **_on_top()},
        "color": {"field": "value", "type": "quantitative", "legend": legend, "scale": {"scheme": "blues"}},
        "tooltip": [tooltip[0], {"field": "series", "title": title, "type": "nominal"}, tooltip[1]],
    }
    return {"mark": {"type": "rect"}, "width": {"step": 26}, "height": {"step": 26}, "encoding": encoding}


def _by(field: str) -> dict[str, str]:
    return {"field": field, "op": "min", "order": "ascending"}


def _on_top() -> dict[str, Any]:
    """The title above the axis, lying: Chinese cannot be read turned on its side."""
    return {"axis": {"titleAngle": 0, "titleAlign": "right", "titleY": -8, "titleX": -4, "labelLimit": 240}}


def _format(drawing: Drawing) -> dict[str, str]:
    return {"format": {"ratio": ".1%", "integer": ",d"}.get(drawing.measures[0].type, ",.1f")}


def _value_axis(drawing: Drawing, points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = drawing.measures[0]
    several = drawing.series is None and len({c.label.get(drawing.language) for c in drawing.measures}) > 1
    title = drawing.voice.unit(drawing.language, first) if several else drawing.label(first)
    # A bar's length is its value, so it starts at zero; a line may start where its values do when it draws a rate.
    zero = drawing.mark == "bar" or first.type != "ratio"
    axis: dict[str, Any] = {"format": ",~r", "grid": True}
    if first.type == "ratio":
        values = [p["value"] for p in points if p["value"] is not None]
        axis["format"] = ".1%" if not zero and max(values, default=0) - min(values, default=0) < NARROW else ".0%"
    if first.type == "integer":
        axis |= {"format": ",d", "tickMinStep": 1}
    return {"field": "value", "type": "quantitative", "title": title, "axis": axis, "scale": {"zero": zero}}


def _axis(drawing: Drawing) -> dict[str, Any]:
    title = drawing.label(drawing.axis)
    if drawing.axis.role != "time":
        upright = {"axis": {"labelAngle": 0}} if drawing.mark == "rect" or drawing.upright else {}
        return {"field": "name", "type": "ordinal", "title": title, "sort": _by("place"), **upright}
    cells = sorted({row[drawing.index[drawing.axis.name]] for row in drawing.rows})
    axis: dict[str, Any] = {"format": _time_format(cells), "labelFlush": False, "labelOverlap": "greedy"}
    if len(cells) <= MOST_TICKS:
        axis["values"] = [_tick(cell) for cell in cells]
    return {"field": "name", "type": "temporal", "title": title, "axis": axis}


def _tick(cell: date) -> dict[str, int]:
    found = {"year": cell.year, "month": cell.month, "date": cell.day}
    return {**found, "hours": cell.hour, "minutes": cell.minute} if isinstance(cell, datetime) else found


def _time_format(cells: Sequence[date]) -> str:
    """Digits that tell the buckets apart; month names would need a language."""
    gap = max((b - a for a, b in pairwise(cells)), default=timedelta(days=1))
    if gap < timedelta(days=1):
        return "%m-%d %H:%M" if cells[0].day != cells[-1].day else "%H:%M"
    if gap < timedelta(days=27):
        return "%m-%d" if cells[0].year == cells[-1].year else "%Y-%m-%d"
    return "%Y-%m" if gap < timedelta(days=360) else "%Y"
