"""Landing: whatever the file is, its records as text columns, and the lines that are no records apart.

Nothing is swallowed: for a text file, lines = header + records (with the lines their quoted fields span) + broken lines.
"""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from warehouse.errors import FeedError
from warehouse.feeds.encoding import CHUNK, as_utf8, claims_utf8, detect_encoding
from warehouse.feeds.records import Broken, NoTableError, records_of
from warehouse.feeds.spec import Source

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

csv.field_size_limit(1 << 26)


@dataclass(slots=True)
class Landed:
    """Records in a DuckDB table: every header a text column, `line` counting from 1 behind the header.

    Attributes:
        relation: SQL that selects the records (`line`, then the headers).
        unnumbered: The same records in the file's order without `line`, where that reads with all cores; else empty.
    """

    relation: str
    headers: list[str]
    encoding: str
    broken: list[Broken] = field(default_factory=list)
    unnumbered: str = ""


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def any_headers(headers: list[str]) -> None:
    """Whatever the headers are, the file is read."""
    del headers


def land(  # the file, how to read it, where to work
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    source: Source,
    scratch: Path,
    accept: Callable[[list[str]], None] = any_headers,
) -> Landed:
    """Bring a file in as text.

    Args:
        accept: Raises where the headers are not those of the right file, before the rest is read.

    Raises:
        FeedError: Missing, empty, unreadable, or of no known encoding.
    """
    if not path.is_file():
        raise FeedError(str(path), "no such file", "give the file with --file, or mend source.files")
    path = unpacked(path, scratch)
    if path.stat().st_size == 0:
        raise FeedError(str(path), "is empty", "export it again")
    if source.format == "csv":
        return _land_csv(connection, path, source, scratch, accept)
    if source.format == "xlsx":
        return _land_rows(_sheet_rows(path, source), path, scratch, "xlsx")
    return _land_columnar(connection, path, source)


def landed_table(connection: duckdb.DuckDBPyConnection, landed: Landed) -> int:
    """Keep the records as the table `landed`; returns how many there are."""
    connection.execute(f"CREATE TABLE landed AS {landed.relation}")
    counted = connection.execute("SELECT count(*) FROM landed").fetchone()
    return int(counted[0]) if counted else 0


def unpacked(path: Path, scratch: Path) -> Path:
    """The file itself, or what a .gz or .zip of one file holds."""
    target = scratch / path.stem
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as packed, target.open("wb") as plain:
                shutil.copyfileobj(packed, plain, CHUNK)
            return target
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/")]
                if len(names) != 1:
                    raise FeedError(str(path), f"holds {len(names)} files", "pack exactly one file")
                with archive.open(names[0]) as packed, target.open("wb") as plain:
                    shutil.copyfileobj(packed, plain, CHUNK)
            return target
    except (OSError, EOFError, zipfile.BadZipFile) as problem:
        raise FeedError(str(path), f"cannot be unpacked: {problem}", "export it again") from problem
    return path


def _without_titles(path: Path, titles: int, scratch: Path) -> Path:
    """The file without the lines above its header."""
    target = scratch / f"{path.stem}.table"
    with path.open(encoding="utf-8-sig", newline="") as source, target.open("w", encoding="utf-8", newline="") as plain:
        for _ in range(titles):
            source.readline()
        shutil.copyfileobj(source, plain, CHUNK)
    return target


def _land_csv(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    source: Source,
    scratch: Path,
    accept: Callable[[list[str]], None],
) -> Landed:
    if source.header == 1 and (claimed := claims_utf8(path, source.encoding)):
        known: tuple[list[str], str] | None = None
        with suppress(UnicodeDecodeError, FeedError):
            known = _header(path, source)
        if known is not None:
            accept(known[0])
            # The fast reader refuses what is no UTF-8, so the file needs no decoding beforehand.
            if landed := _land_fast(connection, path, *known, claimed):
                return landed
    encoding = detect_encoding(path, source.encoding)
    path = as_utf8(path, encoding, scratch)
    if source.header > 1:
        path = _without_titles(path, source.header - 1, scratch)
    headers, delimiter = _header(path, source)
    accept(headers)
    return _land_fast(connection, path, headers, delimiter, encoding) or _land_carefully(
        path, headers, delimiter, scratch, encoding
    )


def _header(path: Path, source: Source) -> tuple[list[str], str]:
    """The headers and the delimiter.

    Raises:
        FeedError: The first line is not a table's.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = next((line for line in file if line.strip()), "")
    delimiter = source.delimiter or delimiter_of(first)
    headers = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    if len([h for h in headers if h]) < 2 or len(first) > 100_000:  # one column is no table
        raise FeedError(
            str(path), "has no header line that looks like a table's", "check the file and source.delimiter"
        )
    return _distinct(headers), delimiter


def _land_fast(
    connection: duckdb.DuckDBPyConnection, path: Path, headers: list[str], delimiter: str, encoding: str
) -> Landed | None:
    """With DuckDB's own reader; None where it does not give one record per line."""
    columns = "{" + ", ".join(f"{literal(name)}: 'VARCHAR'" for name in headers) + "}"
    records = (
        f"read_csv({literal(str(path))}, columns = {columns}, header = true, delim = {literal(delimiter)}, "
        "quote = '\"', escape = '\"', auto_detect = false, null_padding = false, strict_mode = true)"
    )
    if not _is_sound(connection, path, records):
        return None
    numbered = f"SELECT row_number() OVER () AS line, * FROM {records}"
    return Landed(numbered, headers, encoding, unnumbered=f"SELECT * FROM {records}")


def _is_sound(connection: duckdb.DuckDBPyConnection, path: Path, records: str) -> bool:
    """Whether the fast reader gives one record per line: then nothing can have been swallowed."""
    # What begins with a visible character is no blank line; only the others are trimmed.
    filled = "CASE WHEN (l >= '!' AND l < chr(127)) OR l >= '、' THEN TRUE ELSE length(trim(l)) > 0 END"
    lines = f"SELECT count(*) FROM read_csv({literal(str(path))}, columns = {{'l': 'VARCHAR'}}, header = true, delim = '\\x01', quote = '', escape = '', auto_detect = false) WHERE {filled}"  # fmt: skip
    with suppress(duckdb.Error):
        counted = connection.execute(f"SELECT (SELECT count(*) FROM {records}), ({lines})").fetchone()
        return counted is not None and counted[0] == counted[1]
    return False


def _land_carefully(path: Path, headers: list[str], delimiter: str, scratch: Path, encoding: str) -> Landed:
    """Record by record: a quoted field may span lines, but only if the record then has as many fields as the header."""
    landed = Landed("", headers, encoding)

    def records() -> Iterator[list[str]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from records_of(file, len(headers), delimiter, landed.broken)

    try:
        landed.relation = store(headers, records(), scratch)
    except NoTableError as problem:
        raise FeedError(
            str(path), f"is no table: {len(landed.broken):,} of its first lines are no records",
            "check that it is the right file, and source.delimiter",
        ) from problem  # fmt: skip
    return landed


def store(headers: list[str], records: Iterable[list[str]], scratch: Path) -> str:
    """Rows (line first) into a scratch CSV that the fast reader is sure to read; returns its relation."""
    number = len(list(scratch.glob("landed*.csv")))
    target = scratch / f"landed{number}.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for record in records:
            writer.writerow([cell.replace("\r\n", "\n").replace("\r", "\n") for cell in record])
    columns = "{'line': 'BIGINT', " + ", ".join(f"{literal(name)}: 'VARCHAR'" for name in headers) + "}"
    return (
        f"SELECT * FROM read_csv({literal(str(target))}, columns = {columns}, header = false, delim = ',', quote = '\"', "
        "escape = '\"', auto_detect = false, parallel = false)"
    )


def _land_rows(rows: Iterator[list[Any]], path: Path, scratch: Path, kind: str) -> Landed:
    headers = [_text(cell).strip() for cell in next(rows, [])]
    if len([h for h in headers if h]) < 2:  # one column is no table
        raise FeedError(str(path), "has no header row", "set source.header and source.sheet")
    headers = _distinct(headers)
    width = len(headers)
    numbered = (
        [str(n), *[_text(cell) for cell in [*row, *[""] * width][:width]]]
        for n, row in enumerate(rows, start=1)
        if any(_text(c).strip() for c in row)
    )
    return Landed(store(headers, numbered, scratch), headers, kind)


@contextmanager
def workbook(path: Path) -> Iterator[CalamineWorkbook]:
    """An opened workbook.

    Raises:
        FeedError: It, or a sheet asked of it, cannot be read.
    """
    from python_calamine import CalamineWorkbook

    try:
        yield CalamineWorkbook.from_path(str(path))
    except Exception as problem:  # the reader raises errors of many kinds for damaged files
        raise FeedError(str(path), f"cannot be read as a workbook: {problem}", "save it again as .xlsx") from problem


def _sheet_rows(path: Path, source: Source) -> Iterator[list[Any]]:
    with workbook(path) as book:
        names = [source.sheet] if source.sheet else book.sheet_names
        sheets = [book.get_sheet_by_name(name).to_python() for name in names]
    first: list[Any] | None = None
    for sheet in sheets:
        rows = sheet[source.header - 1 :]
        if first is None and rows:
            first = rows[0]
            yield first
        if rows and rows[0] == first:
            yield from rows[1:]


def _land_columnar(connection: duckdb.DuckDBPyConnection, path: Path, source: Source) -> Landed:
    reader = "read_parquet" if source.format == "parquet" else "read_json_auto"
    options = (
        "" if source.format == "parquet" else ", format = 'newline_delimited', maximum_depth = 1, sample_size = -1"
    )
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {reader}({literal(str(path))}{options})").fetchall()
    except duckdb.Error as problem:
        raise FeedError(
            str(path), f"cannot be read as {source.format}: {str(problem).splitlines()[0]}", "check source.format"
        ) from problem
    headers = [row[0] for row in described]
    # What stands in JSON is text without its quotes; null is null.
    plain = {row[0]: f"({quoted(row[0])} ->> '$')" for row in described if row[1] == "JSON"}
    columns = ", ".join(f"{plain.get(name, f'CAST({quoted(name)} AS VARCHAR)')} AS {quoted(name)}" for name in headers)
    return Landed(
        f"SELECT row_number() OVER () AS line, {columns} FROM {reader}({literal(str(path))}{options})",
        headers,
        source.format,
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return (
        cell
        if isinstance(cell, str)
        else json.dumps(cell, ensure_ascii=False)
        if isinstance(cell, list | dict)
        else str(cell)
    )


def delimiter_of(header: str) -> str:
    """The likeliest delimiter of a table's first lines."""
    return max((",", "\t", ";", "|"), key=header.count)


def _distinct(headers: list[str]) -> list[str]:
    """Headers without blanks and repetitions: the second 备注 becomes 备注_2."""
    seen: dict[str, int] = {}
    found = []
    for position, header in enumerate(headers, start=1):
        name = header or f"column_{position}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
