"""Trace: one JSON line per answer, for whoever has to find out later why it said what it said."""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path
from typing import Any

from filelock import FileLock

log = logging.getLogger(__name__)
MEGABYTES = 20
KEPT = 5
_SECRET = re.compile(
    r"(?P<key>\b(?:sk|pk|xox[abp]|ghp|glpat)[-_][\w-]{6,})|(?P<bearer>(?<=[Bb]earer )[\w.~+/=-]{8,})|"
    r"(?P<login>(?<=://)[^\s/@]+:[^\s/@]+(?=@))|(?P<id>(?<!\d)\d{17}[\dXx](?!\d))|(?P<phone>(?<!\d)1[3-9]\d{9}(?!\d))"
)


def masked(text: str) -> str:
    """The text without keys, tokens, logins in addresses, identity and mobile numbers."""
    return _SECRET.sub(lambda match: f"<{match.lastgroup}>", text)


class Trace:
    """Appends to `answers.jsonl` in the folder, readable by its owner only, rotated by size, from any process.

    A line is written at once and whole, so that a process that is killed leaves whole lines behind.

    Args:
        hidden: Texts that must never be written, whatever shape they have.
    """

    def __init__(self, folder: Path, *, hidden: tuple[str, ...] = (), megabytes: float = MEGABYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._path = folder / "answers.jsonl"
        self._hidden = tuple(text for text in hidden if text)
        self._largest = int(megabytes * (1 << 20))

    def write(self, entry: dict[str, Any]) -> None:
        """One line; whatever is no JSON is written as text. A full disk costs the line, never the answer."""
        line = masked(json.dumps(entry, ensure_ascii=False, default=str))
        for text in self._hidden:
            line = line.replace(text, "<hidden>")
        try:
            self._append(line.encode() + b"\n")
        except OSError as problem:
            log.error("trace not written: %s", problem)  # the place says it all

    def _append(self, line: bytes) -> None:
        with FileLock(self._path.with_suffix(".lock"), timeout=5):
            if self._path.is_file() and self._path.stat().st_size + len(line) > self._largest:
                self._rotate()
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)

    def _rotate(self) -> None:
        for number in range(KEPT - 1, 0, -1):
            older = self._path.with_suffix(f".jsonl.{number}")
            if older.is_file():
                older.replace(self._path.with_suffix(f".jsonl.{number + 1}"))
        self._path.replace(self._path.with_suffix(".jsonl.1"))
