"""Reading one city's current snapshot: open, run semantic queries, list members."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import yaml

from warehouse.catalog import City
from warehouse.catalog_load import Catalog, load_catalog
from warehouse.dialect import DuckDb
from warehouse.errors import NoSnapshot, QueryTimeout
from warehouse.fresh import FreshRows
from warehouse.query_result import QueryResult
from warehouse.run_aggregate import run_aggregate
from warehouse.run_cases import run_cases
from warehouse.scope import Scope
from warehouse.semantic import SemanticQuery, TimeRange
from warehouse.unified import FACTS, KEYS, SORTED_BY
from warehouse.working_calendar import WorkingCalendar
from warehouse.zone import stretches

LIMIT_SECONDS = 20.0
_CATALOG_FILES = (
    "city.yml", "metrics.yml", "dimensions.yml", "aliases.yml", "verified.yml", "alerts.yml", "areas.geojson",
    "routing.yml",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A known value of a dimension, most frequent first; `parent` is the value one level up, where known."""

    dimension: str
    value: str
    aliases: tuple[str, ...] = ()
    code: str | None = None
    parent: str | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True)
class CategoryLimit:
    """A class of the city's category list, its limit in the standard's words (`2紧急工作时`) and who answers for it."""

    kind: str
    major: str
    minor: str
    code: str | None
    standard_ref: str | None
    time_limit: str
    department: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What a feed last brought; `newest` is the latest load's time when no event time is known."""

    feed: str
    loaded_at: datetime | None
    newest: datetime | None
    counts: dict[str, int]


def open_warehouse(home: Path, city: str | None = None) -> Warehouse:
    """The city's current snapshot, read-only; without a city the current one.

    Raises:
        NoSnapshot: Nothing has been loaded.
        CatalogError: A catalogue file breaks its contract.
    """
    pointer = home / "current_city"
    city = city or (pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else "")
    folder = home / "cities" / city
    current = folder / "CURRENT"
    if not city or not current.is_file():
        raise NoSnapshot(city or "?")
    path = folder / "snapshots" / current.read_text(encoding="utf-8").strip()
    if not path.is_file():
        raise NoSnapshot(city)
    return Warehouse(path, city, folder / "catalog")


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(path),
        read_only=True,
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_unsigned_extensions": "false",
            "allow_persistent_secrets": "false",
            "python_enable_replacements": "false",
            "max_temp_directory_size": "0B",
            "memory_limit": "4GB",
            # Here and not by SET: a second door to the same file shares the engine, whose settings are locked by then.
            "lock_configuration": "true",
        },
    )


class Warehouse:
    """One snapshot of one city; safe to share between threads.

    Attributes:
        as_of: Latest event in the data, aware. `published_at`: when the snapshot was published.
        snapshot: File name, a cache key for everything derived from it.
    """

    def __init__(self, path: Path, city: str, overrides: Path | None = None) -> None:
        self._connection = _connect(path)
        self._fresh = FreshRows(self._connection)
        self._members: dict[str, tuple[Member, ...]] = {}
        self._first: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self.snapshot = path.name
        self.files = dict(self.fetch("SELECT name, content FROM catalog_files"))
        for name in _CATALOG_FILES:
            if overrides is not None and (overrides / name).is_file():
                self.files[name] = (overrides / name).read_text(encoding="utf-8")
        columns: dict[str, dict[str, str]] = {fact: {} for fact in FACTS}
        for fact, name, origin in self.fetch('SELECT fact, "column", origin FROM fact_columns'):
            columns.setdefault(fact, {})[name] = origin
        self.catalog: Catalog = load_catalog(self.files, columns, city)
        self.city: City = self.catalog.city
        self.timezone = ZoneInfo(self.city.timezone)
        beside = (overrides / self.city.calendar) if overrides else Path(self.city.calendar)
        self.calendar = WorkingCalendar.load(str(beside) if beside.is_file() else self.city.calendar)
        self.meta: dict[str, str] = dict(self.fetch("SELECT key, value FROM meta"))
        self.as_of = self._aware(self.meta.get("as_of"))
        self.published_at = self._aware(self.meta.get("published_at"))
        newest = self.as_of.astimezone(self.timezone).replace(tzinfo=None)
        self.dialect = DuckDb(stretches(self.timezone, self.first("cases"), newest + timedelta(days=366)))

    def _aware(self, text: str | None) -> datetime:
        moment = datetime.fromisoformat(text) if text else datetime(1970, 1, 1, tzinfo=UTC)
        return moment if moment.tzinfo else moment.replace(tzinfo=self.timezone)

    def fetch(self, sql: str, parameters: tuple[Any, ...] = (), *, fresh: bool = True) -> list[tuple[Any, ...]]:
        """All rows of a statement the compiler wrote, on a cursor of its own.

        Args:
            fresh: Count rows that are newer than the snapshot.

        Raises:
            QueryTimeout: It ran longer than the limit.
        """
        cursor = self._connection.cursor()
        timer = threading.Timer(LIMIT_SECONDS, _interrupting(cursor))
        timer.daemon = True
        timer.start()
        try:
            if fresh:
                self._fresh.look(cursor)
            return cursor.execute(sql, list(parameters)).fetchall()
        except duckdb.InterruptException as error:
            raise QueryTimeout(LIMIT_SECONDS) from error
        finally:
            timer.cancel()
            cursor.close()

    def refresh(self, fact: str, rows: Sequence[Mapping[str, Any]], as_of: datetime) -> None:
        """Take rows newer than the snapshot, in columns of the unified model with naive wall times, by the fact's key.

        Every query from now on counts them; `as_of` is the moment up to which the data is then known.
        """
        self._fresh.put(fact, rows)
        if rows:
            self.as_of = max(self.as_of, as_of.astimezone(self.timezone))

    def run(self, query: SemanticQuery, *, scope: Scope, now: datetime) -> QueryResult:
        """The query's rows as the asker may see them.

        Raises:
            UnknownName, UnknownMember, MetricUnavailable, NotApplicable, EmptyWindow, QueryTimeout: Cannot be
                answered as asked.
            ScopeDenied: The scope cannot be applied.
        """
        began = clock.perf_counter()
        run = run_cases if query.rows == "cases" else run_aggregate
        return run(self, query, scope, now, lambda: (clock.perf_counter() - began) * 1000)

    def members(self, dimension: str) -> tuple[Member, ...]:
        """Known values of a text dimension, most frequent first; places without rows come last."""
        with self._lock:
            if dimension not in self._members:
                self._members[dimension] = self._read_members(dimension)
            return self._members[dimension]

    def _read_members(self, dimension: str) -> tuple[Member, ...]:
        found = {
            str(value): {"rows": int(rows)}
            for value, rows in self.fetch(
                "SELECT value, rows FROM members WHERE dimension = $1 AND value IS NOT NULL ORDER BY rows DESC, value",
                (dimension,),
            )
        }
        details: dict[str, dict[str, Any]] = {}
        for name, code, parent, aliases in self.fetch(*_details(dimension)):
            details.setdefault(str(name), {"code": code, "parent": parent, "aliases": tuple(aliases or ())})
        ours = _aliases(self.files.get("aliases.yml") or "").get(dimension) or {}
        known = {**found, **{name: {"rows": 0} for name in details if name not in found}}
        return tuple(
            Member(
                dimension=dimension,
                value=name,
                rows=int(counted["rows"]),
                code=details.get(name, {}).get("code"),
                parent=details.get(name, {}).get("parent"),
                aliases=tuple(dict.fromkeys((*details.get(name, {}).get("aliases", ()), *ours.get(name, ())))),
            )
            for name, counted in known.items()
        )

    def category_limits(self) -> tuple[CategoryLimit, ...]:
        """The classes whose handling limit the city's category list names, as it words them."""
        rows = self.fetch(
            "SELECT kind, major, minor, code, standard_ref, time_limit, unit FROM categories "
            "WHERE minor IS NOT NULL AND time_limit IS NOT NULL ORDER BY kind, code, minor"
        )
        return tuple(CategoryLimit(*row) for row in rows)

    def first(self, fact: str) -> datetime:
        """Wall time of the fact's earliest row (naive); the snapshot's as-of time when it has none."""
        if known := self.meta.get(f"first_{fact}"):
            return datetime.fromisoformat(known)
        if fact not in self._first:
            time_column = SORTED_BY[fact]
            rows = self.fetch(f'SELECT MIN("{time_column}") FROM "{fact}"')  # names from the unified model
            self._first[fact] = rows[0][0] or self.as_of.replace(tzinfo=None)
        return self._first[fact]

    def meets(self, dimension: str, value: str, other: str, allowed: frozenset[str]) -> bool:
        """Whether any case with the value has one of the allowed values of the other dimension."""
        mine, theirs = (f'"{self.catalog.dimension(id).column}"' for id in (dimension, other))
        places = ", ".join(f"${index}" for index in range(2, len(allowed) + 2))
        found = self.fetch(
            f"SELECT 1 FROM cases WHERE {mine} = $1 AND {theirs} IN ({places}) LIMIT 1",  # columns of the catalogue
            (value, *sorted(allowed)),
        )
        return bool(found)

    def has_rows(self, fact: str) -> bool:
        """Whether the fact has any row."""
        if fact not in KEYS:
            return False
        return bool(self.fetch(f'SELECT 1 FROM "{fact}" LIMIT 1'))  # a name from the unified model

    def freshness(self) -> tuple[FeedState, ...]:
        """Every feed's latest load and its counts summed over all loads, by feed name."""
        rows = self.fetch(
            "SELECT feed, MAX(loaded_at), SUM(rows_in), SUM(loaded), SUM(unchanged), SUM(quarantined), "
            "SUM(duplicates), SUM(superseded) FROM feed_loads GROUP BY feed ORDER BY feed"
        )
        names = ("rows_in", "loaded", "unchanged", "quarantined", "duplicates", "superseded")
        return tuple(
            FeedState(
                feed=row[0],
                loaded_at=row[1],
                newest=self.as_of,
                counts={name: int(count or 0) for name, count in zip(names, row[2:], strict=True)},
            )
            for row in rows
        )

    def window(self, range_: TimeRange | None) -> tuple[datetime, datetime] | None:
        """Both ends in the city's time zone."""
        return (
            None if range_ is None else (range_.start.astimezone(self.timezone), range_.end.astimezone(self.timezone))
        )

    def close(self) -> None:
        """Let go of the file."""
        self._fresh.close()
        self._connection.close()


def _details(dimension: str) -> tuple[str, tuple[Any, ...]]:
    if dimension in {"kind", "major_category", "minor_category"}:
        if dimension == "minor_category":
            return "SELECT minor, code, major, aliases FROM categories WHERE minor IS NOT NULL", ()
        if dimension == "major_category":
            return (
                "SELECT major, MAX(CASE WHEN minor IS NULL THEN code END), MAX(kind), "
                "MAX(CASE WHEN minor IS NULL THEN aliases END) FROM categories WHERE major IS NOT NULL GROUP BY major"
            ), ()
        return "SELECT DISTINCT kind, NULL, NULL, NULL FROM categories WHERE FALSE", ()
    if dimension in {"department", "unit"}:
        top = "parent IS NULL" if dimension == "department" else "parent IS NOT NULL"
        return f"SELECT name, code, parent, aliases FROM departments WHERE {top}", ()  # fixed words
    return "SELECT name, code, parent, aliases FROM areas WHERE level = $1", (dimension,)


@lru_cache(maxsize=4)
def _aliases(content: str) -> dict[str, Any]:
    """What people call values, by dimension: parsed once for all dimensions."""
    return yaml.load(content, Loader=yaml.CSafeLoader) or {}


def _interrupting(cursor: duckdb.DuckDBPyConnection) -> Callable[[], None]:
    def stop() -> None:
        with suppress(duckdb.Error):
            cursor.interrupt()

    return stop
