from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.offline.times import TimeMention, TimeReading, find_times, resolve
from warehouse.catalog import City
from warehouse.semantic import Grain, TimeRange
from warehouse.working_calendar import WorkingCalendar

CITY = City(id="cn", name={"zh": "x", "en": "x"})
NEW_YORK = City(id="us", name={"zh": "x", "en": "x"}, timezone="America/New_York", calendar="us")
CN, US = WorkingCalendar.load("cn"), WorkingCalendar.load("us")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=SHANGHAI)


def find(
    text: str, now: datetime = NOW, city: City = CITY, previous: TimeRange | None = None
) -> tuple[TimeMention, ...]:
    return find_times(text, now=now, city=city, calendar=US if city.calendar == "us" else CN, previous=previous)


def read(text: str, now: datetime = NOW, city: City = CITY, previous: TimeRange | None = None) -> TimeReading:
    calendar = US if city.calendar == "us" else CN
    return resolve(find(text, now, city, previous), now=now, city=city, calendar=calendar, previous=previous)


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "4/5g信号", "12345热线", "12319", "拨打110", "24小时处置率", "24小时内办结", "超过3天未办结", "五一路的案件", "十月街", "三八路",
        "多少起", "第三街道", "前三名", "前5个区", "三里屯", "案件202605260001", "案号101000295613", "国庆路", "元旦路", "3号楼", "2号线",
        "中山路23号", "10件以上", "比例是多少", "占比", "比较严重", "一点建议", "3点意见", "七里河", "平均处置时长", "48小时内未处置", "5g基站", "二十大街", "按时结案率", "一月内未处置", "近况如何", "日均", "周边", "百日攻坚", "月坛街道", "同比例",
        "九里街道", "一号公路", "八一广场", "top 5 districts", "complaints that may be overdue", "closed within 24 hours", "5 days overdue",
        "march street potholes", "may street", "spring street", "second most common", "more than 3 days", "open longer than 2 weeks",
        "first responder", "ward 3", "district 10", "2011 complaints", "311 requests", "route 9", "1/3 of cases", "sat on a bench",
    ],
)  # fmt: skip
def test_not_a_time(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("上周按天", Grain.DAY), ("上个月每天", Grain.DAY), ("逐日", Grain.DAY), ("今年每周", Grain.WEEK), ("按月", Grain.MONTH),
        ("昨天每小时", Grain.HOUR), ("每个月", Grain.MONTH), ("daily last week", Grain.DAY), ("by week", Grain.WEEK),
        ("per month in 2025", Grain.MONTH), ("monthly", Grain.MONTH), ("each day", Grain.DAY), ("by hour", Grain.HOUR),
    ],
)  # fmt: skip
def test_bucket_words_ask_for_a_series(text: str, grain: Grain) -> None:
    reading = read(text)
    assert reading.grain == grain
    assert reading.range is None or reading.range.grain == grain


@pytest.mark.parametrize(
    "text", ["上周每天夜里", "上周哪个区每天夜里最多", "上周夜间", "each night last week", "at night last week"]
)
def test_hours_with_a_longer_window_limit_each_day(text: str) -> None:
    window = read(text).range
    assert window is not None
    assert (window.start, window.end) == (at(11, 16), at(11, 23))
    assert window.daily_window is not None
    assert (window.daily_window.start.hour, window.daily_window.end.hour) == (22, 6)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("上个月工作日", "workday"),
        ("上个月的周末", "weekend"),
        ("10月节假日", "holiday"),
        ("weekends in october", "weekend"),
    ],
)
def test_day_types_limit_the_window(text: str, kind: str) -> None:
    window = read(text).range
    assert window is not None
    assert (window.start, window.end, window.day_type) == (at(10, 1), at(11, 1), kind)


@pytest.mark.parametrize(
    ("text", "mode", "base"),
    [
        ("上周环比", "previous", (at(11, 9), at(11, 16))),
        ("10月环比", "previous", (at(9, 1), at(10, 1))),
        ("本月跟上月比", "previous", (at(10, 1), at(10, 23, 10, 30))),
        ("今天比昨天多多少", "previous", (at(11, 22), at(11, 22, 10, 30))),
        ("昨天夜里与前一天相比", "window", (at(11, 21, 22), at(11, 22, 6))),
        ("10月比9月", "previous", (at(9, 1), at(10, 1))),
        ("10月和8月相比", "window", (at(8, 1), at(9, 1))),
        ("this week vs last week", "previous", (at(11, 16), at(11, 16, 10, 30))),
        ("october compared with the previous month", "previous", (at(9, 1), at(10, 1))),
        ("10月同比", "same_period_last_year", None),
        ("本月比去年同期", "same_period_last_year", None),
        ("this month compared to the same period last year", "same_period_last_year", None),
        ("今年春节同比", "same_period_last_year", (at(1, 28, year=2025), at(2, 5, year=2025))),
    ],
)
def test_comparisons_have_the_same_kind_of_window(text: str, mode: str, base: tuple[datetime, datetime] | None) -> None:
    compare = read(text).compare
    assert compare is not None
    assert compare.mode == mode
    assert (compare.window and (compare.window.start, compare.window.end)) == base


def test_two_comparisons_are_both_kept() -> None:
    assert [one.mode for one in read("上个月超期案件同比和环比").comparisons] == ["same_period_last_year", "previous"]


def test_a_year_is_not_compared_with_a_month() -> None:
    assert [one.problem for one in read("去年和今年10月对比").problems] == ["unequal_windows"]


@pytest.mark.parametrize(
    ("text", "count"), [("10月和9月哪个多", 2), ("2025年和2026年", 2), ("this week vs last week", 2), ("昨天", 0)]
)
def test_two_windows_are_alternatives(text: str, count: int) -> None:
    assert len(read(text).alternatives) == count


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("那前一周呢", (at(11, 9), at(11, 16))),
        ("再往前一周", (at(11, 9), at(11, 16))),
        ("and the week before?", (at(11, 9), at(11, 16))),
        ("去年同期呢", (at(11, 16, year=2025), at(11, 23, year=2025))),
        ("same period last year?", (at(11, 16, year=2025), at(11, 23, year=2025))),
        ("上个月呢", (at(10, 1), at(11, 1))),
    ],
)
def test_elliptical_words_count_from_the_window_before(text: str, window: tuple[datetime, datetime]) -> None:
    last_week = read("上周").range
    reading = read(text, previous=last_week)
    assert reading.range is not None
    assert (reading.range.start, reading.range.end) == window


def test_tonight_on_a_night_shift_is_the_running_night() -> None:
    window = read("今晚", at(11, 23, 2)).range
    assert window is not None
    assert (window.start, window.end) == (at(11, 22, 22), at(11, 23, 2))


def test_a_city_sets_its_own_night() -> None:
    city = City(id="x", name={"zh": "x", "en": "x"}, night="20:00-08:00")
    window = read("昨晚", city=city).range
    assert window is not None
    assert (window.start, window.end) == (at(11, 22, 20), at(11, 23, 8))


def test_a_choice_is_said() -> None:
    assert read("昨天夜里").policies == ("night 22:00–06:00",)


@pytest.mark.parametrize(("text", "hours"), [("in the last 24 hours", 24), ("past 3 hours", 3)])
def test_rolling_hours_are_real_hours_when_clocks_change(text: str, hours: int) -> None:
    for now in (datetime(2026, 11, 1, 2, 30), datetime(2026, 3, 8, 4, 30), datetime(2026, 11, 1, 1, 10, fold=1)):
        window = read(text, now.replace(tzinfo=ZoneInfo("America/New_York")), NEW_YORK).range
        assert window is not None
        assert window.end.astimezone(UTC) - window.start.astimezone(UTC) == timedelta(hours=hours)


def test_a_short_day_has_twenty_three_hours() -> None:
    window = read("march 8 2026", datetime(2026, 7, 1, tzinfo=ZoneInfo("America/New_York")), NEW_YORK).range
    assert window is not None
    assert window.end.astimezone(UTC) - window.start.astimezone(UTC) == timedelta(hours=23)


MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2026, 12, 30)).map(lambda one: one.replace(tzinfo=SHANGHAI))


@given(MOMENTS)
@settings(deadline=None, max_examples=60)
def test_days_and_months_tile_without_gaps(now: datetime) -> None:
    for chain in (
        ("大前天", "前天", "昨天", "今天"),
        ("上上周", "上周", "本周"),
        ("上上月", "上月", "本月"),
        ("前年", "去年", "今年"),
    ):
        windows = [read(word, now).range for word in chain]
        for earlier, later in pairwise(windows):
            assert earlier is not None
            assert later is None or earlier.end == later.start


@given(st.integers(2005, 2025))
@settings(deadline=None, max_examples=30)
def test_parts_tile_a_year(year: int) -> None:
    for words in ([f"{m}月" for m in range(1, 13)], ["一季度", "二季度", "三季度", "四季度"], ["上半年", "下半年"]):
        windows = [read(f"{year}年{word}").range for word in words]
        starts = [one.start for one in windows if one]
        assert starts[0] == at(1, 1, year=year)
        assert [one.end for one in windows if one] == [*starts[1:], at(1, 1, year=year + 1)]


PIECES = st.sampled_from(
    [
        "上周",
        "昨天",
        "夜里",
        "10月",
        "到",
        "至",
        "-",
        "3号",
        "2026年",
        "每天",
        "8点",
        "下午",
        "的",
        "比",
        "去年",
        "同期",
        "周末",
        "工作日",
        "近",
        "7天",
        "前",
        "以来",
        "截至",
        "国庆",
        "第一周",
        "半",
        "个",
        "三",
        "日",
        "年",
        "月",
        "年底",
        "从",
        "last",
        "week",
        "october",
        "3",
        "to",
        "from",
        "the",
        "of",
        "since",
        "until",
        "night",
        "between",
        "and",
        "8am",
        "vs",
        "year",
        "2011",
        "/",
        ":",
        ".",
        "30",
        "weekday",
        "before",
        "every",
    ]
)


@given(
    st.one_of(
        st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=12).map(" ".join)
    )
)
@settings(deadline=None, max_examples=400)
def test_any_text_is_read_without_error_overlap_or_empty_window(text: str) -> None:
    mentions = find(text)
    for earlier, later in pairwise(mentions):
        assert earlier.end <= later.start
    for one in mentions:
        assert text[one.start : one.end] == one.said
        assert (one.kind == "problem") == (one.problem is not None)
        assert one.range is None or one.range.start <= NOW
    reading = read(text)
    assert all(window.start.astimezone(UTC) < window.end.astimezone(UTC) for window in reading.alternatives)


def test_a_question_is_read_quickly() -> None:
    texts = [
        "昨天夜里哪个区异常最多",
        "10月1号到7号各街道超期率同比",
        "which district had the most noise complaints last week",
    ]
    for text in texts:
        find(text)
    started = perf_counter()
    for _ in range(20):
        for text in texts:
            find(text)
    assert (perf_counter() - started) / 60 < 0.01
