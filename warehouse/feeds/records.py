"""Records of a text file whose lines are not all records: a quoted field may span lines, a broken line must not hide others."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_RECORD_LINES = 200
# So many lines that are no records, and hardly any that is one, are no export with faults but another kind of file.
MOSTLY_BROKEN = 500


class NoTableError(Exception):
    """Hardly any line is a record."""


@dataclass(slots=True)
class Broken:
    """A line that is no record."""

    line: int
    reason: str
    raw: str


def records_of(lines: Iterable[str], width: int, delimiter: str, broken: list[Broken]) -> Iterator[list[str]]:
    """The records behind the header, each with its line (1 is the first behind the header) in front.

    Args:
        broken: Gets the lines that are no records.

    Raises:
        NoTableError: Hardly any line is a record.
    """
    waiting: list[tuple[int, str]] = []
    header_seen, good = False, 0
    for number, line in _numbered(lines):
        waiting.append((number, line))
        while waiting:
            if not header_seen and waiting[0][1].strip():
                header_seen = True
                waiting.pop(0)
                continue
            record = _parsed("".join(text for _, text in waiting), delimiter)
            if record is not None and len(record) == width:
                yield [f"{waiting[0][0] - 1}", *record]
                waiting.clear()
                good += 1
            elif record is None and len(waiting) < LONGEST_RECORD_LINES:
                break
            else:
                first, text = waiting.pop(0)
                if text.strip():
                    reason = (
                        "unclosed quote"
                        if record is None or _parsed(text, delimiter) is None
                        else "wrong number of fields"
                    )
                    _set_aside(broken, Broken(first - 1, reason, text.rstrip("\r\n")), good)
                # What followed the broken line is read again on its own.
                rest, waiting = waiting, []
                for following in rest:
                    waiting.append(following)
                    again = _parsed("".join(text for _, text in waiting), delimiter)
                    if again is not None and len(again) == width:
                        yield [f"{waiting[0][0] - 1}", *again]
                        waiting = []
                if record is not None:
                    break
    yield from _leftovers(waiting, width, delimiter, broken)


def _set_aside(broken: list[Broken], line: Broken, good: int) -> None:
    broken.append(line)
    if len(broken) > MOSTLY_BROKEN and good < len(broken) / 10:
        raise NoTableError


def _leftovers(waiting: list[tuple[int, str]], width: int, delimiter: str, broken: list[Broken]) -> Iterator[list[str]]:
    for number, text in waiting:
        record = _parsed(text, delimiter)
        if record is not None and len(record) == width:
            yield [f"{number - 1}", *record]
        elif text.strip():
            broken.append(
                Broken(
                    number - 1, "unclosed quote" if record is None else "wrong number of fields", text.rstrip("\r\n")
                )
            )


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    yield from enumerate(lines, start=1)


def _parsed(text: str, delimiter: str) -> list[str] | None:
    """The fields of one record, None while a quote is open."""
    if text.count('"') % 2:
        return None
    try:
        rows = list(
            csv.reader(
                [text] if "\n" not in text.rstrip("\r\n") else text.splitlines(keepends=True),
                delimiter=delimiter,
                strict=True,
            )
        )
    except csv.Error:
        return [] if "\n" not in text.rstrip("\r\n") else None
    return rows[0] if len(rows) == 1 else []
