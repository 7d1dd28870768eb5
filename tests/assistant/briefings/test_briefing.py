from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.briefing import FOLDER, brief, plans
from assistant.briefing_windows import WINDOWS, window
from assistant.errors import UnknownBriefing
from tests.assistant.agent.desk import NOW, small_city
from tools.principal import Principal, Role
from warehouse.catalog import City
from warehouse.reader import Warehouse, open_warehouse

LEADER = Principal("leader", Role.LEADER)
ZONE = ZoneInfo("Asia/Shanghai")
CITY = City(id="x", name={"zh": "城", "en": "City"})
BOTH = [(name, language) for name in plans() for language in ("zh", "en")]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    opened = open_warehouse(small_city(tmp_path_factory.mktemp("city")))
    yield opened
    opened.close()


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_every_briefing_says_title_conclusion_and_freshness(warehouse: Warehouse, name: str, language: str) -> None:
    answer = brief(name, LEADER, warehouse=warehouse, now=NOW, language=language)  # type: ignore[arg-type]
    lines = answer.text.splitlines()
    assert lines[0].startswith("**") and lines[0].endswith("**")
    assert ("2026-11-23 08:00" in lines[-1]) and lines[-1].startswith(("数据截至", "Data as of"))
    assert len(re.findall("[①②③]", answer.text)) <= 3
    assert "None" not in answer.text and "Undefined" not in answer.text


@pytest.mark.parametrize(
    ("name", "language"), [one for one in BOTH if one[0] in {"night", "daily", "weekly", "personal"}]
)
def test_conclusion_comes_first(warehouse: Warehouse, name: str, language: str) -> None:
    answer = brief(name, LEADER, warehouse=warehouse, now=NOW, language=language)  # type: ignore[arg-type]
    assert answer.text.splitlines()[1].startswith(("结论：", "In short:"))


def test_numbers_of_the_day_are_those_of_the_city(warehouse: Warehouse) -> None:
    text = brief("daily", LEADER, warehouse=warehouse, now=NOW, language="zh").text
    assert "立案 13 件" in text
    assert "东湖区 7 件、望山区 4 件、高新区 2 件" in text


def test_briefing_shows_its_readers_rows_only(warehouse: Warehouse) -> None:
    reader = Principal("东湖值班", Role.SHIFT_LEADER, districts=("东湖区",))
    for name in plans():
        answer = brief(name, reader, warehouse=warehouse, now=NOW, language="zh")
        assert "望山" not in answer.text and "高新" not in answer.text
        assert "东湖区" in answer.text.splitlines()[0]
        assert all(evidence.scope == {"district": ("东湖区",)} for evidence in answer.evidence)


def test_point_of_attention_names_owner_and_time_left(warehouse: Warehouse) -> None:
    text = brief("daily", LEADER, warehouse=warehouse, now=NOW, language="zh").text
    points = re.findall(r"[①②③]([^①②③]*)", text)
    assert points
    assert all(re.search(r"（[^（）]+，(剩|已超) [\d.]+ (分钟|小时|天)）", point) for point in points)


def test_city_without_alarms_still_has_its_night(warehouse: Warehouse) -> None:
    text = brief("night", LEADER, warehouse=warehouse, now=NOW, language="zh").text
    assert "告警" not in text
    assert "处置：" in text


def test_unknown_briefing_names_the_known_ones(warehouse: Warehouse) -> None:
    with pytest.raises(UnknownBriefing) as caught:
        brief("hourly", LEADER, warehouse=warehouse, now=NOW, language="zh")
    assert "night" in caught.value.known


def test_every_briefing_is_written_in_both_languages() -> None:
    for plan in plans().values():
        assert set(plan.title) == {"zh", "en"}
        assert {len(plan.replies["zh"]), len(plan.replies["en"])} <= {3}
        for language in ("zh", "en"):
            assert Path(FOLDER / f"{plan.id}.{language}.md.j2").is_file()
        shown = {*plan.show, *plan.explain, *(tile.query for tile in plan.tiles), *([plan.draw] if plan.draw else [])}
        assert shown <= set(plan.queries)


MOMENTS = st.datetimes(datetime(2025, 1, 2), datetime(2027, 12, 30)).map(lambda moment: moment.replace(tzinfo=ZONE))


@given(MOMENTS, st.sampled_from(WINDOWS))
def test_windows_are_whole_and_begin_before_now(now: datetime, name: str) -> None:
    found = window(name, now, CITY)  # type: ignore[arg-type]
    assert found.start <= now
    assert found.start < found.end


@given(MOMENTS)
def test_last_night_is_the_newest_night_that_has_begun_before_today(now: datetime) -> None:
    found = window("last_night", now, CITY)
    assert (found.start.hour, found.end.hour) == (22, 6)
    assert found.end - found.start == timedelta(hours=8)
    assert found.start.date() == now.date() - timedelta(days=1)


@given(MOMENTS)
def test_weeks_begin_on_monday_and_months_tile(now: datetime) -> None:
    week, month = window("last_week", now, CITY), window("last_month", now, CITY)
    assert week.start.isoweekday() == 1 and week.end - week.start == timedelta(days=7)
    assert week.end <= now < week.end + timedelta(days=7)
    assert month.start.day == month.end.day == 1
    assert month.end <= now and (month.end - month.start).days in {28, 29, 30, 31}
