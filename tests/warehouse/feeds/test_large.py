"""What makes loading fast changes nothing: lines keep their numbers, texts are trimmed, points that are none go."""

from __future__ import annotations

from pathlib import Path

import duckdb
from exports import FEED, NOW, rows_of, write_city
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.feeds.casting import NULLS, text_of
from warehouse.feeds.load import load

BLANKS = " \t\r\n　"
DAY = "2026-11-01 08:00:00"


def test_a_row_read_by_many_threads_keeps_its_line(tmp_path: Path) -> None:
    size, bad = 400_000, (1, 77_777, 122_880, 122_881, 245_761, 399_999, 400_000)
    lines = [f"A{n},{'no date' if n in bad else DAY},東区{'x' * 30},{DAY}" for n in range(1, size + 1)]
    lines[99_999], lines[299_999] = f"TWICE,{DAY},first,{DAY}", f"TWICE,{DAY},second,{DAY}"
    report = load(tmp_path / "home", write_city(tmp_path / "city", lines), now=NOW)
    assert (report.rows_in, report.quarantined, report.duplicates) == (size, len(bad), 1)
    found = rows_of(
        tmp_path / "home", "SELECT line, json_extract_string(raw, '案件编号') FROM quarantine ORDER BY line"
    )
    assert found == [(n, f"A{n}") for n in bad]
    assert rows_of(tmp_path / "home", "SELECT district FROM cases WHERE case_no = 'TWICE'") == [("second",)]


_TEXT = st.text(st.sampled_from([*BLANKS, "a", "é", "区", "、", "!", "\x1f", "\x7f", "🙂", "-", "/"]), max_size=6)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.one_of(_TEXT, st.sampled_from(NULLS), st.sampled_from(NULLS).map(str.upper)), min_size=1))
def test_texts_are_trimmed_and_blank_words_are_null(texts: list[str]) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE r (h VARCHAR)")
    connection.executemany("INSERT INTO r VALUES (?)", [[f"{text}{pad}"] for text in texts for pad in ("", " ", "\t")])
    for written, read in connection.execute(f"SELECT h, {text_of('h', NULLS)} FROM r").fetchall():
        trimmed = written.strip(BLANKS)
        assert read == (None if trimmed.lower() in NULLS else trimmed)


def test_points_that_are_none_are_not_kept(tmp_path: Path) -> None:
    feed = FEED.replace("columns: {", "shared_point_limit: 2\ncolumns: {latitude: 纬度, longitude: 经度, ")
    points = [(30.5, 114.3), (30.6, 114.3), (0, 0), (30.7, 514.3), (30.9, 114.9), (30.9, 114.9), (30.9, 114.9)]
    rows = [f"A{n},{DAY},东区,{DAY},{lat},{lon}" for n, (lat, lon) in enumerate(points)]
    raw = "\n".join(["案件编号,上报时间,区,更新时间,纬度,经度", *rows]) + "\n"
    report = load(tmp_path / "home", write_city(tmp_path / "city", raw.encode(), feed), now=NOW)
    assert report.loaded == len(points)
    kept = rows_of(tmp_path / "home", "SELECT latitude, longitude FROM cases WHERE latitude IS NOT NULL ORDER BY 1")
    assert kept == points[:2]
    assert any("share the point 30.9, 114.9" in note for note in report.notes)
