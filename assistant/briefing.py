"""Briefings: saved semantic queries with moving windows, put into words by a template. Every number is a query's cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field

from assistant.briefing_attention import attention
from assistant.briefing_windows import WindowName, window
from assistant.briefing_words import Figures, filters
from assistant.dialogue import Answer, AnswerStatus
from assistant.drawing import charts_of
from assistant.errors import UnknownBriefing
from assistant.offline.plan import Call
from assistant.verbalise_cells import Speech
from tools.detect_anomalies import DETECT_ANOMALIES, AnomalyQuestion
from tools.list_cases import LIST_CASES, CaseList
from tools.principal import Principal, Role
from tools.query_metrics import QUERY_METRICS
from tools.spec import ToolContext, ToolResult
from warehouse.errors import WarehouseError
from warehouse.reader import Warehouse
from warehouse.semantic import Compare, Filter, Grain, Order, SemanticQuery

FOLDER = Path(__file__).parent / "briefings"
Language = Literal["zh", "en"]


class SavedQuery(BaseModel):
    """A query of a briefing; `excess` compares the values of a dimension with their usual level.

    `otherwise` is the metric to count where the city's data lack the first one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    metrics: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    window: WindowName | None = None
    grain: Grain | None = None
    compare: Literal["previous", "same_period_last_year"] | None = None
    calc: Literal["none", "share", "rank"] = "none"
    order: tuple[Order, ...] = ()
    limit: int | None = None
    excess: str | None = None
    otherwise: str | None = None
    rows: Literal["aggregate", "cases"] = "aggregate"


class Tile(BaseModel):
    """A number to show large: a column added up, and the column of its usual level."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: dict[Language, str]
    query: str
    column: str
    usual: str | None = None
    unit: str = ""


class Plan(BaseModel):
    """A briefing as shipped.

    Attributes:
        explain: Queries whose definitions are printed under it; all of them are in its evidence.
        tiles: Numbers to show large.
        show: Queries whose tables go with it.
        draw: The query that is drawn.
        replies: Quick replies: a label, and the question it asks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: dict[Language, str]
    roles: tuple[Role, ...] = ()
    window: WindowName
    queries: dict[str, SavedQuery]
    explain: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()
    show: tuple[str, ...] = ()
    draw: str | None = None
    replies: dict[Language, dict[str, str]] = Field(default_factory=dict)


@cache
def plans() -> Mapping[str, Plan]:
    """The shipped briefings by id."""
    found = [
        Plan.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.yml"))
    ]
    return {plan.id: plan for plan in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """The queries of a briefing that ran; those that the city's data cannot answer are named in `missing`."""

    calls: dict[str, tuple[Call, ToolResult]]
    missing: tuple[str, ...]


def brief(name: str, principal: Principal, *, warehouse: Warehouse, now: datetime, language: Language) -> Answer:
    """A briefing as an answer: conclusion first, at most three points of attention, definition and freshness below.

    Args:
        now: The moment its windows move with.

    Raises:
        UnknownBriefing: No shipped briefing is called that.
        NoSnapshot: Nothing has been loaded yet.
    """
    if name not in plans():
        raise UnknownBriefing(name, tuple(plans()))
    plan, now = plans()[name], now.astimezone(warehouse.timezone)
    context = ToolContext(principal=principal, now=now, warehouse=warehouse)
    ran = _run(plan, context)
    speech = Speech.of(language, warehouse.city, now, warehouse.catalog)
    return Answer(
        status=AnswerStatus.ANSWER if ran.calls else AnswerStatus.NO_DATA,
        text=_written(plan, ran, context, speech),
        language=language,
        tables=tuple(
            speech.table(table) for key in plan.show if key in ran.calls for table in ran.calls[key][1].tables
        ),
        evidence=tuple(one for _, result in ran.calls.values() for one in result.evidence),
        charts=charts_of([ran.calls[plan.draw]], speech) if plan.draw in ran.calls else (),
        suggestions=tuple(plan.replies.get(language, {}).values()),
        extra={"briefing": name, "tiles": _tiles(plan, ran, speech)},
    )


def _run(plan: Plan, context: ToolContext) -> _Ran:
    calls, missing = {}, []
    for key, saved in plan.queries.items():
        for metrics in (saved.metrics, *([(saved.otherwise,)] if saved.otherwise else [])):
            try:
                calls[key] = _answered(
                    saved.model_copy(update={"metrics": metrics}), saved.window or plan.window, context
                )
            except WarehouseError:
                # A city without alarms has no night of alarms; the rest of its briefing stands.
                continue
            break
        else:
            missing.append(key)
    return _Ran(calls=calls, missing=tuple(missing))


def _answered(saved: SavedQuery, name: WindowName, context: ToolContext) -> tuple[Call, ToolResult]:
    range_ = window(name, context.now, context.warehouse.city).model_copy(update={"grain": saved.grain})
    if saved.excess is not None:
        asked = AnomalyQuestion(
            time=range_,
            dimension=saved.excess,
            metric=saved.metrics[0],
            filters=saved.filters,
            limit=saved.limit or 100,
        )
        return Call("detect_anomalies", {}), DETECT_ANOMALIES.run(asked, context)
    query = SemanticQuery(
        metrics=saved.metrics, dimensions=saved.dimensions, filters=saved.filters, time=range_, calc=saved.calc,
        compare=Compare(mode=saved.compare) if saved.compare else None, order=saved.order, limit=saved.limit,
        rows=saved.rows,
    )  # fmt: skip
    if saved.rows == "cases":
        return Call("list_cases", {}), LIST_CASES.run(CaseList(query=query.model_copy(update={"time": None})), context)
    return Call("query_metrics", {}), QUERY_METRICS.run(query, context)


@cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=False,  # words for people; channels escape what they must
    )  # fmt: skip
    made.filters.update(filters(language))
    return made


def _written(plan: Plan, ran: _Ran, context: ToolContext, speech: Speech) -> str:
    range_ = window(plan.window, context.now, context.warehouse.city)
    fields: dict[str, Any] = {
        "title": plan.title[speech.language],  # type: ignore[index]  # one of the two
        "city": context.warehouse.city.name[speech.language],  # type: ignore[index]
        "scope": speech.join(sorted(v for values in context.principal.scope.limits.values() for v in values)),
        "span": speech.span(range_.start, range_.end),
        "start": range_.start,
        "end": range_.end,
        "now": context.now,
        "as_of": speech.moment(context.warehouse.as_of),
        "q": {key: Figures(result.tables[0], result.facts, speech) for key, (_, result) in ran.calls.items()},
        "attention": attention(ran.calls, context, speech),
        "definitions": _definitions(plan, ran, speech),
        "replies": list(plan.replies.get(speech.language, {})),  # type: ignore[call-overload]
        "speech": speech,
    }
    text = _environment(speech.language).get_template(f"{plan.id}.{speech.language}.md.j2").render(fields)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def _definitions(plan: Plan, ran: _Ran, speech: Speech) -> list[str]:
    """What the leading numbers mean, each metric once."""
    found: list[str] = []
    for key in plan.explain:
        for evidence in ran.calls[key][1].evidence if key in ran.calls else ():
            found += re.split(r"[；;]\s*(?=[^；;]*[：:])", evidence.definition.get(speech.language, ""))
    return list(dict.fromkeys(text for text in found if text))


def _tiles(plan: Plan, ran: _Ran, speech: Speech) -> list[dict[str, Any]]:
    """The large numbers; what the data cannot tell is left out."""
    tiles = []
    for tile in plan.tiles:
        if tile.query not in ran.calls:
            continue
        table = ran.calls[tile.query][1].tables[0]
        figures = Figures(table, {}, speech)
        usual = None if tile.usual is None else round(figures.sum(tile.usual))
        tiles.append({
            "label": tile.label[speech.language],  # type: ignore[index]  # one of the two
            "value": figures.sum(tile.column), "usual": usual, "unit": speech.names.unit(tile.unit, speech.language),
        })  # fmt: skip
    return tiles


__all__ = ["Language", "Plan", "SavedQuery", "brief", "plans"]
