"""A city of any size: the sample city's cases copied under new numbers, each copy moved by up to half an hour.

Nothing is random: the sample is made from a fixed seed and the moves come from a hash, so that the same size gives the
same bytes everywhere. Places, categories, handling times and blanks keep the sample's distributions.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.feeds.spec import read_feed
from warehouse.sample import generate

END = datetime.fromisoformat("2026-11-23T08:30:00+08:00")
FEEDS = Path(__file__).parent.parent / "examples" / "sample_city"
# Cases last: whatever is loaded later copies them.
LISTS = ("areas", "categories", "departments", "alarms")
_TIMES = (
    "上报时间",
    "受理时间",
    "立案时间",
    "派遣时间",
    "处置截止时间",
    "处置完成时间",
    "核查时间",
    "结案时间",
    "更新时间",
)
_HALF_AN_HOUR = 1800


@dataclass(frozen=True, slots=True)
class Exports:
    """A folder with the exports and feeds of one city; `cases` is the large file."""

    folder: Path
    rows: int

    @property
    def cases(self) -> Path:
        return self.folder / "cases.csv"

    @property
    def feed(self) -> Path:
        return self.folder / "cases.feed.yml"


def make(folder: Path, rows: int) -> Exports:
    """The exports of a city with that many cases; made once, then found again."""
    exports = Exports(folder / f"exports_{rows}", rows)
    mark = exports.folder / "MADE"
    if mark.is_file() and mark.read_text() == _recipe():
        return exports
    shutil.rmtree(exports.folder, ignore_errors=True)
    sample = folder / "sample"
    if not (sample / "cases.csv").is_file():
        generate(sample, end=END)
    exports.folder.mkdir(parents=True)
    for name in (*LISTS, "cases"):
        shutil.copy(FEEDS / f"{name}.feed.yml", exports.folder)
        if name != "cases":
            shutil.copy(sample / read_feed(FEEDS / f"{name}.feed.yml").source.files[0], exports.folder)
    for beside in ("city.yml", "aliases.yml"):
        shutil.copy(FEEDS / beside, exports.folder)
    _copy_out(sample / "cases.csv", exports.cases, rows)
    mark.write_text(_recipe())
    return exports


def _copy_out(sample: Path, target: Path, rows: int) -> None:
    connection = duckdb.connect()
    connection.execute(
        f"CREATE TABLE sample AS SELECT *, row_number() OVER () AS place FROM read_csv('{sample}', all_varchar = true)"
    )
    held = connection.execute("SELECT count(*) FROM sample").fetchone()
    assert held is not None
    # Towards the past only, so that nothing happens after the data end.
    moved = ", ".join(
        f"""strftime("{name}"::TIMESTAMP - to_seconds(back), '%Y-%m-%d %H:%M:%S') AS "{name}\"""" for name in _TIMES
    )
    part = target.with_suffix(".part")
    with target.open("wb") as whole:
        for copy in range(-(-rows // held[0])):
            connection.execute(
                f"""COPY (SELECT * EXCLUDE (place, back) REPLACE (printf('%s%03d', "案件编号", {copy}) AS "案件编号", {moved})
                FROM (SELECT *, (hash(place * 1000003 + {copy}) % {_HALF_AN_HOUR})::INTEGER AS back FROM sample
                ORDER BY place LIMIT {min(held[0], rows - copy * held[0])}) ORDER BY place)
                TO '{part}' (HEADER {str(copy == 0).lower()})"""
            )
            with part.open("rb") as made:
                shutil.copyfileobj(made, whole)
    part.unlink()
    connection.close()


def _recipe() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
