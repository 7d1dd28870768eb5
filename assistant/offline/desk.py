"""Desk: all that understanding knows about one city, built once per snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import yaml

from assistant.offline.colloquial import Standards, colloquial_surfaces
from assistant.offline.lexicon import lexicons
from assistant.offline.normalise import fold, is_cjk
from assistant.offline.spelling import Speller
from assistant.offline.verified import VerifiedBank
from assistant.offline.vocabulary import Entry, Surface, Vocabulary
from warehouse.catalog import City, Dimension, Metric, Names

if TYPE_CHECKING:
    from warehouse.reader import Warehouse


class MemberLike(Protocol):
    """A value of a dimension as the warehouse knows it."""

    @property
    def value(self) -> str:
        """The name in the data."""
        ...

    @property
    def aliases(self) -> Sequence[str]:
        """Other names."""
        ...

    @property
    def rows(self) -> int:
        """How many rows have it."""
        ...


class CatalogLike(Protocol):
    """What is read of the warehouse's catalogue: only what this city's sources offer."""

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """Available metrics by id."""
        ...

    @property
    def dimensions(self) -> Mapping[str, Dimension]:
        """Available dimensions by id."""
        ...

    @property
    def unavailable(self) -> Mapping[str, tuple[str, ...]]:
        """Missing columns by metric id."""
        ...

    def applicable(self, metric: str) -> Sequence[str]:
        """Dimension ids that can cut the metric."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Vocabulary, catalogue and calendar of one city. Build with `of` or `build`."""

    catalog: CatalogLike
    city: City
    calendar: Any
    vocabulary: Vocabulary
    speller: Speller
    verified: VerifiedBank
    members: Mapping[str, tuple[str, ...]]
    parents: Mapping[tuple[str, str], str] = field(default_factory=dict)
    absent: Mapping[str, Metric] = field(default_factory=dict)
    marks: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, warehouse: Warehouse) -> Desk:
        """The desk of a warehouse's current snapshot."""
        members = {d: warehouse.members(d) for d, spec in warehouse.catalog.dimensions.items() if spec.kind == "text"}
        return cls.build(
            catalog=warehouse.catalog,
            members=members,
            city=warehouse.city,
            calendar=warehouse.calendar,
            verified=_verified_of(warehouse.files.get("verified.yml", "")),
            standards=_standards_of(warehouse),
        )

    @classmethod
    def build(
        cls,
        *,
        catalog: CatalogLike,
        members: Mapping[str, Sequence[MemberLike]],
        city: City,
        calendar: Any = None,
        verified: Sequence[Mapping[str, Any]] = (),
        standards: Standards | None = None,
    ) -> Desk:
        """A desk from its parts; `verified` are the city's own verified questions, `standards` where codes are from."""
        absent = _absent_metrics(catalog)
        surfaces = list(_surfaces(catalog, members, city, absent, standards))
        vocabulary = Vocabulary(surfaces)
        return cls(
            catalog=catalog,
            city=city,
            calendar=calendar,
            vocabulary=vocabulary,
            speller=Speller(vocabulary.names, {d: frozenset(m.value for m in known) for d, known in members.items()}),
            verified=VerifiedBank(verified, known=frozenset(catalog.metrics)),
            members={dimension: tuple(m.value for m in known) for dimension, known in members.items()},
            parents={
                (dimension, m.value): parent
                for dimension, known in members.items()
                for m in known
                if (parent := getattr(m, "parent", None))
            },
            absent=absent,
            marks=_marks(surfaces, {d.id for d in catalog.dimensions.values() if d.kind == "mark"}),
        )

    def label(self, identifier: str, language: str) -> str:
        """What a metric, statistic of one, or dimension is called."""
        base, _, statistic = identifier.partition(".")
        known: Any = self.catalog.metrics.get(base) or self.absent.get(base) or self.catalog.dimensions.get(base)
        own = self.city.labels.get(base, {})
        label = own.get(language) or (known.label[language] if known else base)  # type: ignore[call-overload]  # language is zh or en
        return f"{label} {statistic}".strip()

    def value_label(self, dimension: str, value: str, language: str) -> str:
        """What a member or mark value is called."""
        for fixed in self.catalog.dimensions[dimension].values:
            if fixed.id == value:
                return fixed.label[language]  # type: ignore[index]  # language is zh or en
        return value

    def area_levels(self) -> list[str]:
        """Area dimensions with members, from the top."""
        areas = [d for d in self.catalog.dimensions.values() if d.hierarchy == "area" and self.members.get(d.id)]
        return [d.id for d in sorted(areas, key=lambda d: d.level or 0)]

    def applies(self, metric: str, dimension: str) -> bool:
        """Whether the dimension can cut or filter the metric."""
        return dimension in self.catalog.applicable(metric.partition(".")[0])


def _marks(surfaces: Sequence[Surface], marking: set[str]) -> dict[str, tuple[str, str]]:
    """Metrics that count what a fixed value marks, because both go by the same name (督办数, 督办)."""
    values = {
        s.text: (s.entry.target, s.entry.value)
        for s in surfaces
        if s.entry.kind == "value" and s.entry.target in marking
    }
    found: dict[str, tuple[str, str]] = {}
    for surface in surfaces:
        if surface.entry.kind == "metric" and surface.text in values:
            found.setdefault(surface.entry.target, values[surface.text])
    return found


def _verified_of(content: str) -> Sequence[Mapping[str, Any]]:
    """The city's verified questions, as its file lists them."""
    return tuple((yaml.load(content, Loader=yaml.CSafeLoader) or {}).get("verified", ())) if content.strip() else ()


def _standards_of(warehouse: Warehouse) -> Standards:
    """Standard and kind of each category by its name, where the city's list says so."""
    listed = warehouse.fetch("SELECT coalesce(minor, major), standard_ref, kind FROM categories")
    return {name: (standard or "", kind or "") for name, standard, kind in listed if name}


def _absent_metrics(catalog: CatalogLike) -> dict[str, Metric]:
    known = getattr(catalog, "all_metrics", None) or {}
    return {name: known[name] for name in catalog.unavailable if name in known}


def _names_of(label: Mapping[Any, str], names: Names) -> Iterator[str]:
    yield from label.values()
    for listed in names.values():
        yield from listed


def _surfaces(
    catalog: CatalogLike,
    members: Mapping[str, Sequence[MemberLike]],
    city: City,
    absent: Mapping[str, Metric],
    standards: Standards | None,
) -> Iterator[Surface]:
    for metric in (*catalog.metrics.values(), *absent.values()):
        for name in _names_of(metric.label, metric.names):
            yield Surface(fold(name), Entry("metric", metric.id))
    for dimension in catalog.dimensions.values():
        yield from _dimension_surfaces(dimension, city)
    yield from _absent_dimensions(catalog)
    for dimension_id, known in members.items():
        if dimension_id in catalog.dimensions:
            halved = catalog.dimensions[dimension_id].hierarchy != "category"
            yield from _member_surfaces(dimension_id, known, halved=halved)
    levels = [d for d in catalog.dimensions.values() if d.hierarchy == "category" and d.kind == "text"]
    finest_first = [d.id for d in sorted(levels, key=lambda d: -(d.level or 0))]
    yield from colloquial_surfaces(members, finest_first, standards)
    yield from _function_words(frozenset(catalog.metrics) | frozenset(absent), frozenset(catalog.dimensions))
    for name in city.name.values():
        for form in {fold(name), *_shortened(fold(name))}:
            yield Surface(form, Entry("city", city.id))


def _absent_dimensions(catalog: CatalogLike) -> Iterator[Surface]:
    """Names of cuts that this city's sources lack, so that they are refused by name."""
    every: Mapping[str, Dimension] = getattr(catalog, "every_dimension", {})
    for dimension in every.values():
        if dimension.id not in catalog.dimensions:
            for name in _names_of(dimension.label, dimension.names):
                yield Surface(fold(name), Entry("dimension", dimension.id))


def _dimension_surfaces(dimension: Dimension, city: City) -> Iterator[Surface]:
    own = city.labels.get(dimension.id, {})
    for name in (*_names_of(dimension.label, dimension.names), *own.values(), *_city_names(dimension.id, city)):
        yield Surface(fold(name), Entry("dimension", dimension.id))
    for value in dimension.values:
        for name in _names_of(value.label, value.names):
            yield Surface(fold(name), Entry("value", dimension.id, value.id))


def _city_names(dimension: str, city: City) -> Iterator[str]:
    for listed in city.names.get(dimension, {}).values():
        yield from listed


def _member_surfaces(dimension: str, known: Sequence[MemberLike], *, halved: bool) -> Iterator[Surface]:
    full = {fold(name) for member in known for name in (member.value, *member.aliases)}
    for member in known:
        for name in (member.value, *member.aliases):
            folded = fold(name)
            if not _can_be_named(folded):
                continue
            yield Surface(folded, Entry("value", dimension, member.value))
            for short in _shortened(folded, halved=halved):
                if short not in full and _can_be_named(short):
                    yield Surface(short, Entry("value", dimension, member.value, 0.95, "short"))


def _can_be_named(name: str) -> bool:
    """A single character or a short number would hit by accident; a hotline number is a name."""
    return len(name) > 1 and (any(c.isalpha() for c in name) or len(name) >= 5)


@cache
def _endings() -> tuple[str, ...]:
    return tuple(e for lexicon in lexicons() for e in (*lexicon.place_suffixes, *lexicon.body_suffixes))


def _shortened(name: str, *, halved: bool = False) -> set[str]:
    """The name without its generic ending; `halved`: also the halves of a double name, as neighbourhoods have."""
    found = {half.strip() for half in name.split("/")} if halved and "/" in name else set()
    if name.endswith(_endings()):
        for ending in _endings():
            rest = name.removesuffix(ending)
            if rest != name and len(rest) >= 2 and (is_cjk(ending[0]) or rest.endswith(" ")):
                found.add(rest.strip())
                break
    return {short for short in found if len(short) >= 2}


def _function_words(metrics: frozenset[str], dimensions: frozenset[str]) -> Iterator[Surface]:
    for lexicon in lexicons():
        for kind, words_by_id, known in (
            ("op", lexicon.operators, None),
            ("metric", lexicon.metric_words, metrics),
            ("dimension", lexicon.dimension_words, dimensions),
        ):
            for target, listed in words_by_id.items():
                for word in listed if known is None or target in known else ():
                    yield Surface(fold(word), Entry(kind, target))  # type: ignore[arg-type]  # one of Kind
        plain = (
            (lexicon.stopwords, Entry("stop", "")),
            (lexicon.case_nouns, Entry("case", "case")),
            (lexicon.soft_verbs, Entry("stop", "soft")),
            (lexicon.generic_area, Entry("dimension", "area")),
        )
        for listed, entry in plain:
            for word in listed:
                yield Surface(fold(word), entry)
