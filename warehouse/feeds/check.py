"""Check: a feed tried on its file without loading anything: profile, first problems, and what the city will lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouse.catalog import City
from warehouse.catalog_load import load_catalog
from warehouse.errors import FeedError
from warehouse.feeds.build import city_of
from warehouse.feeds.casting import CastColumn, cast_columns, staging_sql
from warehouse.feeds.landing import Landed, land, landed_table, quoted
from warehouse.feeds.load import check_headers, files_of
from warehouse.feeds.looking import scratch_database, seen_columns
from warehouse.feeds.report import CheckReport, ColumnProfile, Fault
from warehouse.feeds.spec import FeedSpec, read_feed
from warehouse.snapshot import CityFolder

SHOWN = 20
EXAMPLES = 4


def check(home: Path, feed_path: Path, file: Path | None = None) -> CheckReport:
    """Profile a feed's first file and try every row.

    Args:
        file: Look at this file instead of the feed's own.

    Raises:
        FeedError: The feed or the file cannot be used at all.
    """
    spec = read_feed(feed_path)
    city = city_of(CityFolder(home, spec.city), feed_path, spec)
    path = files_of(feed_path, spec, file)[0]
    with scratch_database() as (connection, scratch):
        landed = land(connection, path, spec.source, scratch)
        check_headers(spec, path, landed.headers)
        rows = landed_table(connection, landed)
        columns = tuple(_profiles(spec, connection, landed))
        missing = tuple(f"{h} ({c})" for c, h in spec.headers().items() if h not in landed.headers)
        faults: tuple[Fault, ...] = ()
        lacking: tuple[str, ...] = ()
        if spec.fact is not None:
            cast = cast_columns(spec, landed.headers, city.timezone)
            connection.execute(f"CREATE TABLE staged AS {staging_sql(spec, cast, 'SELECT * FROM landed')}")
            faults = _faults(connection, landed)
            lacking = _lacking(spec, cast, city)
        notes = _alias_notes(feed_path, spec, connection)
    return CheckReport(
        feed=spec.feed, city=spec.city, encoding=landed.encoding, rows=rows + len(landed.broken),
        broken=len(landed.broken), columns=columns, missing=missing, faults=faults, lacking=lacking, notes=notes,
    )  # fmt: skip


def _profiles(spec: FeedSpec, connection: duckdb.DuckDBPyConnection, landed: Landed) -> Iterable[ColumnProfile]:
    goes: dict[str, str] = {}
    for column, header in spec.headers().items():
        goes[header] = f"{goes[header]}, {column}" if header in goes else column
    for one in seen_columns(connection, landed):
        yield ColumnProfile(
            header=one.header, column=goes.get(one.header), filled=one.filled, distinct=one.distinct,
            examples=one.examples[:EXAMPLES],
        )  # fmt: skip


def _faults(connection: duckdb.DuckDBPyConnection, landed: Landed) -> tuple[Fault, ...]:
    found = [
        Fault(str(reason).strip("; "), int(count), int(line), _row(connection, landed, int(line)))
        for reason, count, line in connection.execute(
            "SELECT _reason, count(*), min(line) FROM staged WHERE _reason <> '' GROUP BY 1 ORDER BY 2 DESC LIMIT ?",
            [SHOWN],
        ).fetchall()
    ]
    for broken in landed.broken[:SHOWN]:
        found.append(Fault(broken.reason, 1, broken.line, broken.raw[:300]))
    return tuple(found)


def _row(connection: duckdb.DuckDBPyConnection, landed: Landed, line: int) -> str:
    names = ", ".join(quoted(header) for header in landed.headers)
    row = connection.execute(f"SELECT {names} FROM landed WHERE line = ?", [line]).fetchone() or ()
    return ", ".join(f"{h}={cell}" for h, cell in zip(landed.headers, row, strict=False) if cell)[:300]


def _lacking(spec: FeedSpec, cast: list[CastColumn], city: City) -> tuple[str, ...]:
    """Metrics of this fact that cannot be asked, each with the columns it would need."""
    fact: str = spec.fact or ""
    columns: dict[str, dict[str, str]] = {fact: {one.name: one.origin for one in cast if one.origin != "missing"}}
    catalog = load_catalog({"city.yml": yaml.safe_dump(city.model_dump(mode="json"))}, columns, spec.city)
    return tuple(
        f"{catalog.label(id, 'en')} · {catalog.label(id, 'zh')} (needs {', '.join(missing)})"
        for id, missing in catalog.unavailable.items()
        if catalog.all_metrics[id].fact == fact
    )


def _alias_notes(feed_path: Path, spec: FeedSpec, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Aliases that nothing in the export answers to: a misspelt name must not pass in silence.

    Raises:
        FeedError: aliases.yml is no YAML of dimension to value to names.
    """
    path = feed_path.parent / "aliases.yml"
    if spec.fact is None or not path.is_file():
        return ()
    try:
        aliases: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as problem:
        raise FeedError(str(path), "is no YAML", str(problem).splitlines()[0]) from problem
    if not isinstance(aliases, Mapping) or not all(isinstance(names, Mapping) for names in aliases.values()):
        raise FeedError(str(path), "is not dimension: value: [names]", "see examples/sample_city/aliases.yml")
    own: dict[str, str] = {extra.id: f"x_{extra.id}" for extra in spec.dimensions}
    notes = []
    for dimension, names in aliases.items():
        column = own.get(str(dimension)) or str(dimension)
        if column not in spec.columns and dimension not in own:
            notes.append(f"aliases.yml: this feed maps nothing to {dimension!r}")
            continue
        held = {row[0] for row in connection.execute(f"SELECT DISTINCT {quoted(column)} FROM staged").fetchall()}
        unknown = [str(value) for value in names if value not in held]
        if unknown:
            notes.append(f"aliases.yml: no row has {dimension} = {', '.join(unknown[:6])}")
    return tuple(notes)
