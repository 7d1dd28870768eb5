"""Whatever goes wrong while loading, the last good snapshot answers, the error is clear and the next load is whole."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from exports import HEADER, NOW, rows_of, write_city

from warehouse.errors import FeedError
from warehouse.feeds.load import load

ROOT = Path(__file__).parents[3]
LINES = [
    f"A{n},2026-11-{n % 28 + 1:02d} 08:00:00,{'东区' if n % 3 else '西区'},2026-11-01 00:00:00" for n in range(400)
]
MORE = [*LINES, *(f"B{n},2026-11-02 09:00:00,南区,2026-11-02 00:00:00" for n in range(200))]
TOTALS = "SELECT district, count(*) FROM cases GROUP BY 1 ORDER BY 1"
LOADER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, {root!r})
from warehouse.feeds.load import load
calls = 0
def progress(stage, done):
    global calls
    calls += 1
    if calls == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
{limit}
load(Path({home!r}), Path({feed!r}), now=datetime(2026, 11, 23, 1, tzinfo=UTC), on_progress=progress)
print("calls", calls)
"""


def run(home: Path, feed: Path, *, at: int = 0, limit: str = "") -> subprocess.CompletedProcess[str]:
    code = LOADER.format(root=str(ROOT), at=at, home=str(home), feed=str(feed), limit=limit)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], int]:
    """Totals after the first and after the second export, undisturbed, and how often progress is told."""
    folder = tmp_path_factory.mktemp("good")
    load(folder / "home", write_city(folder / "city", LINES), now=NOW)
    before = rows_of(folder / "home", TOTALS)
    done = run(folder / "home", write_city(folder / "city", MORE))
    assert done.returncode == 0, done.stderr
    return before, rows_of(folder / "home", TOTALS), int(done.stdout.split()[-1])


@pytest.mark.parametrize("point", range(1, 11))
def test_kill_minus_nine_leaves_the_last_good_snapshot(
    point: int, good: tuple[list[tuple[object, ...]], list[tuple[object, ...]], int], tmp_path: Path
) -> None:
    before, after, calls = good
    assert calls >= 10
    home, city = tmp_path / "home", tmp_path / "city"
    load(home, write_city(city, LINES), now=NOW)
    killed = run(home, write_city(city, MORE), at=point)
    assert killed.returncode == -9
    assert rows_of(home, TOTALS) == before
    again = load(home, write_city(city, MORE), now=NOW)
    assert again.adds_up
    assert rows_of(home, TOTALS) == after
    left = [p.name for p in (home / "cities" / "testville" / "snapshots").iterdir() if not p.name.endswith(".duckdb")]
    assert left == []


def test_a_full_disk_is_said_and_changes_nothing(tmp_path: Path) -> None:
    home, city = tmp_path / "home", tmp_path / "city"
    load(home, write_city(city, LINES), now=NOW)
    before = rows_of(home, TOTALS)
    limit = "import resource; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))"
    full = run(home, write_city(city, MORE), limit=limit)
    assert full.returncode == 1
    assert "loading stopped" in full.stderr, full.stderr
    assert "make room" in full.stderr
    assert rows_of(home, TOTALS) == before


def test_two_loads_at_once_both_count(tmp_path: Path) -> None:
    home = tmp_path / "home"
    feeds = [write_city(tmp_path / "one", LINES), write_city(tmp_path / "two", MORE[400:])]
    codes = [LOADER.format(root=str(ROOT), at=0, home=str(home), feed=str(feed), limit="") for feed in feeds]
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for code in codes
    ]
    outcomes = [(process.communicate(), process.returncode) for process in running]
    assert [code for _, code in outcomes] == [0, 0], outcomes
    assert rows_of(home, "SELECT count(*) FROM cases") == [(600,)]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (bytes(range(256)) * 40, "is no text file"),
        (("只有一列\n" + "甲\n" * 5).encode(), "no header line"),
        ("编号,时间\n1,2\n".encode(), "has no column"),
        ((HEADER + "\n").encode() + b"A1,2026-11-01 08:00:00,\xff\xff\xff\x81,\n", "is in none of"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_export_gets_a_clear_error(raw: bytes, said: str, tmp_path: Path) -> None:
    home, city = tmp_path / "home", tmp_path / "city"
    load(home, write_city(city, LINES[:3]), now=NOW)
    with pytest.raises(FeedError, match=said) as caught:
        load(home, write_city(city, raw), now=NOW)
    assert caught.value.remedy
    assert rows_of(home, "SELECT count(*) FROM cases") == [(3,)]


def test_a_wrong_encoding_is_an_error_and_no_mojibake(tmp_path: Path) -> None:
    raw = ("\n".join([HEADER, *LINES]) + "\n").encode("gb18030")
    feed = write_city(tmp_path / "city", raw)
    feed.write_text(
        feed.read_text(encoding="utf-8").replace("files: [cases.csv]", "files: [cases.csv], encoding: utf-8"),
        encoding="utf-8",
    )
    with pytest.raises(FeedError, match="utf-8"):
        load(tmp_path / "home", feed, now=NOW)


def test_a_half_written_file_loads_its_whole_lines(tmp_path: Path) -> None:
    raw = ("\n".join([HEADER, *LINES]) + "\n").encode()
    report = load(tmp_path / "home", write_city(tmp_path / "city", raw[: len(raw) - 25]), now=NOW)
    assert report.adds_up
    assert (report.loaded, report.quarantined) == (399, 1)


def test_a_missing_file_and_a_bad_feed_are_named(tmp_path: Path) -> None:
    feed = write_city(tmp_path / "city", LINES[:2])
    (tmp_path / "city" / "cases.csv").unlink()
    with pytest.raises(FeedError, match="no such file"):
        load(tmp_path / "home", feed, now=NOW)
    feed.write_text("feed: x\ncity: y\ncolours: red\n", encoding="utf-8")
    with pytest.raises(FeedError, match=r"cases\.feed\.yml"):
        load(tmp_path / "home", feed, now=NOW)


def test_a_file_of_junk_is_refused_by_its_first_lines(tmp_path: Path) -> None:
    feed = write_city(tmp_path / "city", [])
    junk = tmp_path / "junk.csv"
    dice = random.Random(4)
    line = "".join(dice.choice('abc ,;"') for _ in range(200))
    junk.write_text(f"{HEADER}\n" + f'{line}"\n' * 20_000, encoding="utf-8")
    with pytest.raises(FeedError, match="is no table"):
        load(tmp_path / "home", feed, file=junk, now=NOW)


def test_another_file_than_the_feed_s_is_refused_before_it_is_read(tmp_path: Path) -> None:
    feed = write_city(tmp_path / "city", [])
    other = tmp_path / "other.csv"
    other.write_text("a,b,c\n" + '"x\n' * 50_000, encoding="utf-8")
    with pytest.raises(FeedError, match="has no column"):
        load(tmp_path / "home", feed, file=other, now=NOW)
