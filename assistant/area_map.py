"""A metric on the map: areas filled by their number where the city gives their outlines, else tiles as a heat table."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from assistant.briefing_windows import WindowName, window
from assistant.dialogue import Answer, AnswerStatus
from assistant.verbalise_cells import Speech, account
from tools.charts import FONT, SCHEMA, Chart
from tools.principal import Principal
from tools.query_metrics import QUERY_METRICS
from tools.spec import ToolContext
from warehouse.reader import Warehouse
from warehouse.semantic import Order, SemanticQuery
from warehouse.table import Table

Language = Literal["zh", "en"]
METRICS = ("anomalies", "registered_cases", "reported_cases", "overdue_open", "open_cases", "on_time_closure_rate")
WINDOWS: tuple[WindowName, ...] = ("last_night", "yesterday", "last_7_days", "last_week", "last_month")
_WIDTH = 560
_MOST_COLUMNS = 6
_SCALE = {"zero": False}


def area_map(
    metric: str, name: WindowName, principal: Principal, *, warehouse: Warehouse, now: datetime, language: Language
) -> Answer:  # fmt: skip
    """A metric by area, one level below what the person oversees, with its drawing, table and evidence.

    Raises:
        UnknownMetric: The city's data has no such metric.
    """
    now = now.astimezone(warehouse.timezone)
    snapshot = metric in warehouse.catalog.metrics and warehouse.catalog.metrics[metric].snapshot
    query = SemanticQuery(
        metrics=(metric,), dimensions=(level_of(principal, warehouse),), order=(Order(by=metric),),
        time=window("now" if snapshot else name, now, warehouse.city),
    )  # fmt: skip
    result = QUERY_METRICS.run(query, ToolContext(principal=principal, now=now, warehouse=warehouse))
    speech = Speech.of(language, warehouse.city, now, warehouse.catalog)
    table, evidence = result.tables[0], result.evidence[0]
    values = _values(table, metric)
    charts: tuple[Chart, ...] = ()
    if values:
        title = speech.say("by", what=speech.label(metric), cut=speech.label(query.dimensions[0]))
        charts = (_chart(values, warehouse, query.dimensions[0], title, table.columns[table.index(metric)].type),)
    return Answer(
        status=AnswerStatus.ANSWER if values else AnswerStatus.NO_DATA,
        text="\n".join((speech.sentence(speech.label(metric)), *account(speech, evidence))),
        language=language,
        tables=(speech.table(table),),
        evidence=(evidence,),
        charts=charts,
        elapsed_ms=evidence.elapsed_ms,
    )


def level_of(principal: Principal, warehouse: Warehouse) -> str:
    """Districts for who oversees the city, streets for who oversees districts; what the city has of both."""
    wished = "street" if principal.districts else "district"
    has = [level for level in (wished, "district", "street") if level in warehouse.catalog.dimensions]
    return next((level for level in has if warehouse.members(level)), wished)


def choices(warehouse: Warehouse, language: Language) -> dict[str, list[tuple[str, str]]]:
    """Metrics that the city's data can answer, and windows, each with what it is called."""
    speech = Speech.of(language, warehouse.city, warehouse.as_of, warehouse.catalog)
    known = [metric for metric in METRICS if metric in warehouse.catalog.metrics]
    return {
        "metrics": [(metric, speech.sentence(speech.label(metric))) for metric in known],
        "windows": [(name, speech.say(f"map_{name}")) for name in WINDOWS],
    }


def _values(table: Table, metric: str) -> dict[str, float]:
    column = table.index(metric)
    return {str(row[0]): row[column] for row in table.rows if row[0] is not None and row[column] is not None}


def _chart(values: Mapping[str, float], warehouse: Warehouse, level: str, title: str, kind: str) -> Chart:
    shapes = [shape for shape in _shapes(warehouse.files.get("areas.geojson"), level) if shape[0] in values]
    number = ".1%" if kind == "ratio" else ",.0f" if kind == "integer" else ",.1f"
    body = _outlined(values, shapes, number) if len(shapes) == len(values) else _tiled(values, number)
    ordered = sorted(values.items(), key=lambda one: -one[1])
    said = f"{title}: {ordered[0][0]} {ordered[0][1]:g} … {ordered[-1][0]} {ordered[-1][1]:g}"
    spec = {
        "$schema": SCHEMA, "title": {"text": title, "anchor": "start"}, "width": _WIDTH,
        "config": {"font": FONT, "view": {"stroke": None}}, **body,
    }  # fmt: skip
    return Chart(spec, said)


def _colour(field: str, number: str) -> dict[str, Any]:
    legend = {"title": None, "orient": "bottom", "format": number, "gradientLength": 220}
    return {"field": field, "type": "quantitative", "scale": {"scheme": "blues", **_SCALE}, "legend": legend}


def _outlined(values: Mapping[str, float], shapes: Sequence[tuple[str, Any]], number: str) -> dict[str, Any]:
    """Areas in their outlines, their names in the middle. Planar, so that the rings may run either way."""
    flat = math.cos(math.radians(_middle(shapes[0][1])[1]))
    features, names = [], []
    for name, geometry in shapes:
        drawn = {"type": geometry["type"], "coordinates": _flattened(geometry["coordinates"], flat)}
        features.append({"type": "Feature", "geometry": drawn, "properties": {"name": name, "value": values[name]}})
        x, y = _middle(drawn)
        names.append({"name": name, "value": values[name], "x": x, "y": y})
    tip = [{"field": "properties.name", "title": " "}, {"field": "properties.value", "title": " ", "format": number}]
    place = {"longitude": {"field": "x", "type": "quantitative"}, "latitude": {"field": "y", "type": "quantitative"}}
    letters = {**place, "fill": _ink(values)}
    return {
        "height": 380,
        "projection": {"type": "identity", "reflectY": True},
        "layer": [
            {"data": {"values": features}, "mark": {"type": "geoshape", "stroke": "#ffffff", "strokeWidth": 1.5},
             "encoding": {"color": _colour("properties.value", number), "tooltip": tip}},
            {"data": {"values": names}, "mark": {"type": "text", "dy": -9, "fontSize": 13},
             "encoding": {**letters, "text": {"field": "name"}}},
            {"data": {"values": names}, "mark": {"type": "text", "dy": 9, "fontSize": 15, "fontWeight": 700},
             "encoding": {**letters, "text": {"field": "value", "format": number}}},
        ],
    }  # fmt: skip


def _tiled(values: Mapping[str, float], number: str) -> dict[str, Any]:
    """Tiles in rows, the largest number first: which place, not where."""
    columns = min(_MOST_COLUMNS, math.ceil(math.sqrt(len(values))) or 1)
    points = [
        {"name": name, "value": value, "x": place % columns, "y": place // columns}
        for place, (name, value) in enumerate(sorted(values.items(), key=lambda one: -one[1]))
    ]
    axes = {"x": {"field": "x", "type": "ordinal", "axis": None}, "y": {"field": "y", "type": "ordinal", "axis": None}}
    return {
        "height": 84 * math.ceil(len(points) / columns),
        "data": {"values": points},
        "encoding": axes,
        "layer": [
            {"mark": {"type": "rect", "cornerRadius": 8, "stroke": "#ffffff", "strokeWidth": 4},
             "encoding": {"color": _colour("value", number)}},
            {"mark": {"type": "text", "dy": -10, "fontSize": 13}, "encoding": {"text": {"field": "name"}, "fill": _ink(values)}},
            {"mark": {"type": "text", "dy": 11, "fontSize": 17, "fontWeight": 700},
             "encoding": {"text": {"field": "value", "format": number}, "fill": _ink(values)}},
        ],
    }  # fmt: skip


def _ink(values: Mapping[str, float]) -> dict[str, Any]:
    """Light letters on the dark end of the scale."""
    highest, lowest = max(values.values()), min(values.values())
    dark = f"datum.value > {lowest + 0.55 * (highest - lowest)}"
    return {"condition": {"test": dark, "value": "#ffffff"}, "value": "#14202e"}


def _shapes(text: str | None, level: str) -> Iterator[tuple[str, Any]]:
    """Name and geometry of every area of a level in the city's `areas.geojson` (properties `level` and `name`)."""
    for feature in (json.loads(text) if text else {}).get("features", ()):
        told = feature.get("properties", {})
        if str(told.get("level")) == level and feature["geometry"]["type"] in {"Polygon", "MultiPolygon"}:
            yield str(told.get("name")), feature["geometry"]


def _flattened(coordinates: Any, flat: float) -> Any:
    if isinstance(coordinates[0], int | float):
        return [coordinates[0] * flat, coordinates[1]]
    return [_flattened(part, flat) for part in coordinates]


def _middle(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """The middle of the largest part's extent: good enough for a name."""
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    ring = max((part[0] for part in parts), key=len)
    xs, ys = [point[0] for point in ring], [point[1] for point in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
