"""Warehouse: one city's current snapshot, opened read-only and locked down."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from warehouse.catalogue import Catalog, load_catalog
from warehouse.compiler import Setting
from warehouse.errors import NoSnapshot, QueryTimeout
from warehouse.records import records
from warehouse.running import QueryResult, aggregate
from warehouse.scope import Scope
from warehouse.semantic import SemanticQuery
from warehouse.working_calendar import WorkingCalendar

TIME_LIMIT_SECONDS = 30.0
MEMBER_LIMIT = 50_000
HARDENED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": "2GB",
    "threads": "2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A value of a dimension: what else it is called, its code, the value above it, and how many rows have it."""

    dimension: str
    value: str
    aliases: tuple[str, ...] = ()
    code: str | None = None
    parent: str | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is known of a feed: when it was loaded and what came of it."""

    feed: str
    loaded_at: datetime
    counts: Mapping[str, int]


class Warehouse:
    """Read access to one snapshot. Safe for many threads: every query runs on a cursor of its own."""

    def __init__(self, path: Path, overrides: Mapping[str, str] | None = None) -> None:
        self.path = path
        self.snapshot = path.stem
        self._connection = duckdb.connect(str(path), read_only=True, config=dict(HARDENED))
        self._connection.execute("SET lock_configuration = true")
        meta = dict(self._fetch("SELECT key, value FROM meta", ()))
        shipped = dict(self._fetch("SELECT name, content FROM catalog_files", ()))
        origins = {(f, c): o for f, c, o in self._fetch('SELECT fact, "column", origin FROM fact_columns', ())}
        self.catalog: Catalog = load_catalog([shipped, overrides or {}], origins)
        self.catalog_files = {**shipped, **(overrides or {})}
        self.city = self.catalog.city
        self.timezone = ZoneInfo(self.city.timezone)
        self.calendar = WorkingCalendar.load(self.city.calendar)
        self.as_of = datetime.fromisoformat(meta["as_of"]).replace(tzinfo=self.timezone)
        self.published_at = datetime.fromisoformat(meta["published_at"])
        first = self._fetch("SELECT min(first_at) FROM members", ())[0][0]
        self.since = (first or self.as_of).replace(tzinfo=self.timezone)
        self._members: dict[str, tuple[Member, ...]] = {}
        self._lock = threading.Lock()

    def run(self, query: SemanticQuery, *, scope: Scope, now: datetime) -> QueryResult:
        """The rows of a query as one asker may see them.

        Raises:
            QueryError: As asked, the data cannot answer; see warehouse.errors.
            ScopeDenied: The scope cannot be applied to a fact the query needs.
        """
        setting = Setting(catalog=self.catalog, calendar=self.calendar, scope=scope, now=now, known=self._known)
        work = records if query.rows == "cases" else aggregate
        return work(query, setting, self._fetch, self.timezone, self.as_of)

    def members(self, dimension: str) -> tuple[Member, ...]:
        """Values of a dimension, most frequent first, with their aliases."""
        with self._lock:
            if dimension not in self._members:
                self._members[dimension] = self._read_members(dimension)
            return self._members[dimension]

    def has_rows(self, fact: str) -> bool:
        """Whether any feed brought this fact."""
        return any(key[0] == fact for key in self.catalog.present)

    def freshness(self) -> tuple[FeedState, ...]:
        """The last load of every feed."""
        rows = self._fetch(
            "SELECT feed, max(loaded_at), sum(rows_in), sum(loaded), sum(quarantined) FROM feed_loads GROUP BY feed ORDER BY feed",
            (),
        )
        return tuple(
            FeedState(feed=feed, loaded_at=at, counts={"rows_in": int(n), "loaded": int(k), "quarantined": int(q)})
            for feed, at, n, k, q in rows
        )

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _known(self, dimension: str) -> frozenset[str]:
        return frozenset(member.value for member in self.members(dimension))

    def _read_members(self, dimension: str) -> tuple[Member, ...]:
        extra: dict[str, tuple[list[str], str | None, str | None]] = {}
        level = self.catalog.every_dimension[dimension].hierarchy if dimension in self.catalog.every_dimension else None
        if level == "area":
            sql = "SELECT name, aliases, code, parent FROM areas WHERE level = ?"
            extra = {n: (list(a or ()), c, p) for n, a, c, p in self._fetch(sql, (dimension,))}
        elif dimension == "minor_category":
            sql = "SELECT minor, aliases, code, major FROM categories WHERE minor IS NOT NULL"
            extra = {n: (list(a or ()), c, p) for n, a, c, p in self._fetch(sql, ())}
        elif dimension == "department":
            extra = {
                n: (list(a or ()), c, p)
                for n, a, c, p in self._fetch("SELECT name, aliases, code, parent FROM departments", ())
            }
        counted = dict(
            self._fetch(
                "SELECT value, rows FROM members WHERE dimension = ? ORDER BY rows DESC LIMIT ?",
                (dimension, MEMBER_LIMIT),
            )
        )
        aliases = self._aliases(dimension)
        found = []
        for value in dict.fromkeys((*counted, *extra)):
            more, code, parent = extra.get(value, ([], None, None))
            names = tuple(dict.fromkeys((*more, *aliases.get(value, ()))))
            found.append(
                Member(
                    dimension=dimension,
                    value=value,
                    aliases=names,
                    code=code,
                    parent=parent,
                    rows=counted.get(value, 0),
                )
            )
        return tuple(found)

    def _aliases(self, dimension: str) -> dict[str, list[str]]:
        import yaml

        content = yaml.load(self.catalog_files.get("aliases.yml", ""), Loader=yaml.CSafeLoader) or {}
        return content.get(dimension, {}) or {}

    def _fetch(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        timer = threading.Timer(TIME_LIMIT_SECONDS, cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            return cursor.execute(sql, list(parameters)).fetchall()
        except duckdb.InterruptException as stopped:
            raise QueryTimeout(TIME_LIMIT_SECONDS) from stopped
        finally:
            timer.cancel()
            cursor.close()


def open_warehouse(home: Path, city: str | None = None) -> Warehouse:
    """The current snapshot of a city of this home (default: the current city).

    Raises:
        NoSnapshot: Nothing has been loaded yet.
    """
    name = city or current_city(home)
    folder = home / "cities" / (name or "")
    pointer = folder / "CURRENT"
    if not name or not pointer.is_file():
        raise NoSnapshot(name or "")
    overrides = {p.name: p.read_text(encoding="utf-8") for p in sorted((folder / "catalog").glob("*.yml"))}
    return Warehouse(folder / "snapshots" / pointer.read_text(encoding="utf-8").strip(), overrides)


def current_city(home: Path) -> str | None:
    """The active city's id."""
    path = home / "current_city"
    return path.read_text(encoding="utf-8").strip() or None if path.is_file() else None


__all__ = ["FeedState", "Member", "QueryResult", "Warehouse", "current_city", "open_warehouse"]
