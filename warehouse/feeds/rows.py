"""Rows of a fact: cast, set aside with a reason, de-duplicated, and compared with what is there already."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.catalog import City
from warehouse.feeds.casting import CastColumn, cast_columns, staging_sql
from warehouse.feeds.landing import Landed, quoted
from warehouse.feeds.report import Fault, LoadReport
from warehouse.feeds.spec import FeedSpec
from warehouse.unified import KEYS

if TYPE_CHECKING:
    from warehouse.feeds.build import Build

SHOWN_FAULTS = 20


def stage_rows(build: Build, spec: FeedSpec, landed: Landed, city: City, file: Path, now: datetime) -> LoadReport:
    """Bring one landed file's rows into `fresh`, the table of rows that will change the fact."""
    connection = build.connection
    columns = cast_columns(spec, landed.headers, city.timezone)
    key = spec.key or KEYS[spec.fact or ""]
    connection.execute("DROP TABLE IF EXISTS staged")
    numbered = not landed.unnumbered
    select = staging_sql(spec, columns, landed.relation if numbered else landed.unnumbered, numbered=numbered)
    connection.execute(f"CREATE TEMP TABLE staged AS {select}")
    rows = build.count("staged")
    bad = build.count("staged", "_reason <> ''")
    faults = _quarantine(build, spec, landed, file, now)
    if bad:
        connection.execute("DELETE FROM staged WHERE _reason <> ''")
    duplicates = _drop_duplicates(build, key, spec.updated)
    build.remember_columns(spec.fact or "", columns)
    unchanged, superseded = build.drop_unchanged(spec, key)
    notes = _notes(build, spec, columns)
    build.keep_staged(spec.fact or "", [column.name for column in columns])
    loaded = rows - bad - duplicates - unchanged
    return LoadReport(
        feed=spec.feed, city=spec.city, files=(file,), encoding=landed.encoding, rows_in=rows + len(landed.broken), loaded=loaded,
        unchanged=unchanged, quarantined=bad + len(landed.broken), duplicates=duplicates, superseded=superseded, faults=faults,
        notes=notes,
    )  # fmt: skip


def _quarantine(build: Build, spec: FeedSpec, landed: Landed, file: Path, now: datetime) -> tuple[Fault, ...]:
    """Keep every row that failed, as it came, with the reason; the old ones of the same feed and file are tried anew."""
    connection = build.connection
    stamp = now.replace(tzinfo=None)
    raw = f"to_json(struct_pack({', '.join(f'{quoted(h)} := {quoted(h)}' for h in landed.headers)}))"
    connection.execute(
        "CREATE TABLE IF NOT EXISTS quarantine_new (feed VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR, raw VARCHAR, loaded_at TIMESTAMP)"
    )
    if build.count("staged", "_reason <> ''"):
        # A table keeps the order of the file, so that the place of a row in it is its line.
        line = "rowid + 1" if landed.unnumbered else "line"
        connection.execute(
            f"INSERT INTO quarantine_new SELECT ?, ?, r.line, trim(s._reason, '; '), {raw}, ? FROM ({landed.relation}) r "
            f"JOIN (SELECT {line} AS line, _reason FROM staged WHERE _reason <> '') s USING (line)",
            [spec.feed, file.name, stamp],
        )
    for broken in landed.broken:
        connection.execute(
            "INSERT INTO quarantine_new VALUES (?, ?, ?, ?, ?, ?)",
            [spec.feed, file.name, broken.line, broken.reason, broken.raw, stamp],
        )
    rows = connection.execute(
        "SELECT reason, count(*), min(line), arg_min(raw, line) FROM quarantine_new WHERE file = ? GROUP BY reason ORDER BY 2 DESC LIMIT ?",
        [file.name, SHOWN_FAULTS],
    ).fetchall()
    return tuple(Fault(reason, int(count), int(line or 0), str(text)[:300]) for reason, count, line, text in rows)


def _drop_duplicates(build: Build, key: str, updated: str | None) -> int:
    """Of rows with one key the newest version stays (by the update time, then the later line)."""
    connection = build.connection
    name = quoted(key)
    repeated = f"SELECT {name} AS k FROM staged GROUP BY {name} HAVING count(*) > 1"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE repeated AS {repeated}")
    if not build.count("repeated"):
        return 0
    newest = f"{quoted(updated)} DESC NULLS LAST, " if updated else ""
    before = build.count("staged")
    connection.execute(
        "DELETE FROM staged WHERE rowid IN (SELECT place FROM (SELECT rowid AS place, "
        f"row_number() OVER (PARTITION BY {name} ORDER BY {newest}rowid DESC) AS n "
        f"FROM staged WHERE {name} IN (SELECT k FROM repeated)) WHERE n > 1)"
    )
    return before - build.count("staged")


def _notes(build: Build, spec: FeedSpec, columns: list[CastColumn]) -> tuple[str, ...]:
    """What is odd but no reason to refuse a row, each with its count."""
    present = {column.name for column in columns if column.origin == "source"}
    notes = [
        f"{column} is stood in for by {mapped.same_as}: the source has no such column"
        for column, mapped in spec.columns.items()
        if not isinstance(mapped, str) and mapped.same_as
    ]
    odd = {
        f"{place} IS NULL": f"rows have no {place}: kept as unknown, never in a ranking"
        for place in ("district", "street", "minor_category", "department")
        if place in present
    }
    if {"closed_at", "reported_at"} <= present:
        odd |= {
            "closed_at < reported_at": "rows were closed before they were reported: kept, left out of durations",
            "closed_at > reported_at + INTERVAL 2 YEAR": "rows were closed more than two years after they were reported: kept",
        }
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in odd) or "0"
    counted = build.connection.execute(f"SELECT {counts} FROM staged").fetchone() or ()
    notes += [f"{rows} {what}" for rows, what in zip(counted, odd.values(), strict=False) if rows]
    if {"latitude", "longitude"} <= present:
        notes += _points(build, spec)
    return tuple(notes)


def _points(build: Build, spec: FeedSpec) -> list[str]:
    """Coordinates that are none: outside the globe, or one point that very many rows share (a default geocode)."""
    connection = build.connection
    nowhere = (
        "latitude IS NOT NULL AND (abs(latitude) > 90 OR abs(longitude) > 180 OR (latitude = 0 AND longitude = 0))"
    )
    notes = []
    if outside := build.count("staged", nowhere):
        connection.execute(f"UPDATE staged SET latitude = NULL, longitude = NULL WHERE {nowhere}")
        notes.append(f"{outside} rows lie nowhere on earth: their coordinates were dropped")
    if spec.shared_point_limit is not None:
        shared = connection.execute(
            "SELECT latitude, longitude, count(*) FROM staged WHERE latitude IS NOT NULL GROUP BY 1, 2 HAVING count(*) > ? ORDER BY 3 DESC",
            [spec.shared_point_limit],
        ).fetchall()
        for latitude, longitude, rows in shared:
            connection.execute(
                "UPDATE staged SET latitude = NULL, longitude = NULL WHERE latitude = ? AND longitude = ?",
                [latitude, longitude],
            )
            notes.append(f"{rows} rows share the point {latitude}, {longitude}: a default geocode, dropped")
    return notes
