"""An export with words of its own is drafted whole: every column finds its place by what its header says and holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from exports import NOW

from warehouse.feeds.draft import city_text, draft_feed, feed_text
from warehouse.feeds.headers import Seen, matched, status_map
from warehouse.feeds.load import load
from warehouse.reader import open_warehouse


def _seen(header: str, *, times: float = 0.0, numbers: float = 0.0, marks: float = 0.0, distinct: int = 9) -> Seen:
    return Seen(
        header=header,
        rows=100,
        filled=1.0,
        distinct=distinct,
        examples=("x",),
        times=times,
        numbers=numbers,
        marks=marks,
    )


@pytest.mark.parametrize(
    ("headers", "placed"),
    [
        (["接报时刻", "派单时刻", "办结时限", "办毕时刻", "归档时刻"], ["reported_at", "dispatched_at", "due_at", "disposed_at", "closed_at"]),
        (["openedOn", "handed_out_on", "promised_by", "fixed_on", "closed_out_on"], ["reported_at", "dispatched_at", "due_at", "disposed_at", "closed_at"]),
    ],
)  # fmt: skip
def test_times_are_told_by_the_step_they_name(headers: list[str], placed: list[str]) -> None:
    found = matched("cases", [_seen(header, times=1.0, distinct=100) for header in headers])
    assert [next(c for c, h in found.items() if h == header) for header in headers] == placed


def test_of_two_levels_the_one_with_fewer_values_is_the_wider() -> None:
    found = matched("cases", [_seen("precinct", distinct=30), _seen("ward", distinct=5)])
    assert (found["district"], found["street"]) == ("ward", "precinct")


def test_status_words_tell_what_was_withdrawn_and_what_waits() -> None:
    words = ("已归档", "已撤销", "挂起", "不予立案")
    assert [k for k, v in status_map("cancelled", words).items() if v == "true"] == ["已撤销"]
    assert [k for k, v in status_map("cancelled", words, refused_too=True).items() if v == "true"] == [
        "已撤销",
        "不予立案",
    ]
    assert [k for k, v in status_map("suspended", words).items() if v == "true"] == ["挂起"]


def _loaded(folder: Path, content: bytes) -> Path:
    """The home of a city drafted and loaded from one file's bytes."""
    folder.mkdir()
    (folder / "export.csv").write_bytes(content)
    made = draft_feed(folder / "export.csv", "own", folder)
    (folder / "own.feed.yml").write_text(feed_text(made), encoding="utf-8")
    (folder / "city.yml").write_text(city_text([made], "own", "Own", NOW), encoding="utf-8")
    report = load(folder / "home", folder / "own.feed.yml", now=NOW)
    assert report.quarantined == 0
    return folder / "home"


@pytest.mark.parametrize("scale", [1, 1000])
def test_seconds_and_milliseconds_since_1970_are_times(tmp_path: Path, scale: int) -> None:
    first = datetime(2026, 9, 1, tzinfo=UTC)
    moments = [first + timedelta(hours=n) for n in range(40)]
    lines = ["ticket_ref,created_at,borough,type"]
    lines += [f"T{n},{int(moment.timestamp()) * scale},North,Pothole" for n, moment in enumerate(moments)]
    home = _loaded(tmp_path / "city", "\n".join(lines).encode())
    warehouse = open_warehouse(home)
    stored = [row[0] for row in warehouse.fetch("SELECT reported_at FROM cases ORDER BY 1")]
    zone = ZoneInfo(warehouse.city.timezone)
    assert stored == [moment.astimezone(zone).replace(tzinfo=None) for moment in moments]
    warehouse.close()


def test_western_letters_are_not_read_as_chinese(tmp_path: Path) -> None:
    places = ("Café Row", "Señorial", "Zürich Way", "Cafés North")
    lines = ["ticket_ref,opened_on,borough,type"]
    lines += [f"T{n},2026-09-{n + 1:02d} 10:00:00,{place},Pothole" for n, place in enumerate(places)]
    home = _loaded(tmp_path / "city", "\n".join(lines).encode("cp1252"))
    warehouse = open_warehouse(home)
    assert {m.value for m in warehouse.members("district")} == set(places)
    warehouse.close()
