"""describe_catalog: what can be asked, how a number is made, how fresh the data is."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal

from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen

if TYPE_CHECKING:
    from warehouse.reader import Member

MEMBERS_SHOWN = 50


class CatalogQuestion(Frozen):
    """A topic, and the ids it is about (metrics or dimensions)."""

    topic: Literal["metrics", "dimensions", "definition", "members", "freshness", "can_ask"]
    about: tuple[str, ...] = ()


def run(asked: CatalogQuestion, context: ToolContext) -> ToolResult:
    """Facts about the catalogue; nothing is counted."""
    facts = {"topic": asked.topic, "about": list(asked.about), **_TOPICS[asked.topic](asked, context)}
    return ToolResult(text=str(facts), facts=facts)


def _metric_facts(context: ToolContext, name: str) -> dict[str, Any]:
    catalog = context.warehouse.catalog
    metric = catalog.all_metrics.get(name.partition(".")[0]) or catalog.metric(name)
    return {
        "id": name,
        "label": catalog.labels(name),
        "definition": dict(metric.definition),
        "unit": metric.unit,
        "better": metric.better,
        "missing": list(catalog.unavailable.get(metric.id, ())),
    }


def _metrics(asked: CatalogQuestion, context: ToolContext) -> dict[str, Any]:
    catalog = context.warehouse.catalog
    return {"metrics": [_metric_facts(context, name) for name in asked.about or catalog.metrics]}


def _dimensions(asked: CatalogQuestion, context: ToolContext) -> dict[str, Any]:
    catalog = context.warehouse.catalog
    names = asked.about or tuple(catalog.dimensions)
    return {"dimensions": [{"id": name, "label": catalog.labels(name)} for name in names]}


def _members(asked: CatalogQuestion, context: ToolContext) -> dict[str, Any]:
    found = []
    for name in asked.about:
        context.warehouse.catalog.dimension(name)
        values = [m.value for m in context.warehouse.members(name) if _is_visible(m, context)]
        label = context.warehouse.catalog.labels(name)
        found.append({"id": name, "label": label, "count": len(values), "values": values[:MEMBERS_SHOWN]})
    return {"members": found}


def _is_visible(member: Member, context: ToolContext) -> bool:
    """Whether the member lies within every limit that its hierarchy has; one of unknown place does not."""
    return all(
        _lies_in(member, limited, allowed, context)
        for limited, allowed in context.principal.scope.limits.items()
        if _is_below(member.dimension, limited, context)
    )


def _is_below(level: str | None, limited: str, context: ToolContext) -> bool:
    while level is not None and level != limited:
        level = context.warehouse.catalog.dimension(level).parent
    return level is not None


def _lies_in(member: Member, limited: str, allowed: Collection[str], context: ToolContext) -> bool:
    warehouse = context.warehouse
    level: str | None = member.dimension
    value: str | None = member.value
    parent = member.parent
    while level is not None and level != limited:
        level, value = warehouse.catalog.dimension(level).parent, parent
        parent = next((m.parent for m in warehouse.members(level) if m.value == value), None) if level else None
    return value in allowed


def _freshness(asked: CatalogQuestion, context: ToolContext) -> dict[str, Any]:  # noqa: ARG001  # one shape for all topics
    warehouse = context.warehouse
    # How many rows were loaded is a number about the whole city.
    shows_counts = context.principal.scope.is_city_wide
    feeds = [
        {"feed": s.feed, "loaded_at": s.loaded_at and s.loaded_at.isoformat(), **(s.counts if shows_counts else {})}
        for s in warehouse.freshness()
    ]
    return {"as_of": warehouse.as_of.isoformat(), "feeds": feeds}


def _can_ask(asked: CatalogQuestion, context: ToolContext) -> dict[str, Any]:  # noqa: ARG001  # one shape for all topics
    return {
        **_metrics(CatalogQuestion(topic="metrics"), context),
        **_dimensions(CatalogQuestion(topic="dimensions"), context),
    }


_TOPICS = {
    "metrics": _metrics,
    "definition": _metrics,
    "dimensions": _dimensions,
    "members": _members,
    "freshness": _freshness,
    "can_ask": _can_ask,
}

DESCRIBE_CATALOG = Tool(
    name="describe_catalog",
    args=CatalogQuestion,
    run=run,
    effect="read",
    description={
        "zh": "能问什么、指标口径、维度成员、数据新鲜度。",
        "en": "What can be asked, how a metric is defined, members of a dimension, how fresh the data is.",
    },
)
