"""Replay: rows that were set aside earlier, tried again with the mapping as it is now."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter

from warehouse.catalog import City
from warehouse.errors import FeedError, NoSnapshot
from warehouse.feeds.build import Build, Progress, city_of
from warehouse.feeds.landing import Landed, store
from warehouse.feeds.load import SETTINGS, added, room_to_work, scratch_folder
from warehouse.feeds.records import Broken
from warehouse.feeds.report import LoadReport
from warehouse.feeds.rows import stage_rows
from warehouse.feeds.spec import FeedSpec, read_feed
from warehouse.snapshot import CityFolder


@dataclass(slots=True)
class SetAside:
    """What one file left in quarantine: records by header, and lines that never were records."""

    records: list[tuple[int, dict[str, str | None]]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


def replay(
    home: Path, feed_path: Path, *, now: datetime, on_progress: Progress = lambda _stage, _done: None
) -> LoadReport:
    """Try a feed's quarantined rows again; those that pass leave the quarantine and are loaded.

    `rows_in` counts the rows that were in quarantine. A line that was no record stays where it is: only a corrected
    export can mend it. Nothing set aside is ever dropped, and a replay with nothing to mend changes nothing.

    Raises:
        FeedError: The feed cannot be used, or facts only can be replayed.
        NoSnapshot: Nothing has been loaded for the city yet.
    """
    started = perf_counter()
    spec = read_feed(feed_path)
    if spec.fact is None:
        raise FeedError(str(feed_path), "lists have no quarantine", "load the list again")
    folder = CityFolder(home, spec.city)
    if folder.current() is None:
        raise NoSnapshot(spec.city)
    with folder.loading(), scratch_folder(folder) as scratch, room_to_work(feed_path, "replaying", "try again"):
        report = _replay(folder, feed_path, spec, scratch, now, on_progress)
    on_progress("done", 1.0)
    return replace(report, seconds=perf_counter() - started)


def _replay(  # the steps of a replay, top to bottom
    folder: CityFolder, feed_path: Path, spec: FeedSpec, scratch: Path, now: datetime, progress: Progress
) -> LoadReport:
    city = city_of(folder, feed_path, spec)
    built = folder.next_path(now)
    build = Build.begin(built, folder.current(), scratch, SETTINGS)
    try:
        waiting = _set_aside(build, spec.feed)
        report = LoadReport(feed=spec.feed, city=spec.city, files=tuple(Path(name) for name in waiting), encoding="")
        for number, (name, aside) in enumerate(waiting.items()):
            progress(f"trying {name} again", 0.6 * number / len(waiting))
            report = added(report, _one_file(build, spec, name, aside, scratch, city, now))
        passed = report.rows_in - report.quarantined
        changed = bool(passed) and build.finish(spec, feed_path, city, report, now, progress, forced=True)
    except BaseException:
        build.abandon()
        raise
    if not changed:
        build.abandon()
        return report
    progress("publishing", 0.95)
    return replace(report, snapshot=folder.publish(built).name)


def _set_aside(build: Build, feed: str) -> dict[str, SetAside]:
    """The feed's quarantine by file, in the order of the lines."""
    found: dict[str, SetAside] = defaultdict(SetAside)
    for file, line, reason, raw in build.quarantined(feed):
        record = _as_record(raw)
        if record is None:
            found[file].broken.append(Broken(line, reason, raw))
        else:
            found[file].records.append((line, record))
    return dict(found)


def _as_record(raw: str) -> dict[str, str | None] | None:
    try:
        record = json.loads(raw)
    except json.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _one_file(  # noqa: PLR0913  # what a file is replayed with
    build: Build, spec: FeedSpec, name: str, aside: SetAside, scratch: Path, city: City, now: datetime
) -> LoadReport:
    headers = list(dict.fromkeys(header for _, record in aside.records for header in record))
    headers = headers or list(spec.headers().values())

    def rows() -> Iterable[list[str]]:
        for line, record in aside.records:
            yield [str(line), *(record.get(header) or "" for header in headers)]

    landed = Landed(store(headers, rows(), scratch), headers, "utf-8", aside.broken)
    return stage_rows(build, spec, landed, city, Path(name), now)
