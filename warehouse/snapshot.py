"""Snapshots: a city's data as files that never change, and a pointer to the current one.

A load builds the next file beside the others and moves the pointer when it is complete and on disk, so asking is never
blocked and a crash, a full disk or a kill leaves the last good snapshot.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.errors import FeedError

KEPT = 3
LOCK_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class CityFolder:
    """Where one city's snapshots lie: `<home>/cities/<id>`."""

    home: Path
    city: str

    @property
    def path(self) -> Path:
        """The city's folder."""
        return self.home / "cities" / self.city

    @property
    def snapshots(self) -> Path:
        """The folder of snapshot files."""
        return self.path / "snapshots"

    def current(self) -> Path | None:
        """The current snapshot's file, if there is one."""
        pointer = self.path / "CURRENT"
        if not pointer.is_file():
            return None
        return self.snapshots / pointer.read_text(encoding="utf-8").strip()

    @contextmanager
    def loading(self) -> Iterator[None]:
        """One load at a time; a second one waits.

        Raises:
            FeedError: Another load is still running after ten minutes.
        """
        self.snapshots.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path / "loading.lock", timeout=LOCK_SECONDS)
        try:
            lock.acquire()
        except Timeout as waited:
            raise FeedError(self.city, "another load is running", "wait for it to end, then load again") from waited
        try:
            self._sweep()
            yield
        finally:
            lock.release()

    def next_path(self, now: datetime) -> Path:
        """A fresh name for the snapshot being built; it ends in `.building` until it is published."""
        stem = now.strftime("%Y%m%dT%H%M%S")
        taken = {path.name.split(".")[0] for path in self.snapshots.iterdir()}
        number = next(n for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)
        return self.snapshots / f"{stem}-{number}.building"

    def publish(self, built: Path) -> Path:
        """Make a complete file the current snapshot: on disk first, then the pointer, in one step."""
        final = built.with_suffix(".duckdb")
        _sync(built)
        built.replace(final)
        _write_pointer(self.path / "CURRENT", final.name)
        self.choose()
        self._prune(final)
        return final

    def choose(self) -> None:
        """Make this the home's current city."""
        _write_pointer(self.home / "current_city", self.city)

    def _prune(self, current: Path) -> None:
        others = sorted(path for path in self.snapshots.glob("*.duckdb") if path != current)
        for old in others[: max(0, len(others) - (KEPT - 1))]:
            old.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove what a load that died left behind; nobody else builds while the lock is held."""
        for left in (*self.snapshots.glob("*.building*"), *self.snapshots.glob("*.tmp")):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_pointer(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    _sync(fresh)
    fresh.replace(path)
    _sync(path.parent)
