"""A load is idempotent and incremental, and every row that came in is accounted for."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from exports import FEED, HEADER, NOW, rows_of, write_city
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.feeds.load import load

DAY = "2026-11-{:02d} 08:00:00"


def line(number: int, day: int = 1, district: str = "东区", updated: int = 1) -> str:
    return f"A{number},{DAY.format(day)},{district},{DAY.format(updated)}"


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    feed = write_city(tmp_path / "city", [line(n) for n in range(5)])
    first = load(tmp_path / "home", feed, now=NOW)
    again = load(tmp_path / "home", feed, now=NOW)
    assert (first.loaded, again.loaded, again.unchanged) == (5, 0, 5)
    assert again.snapshot is None


def test_a_newer_version_replaces_and_an_older_one_does_not(tmp_path: Path) -> None:
    home, city = tmp_path / "home", tmp_path / "city"
    load(home, write_city(city, [line(1, updated=5), line(2, updated=5)]), now=NOW)
    changed = [line(1, district="西区", updated=6), line(2, district="西区", updated=4), line(3)]
    report = load(home, write_city(city, changed), now=NOW)
    assert (report.rows_in, report.loaded, report.superseded, report.unchanged) == (3, 2, 1, 1)
    assert rows_of(home, "SELECT case_no, district FROM cases ORDER BY 1") == [
        ("A1", "西区"), ("A2", "东区"), ("A3", "东区"),
    ]  # fmt: skip


def test_of_rows_with_one_key_the_newest_stays(tmp_path: Path) -> None:
    feed = write_city(tmp_path / "city", [line(1, updated=3), line(1, district="西区", updated=4), line(1, updated=2)])
    report = load(tmp_path / "home", feed, now=NOW)
    assert (report.rows_in, report.loaded, report.duplicates) == (3, 1, 2)
    assert rows_of(tmp_path / "home", "SELECT district FROM cases") == [("西区",)]


def test_names_that_differ_in_case_only_are_one_and_told(tmp_path: Path) -> None:
    feed = write_city(
        tmp_path / "city", [line(n, district=d) for n, d in enumerate(["Old Quay", "OLD QUAY", "Old Quay", "Mill"])]
    )
    home = tmp_path / "home"
    report = load(home, feed, now=NOW)
    assert any("'OLD QUAY'" in note and "'Old Quay'" in note for note in report.notes)
    assert rows_of(home, "SELECT district, count(*) FROM cases GROUP BY 1 ORDER BY 1") == [("Mill", 1), ("Old Quay", 3)]
    members = "SELECT value, rows FROM members WHERE dimension = 'district' ORDER BY 1"
    assert rows_of(home, members) == [("Mill", 1), ("Old Quay", 3)]
    assert load(home, feed, now=NOW).unchanged == 4


def test_encodings_read_the_same(tmp_path: Path) -> None:
    text = "\n".join([HEADER, line(1), line(2, district="西区")]) + "\n"
    for number, raw in enumerate(
        (text.encode(), text.encode("utf-8-sig"), text.encode("gb18030"), text.replace("\n", "\r\n").encode())
    ):
        home = tmp_path / f"home{number}"
        assert load(home, write_city(tmp_path / f"c{number}", raw), now=NOW).loaded == 2
        assert rows_of(home, "SELECT case_no, district FROM cases ORDER BY 1") == [("A1", "东区"), ("A2", "西区")]


_CELL = st.sampled_from(["东区", "西,区", 'a "quoted" word', "two\nlines", "", "  ", "x" * 50])
_GOOD = st.builds(
    lambda n, d, place: [f"A{n}", DAY.format(d), place, DAY.format(d)], st.integers(0, 30), st.integers(1, 28), _CELL
)
_BAD = st.sampled_from([["", DAY.format(1), "东区", ""], ["B1", "no date", "东区", ""], ["B2", "", "东区", ""]])
_ROWS = st.lists(st.one_of(_GOOD, _GOOD, _BAD), min_size=1, max_size=25)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=_ROWS, blank=st.booleans())
def test_every_record_is_loaded_quarantined_or_a_duplicate(rows: list[list[str]], blank: bool) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    for row in rows:
        writer.writerow(row)
    raw = text.getvalue() + ("\n\n" if blank else "")
    good = {row[0] for row in rows if row[0].startswith("A")}
    bad = sum(not row[0].startswith("A") for row in rows)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        report = load(home, write_city(Path(folder) / "city", raw.encode()), now=NOW)
        assert report.adds_up
        assert (report.rows_in, report.loaded, report.quarantined) == (len(rows), len(good), bad)
        assert rows_of(home, "SELECT count(*) FROM quarantine") == [(bad,)]
        if good:
            assert {row[0] for row in rows_of(home, "SELECT case_no FROM cases")} == good


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    damage=st.lists(
        st.sampled_from(['A90,"open quote,东区,', "A91,too,many,cells,here", "A92,short", "", '"']), max_size=4
    )
)
def test_damaged_lines_take_no_good_line_with_them(damage: list[str]) -> None:
    lines = [line(n) for n in range(12)]
    for place, text in enumerate(damage):
        lines.insert(3 * place, text)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        report = load(home, write_city(Path(folder) / "city", lines), now=NOW)
        assert report.adds_up
        assert report.loaded == 12
        assert report.quarantined == sum(bool(text) for text in damage)
        kept = {str(raw) for (raw,) in rows_of(home, "SELECT raw FROM quarantine")}
        assert kept == {text for text in damage if text}


def test_feed_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    feed = write_city(tmp_path / "one", [line(1)])
    other = tmp_path / "elsewhere.csv"
    other.write_bytes((tmp_path / "one" / "cases.csv").read_bytes())
    assert load(tmp_path / "home", feed, other, now=NOW).loaded == 1
    assert FEED.count("cases.csv") == 1
