"""The feed file: how one export of a city becomes rows of the unified model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from warehouse.catalog import Dimension
from warehouse.errors import FeedError
from warehouse.semantic import Frozen
from warehouse.unified import FACTS

Fact = Literal["cases", "alarms", "stage_times", "callbacks"]
MemberTable = Literal["areas", "categories", "departments"]
MEMBER_COLUMNS: dict[str, tuple[str, ...]] = {
    "areas": ("level", "name", "code", "parent", "aliases", "district", "street", "community", "grid"),
    "categories": ("kind", "major", "minor", "code", "standard_ref", "time_limit", "unit", "aliases"),
    "departments": ("name", "code", "parent", "aliases"),
}


class Source(Frozen):
    """Where the rows come from.

    Attributes:
        files: Paths or globs, relative to the feed file.
        encoding: `auto` tries BOM, UTF-8, GB18030, Big5.
        times: strptime formats tried in order; empty: ISO 8601 and its usual spellings. `epoch` among them: seconds or
            milliseconds since 1970 are read too.
        timezone: Of the times in the file; empty: the city's own.
        header: Line of the header, 1 the first; the lines above it are skipped (CSV and XLSX).
    """

    files: tuple[str, ...]
    format: Literal["csv", "xlsx", "jsonl", "parquet"] = "csv"
    encoding: str = "auto"
    delimiter: str | None = None
    sheet: str | None = None
    header: int = 1
    times: tuple[str, ...] = ()
    timezone: str | None = None
    crs: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class Mapped(Frozen):
    """A column that is more than a header: a stand-in for another column, or a constant."""

    header: str | None = Field(default=None, alias="from")
    same_as: str | None = None
    constant: str | None = None

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Mapped:
        if sum(value is not None for value in (self.header, self.same_as, self.constant)) != 1:
            raise ValueError("give exactly one of from, same_as, constant")
        return self


class ExtraDimension(Frozen):
    """A column of the export that the unified model does not have; it becomes the dimension `id`, stored as `x_<id>`."""

    id: str
    header: str = Field(alias="from")
    kind: Literal["text", "number"] = "text"
    label: dict[Literal["zh", "en"], str]
    names: dict[Literal["zh", "en"], tuple[str, ...]] = Field(default_factory=dict)

    def as_dimension(self, fact: str) -> Dimension:
        """Its entry in the catalogue."""
        return Dimension(
            id=self.id, kind=self.kind, label=self.label, names=self.names, column=f"x_{self.id}", facts=(fact,)
        )


class FeedSpec(Frozen):
    """One feed.

    Attributes:
        fact, members: What the rows are: a fact, or a list of places, categories or departments.
        key: The unified column that identifies a row (default: the fact's own key).
        updated: The unified column that says which version of a row is newer.
        columns: Unified column to header, or to a stand-in or constant.
        values: Unified column (or extra dimension) to {value as written: value meant}.
        ignore_values: Column to values that mean "unknown" besides blanks.
        shared_point_limit: More rows than this on one point mean a default geocode: the point is dropped.
    """

    feed: str
    city: str
    fact: Fact | None = None
    members: MemberTable | None = None
    source: Source
    key: str | None = None
    updated: str | None = None
    columns: dict[str, str | Mapped]
    dimensions: tuple[ExtraDimension, ...] = ()
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    ignore_values: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    shared_point_limit: int | None = 1000

    @model_validator(mode="after")
    def _fits_the_model(self) -> FeedSpec:
        if (self.fact is None) == (self.members is None):
            raise ValueError("give either fact or members")
        known = [c.name for c in FACTS[self.fact]] if self.fact else MEMBER_COLUMNS[self.members or ""]
        unknown = sorted(set(self.columns) - set(known))
        if unknown:
            raise ValueError(f"unknown column {', '.join(unknown)}; there are: {', '.join(known)}")
        loose = sorted(set(self.values) - set(self.columns) - {d.id for d in self.dimensions})
        if loose:
            raise ValueError(f"values for {', '.join(loose)}, which no column maps")
        return self

    def header_of(self, column: str) -> str | None:
        """The export's header of a unified column, None for stand-ins and constants."""
        mapped = self.columns.get(column)
        return mapped if isinstance(mapped, str) or mapped is None else mapped.header

    def headers(self) -> dict[str, str]:
        """Stored column to header, for every column that is read from the file."""
        found = {c: h for c in self.columns if (h := self.header_of(c)) is not None}
        return found | {f"x_{d.id}": d.header for d in self.dimensions}


def read_feed(path: Path) -> FeedSpec:
    """The feed of a YAML file.

    Raises:
        FeedError: Unreadable, or breaks its contract; names the line or the key.
    """
    try:
        raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as problem:
        raise FeedError(str(path), problem.strerror or "cannot be read", "check the path") from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise FeedError(
            f"{path}{line}", "is no YAML", str(getattr(problem, "problem", "") or "mend the syntax")
        ) from problem
    try:
        return FeedSpec.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "feed"
        raise FeedError(
            f"{path}: {place}", first["msg"].removeprefix("Value error, "), "see the feeds section of the README"
        ) from problem
