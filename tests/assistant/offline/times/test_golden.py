"""The golden time expressions: windows worked out by hand, never by running the grammar."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from assistant.offline.times import TimeReading, find_times, resolve
from warehouse.catalog import City
from warehouse.working_calendar import WorkingCalendar

NAME = {"zh": "x", "en": "x"}
PLACES = {
    "cn": (City(id="cn", name=NAME), datetime(2026, 11, 23, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))),
    "us": (
        City(id="us", name=NAME, timezone="America/New_York", calendar="us"),
        datetime(2026, 7, 8, 15, tzinfo=ZoneInfo("America/New_York")),
    ),
}
GOLDEN = yaml.load(Path(__file__).with_name("golden.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
FRAMES = {True: ("{}", "which district had the most cases {}"), False: ("{}", "{}哪个区案件最多", "请问{}一共有多少件")}
CASES = [
    (place, frame.format(said), accepted)
    for place, cases in GOLDEN.items()
    for said, accepted in cases.items()
    for frame in FRAMES[bool(said.isascii() and re.search("[a-z]{2}", said))]
]


def read(place: str, text: str) -> TimeReading:
    city, now = PLACES[place]
    calendar = WorkingCalendar.load(city.calendar)
    return resolve(find_times(text, now=now, city=city, calendar=calendar), now=now, city=city, calendar=calendar)


@pytest.mark.parametrize(("place", "text", "accepted"), CASES, ids=[f"{place}-{text}" for place, text, _ in CASES])
def test_expression_means_its_window(place: str, text: str, accepted: list[str]) -> None:
    reading = read(place, text)
    codes = [str(problem.problem).upper() for problem in reading.problems]
    if accepted == ["NONE"]:
        assert reading.range is None
    elif ".." not in accepted[0]:
        assert codes == accepted
    else:
        assert codes == []
        assert reading.range is not None
        got = (reading.range.start, reading.range.end)
        assert got in [tuple(_moment(end, place) for end in window.split(" .. ")) for window in accepted]


def _moment(text: str, place: str) -> datetime:
    now = PLACES[place][1]
    return now if text == "now" else datetime.fromisoformat(text).replace(tzinfo=now.tzinfo)
