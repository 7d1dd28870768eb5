"""The system prompt of a language model, rendered from the catalogue."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.spec import ToolContext
from warehouse.reader import Warehouse

FOLDER = Path(__file__).parent / "prompts"
VALUES_SHOWN = 40


def system_prompt(warehouse: Warehouse) -> str:
    """What a language model must know of this city. The moment and the asker come with each question."""
    catalog = warehouse.catalog
    metrics = [{"id": m.id, **catalog.labels(m.id), "definition": m.definition["en"]} for m in catalog.metrics.values()]
    dimensions = []
    for dimension in catalog.dimensions.values():
        known = [v.id for v in dimension.values] or [m.value for m in warehouse.members(dimension.id)]
        values = ", ".join(known[:VALUES_SHOWN]) + (" …" if len(known) > VALUES_SHOWN else "")
        dimensions.append({"id": dimension.id, **catalog.labels(dimension.id), "values": values})
    return _render(
        "system.md.j2",
        city=warehouse.city.name,
        timezone=warehouse.city.timezone,
        night=warehouse.city.night,
        as_of=warehouse.as_of.isoformat(),
        default_metric="registered_cases" if "registered_cases" in catalog.metrics else "reported_cases",
        metrics=metrics,
        dimensions=dimensions,
    )


def moment_note(context: ToolContext) -> str:
    """When and by whom is asked: the last lines of the system prompt, so that all before them can be cached."""
    limits = {name: sorted(values) for name, values in context.principal.scope.limits.items()}
    return _render("moment.md.j2", now=context.now, role=context.principal.role, limits=limits)


def _render(name: str, **fields: object) -> str:
    # Markdown for a model, not HTML for a browser: nothing is to be escaped.
    environment = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False)
    return environment.get_template(name).render(**fields)
