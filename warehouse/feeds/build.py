"""Build: the next snapshot in the making. Starts from the current one, takes changed rows, and is finished or abandoned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import yaml
from pydantic import ValidationError

from warehouse.catalog import City
from warehouse.errors import FeedError
from warehouse.feeds.casting import CastColumn
from warehouse.feeds.landing import literal, quoted
from warehouse.feeds.members import write_members
from warehouse.feeds.report import LoadReport
from warehouse.feeds.spec import FeedSpec
from warehouse.headings import HEADINGS_FILE, joined
from warehouse.snapshot import CityFolder
from warehouse.unified import FACTS, KEYS, MEMBER_TABLES, SORTED_BY

CITY_FILES = (
    "city.yml", "metrics.yml", "dimensions.yml", "aliases.yml", "verified.yml", "alerts.yml", "areas.geojson",
    "routing.yml",
)  # fmt: skip
# The moments by which data are known to have gone on; closings may lie years ahead in an archive.
AS_OF = {
    "cases": ("reported_at",),
    "alarms": ("detected_at",),
    "callbacks": ("called_at",),
    "stage_times": ("started_at",),
}
FEED_LOADS = (
    "feed VARCHAR, file VARCHAR, file_sha256 VARCHAR, loaded_at TIMESTAMP, rows_in BIGINT, loaded BIGINT, unchanged BIGINT, "
    "quarantined BIGINT, duplicates BIGINT, superseded BIGINT"
)
QUARANTINE = "feed VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, raw VARCHAR, loaded_at TIMESTAMP"
Progress = Callable[[str, float], None]


@dataclass(slots=True)
class Build:
    """The connection to the file being built, with the current snapshot attached as `old` where there is one."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    has_old: bool
    columns: dict[str, list[CastColumn]] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    respelled: list[tuple[str, str, str, int]] = field(default_factory=list)

    @classmethod
    def begin(cls, path: Path, old: Path | None, scratch: Path, settings: dict[str, str]) -> Build:
        """Open a fresh file."""
        connection = duckdb.connect(str(path), config={**settings, "temp_directory": str(scratch)})
        if old is not None and old.is_file():
            connection.execute(f"ATTACH {literal(str(old))} AS old (READ_ONLY)")
        return cls(path, connection, old is not None and old.is_file())

    def count(self, table: str, where: str = "TRUE") -> int:
        """Rows of a table."""
        found = self.connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()
        return int(found[0]) if found else 0

    def abandon(self) -> None:
        """Close and remove the file."""
        self.connection.close()
        for left in self.path.parent.glob(f"{self.path.name}*"):
            left.unlink(missing_ok=True)

    def remember_columns(self, fact: str, columns: list[CastColumn]) -> None:
        """What this feed brings of a fact; a further file adds to it."""
        held = {column.name: column for column in self.columns.get(fact, []) if column.origin != "missing"}
        known = {column.name: held.get(column.name, column) for column in columns}
        self.columns[fact] = list((known | {name: one for name, one in held.items() if name not in known}).values())

    def drop_unchanged(self, spec: FeedSpec, key: str) -> tuple[int, int]:
        """Of `staged`, keep what is new or changed; (unchanged, superseding) rows.

        A row older than the one there, by the update time, is stale and counts as unchanged.
        """
        fact, db = spec.fact or "", self.connection
        if not self._old_has(fact) or "_hash" not in self._old_columns(fact):
            return 0, 0
        name = quoted(key)
        stale = f" OR s.{quoted(spec.updated)} < o.{quoted(spec.updated)}" if spec.updated else ""
        db.execute(
            f"CREATE OR REPLACE TEMP TABLE same AS SELECT s.rowid AS place FROM staged s JOIN old.{fact} o USING ({name}) WHERE s._hash = o._hash{stale}"
        )
        if unchanged := self.count("(SELECT DISTINCT place FROM same)"):
            db.execute("DELETE FROM staged WHERE rowid IN (SELECT place FROM same)")
        superseded = self.count(f"staged s SEMI JOIN old.{fact} o USING ({name})")
        return unchanged, superseded

    def keep_staged(self, fact: str, names: list[str]) -> None:
        """Add what is left of `staged` to the rows that will change the fact; `staged` is gone afterwards."""
        if self._has_temporary(f"fresh_{fact}"):
            columns = ", ".join(quoted(name) for name in (*names, "_hash"))
            self.connection.execute(f"INSERT INTO fresh_{fact} BY NAME SELECT {columns} FROM staged")
            self.connection.execute("DROP TABLE staged")
        else:
            self.connection.execute(f"ALTER TABLE staged RENAME TO fresh_{fact}")

    def quarantined(self, feed: str) -> list[tuple[str, int, str, str]]:
        """(file, line, reason, raw) of the feed's rows set aside in the current snapshot, by file and line."""
        if not self._old_has("quarantine"):
            return []
        return self.connection.execute(
            "SELECT file, line, reason, raw FROM old.quarantine WHERE feed = ? ORDER BY file, line", [feed]
        ).fetchall()

    def finish(  # noqa: PLR0913  # all that a snapshot records
        self, spec: FeedSpec, feed_path: Path, city: City, report: LoadReport, now: datetime, progress: Progress,
        *, forced: bool = False,
    ) -> bool:  # fmt: skip
        """Write every table of the snapshot; False when nothing changed, so that no snapshot is needed.

        Args:
            forced: Write it whatever was loaded: rows left the quarantine.
        """
        files = self._catalog_files(spec, feed_path, city)
        if (
            not forced
            and self.has_old
            and report.loaded == 0
            and not self._new_quarantine()
            and files == self._old_files()
        ):
            return False
        for number, fact in enumerate(FACTS):
            progress(f"writing {fact}", 0.6 + 0.2 * number / len(FACTS))
            self._write_fact(fact, KEYS[fact] if spec.fact != fact else spec.key or KEYS[fact])
        for name in MEMBER_TABLES:
            if name != "members":
                self._write_list(name)
        progress("counting members", 0.85)
        self._write_fact_columns()
        write_members(self, _declared(files))
        progress("recording the load", 0.92)
        self._write_records(spec, report, files, city, now)
        for table in (
            "staged",
            "repeated",
            "same",
            *(f"list_{n}" for n in MEMBER_TABLES),
        ):
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")
        self.connection.execute("DROP TABLE IF EXISTS quarantine_new")
        if self.has_old:
            self.connection.execute("DETACH old")
        self.connection.execute("CHECKPOINT")
        self.connection.close()
        return True

    def _has_temporary(self, table: str) -> bool:
        found = self.connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name = ?", [table]
        ).fetchone()
        return bool(found and found[0])

    def _old_has(self, table: str) -> bool:
        return self.has_old and bool(self._old_columns(table))

    def _old_columns(self, table: str) -> list[str]:
        if not self.has_old:
            return []
        rows = self.connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = 'old' AND table_name = ? ORDER BY column_index",
            [table],
        ).fetchall()
        return [row[0] for row in rows]

    def _new_quarantine(self) -> bool:
        """Whether the rows set aside differ from those already recorded."""
        tables = self.connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'quarantine_new'"
        ).fetchone()
        if not tables or not tables[0] or not self._old_has("quarantine"):
            return bool(tables and tables[0] and self.count("quarantine_new"))
        columns = "feed, file, line, reason, raw"
        return self.count(f"(SELECT {columns} FROM quarantine_new EXCEPT SELECT {columns} FROM old.quarantine)") > 0

    def _write_fact(self, fact: str, key: str) -> None:
        db = self.connection
        unified = {c.name: c.type for c in FACTS[fact]}
        extra = [name for name in self._old_columns(fact) if name.startswith("x_")]
        fresh = self.columns.get(fact, [])
        extra += [c.name for c in fresh if c.name.startswith("x_") and c.name not in extra]
        kinds = {c.name: c.type for c in fresh}
        shape = ", ".join(
            [f"{quoted(n)} {t}" for n, t in unified.items()]
            + [f"{quoted(n)} {kinds.get(n, 'VARCHAR')}" for n in extra]
            + ["_hash UBIGINT"]
        )
        db.execute(f"CREATE TABLE {fact} ({shape})")
        parts = []
        if fresh:
            brought = ", ".join(quoted(name) for name in (*kinds, "_hash"))
            parts.append(f"SELECT {brought} FROM fresh_{fact}")
        if self._old_has(fact) and self.count(f"old.{fact}"):
            kept = f"ANTI JOIN fresh_{fact} n USING ({quoted(key)})" if fresh else ""
            names = ", ".join(quoted(n) for n in self._old_columns(fact))
            parts.append(f"SELECT {names} FROM old.{fact} o {kept}")
        if parts:
            db.execute(
                f"INSERT INTO {fact} BY NAME SELECT * FROM ({' UNION ALL BY NAME '.join(parts)}) ORDER BY {SORTED_BY[fact]}"
            )
        db.execute(f"DROP TABLE IF EXISTS fresh_{fact}")

    def _write_list(self, name: str) -> None:
        self.connection.execute(f"CREATE TABLE {name} ({MEMBER_TABLES[name]})")
        if name in self.lists:
            self.connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM list_{name}")
        elif self._old_has(name):
            self.connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM old.{name}")

    def _write_fact_columns(self) -> None:
        db = self.connection
        db.execute('CREATE TABLE fact_columns (fact VARCHAR, "column" VARCHAR, origin VARCHAR)')
        if self._old_has("fact_columns"):
            db.execute("INSERT INTO fact_columns SELECT * FROM old.fact_columns")
        for fact, columns in self.columns.items():
            for column in columns:
                if column.origin == "missing":
                    continue
                db.execute('DELETE FROM fact_columns WHERE fact = ? AND "column" = ?', [fact, column.name])
                db.execute("INSERT INTO fact_columns VALUES (?, ?, ?)", [fact, column.name, column.origin])

    def _catalog_files(self, spec: FeedSpec, feed_path: Path, city: City) -> dict[str, str]:
        """The city's files beside the feed (else as they were), with the feed's own dimensions and headers added."""
        files = self._old_files()
        for name in CITY_FILES:
            beside = feed_path.parent / name
            if beside.is_file():
                files[name] = beside.read_text(encoding="utf-8")
        files["city.yml"] = files.get("city.yml") or yaml.safe_dump(
            json.loads(city.model_dump_json(exclude_defaults=True)), allow_unicode=True
        )
        if spec.fact:
            known = yaml.safe_load(files.get(HEADINGS_FILE, "")) or {}
            files[HEADINGS_FILE] = yaml.safe_dump(joined(known, spec.fact, spec.headers()), allow_unicode=True)
        if spec.dimensions and spec.fact:
            content = yaml.safe_load(files.get("dimensions.yml", "")) or {}
            entries = {entry["id"]: entry for entry in content.get("dimensions", [])}
            for extra in spec.dimensions:
                entries.setdefault(
                    extra.id, json.loads(extra.as_dimension(spec.fact).model_dump_json(exclude_defaults=True))
                )
            files["dimensions.yml"] = yaml.safe_dump(
                {**content, "dimensions": list(entries.values())}, allow_unicode=True, sort_keys=False
            )
        return files

    def _old_files(self) -> dict[str, str]:
        if not self._old_has("catalog_files"):
            return {}
        return dict(self.connection.execute("SELECT name, content FROM old.catalog_files").fetchall())

    def _write_records(
        self, spec: FeedSpec, report: LoadReport, files: dict[str, str], city: City, now: datetime
    ) -> None:  # all that a snapshot records
        db = self.connection
        stamp = now.astimezone(ZoneInfo(city.timezone)).replace(tzinfo=None)
        db.execute("CREATE TABLE catalog_files (name VARCHAR, content VARCHAR)")
        db.executemany("INSERT INTO catalog_files VALUES (?, ?)", list(files.items()))
        for name, shape in (("feed_loads", FEED_LOADS), ("quarantine", QUARANTINE)):
            db.execute(f"CREATE TABLE {name} ({shape})")
            if self._old_has(name):
                again = " WHERE NOT (feed = ? AND file IN (SELECT unnest(?)))" if name == "quarantine" else ""
                db.execute(
                    f"INSERT INTO {name} BY NAME SELECT * FROM old.{name}{again}",
                    [spec.feed, [f.name for f in report.files]] if again else [],
                )
        names = {row[0] for row in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if "quarantine_new" in names:
            db.execute("INSERT INTO quarantine SELECT * FROM quarantine_new")
        digest = ",".join(_sha256(path) for path in report.files if path.is_file())
        counts = [
            report.rows_in,
            report.loaded,
            report.unchanged,
            report.quarantined,
            report.duplicates,
            report.superseded,
        ]
        db.execute(
            "INSERT INTO feed_loads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [spec.feed, ", ".join(f.name for f in report.files), digest, stamp, *counts],
        )
        meta: dict[str, Any] = {
            "city": city.id,
            "published_at": stamp.isoformat(),
            "as_of": self._as_of(stamp).isoformat(),
        }
        for fact, columns in AS_OF.items():
            first = db.execute(f"SELECT min({columns[0]}) FROM {fact}").fetchone()
            if first and first[0]:
                meta[f"first_{fact}"] = first[0].isoformat()
        db.execute("CREATE TABLE meta (key VARCHAR, value VARCHAR)")
        db.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))

    def _as_of(self, stamp: datetime) -> datetime:
        """The last event known of, never later than the load."""
        moments = []
        for fact, columns in AS_OF.items():
            for column in columns:
                found = self.connection.execute(
                    f"SELECT max({column}) FROM {fact} WHERE {column} <= ?", [stamp]
                ).fetchone()
                moments += [found[0]] if found and found[0] else []
        return max(moments, default=stamp)


def _declared(files: dict[str, str]) -> list[tuple[str, str]]:
    content = yaml.safe_load(files.get("dimensions.yml", "")) or {}
    return [
        (e["id"], e["column"])
        for e in content.get("dimensions", [])
        if e.get("kind", "text") == "text" and e.get("column")
    ]


def city_of(folder: CityFolder, feed_path: Path, spec: FeedSpec) -> City:
    """The city's settings: beside the feed, in the city's folder, or the defaults under the feed's city id."""
    for place in (feed_path.parent / "city.yml", folder.path / "catalog" / "city.yml"):
        if place.is_file():
            try:
                city = City.model_validate(yaml.safe_load(place.read_text(encoding="utf-8")))
            except (ValidationError, yaml.YAMLError) as problem:
                raise FeedError(
                    str(place), str(problem).splitlines()[0], "see City in warehouse/catalog.py"
                ) from problem
            if city.id == spec.city:
                return city
    return City(id=spec.city, name={"zh": spec.city, "en": spec.city})


def _sha256(path: Path) -> str:
    """The file's digest, for the record of loads."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
