"""A rule as a sentence, made of its parts: what a person confirms is what will be watched, whatever words they used."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from tools.standing.wishes import AlertCondition
from warehouse.catalog_load import Catalog

Language = Literal["zh", "en"]
_FILE = Path(__file__).parent / "describing.yml"


@cache
def _texts() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return content


def describe(rule: AlertCondition, catalog: Catalog, language: Language) -> str:
    """As 「东湖区 超期未结 > 50（现在）」."""
    return _texts()[rule.kind][language].format(
        what=_what(rule, catalog, language),
        bound=_bound(rule, catalog),
        window=_window(rule, catalog, language),
        length=_length(rule.minutes or 0, language),
        each=_each(rule, catalog, language),
    ).strip()  # fmt: skip


def _what(rule: AlertCondition, catalog: Catalog, language: Language) -> str:
    places = [value for one in rule.filters for value in one.values]
    metric = catalog.metrics.get((rule.metric or "").partition(".")[0])
    return " ".join((*places, metric.label[language] if metric else "")).strip()


def _each(rule: AlertCondition, catalog: Catalog, language: Language) -> str:
    dimension = catalog.dimensions.get(rule.dimension or "")
    own = catalog.city.labels.get(dimension.id, {}) if dimension else {}
    return (
        ""
        if dimension is None
        else _texts()["each"][language].format(name=own.get(language) or dimension.label[language])
    )


def _bound(rule: AlertCondition, catalog: Catalog) -> str:
    sign = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}[rule.op]
    metric = catalog.metrics.get((rule.metric or "").partition(".")[0])
    value = rule.value or 0
    return f"{sign} {value * 100:g}%" if metric and metric.kind == "ratio" else f"{sign} {value:g}"


def _window(rule: AlertCondition, catalog: Catalog, language: Language) -> str:
    if rule.window_hours is not None:
        return _texts()["last_hours"][language].format(n=f"{rule.window_hours:g}")
    metric = catalog.metrics.get((rule.metric or "").partition(".")[0])
    return _texts()["now" if metric and metric.snapshot else "today"][language]


def _length(minutes: int, language: Language) -> str:
    name, count = ("hours", minutes / 60) if minutes % 60 == 0 else ("minutes", minutes)
    return _texts()[name][language].format(n=f"{count:g}")
