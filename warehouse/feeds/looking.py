"""Looking at a file that nobody has described yet: its format, its header line, and what stands in its columns."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from warehouse.errors import FeedError
from warehouse.feeds.casting import EARLIEST, FALSE, IS_EPOCH, LATEST, NULLS, TIMES, TRUE, text_of
from warehouse.feeds.encoding import detect_encoding
from warehouse.feeds.headers import Seen
from warehouse.feeds.landing import Landed, delimiter_of, land, landed_table, literal, unpacked, workbook
from warehouse.feeds.spec import Source

Format = Literal["csv", "xlsx", "jsonl", "parquet"]
LOOKED_AT = 20_000
TITLE_LINES = 12
EXAMPLES = 30
_FORMATS: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".xls": "xlsx", ".xlsm": "xlsx",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """A file looked at: how to read it, how many rows it has, and its columns."""

    path: Path
    source: Source
    rows: int
    broken: int
    columns: tuple[Seen, ...]

    def column(self, header: str) -> Seen:
        """What stands under a header."""
        return next(one for one in self.columns if one.header == header)


@contextmanager
def scratch_database() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database in memory and a folder, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="citydesk-look-") as folder:
        connection = duckdb.connect(":memory:", config={"memory_limit": "4GB", "temp_directory": folder})
        try:
            yield connection, Path(folder)
        finally:
            connection.close()


def look(path: Path) -> Look:
    """Look at a file.

    Raises:
        FeedError: Missing, empty, of no known format or encoding, or no table.
    """
    if not path.is_file():
        raise FeedError(str(path), "no such file", "check the path")
    source = Source(files=(path.name,), format=_format(path))
    with scratch_database() as (connection, scratch):
        if source.format in {"csv", "xlsx"}:
            source = source.model_copy(update=_layout(path, source, scratch))
        landed = land(connection, path, source, scratch)
        rows = landed_table(connection, landed)
        if rows == 0:
            raise FeedError(str(path), "has a header and no rows", "export it again")
        columns = tuple(seen_columns(connection, landed))
    encoding = landed.encoding if source.format == "csv" else "auto"
    encoding = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    return Look(path, source.model_copy(update={"encoding": encoding}), rows, len(landed.broken), columns)


def _format(path: Path) -> Format:
    name = path.name.lower()
    for packed in (".gz", ".zip"):
        name = name.removesuffix(packed)
    known = _FORMATS.get(Path(name).suffix)
    if known is None:
        raise FeedError(
            str(path), f"is of an unknown kind ({Path(name).suffix or 'no suffix'})", "use .csv, .xlsx, .jsonl or .parquet"
        )  # fmt: skip
    return known


def _layout(path: Path, source: Source, scratch: Path) -> dict[str, Any]:
    """Where the header line is, and the delimiter of a text file: titles may stand above the table."""
    rows, delimiter = _first_rows(path, source, scratch)
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    most = max(widths, default=0)
    header = next((n for n, width in enumerate(widths, start=1) if width >= max(2, 0.6 * most)), 1)
    return {"header": header, **({"delimiter": delimiter} if delimiter and delimiter != "," else {})}


def _first_rows(path: Path, source: Source, scratch: Path) -> tuple[list[list[str]], str]:
    if source.format == "xlsx":
        with workbook(path) as book:
            sheet = book.get_sheet_by_index(0).to_python(nrows=TITLE_LINES, skip_empty_area=False)
        return [[str(cell) for cell in row] for row in sheet], ""
    plain_file = unpacked(path, scratch)
    if plain_file.stat().st_size == 0:
        raise FeedError(str(path), "is empty", "export it again")
    encoding = detect_encoding(plain_file)
    with plain_file.open(encoding=encoding, newline="") as file:
        lines = [line for _, line in zip(range(TITLE_LINES), file, strict=False)]
    delimiter = delimiter_of("".join(lines))
    return [next(csv.reader([line], delimiter=delimiter), []) for line in lines], delimiter


def seen_columns(connection: duckdb.DuckDBPyConnection, landed: Landed) -> Iterator[Seen]:
    """What stands under each header of the table `landed`."""
    sample = f"(SELECT * FROM landed USING SAMPLE reservoir({LOOKED_AT} ROWS) REPEATABLE (7))"
    formats = ", ".join(literal(one) for one in TIMES)
    marks = ", ".join(literal(word) for word in (*TRUE, *FALSE))
    for header in landed.headers:
        text = text_of(header, NULLS)
        row = connection.execute(
            f"WITH s AS (SELECT {text} AS t FROM {sample}), v AS (SELECT t, coalesce(TRY_CAST(t AS TIMESTAMP), "
            f"try_strptime(t, [{formats}]), CASE WHEN {IS_EPOCH.format(text='t')} THEN make_timestamp(1000000 * "
            f"left(t, 10)::BIGINT) END) AS moment FROM s) SELECT count(*), count(t), count(DISTINCT t), "
            f"count(*) FILTER (WHERE moment BETWEEN TIMESTAMP '{EARLIEST}' AND TIMESTAMP '{LATEST}' AND length(t) >= 6), "
            "count(TRY_CAST(replace(t, ',', '') AS DOUBLE)), "
            f"count(*) FILTER (WHERE lower(t) IN ({marks})), min(moment), max(moment) FROM v"
        ).fetchone()
        assert row is not None
        total, filled, distinct, times, numbers, yes_no, first, last = row
        frequent = connection.execute(
            f"SELECT t FROM (SELECT {text} AS t FROM {sample}) WHERE t IS NOT NULL GROUP BY t ORDER BY count(*) DESC, t LIMIT {EXAMPLES}"
        ).fetchall()
        yield Seen(
            header=header, rows=int(total), filled=filled / total if total else 0.0, distinct=int(distinct),
            examples=tuple(str(one[0]) for one in frequent), times=times / filled if filled else 0.0,
            numbers=numbers / filled if filled else 0.0, marks=yes_no / filled if filled else 0.0,
            earliest=first.isoformat() if first else "", latest=last.isoformat() if last else "",
        )  # fmt: skip


__all__ = ["Look", "look", "scratch_database", "seen_columns"]
