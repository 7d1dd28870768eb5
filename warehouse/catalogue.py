"""Catalog: what can be asked of one city, from the shipped files, the snapshot's files and the city's own folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.resources import files
from typing import Any

import yaml
from pydantic import ValidationError
from rapidfuzz import process

from warehouse.catalog import City, Dimension, Metric, Text
from warehouse.errors import CatalogError, UnknownName
from warehouse.expressions import columns_of, parse
from warehouse.unified import FACTS

NEAR = 3


class Catalog:
    """Metrics and dimensions this city's sources can answer, in catalogue order.

    Args:
        present: Origin (`source`, `same_as`, `default`) by fact and column.
        has_rows: Facts that hold anything.
    """

    def __init__(self, metrics: Iterable[Metric], dimensions: Iterable[Dimension], city: City, units: Mapping[str, Text],
                 present: Mapping[tuple[str, str], str]) -> None:  # fmt: skip
        self.city = city
        self.units = units
        self.present = present
        self.all_metrics = {metric.id: metric for metric in metrics}
        self.every_dimension = {dimension.id: dimension for dimension in dimensions}
        self.unavailable: dict[str, tuple[str, ...]] = {}
        for metric in self.all_metrics.values():
            if missing := self._missing(metric):
                self.unavailable[metric.id] = missing
        self.metrics = {name: m for name, m in self.all_metrics.items() if name not in self.unavailable}
        self.dimensions = {name: d for name, d in self.every_dimension.items() if self._facts_of(d)}

    def has_column(self, fact: str, column: str) -> bool:
        """Whether the fact's column was brought by a feed."""
        return (fact, column) in self.present

    def metric(self, ref: str) -> Metric:
        """The metric of an id or `id.statistic`.

        Raises:
            UnknownName: Not in the catalogue; carries near names.
        """
        name, _, statistic = ref.partition(".")
        known = self.all_metrics.get(name)
        if known is None or (statistic and not _is_statistic(known, statistic)):
            raise UnknownName(ref, self.near(ref, self.metrics))
        return known

    def dimension(self, name: str) -> Dimension:
        """The dimension of an id; raises UnknownName."""
        if name not in self.dimensions:
            raise UnknownName(name, self.near(name, self.dimensions))
        return self.dimensions[name]

    @staticmethod
    def near(name: str, names: Iterable[str]) -> tuple[str, ...]:
        """The nearest names, best first."""
        return tuple(match[0] for match in process.extract(name, list(names), limit=NEAR, score_cutoff=50))

    def label(self, name: str) -> dict[str, str]:
        """What an id is called, by language; the city's own word wins."""
        base, _, statistic = name.partition(".")
        entry: Any = self.all_metrics.get(base) or self.every_dimension.get(base)
        label = dict(self.city.labels.get(base) or (entry.label if entry else {"zh": name, "en": name}))
        label = {"zh": label.get("zh", base), "en": label.get("en", base)}
        return {lang: f"{text} {statistic}".strip() for lang, text in label.items()}

    def applicable(self, ref: str) -> tuple[str, ...]:
        """Dimensions that can cut a metric: those every one of its facts has."""
        facts = self.facts_of(ref)
        return tuple(name for name, d in self.dimensions.items() if d.kind == "clock" or facts <= self._facts_of(d))

    def facts_of(self, ref: str) -> frozenset[str]:
        """The facts a metric counts on; unavailable parts of a sum are left out."""
        metric = self.metric(ref)
        if metric.fact:
            return frozenset({metric.fact})
        return frozenset(fact for part in self.parts(metric) for fact in self.facts_of(part))

    def parts(self, metric: Metric) -> tuple[str, ...]:
        """The available metrics a sum, difference or running total is made of."""
        of = (metric.of,) if isinstance(metric.of, str) else metric.of or ()
        return tuple(part for part in of if part not in self.unavailable)

    @cached_property
    def area_levels(self) -> tuple[str, ...]:
        """Area dimensions from the top."""
        return tuple(
            d.id for d in sorted(self.dimensions.values(), key=lambda d: d.level or 0) if d.hierarchy == "area"
        )

    def _facts_of(self, dimension: Dimension) -> frozenset[str]:
        if dimension.kind == "clock":
            return frozenset(FACTS)
        facts = dimension.facts or tuple(FACTS)
        needed = (
            columns_of(parse(dimension.expression, dimension.id)) if dimension.expression else {dimension.column or ""}
        )
        return frozenset(fact for fact in facts if all(self.has_column(fact, column) for column in needed))

    def _missing(self, metric: Metric) -> tuple[str, ...]:
        if metric.kind in {"sum", "difference", "cumulative"}:
            of = (metric.of,) if isinstance(metric.of, str) else metric.of or ()
            first = self.all_metrics.get(of[0]) if of else None
            return ("of",) if first is None else self._missing(first)
        fact = metric.fact or ""
        formulas = [metric.where, metric.window, metric.numerator, metric.denominator, metric.of]
        columns = {c for text in formulas if isinstance(text, str) for c in columns_of(parse(text, metric.id))}
        columns.add(metric.time or "")
        missing = [c for c in sorted(columns) if not self.has_column(fact, c)]
        missing += [c for c in metric.needs if self.present.get((fact, c)) != "source" and c not in missing]
        return tuple(missing)


def _is_statistic(metric: Metric, statistic: str) -> bool:
    if metric.kind != "duration":
        return False
    return statistic in {"mean", "median"} or (
        statistic[:1] == "p" and statistic[1:].isdigit() and 1 <= int(statistic[1:]) <= 99
    )


def load_catalog(overlays: Iterable[Mapping[str, str]], present: Mapping[tuple[str, str], str]) -> Catalog:
    """The catalogue of a city; later overlays (file name → YAML text) win, entry by entry.

    Raises:
        CatalogError: A file breaks its contract; names the file and the entry.
    """
    metrics: dict[str, Metric] = {}
    dimensions: dict[str, Dimension] = {}
    units: dict[str, Text] = {}
    city = City(id="city", name={"zh": "本市", "en": "the city"})
    models = files("warehouse") / "models"
    shipped = {name: (models / name).read_text(encoding="utf-8") for name in ("metrics.yml", "dimensions.yml")}
    for overlay in (shipped, *overlays):
        for file, text in overlay.items():
            content = yaml.load(text, Loader=yaml.CSafeLoader) or {}
            if file == "city.yml":
                city = _valid(City, content, file)
            metrics |= {e["id"]: _valid(Metric, e, file) for e in content.get("metrics", ()) if file == "metrics.yml"}
            if file == "dimensions.yml":
                dimensions |= {e["id"]: _valid(Dimension, e, file) for e in content.get("dimensions", ())}
                units |= content.get("units", {})
    return Catalog(metrics.values(), dimensions.values(), city, units, present)


def _valid(model: Any, entry: Any, file: str) -> Any:
    try:
        return model.model_validate(entry)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CatalogError(f"{file}: {entry.get('id', '')} {place}".strip(), first["msg"]) from problem
