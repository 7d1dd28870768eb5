"""Lists: area trees, handling standards and department lists, as cities keep them in workbooks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.feeds.landing import Landed, quoted
from warehouse.feeds.report import Fault, LoadReport
from warehouse.feeds.spec import MEMBER_COLUMNS, FeedSpec
from warehouse.unified import MEMBER_TABLES

if TYPE_CHECKING:
    from warehouse.feeds.build import Build

_SEPARATORS = re.compile(r"[、,，;；/|\n]+")
NAMES = {"areas": "name", "categories": "minor", "departments": "name"}
LEVELS = ("district", "street", "community", "grid")
KINDS = {"部件": "component", "事件": "event", "事项": "event"}
# In a merged cell only the first row of a block is written.
FILLED_DOWN = ("kind", "major", "minor", "district", "street", "community")


def load_list(build: Build, spec: FeedSpec, landed: Landed, file: Path) -> LoadReport:
    """Replace a list by the file's rows; a row without a name is set aside."""
    table = spec.members or ""
    wanted = {column: spec.header_of(column) for column in MEMBER_COLUMNS[table]}
    headers = {column: header for column, header in wanted.items() if header in landed.headers}
    select = ", ".join(quoted(header or "") for header in headers.values())
    rows = build.connection.execute(f"SELECT line, {select} FROM ({landed.relation}) ORDER BY line").fetchall()
    entries: dict[tuple[Any, ...], dict[str, Any]] = {}
    faults: list[Fault] = []
    duplicates = 0
    above: dict[str, str] = {}
    for line, *cells in rows:
        raw = {column: str(cell or "").strip() for column, cell in zip(headers, cells, strict=True)}
        filled = _filled_down(raw, above)
        found = _entries(table, spec, filled)
        if not found:
            faults.append(Fault(f"no {NAMES[table]}", 1, int(line), str(raw)[:300]))
            continue
        fresh = 0
        for entry in found:
            key = (
                entry.get("level"),
                entry.get("kind"),
                entry.get("major"),
                entry.get("minor"),
                entry.get("name"),
                entry.get("parent"),
            )
            known = entries.get(key)
            fresh += known is None
            entries[key] = _merged(known, entry)
        duplicates += fresh == 0
    _write(build, table, list(entries.values()))
    loaded = len(rows) - len(faults) - duplicates
    return LoadReport(feed=spec.feed, city=spec.city, files=(file,), encoding=landed.encoding, rows_in=len(rows), loaded=loaded,
                      quarantined=len(faults), duplicates=duplicates, faults=tuple(faults[:20]))  # fmt: skip


def _filled_down(raw: dict[str, str], above: dict[str, str]) -> dict[str, str]:
    filled = dict(raw)
    changed = False
    for column in FILLED_DOWN:
        if column not in raw:
            continue
        if raw[column]:
            changed = changed or above.get(column) != raw[column]
            above[column] = raw[column]
        elif not changed and column in above:
            filled[column] = above[column]
    return filled


def _entries(table: str, spec: FeedSpec, raw: dict[str, str]) -> list[dict[str, Any]]:
    mapped = {column: spec.values.get(column, {}).get(text, text) or None for column, text in raw.items()}
    aliases = [part for part in _SEPARATORS.split(mapped.pop("aliases", None) or "") if part]
    if table == "areas" and "name" not in mapped:
        return _nested_areas(mapped, aliases)
    if table == "categories" and mapped.get("kind") in KINDS:
        mapped["kind"] = KINDS[str(mapped["kind"])]
    if table == "categories" and (major := mapped.get("major")):
        mapped["major"] = major.replace("\n", "")
    if not mapped.get(NAMES[table]):
        return []
    if table == "areas":
        level = str(mapped.get("level") or "district")
        mapped["level"] = level
        place = LEVELS.index(level) if level in LEVELS else 0
        mapped["parent_level"] = LEVELS[place - 1] if place else None
        mapped["parent"] = mapped.get("parent") if place else None
    return [{**mapped, "aliases": aliases}]


def _nested_areas(mapped: dict[str, str | None], aliases: list[str]) -> list[dict[str, Any]]:
    """A row per lowest place with the places above it in columns of their own; aliases are the lowest's."""
    found: list[dict[str, Any]] = []
    for level in LEVELS:
        if name := mapped.get(level):
            above = found[-1] if found else {}
            found.append(
                {
                    "level": level,
                    "name": name,
                    "parent_level": above.get("level"),
                    "parent": above.get("name"),
                    "aliases": [],
                }
            )
    if found:
        found[-1] = {**found[-1], "aliases": aliases, "code": mapped.get("code")}
    return found


def _merged(known: dict[str, Any] | None, entry: dict[str, Any]) -> dict[str, Any]:
    if known is None:
        return entry
    limits = [limit for limit in (known.get("time_limit"), entry.get("time_limit")) if limit]
    merged = {**known, "aliases": list(dict.fromkeys([*known["aliases"], *entry["aliases"]]))}
    if limits:
        merged["time_limit"] = " / ".join(dict.fromkeys(part for limit in limits for part in limit.split(" / ")))
    return merged


def _write(build: Build, table: str, entries: list[dict[str, Any]]) -> None:
    db = build.connection
    shape = [part.strip().split(" ")[0] for part in MEMBER_TABLES[table].split(",")]
    if table not in build.lists:
        db.execute(f"CREATE TEMP TABLE list_{table} ({MEMBER_TABLES[table]})")
        build.lists.add(table)
    rows = [[entry.get(name) if name != "aliases" else entry["aliases"] for name in shape] for entry in entries]
    if rows:
        db.executemany(f"INSERT INTO list_{table} VALUES ({', '.join('?' * len(shape))})", rows)
