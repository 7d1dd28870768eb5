"""Laws of the sample city: same bytes from the same seed, times in order, nothing after the end, stories findable."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from warehouse.sample import SampleSummary, generate
from warehouse.sample.design import design
from warehouse.sample.stories import ALARM_STORM, BUSIEST, FULL_BINS, NIGHT_MARKET
from warehouse.sample.work_clock import WorkClock, limit_minutes
from warehouse.working_calendar import WorkingCalendar

END = datetime(2026, 11, 23, 8, 30)
SCALE = 0.12
STAGES = ["上报时间", "受理时间", "立案时间", "派遣时间", "处置完成时间", "核查时间", "结案时间"]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    return generate(tmp_path_factory.mktemp("sample"), end=END, scale=SCALE)


def read(made: SampleSummary, name: str) -> pd.DataFrame:
    table = pd.read_csv(made.files[0].parent / name, dtype=str)
    for column in (name for name in table.columns if str(name).endswith("时间")):
        table[column] = pd.to_datetime(table[column])
    return table


@pytest.fixture(scope="module")
def cases(made: SampleSummary) -> pd.DataFrame:
    return read(made, "cases.csv")


@pytest.fixture(scope="module")
def alarms(made: SampleSummary) -> pd.DataFrame:
    return read(made, "alarms.csv")


def test_same_seed_gives_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        generate(tmp_path / name, end=END, months=2, scale=0.05, seed=seed)
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    assert hashes(tmp_path / "a")["cases.csv"] != hashes(tmp_path / "c")["cases.csv"]


def test_an_aware_end_is_read_as_its_wall_time(tmp_path: Path) -> None:
    generate(tmp_path / "naive", end=END, months=1, scale=0.05)
    generate(tmp_path / "aware", end=END.replace(tzinfo=UTC), months=1, scale=0.05)
    assert hashes(tmp_path / "naive") == hashes(tmp_path / "aware")


@pytest.mark.parametrize("end", [datetime(2026, 3, 1, 3, 15), datetime(2027, 2, 18, 23, 59, 59), datetime(2026, 1, 1)])
def test_any_end_works(tmp_path: Path, end: datetime) -> None:
    summary = generate(tmp_path, end=end, months=2, scale=0.05)
    assert summary.last < end
    assert summary.cases > 500


def test_counts_of_the_summary_are_the_lines_written(
    made: SampleSummary, cases: pd.DataFrame, alarms: pd.DataFrame
) -> None:
    assert (made.cases, made.alarms) == (len(cases), len(alarms))
    assert made.callbacks == len(read(made, "callbacks.csv"))


def test_keys_are_unique(made: SampleSummary, cases: pd.DataFrame, alarms: pd.DataFrame) -> None:
    assert cases["案件编号"].is_unique
    assert alarms["告警编号"].is_unique
    assert read(made, "callbacks.csv")["回访编号"].is_unique


def test_stages_follow_one_another(cases: pd.DataFrame) -> None:
    for index, later in enumerate(STAGES):
        for earlier in STAGES[:index]:
            both = cases[cases[later].notna()]
            assert both[earlier].notna().all(), (earlier, later)
            assert (both[earlier] <= both[later]).all(), (earlier, later)


def test_nothing_happens_after_the_end_but_deadlines(
    made: SampleSummary, cases: pd.DataFrame, alarms: pd.DataFrame
) -> None:
    for table in (cases, alarms, read(made, "callbacks.csv")):
        for column in (name for name in table if str(name).endswith("时间") and "截止" not in str(name)):
            assert not (table[column] > END).any(), column
    assert (cases["处置截止时间"] > END).any()


def test_a_deadline_comes_with_dispatch_and_lies_after_it(cases: pd.DataFrame) -> None:
    assert (cases["处置截止时间"].notna() == cases["派遣时间"].notna()).all()
    given = cases[cases["派遣时间"].notna()]
    assert (given["处置截止时间"] > given["派遣时间"]).all()


def test_status_agrees_with_the_stages(cases: pd.DataFrame) -> None:
    assert ((cases["案件状态"] == "已结案") == cases["结案时间"].notna()).all()
    assert cases.loc[cases["案件状态"] == "不予立案", "立案时间"].isna().all()
    marked = (cases["是否挂账"] == "是") | (cases["是否作废"] == "是")
    assert cases.loc[marked, "结案时间"].isna().all()
    assert {"处置中", "待核查", "已挂账", "已作废", "不予立案"} <= set(cases["案件状态"])


def test_every_department_closes_between_75_and_99_percent_in_time(cases: pd.DataFrame) -> None:
    due = cases[cases["处置截止时间"].between(pd.Timestamp("2025-07-01"), pd.Timestamp("2026-11-01"))]
    due = due[(due["是否作废"] == "否") & (due["是否挂账"] == "否")]
    rates = (due["结案时间"] <= due["处置截止时间"]).groupby(due["责任部门"]).agg(["mean", "size"])
    known = rates[rates["size"] >= 100]["mean"]
    assert known.between(0.75, 0.99).all()
    assert known.max() - known.min() > 0.08


def test_alarms_that_became_a_case_come_before_it_and_are_true(cases: pd.DataFrame, alarms: pd.DataFrame) -> None:
    joined = alarms[alarms["关联案件编号"].notna()].merge(cases, left_on="关联案件编号", right_on="案件编号")
    assert len(joined) == alarms["关联案件编号"].notna().sum() > 0
    assert (joined["告警时间"] < joined["上报时间"]).all()
    assert (joined["是否误报"] == "否").all()


def test_a_call_back_follows_closing_and_agrees_with_the_case(made: SampleSummary, cases: pd.DataFrame) -> None:
    joined = read(made, "callbacks.csv").merge(cases, on="案件编号", suffixes=("", "_case"))
    assert (joined["回访时间"] > joined["结案时间"]).all()
    rated = joined[joined["满意度"].notna()]
    assert (rated["满意度"] == rated["满意度_case"]).all()
    assert len(rated) == cases["满意度"].notna().sum()


def test_places_are_those_of_the_area_list(made: SampleSummary, cases: pd.DataFrame) -> None:
    areas = read(made, "areas.csv")
    for column, level in (("所属区", "区"), ("所属街道", "街道"), ("所属社区", "社区")):
        assert set(cases[column]) <= set(areas.loc[areas["层级"] == level, "名称"])
    assert areas["名称"].is_unique


def test_workbooks_are_readable_and_keep_the_zeros_of_codes(made: SampleSummary) -> None:
    rows = CalamineWorkbook.from_path(made.files[1]).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["类别", "大类名称", "小类名称", "小类代码"]
    assert ["事件", "市容环境", "暴露垃圾", "06010"] in [row[:4] for row in rows]
    assert {row[5] for row in rows[1:]} <= set(design().departments["name"])


def test_last_night_one_district_stands_out_and_another_has_most(cases: pd.DataFrame, alarms: pd.DataFrame) -> None:
    start, stop = pd.Timestamp("2026-11-22 22:00"), pd.Timestamp("2026-11-23 06:00")
    lone = alarms[(alarms["是否误报"] == "否") & alarms["关联案件编号"].isna()]
    places = pd.concat([cases.set_index("上报时间")["所属区"], lone.set_index("告警时间")["所属区"]]).sort_index()
    counts = places[start : stop - pd.Timedelta(seconds=1)].value_counts()
    assert counts.index[0] == BUSIEST
    assert counts.iloc[0] > counts.iloc[1]
    district, _, code = NIGHT_MARKET
    trading = cases[cases["小类名称"] == design().categories["name"][design().category(code)]]
    usual = [
        trading[trading["上报时间"].between(start - pd.Timedelta(weeks=n), stop - pd.Timedelta(weeks=n))]["所属区"].eq(district).sum()
        for n in range(1, 9)
    ]  # fmt: skip
    last = trading[trading["上报时间"].between(start, stop)]["所属区"].eq(district).sum()
    assert last >= 11 > 3 * max(np.mean(usual), 0.5)


def test_one_department_fell_this_month(cases: pd.DataFrame) -> None:
    due = cases[(cases["责任部门"] == "市政设施中心") & (cases["处置截止时间"] < END) & (cases["是否作废"] == "否")]
    on_time = due["结案时间"] <= due["处置截止时间"]
    this_month = due["处置截止时间"] >= pd.Timestamp("2026-11-01")
    assert on_time[this_month].mean() < 0.78 < 0.85 < on_time[~this_month].mean()


def test_one_street_has_the_full_bins(cases: pd.DataFrame) -> None:
    _, street, code = FULL_BINS
    bins = cases[cases["小类名称"] == design().categories["name"][design().category(code)]]
    recent = bins[bins["上报时间"] >= pd.Timestamp("2026-09-01")]["所属街道"].value_counts()
    assert recent.index[0] == street
    assert recent.iloc[0] > 2 * recent.iloc[1]


def test_the_manhole_sensors_went_off_two_weeks_ago(alarms: pd.DataFrame) -> None:
    per_day = alarms.groupby(alarms["告警时间"].dt.date).size()
    assert per_day.idxmax() == date(2026, 11, 9)
    night = alarms[alarms["告警时间"].between(pd.Timestamp("2026-11-09 01:00"), pd.Timestamp("2026-11-09 05:00"))]
    assert (night["所属街道"] == ALARM_STORM[1]).mean() > 0.8
    assert (night["是否误报"] == "是").mean() > 0.5


def test_shared_bikes_rise_since_summer(cases: pd.DataFrame) -> None:
    bikes = cases[cases["小类名称"] == "共享单车乱象"]["上报时间"].dt.strftime("%Y-%m").value_counts()
    assert bikes["2026-10"] > 1.6 * bikes["2026-06"]


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-11-20 17:00", "2Hu", "2026-11-20 19:00"),
        ("2026-11-20 17:00", "4H", "2026-11-23 11:00"),
        ("2026-11-20 17:00", "1D", "2026-11-23 17:00"),
        ("2026-09-30 17:30", "1D", "2026-10-08 17:30"),
    ],
)
def test_deadlines_follow_the_working_calendar(start: str, limit: str, due: str) -> None:
    clock = WorkClock(WorkingCalendar.load("cn"), date(2026, 1, 1), date(2026, 12, 31))
    minutes, working = limit_minutes(limit)
    ended = clock.after(np.array([start], dtype="M8[m]"), np.array([minutes]), np.array([working]))
    assert ended[0] == np.datetime64(due, "m")
