"""The catalogue of one city: shipped files, the snapshot's, the city folder's, and what its data can carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError
from rapidfuzz import fuzz, process

from warehouse.catalog import City, Dimension, Metric, Names, Text
from warehouse.errors import CatalogError, MetricUnavailable, UnknownName
from warehouse.expressions import columns_of
from warehouse.headings import HEADINGS_FILE, heading_names, step_names
from warehouse.unified import FACTS

_MODELS = Path(__file__).parent / "models"
Columns = Mapping[str, Mapping[str, str]]
E = TypeVar("E", Metric, Dimension)


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """What can be asked of one city.

    Attributes:
        metrics, dimensions: The available ones by id, in catalogue order.
        unavailable: Metric id to the columns that its sources lack.
        left_out: Sum id to the parts left out of it for want of columns.
        units: Unit id to its labels.
        columns: Fact to column to origin (`source`, `same_as`, `default`).
    """

    city: City
    metrics: dict[str, Metric]
    dimensions: dict[str, Dimension]
    unavailable: dict[str, tuple[str, ...]]
    left_out: dict[str, tuple[str, ...]]
    units: dict[str, Text]
    columns: Columns
    _all: dict[str, Metric] = field(repr=False)

    @property
    def all_metrics(self) -> dict[str, Metric]:
        """Every metric of the catalogue, whether this city's sources can answer it or not."""
        return self._all

    def labels(self, id: str) -> dict[str, str]:
        """What people read for a metric or dimension, by language."""
        return {language: self.label(id, language) for language in ("zh", "en")}

    def metric(self, ref: str) -> Metric:
        """The metric of `id` or `id.statistic`.

        Raises:
            UnknownName: No such metric or statistic.
            MetricUnavailable: The sources lack its columns.
        """
        name, _, statistic = ref.partition(".")
        found = self.metrics.get(name)
        if found is None:
            if name in self.unavailable:
                raise MetricUnavailable(name, self.unavailable[name])
            raise UnknownName(ref, near(name, self.metrics))
        if statistic and (found.kind != "duration" or not _is_statistic(statistic)):
            raise UnknownName(ref, tuple(f"{name}.{known}" for known in found.statistics) or (name,))
        return found

    def statistic(self, ref: str) -> str:
        """`mean`, `median` or `pNN` of a duration reference; empty for other metrics."""
        found = self.metric(ref)
        return ref.partition(".")[2] or (found.statistics[:1] or ("mean",))[0] if found.kind == "duration" else ""

    def dimension(self, id: str) -> Dimension:
        """The dimension; raises `UnknownName` with the nearest ids."""
        if id not in self.dimensions:
            raise UnknownName(id, near(id, self.dimensions))
        return self.dimensions[id]

    def label(self, id: str, language: str = "en") -> str:
        """What people read for a metric (with its statistic) or a dimension; the id itself when unknown."""
        name, _, statistic = id.partition(".")
        entry = self._all.get(name) or self.dimensions.get(name)
        if entry is None:
            return id
        text = dict(entry.label).get(language, name)  # type: ignore[call-overload]  # any language may be asked
        return f"{text} ({statistic})" if statistic else str(text)

    def applicable(self, metric: str) -> tuple[str, ...]:
        """Ids of the dimensions that the metric can be seen by."""
        facts = self.facts_of(metric)
        return tuple(id for id, one in self.dimensions.items() if all(self.has(fact, one) for fact in facts))

    def facts_of(self, metric: str) -> tuple[str, ...]:
        """Facts that the metric counts."""
        return tuple(dict.fromkeys(str(leaf.fact) for leaf in self.leaves(metric)))

    def leaves(self, metric: str) -> tuple[Metric, ...]:
        """The metrics with a fact that it is made of, itself when it has one."""
        found = self.metric(metric)
        if found.fact is not None:
            return (found,)
        gone = self.left_out.get(found.id, ())
        return tuple(leaf for part in _parts(found) if part not in gone for leaf in self.leaves(part))

    def has(self, fact: str, dimension: Dimension) -> bool:
        """Whether rows of the fact carry the dimension."""
        if dimension.kind == "clock":
            return True
        if dimension.facts and fact not in dimension.facts:
            return False
        known = self.columns.get(fact, {})
        if dimension.kind == "mark":
            return bool(dimension.facts) and _needed(dimension, fact) <= set(known)
        return dimension.column in known


def _is_statistic(text: str) -> bool:
    return text in {"mean", "median"} or (text[:1] == "p" and text[1:].isdigit() and 1 <= int(text[1:]) <= 99)


def _parts(metric: Metric) -> tuple[str, ...]:
    return metric.of if isinstance(metric.of, tuple) else (metric.of,) if metric.of else ()


def _needed(dimension: Dimension, fact: str) -> set[str]:
    return set(columns_of(dimension.expression, fact, frozenset()))


def near(name: str, choices: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The choices most like the name, best first."""
    found = process.extract(name, list(choices), scorer=fuzz.WRatio, limit=limit, score_cutoff=45)
    return tuple(str(choice) for choice, _, _ in found)


@lru_cache(maxsize=8)
def _shipped(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((_MODELS / name).read_text(encoding="utf-8"), Loader=_LOADER)
    return loaded


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_catalog(files: Mapping[str, str], columns: Columns, city_id: str) -> Catalog:
    """The city's catalogue.

    Args:
        files: File name to content, already merged so that the city folder's wins.
        columns: Fact to column to origin.
        city_id: Used when there is no city.yml.

    Raises:
        CatalogError: A file breaks its contract.
    """
    city = _city(files.get("city.yml"), city_id)
    units, dimensions = _read_dimensions(files, city)
    metrics = _entries(Metric, "metrics", "metrics.yml", files)
    for metric in list(metrics.values()):
        metrics[metric.id] = _relabel(metric, city)
    for id, names in step_names(_yaml(HEADINGS_FILE, files), dimensions, metrics).items():
        metrics[id] = metrics[id].model_copy(update={"names": _merged_names(metrics[id].names, names)})
    for id, names in heading_names(_yaml(HEADINGS_FILE, files), dimensions, metrics).items():
        dimensions[id] = _also_named(dimensions[id], names)
    missing = {id: lacks for id, metric in metrics.items() if (lacks := _lacking(metric, metrics, columns))}
    available = {id: metric for id, metric in metrics.items() if id not in missing}
    left_out = {
        id: gone for id, metric in available.items() if (gone := tuple(p for p in _parts(metric) if p in missing))
        and metric.fact is None
    }  # fmt: skip
    whole = Catalog(city=city, metrics=available, dimensions=dimensions, unavailable=missing, left_out=left_out,
                    units=units, columns=columns, _all=metrics)  # fmt: skip
    kept = {id: one for id, one in dimensions.items() if any(whole.has(fact, one) for fact in columns)}
    return Catalog(city=city, metrics=available, dimensions=kept, unavailable=missing, left_out=left_out,
                   units=units, columns=columns, _all=metrics)  # fmt: skip


def _read_dimensions(files: Mapping[str, str], city: City) -> tuple[dict[str, Text], dict[str, Dimension]]:
    units = dict(_shipped("dimensions.yml")["units"]) | dict(_yaml("dimensions.yml", files).get("units") or {})
    found = _entries(Dimension, "dimensions", "dimensions.yml", files)
    return units, {id: _relabel(one, city) for id, one in found.items()}


def _city(content: str | None, city_id: str) -> City:
    if content is None:
        return City(id=city_id, name={"zh": city_id, "en": city_id})
    try:
        return City.model_validate(yaml.load(content, Loader=_LOADER))
    except (yaml.YAMLError, ValidationError) as error:
        raise CatalogError("city.yml", str(error)) from error


def _yaml(name: str, files: Mapping[str, str]) -> dict[str, Any]:
    try:
        return yaml.load(files[name], Loader=_LOADER) or {} if name in files else {}
    except yaml.YAMLError as error:
        raise CatalogError(name, str(error)) from error


@lru_cache(maxsize=4)
def _shipped_entries(kind: type[E], key: str, name: str) -> dict[str, E]:
    return {raw["id"]: kind.model_validate(raw) for raw in _shipped(name)[key]}


def shipped() -> tuple[dict[str, Metric], dict[str, Dimension], dict[str, Text]]:
    """The default metrics and dimensions by id, and the words of the units; read once."""
    metrics = _shipped_entries(Metric, "metrics", "metrics.yml")
    dimensions = _shipped_entries(Dimension, "dimensions", "dimensions.yml")
    return dict(metrics), dict(dimensions), _shipped("dimensions.yml")["units"]


def _entries(kind: type[E], key: str, name: str, files: Mapping[str, str]) -> dict[str, E]:
    merged: dict[str, E] = dict(_shipped_entries(kind, key, name))
    for raw in _yaml(name, files).get(key) or ():
        try:
            entry = kind.model_validate(raw)
        except ValidationError as error:
            raise CatalogError(name, f"{raw.get('id', raw)}: {error}") from error
        merged[entry.id] = entry
    return merged


def _relabel(entry: E, city: City) -> E:
    change: dict[str, object] = {}
    if entry.id in city.labels:
        change["label"] = {**entry.label, **city.labels[entry.id]}
    if entry.id in city.names:
        change["names"] = _merged_names(city.names[entry.id], entry.names)
    return entry.model_copy(update=change) if change else entry


def _also_named(dimension: Dimension, names: Names) -> Dimension:
    if dimension.kind != "mark":
        return dimension.model_copy(update={"names": _merged_names(dimension.names, names)})
    values = tuple(
        v.model_copy(update={"names": _merged_names(v.names, names)}) if v.id == "yes" else v for v in dimension.values
    )
    return dimension.model_copy(update={"values": values})


def _merged_names(first: Names, then: Names) -> Names:
    return {language: (*first.get(language, ()), *then.get(language, ())) for language in ({**first, **then})}


def _lacking(metric: Metric, metrics: Mapping[str, Metric], columns: Columns) -> tuple[str, ...]:
    if metric.fact is None:
        parts = _parts(metric)[:1] if metric.kind == "sum" else _parts(metric)
        return tuple(
            dict.fromkeys(
                column
                for part in parts
                for column in (_lacking(metrics[part], metrics, columns) if part in metrics else (part,))
            )
        )
    return _lacking_columns(metric, columns)


def _lacking_columns(metric: Metric, columns: Columns) -> tuple[str, ...]:
    fact = str(metric.fact)
    known = columns.get(fact, {})
    extra = frozenset(known) - {column.name for column in FACTS.get(fact, ())}
    formulas = [metric.where, metric.numerator, metric.denominator, metric.window]
    formulas += [metric.of] if isinstance(metric.of, str) else []
    used = {metric.time} if metric.time else set()
    for formula in formulas:
        used |= columns_of(formula, fact, extra)
    gone = [column for column in sorted(used) if column not in known]
    gone += [column for column in metric.needs if known.get(column) != "source"]
    return tuple(dict.fromkeys(str(column) for column in gone))
