"""What metrics, dimensions, values and units are called: the catalogue as the wording needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warehouse.catalog import City, Dimension, Metric, Text
from warehouse.catalog_load import shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of one city's catalogue.

    Attributes:
        metrics: All that are known, also those this city's sources cannot answer.
        available: Metric ids that can be asked.
        labels: The city's own words for ids; they win.
    """

    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]
    units: Mapping[str, Text]
    available: tuple[str, ...]
    labels: Mapping[str, Text] = field(default_factory=dict)

    @classmethod
    def of(cls, city: City, catalog: Any = None) -> Names:
        """The shipped names, overlaid with those of the city's catalogue where it is at hand."""
        metrics, dimensions, units = shipped()
        if catalog is None:
            return cls(metrics=metrics, dimensions=dimensions, units=units, available=(), labels=city.labels)
        return cls(
            metrics={**metrics, **catalog.metrics},
            dimensions={**dimensions, **catalog.dimensions},
            units={**units, **catalog.units},
            available=tuple(catalog.metrics),
            labels=city.labels,
        )

    def metric(self, ref: str) -> Metric | None:
        """The metric of `id` or `id.statistic`; None when unknown."""
        return self.metrics.get(ref.partition(".")[0])

    def label(self, name: str, language: str) -> str:
        """What an id is called, the id itself when nothing is known of it."""
        entry = self.metrics.get(name) or self.dimensions.get(name)
        text = {**(entry.label if entry else {}), **self.labels.get(name, {})}
        return str(text.get(language) or next(iter(text.values()), name))  # type: ignore[call-overload]  # zh or en

    def unit(self, unit: str, language: str) -> str:
        """A unit's word; empty where it has none."""
        return str(self.units.get(unit, {}).get(language, ""))  # type: ignore[call-overload]  # zh or en
