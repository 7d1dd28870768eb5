"""What past cases can teach: their words, their places, who they went to, and which of them are still open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from warehouse.reader import Warehouse

Bounds = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRow:
    """A class of the city's own list; `kind` None where the list does not say."""

    minor: str
    major: str | None = None
    kind: str | None = None
    code: str | None = None
    standard_ref: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastText:
    """The words of a past case and what it turned out to be."""

    text: str
    minor: str
    reported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPlace:
    """An address as past cases wrote it: where most of them lay, and the middle of their points (WGS-84 degrees)."""

    address: str
    district: str | None
    street: str | None
    community: str | None
    longitude: float | None
    latitude: float | None
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCentre:
    """The middle of a cell's past cases."""

    grid: str
    district: str | None
    street: str | None
    community: str | None
    longitude: float
    latitude: float
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case that is not closed."""

    case_no: str
    minor: str
    reported_at: datetime
    address: str | None = None
    community: str | None = None
    longitude: float | None = None
    latitude: float | None = None


class PastRoute(NamedTuple):
    """A past case as far as it tells who cases like it go to. Many are held at once, so it is a tuple."""

    minor_category: str
    major_category: str | None = None
    department: str | None = None
    unit: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    title: str | None = None


def category_rows(warehouse: Warehouse) -> tuple[CategoryRow, ...]:
    """The city's classes: its standard's list, and those that only its cases have."""
    listed = [
        CategoryRow(kind=kind, major=major, minor=minor, code=code, standard_ref=ref, aliases=tuple(aliases or ()))
        for kind, major, minor, code, ref, aliases in warehouse.fetch(
            "SELECT kind, major, minor, code, standard_ref, aliases FROM categories WHERE minor IS NOT NULL"
        )
    ]
    known = {row.minor for row in listed}
    columns = _columns(warehouse)
    if "minor_category" not in columns:
        return tuple(listed)
    chosen = ", ".join(name if name in columns else "NULL" for name in ("kind", "major_category"))
    found = warehouse.fetch(
        f"SELECT minor_category, {chosen} FROM cases WHERE minor_category IS NOT NULL GROUP BY ALL ORDER BY COUNT(*) DESC"
    )
    extra = {minor: CategoryRow(minor=minor, major=major, kind=kind) for minor, kind, major in reversed(found)}
    return (*listed, *(row for minor, row in extra.items() if minor not in known))


def past_texts(warehouse: Warehouse, *, before: datetime | None = None, limit: int = 200_000) -> Iterator[PastText]:
    """Title and description of cases, newest first; cities whose export has neither give nothing.

    Args:
        before: Only cases reported before it (naive wall time of the city).
        limit: At most so many.
    """
    columns = _columns(warehouse)
    words = [name for name in ("title", "description") if name in columns]
    if not words or "minor_category" not in columns:
        return
    text = " || ' ' || ".join(f"COALESCE({name}, '')" for name in words)
    until = "AND reported_at < $1" if before else ""
    rows = warehouse.fetch(
        f"SELECT TRIM({text}) AS said, minor_category, reported_at FROM cases WHERE minor_category IS NOT NULL {until} "
        f"ORDER BY reported_at DESC LIMIT {int(limit)}",
        (before,) if before else (),
    )
    yield from (PastText(text=said, minor=minor, reported_at=at) for said, minor, at in rows if said)


def past_places(warehouse: Warehouse, limit: int = 15_000) -> tuple[PastPlace, ...]:
    """Addresses of the newest cases, those of most cases first."""
    columns = _columns(warehouse)
    if "address" not in columns:
        return ()
    area = ", ".join(f"MODE({name})" if name in columns else "NULL" for name in ("district", "street", "community"))
    point = ", ".join(f"AVG({name})" if name in columns else "NULL" for name in ("longitude", "latitude"))
    newest = f"(SELECT * FROM cases WHERE address IS NOT NULL ORDER BY reported_at DESC LIMIT {int(limit)})"
    rows = warehouse.fetch(
        f"SELECT address, {area}, {point}, COUNT(*) AS n FROM {newest} GROUP BY address ORDER BY n DESC, address"
    )
    return tuple(PastPlace(**dict(zip(PastPlace.__slots__, row, strict=True))) for row in rows)


def grid_centres(warehouse: Warehouse) -> tuple[GridCentre, ...]:
    """The middle of every cell that has cases with a point; without cells, of every community or lower level known."""
    columns = _columns(warehouse)
    if not {"longitude", "latitude"} <= columns:
        return ()
    levels = [name for name in ("district", "street", "community", "grid") if name in columns]
    if not levels:
        return ()
    finest = levels[-1]
    area = ", ".join(f"MODE({name})" if name in levels else "NULL" for name in ("district", "street", "community"))
    rows = warehouse.fetch(
        f"SELECT {finest}, {area}, MEDIAN(longitude), MEDIAN(latitude), COUNT(*) FROM cases "
        f"WHERE {finest} IS NOT NULL AND longitude IS NOT NULL AND latitude IS NOT NULL GROUP BY {finest} ORDER BY 1"
    )
    made = (dict(zip(GridCentre.__slots__, row, strict=True)) for row in rows)
    return tuple(GridCentre(**{**one, "grid": one["grid"] if finest == "grid" else ""}) for one in made)


def open_cases(warehouse: Warehouse, minor: str, *, since: datetime, until: datetime) -> tuple[OpenCase, ...]:
    """Cases of a class reported in [since, until) (aware) that are neither closed nor cancelled, newest first."""
    columns = _columns(warehouse)
    if not {"minor_category", "closed_at"} <= columns:
        return ()
    names = ("address", "community", "longitude", "latitude")
    chosen = ", ".join(name if name in columns else f"NULL AS {name}" for name in names)
    bounds = [moment.astimezone(warehouse.timezone).replace(tzinfo=None) for moment in (since, until)]
    rows = warehouse.fetch(
        f"SELECT case_no, reported_at, {chosen} FROM cases WHERE minor_category = $1 AND reported_at >= $2 "
        f"AND reported_at < $3 AND closed_at IS NULL {_alive(columns)} ORDER BY reported_at DESC",
        (minor, *bounds),
    )
    return tuple(
        OpenCase(
            case_no=case_no,
            minor=minor,
            reported_at=at.replace(tzinfo=warehouse.timezone),
            **dict(zip(names, rest, strict=True)),
        )
        for case_no, at, *rest in rows
    )


def past_routes(
    warehouse: Warehouse, minor: str, *, before: datetime | None = None, limit: int = 20_000
) -> tuple[PastRoute, ...]:
    """Who the newest cases of a class went to, newest first; cancelled ones teach nothing.

    Args:
        before: Only cases reported before it (naive wall time of the city).
        limit: At most so many, so that a city that was organised anew is learned anew.
    """
    return _routes(warehouse, (("minor_category = ", minor), ("reported_at < ", before)), limit)


def routes_since(warehouse: Warehouse, since: datetime, limit: int = 100_000) -> tuple[PastRoute, ...]:
    """Who cases of any class reported from a moment on (naive wall time) went to, newest first."""
    return _routes(warehouse, (("reported_at >= ", since),), limit)


def routes_until(warehouse: Warehouse, before: datetime, limit: int = 100_000) -> tuple[PastRoute, ...]:
    """Who the newest cases of any class reported before a moment (naive wall time) went to, newest first."""
    return _routes(warehouse, (("reported_at < ", before),), limit)


def moment_of_share(warehouse: Warehouse, share: float) -> datetime | None:
    """The report time before which that share of the cases lie (naive wall time); None without cases."""
    if not {"minor_category"} <= _columns(warehouse):
        return None
    found = warehouse.fetch(
        "SELECT quantile_disc(reported_at, $1) FROM cases WHERE minor_category IS NOT NULL", (share,)
    )
    moment: datetime | None = found[0][0]
    return moment


def major_shares(
    warehouse: Warehouse, major: str, *, before: datetime | None = None
) -> tuple[tuple[str | None, str | None, int], ...]:
    """Department, unit and number of cases of a major class."""
    columns = _columns(warehouse)
    if "major_category" not in columns:
        return ()
    where, parameters = _where((("major_category = ", major), ("reported_at < ", before)))
    chosen = ", ".join(name if name in columns else f"NULL AS {name}" for name in ("department", "unit"))
    rows = warehouse.fetch(
        f"SELECT {chosen}, COUNT(*) AS n FROM cases WHERE {where} {_alive(columns)} GROUP BY ALL ORDER BY ALL",
        parameters,
    )
    return tuple((department, unit, int(cases)) for department, unit, cases in rows)


def _routes(warehouse: Warehouse, bounds: Bounds, limit: int) -> tuple[PastRoute, ...]:
    columns = _columns(warehouse)
    if "minor_category" not in columns or not {"department", "unit"} & columns:
        return ()
    chosen = ", ".join(name if name in columns else f"NULL AS {name}" for name in PastRoute._fields)
    where, parameters = _where(bounds)
    rows = warehouse.fetch(
        f"SELECT {chosen} FROM cases WHERE minor_category IS NOT NULL AND {where} {_alive(columns)} "
        f"ORDER BY reported_at DESC, case_no LIMIT {int(limit)}",
        parameters,
    )
    return tuple(map(PastRoute._make, rows))


def _where(bounds: Bounds) -> tuple[str, tuple[object, ...]]:
    """Conditions with their parameters; one without a value holds always."""
    given = [(condition, value) for condition, value in bounds if value is not None]
    text = " AND ".join(f"{condition}${number}" for number, (condition, _) in enumerate(given, 1))
    return text or "TRUE", tuple(value for _, value in given)


def _alive(columns: set[str]) -> str:
    return "AND cancelled IS NOT TRUE" if "cancelled" in columns else ""


def _columns(warehouse: Warehouse) -> set[str]:
    return set(warehouse.catalog.columns.get("cases", {}))
