"""Load: a feed's rows into the next snapshot. Idempotent, incremental, and every row is accounted for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import duckdb

from warehouse.catalog import City
from warehouse.errors import FeedError
from warehouse.feeds.build import Build, Progress, city_of
from warehouse.feeds.landing import Landed, land
from warehouse.feeds.lists import load_list
from warehouse.feeds.report import LoadReport
from warehouse.feeds.rows import stage_rows
from warehouse.feeds.spec import FeedSpec, read_feed
from warehouse.snapshot import CityFolder

# What does not fit into the memory is spilled beside the snapshots.
SETTINGS = {"memory_limit": "3GB", "preserve_insertion_order": "true", "storage_compatibility_version": "v1.5.0"}


def load(
    home: Path,
    feed_path: Path,
    file: Path | None = None,
    *,
    now: datetime,
    on_progress: Progress = lambda _stage, _done: None,
) -> LoadReport:
    """Load one feed and make its city the current one.

    Args:
        file: Use this file instead of the feed's own.
        on_progress: Called with the stage and the share done, 0..1.

    Raises:
        FeedError: The feed or a file cannot be used, or the disk is full. The last good snapshot is untouched.
    """
    started = perf_counter()
    spec = read_feed(feed_path)
    files = files_of(feed_path, spec, file)
    folder = CityFolder(home, spec.city)
    with folder.loading(), scratch_folder(folder) as scratch, room_to_work(feed_path, "loading", "load again"):
        report = _load(folder, feed_path, spec, files, scratch, now, on_progress)
    on_progress("done", 1.0)
    return replace(report, seconds=perf_counter() - started)


def _load(  # noqa: PLR0913  # the steps of a load, top to bottom
    folder: CityFolder,
    feed_path: Path,
    spec: FeedSpec,
    files: list[Path],
    scratch: Path,
    now: datetime,
    progress: Progress,
) -> LoadReport:
    city = city_of(folder, feed_path, spec)
    built = folder.next_path(now)
    build = Build.begin(built, folder.current(), scratch, SETTINGS)
    try:
        report = LoadReport(feed=spec.feed, city=spec.city, files=tuple(files), encoding="")
        for number, file in enumerate(files):
            progress(f"reading {file.name}", number / len(files) * 0.5)
            landed = land(build.connection, file, spec.source, scratch, partial(check_headers, spec, file))
            check_headers(spec, file, landed.headers)
            progress(f"checking {file.name}", (number + 0.5) / len(files) * 0.5)
            one = _one_file(build, spec, landed, city, file, now)
            report = added(report, one)
        if not report.adds_up:
            raise FeedError(str(feed_path), f"counts do not add up: {report}", "this is a defect; nothing was loaded")
        progress("building the snapshot", 0.6)
        changed = build.finish(spec, feed_path, city, report, now, progress)
    except BaseException:
        build.abandon()
        raise
    if not changed:
        build.abandon()
        folder.choose()
        return report
    progress("publishing", 0.95)
    final = folder.publish(built)
    respelled = tuple(
        f"{rows} rows say {value!r} for {dimension}: counted as {meant!r}"
        for dimension, value, meant, rows in build.respelled
    )
    return replace(report, snapshot=final.name, notes=(*report.notes, *respelled))


def _one_file(build: Build, spec: FeedSpec, landed: Landed, city: City, file: Path, now: datetime) -> LoadReport:
    if spec.members is not None:
        return load_list(build, spec, landed, file)
    return stage_rows(build, spec, landed, city, file, now)


def added(total: LoadReport, one: LoadReport) -> LoadReport:
    """The counts of both, the faults and notes of both."""
    counts = {
        name: getattr(total, name) + getattr(one, name)
        for name in ("rows_in", "loaded", "unchanged", "quarantined", "duplicates", "superseded")
    }
    return replace(
        total, encoding=one.encoding, faults=(*total.faults, *one.faults), notes=(*total.notes, *one.notes), **counts
    )


def files_of(feed_path: Path, spec: FeedSpec, file: Path | None) -> list[Path]:
    """The files to read: the given one, else what the feed names, in order."""
    if file is not None:
        return [file]
    found: list[Path] = []
    for pattern in spec.source.files:
        matches = sorted(feed_path.parent.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
        found += matches or [feed_path.parent / pattern]
    return found


def check_headers(spec: FeedSpec, file: Path, headers: list[str]) -> None:
    """Raises FeedError where a column that every row needs is not in the file, or none of the mapped ones is."""
    wanted = spec.headers()
    missing = [f"{header} ({column})" for column, header in wanted.items() if header not in headers]
    essential = [
        text for text in missing if text.endswith((f"({spec.key})", "(case_no)", "(reported_at)", "(detected_at)"))
    ]
    if essential or len(missing) == len(wanted):
        near = ", ".join(headers[:12])
        raise FeedError(
            str(file),
            f"has no column {', '.join(essential or missing)}",
            f"the file's columns are: {near} … mend `columns` or choose the right file",
        )


@contextmanager
def room_to_work(feed_path: Path, work: str, then: str) -> Iterator[None]:
    """Turns a full disk or memory into a FeedError that says what stopped and what to do then."""
    try:
        yield
    except (duckdb.FatalException, duckdb.IOException, duckdb.OutOfMemoryException, OSError) as problem:
        text = str(problem).splitlines()[0]
        raise FeedError(
            str(feed_path), f"{work} stopped: {text}", f"make room on the disk or in memory, then {then}"
        ) from problem


@contextmanager
def scratch_folder(folder: CityFolder) -> Iterator[Path]:
    """A folder beside the snapshots for what a load spills; gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="scratch-", suffix=".building", dir=folder.snapshots))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def local(now: datetime, city: City) -> datetime:
    """The moment as naive wall time of the city."""
    return now.astimezone(ZoneInfo(city.timezone)).replace(tzinfo=None)
