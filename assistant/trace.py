"""Trace: one JSON line per answer, for whoever has to find out later why it said what it said."""

from __future__ import annotations

import json
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

MEGABYTES = 20
KEPT = 5


class Trace:
    """Appends to `trace/answers.jsonl` in the home, readable by its owner only, rotated by size."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._log = logging.getLogger(f"citydesk.trace.{folder}")
        self._log.propagate = False
        self._log.setLevel(logging.INFO)
        if not self._log.handlers:
            handler = RotatingFileHandler(
                folder / "answers.jsonl", maxBytes=MEGABYTES << 20, backupCount=KEPT, encoding="utf-8", delay=True
            )
            handler.setFormatter(logging.Formatter("%(message)s"))
            self._log.addHandler(handler)

    def write(self, entry: dict[str, Any]) -> None:
        """One line; whatever is no JSON is written as text."""
        self._log.info("%s", json.dumps(entry, ensure_ascii=False, default=str))
