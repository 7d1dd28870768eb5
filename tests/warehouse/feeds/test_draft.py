"""A newcomer's own export: looked at, drafted, checked, loaded, and its numbers are those of pandas."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from exports import NOW
from openpyxl import Workbook

from warehouse.errors import FeedError
from warehouse.feeds.check import check
from warehouse.feeds.draft import city_text, draft_feed, feed_text
from warehouse.feeds.load import load
from warehouse.reader import open_warehouse

PLACES, KINDS, UNITS = ("桥东区", "桥西区"), ("占道经营", "暴露垃圾", "井盖破损"), ("城管局", "环卫中心")


def records() -> pd.DataFrame:
    dice = random.Random(3)
    rows = []
    for number in range(300):
        opened = datetime(2026, 9, 1, 8) + timedelta(hours=3 * number)
        closed = opened + timedelta(days=2) if number % 3 else None
        rows.append(
            (
                f"GD{20260000 + number}",
                opened,
                dice.choice(PLACES),
                dice.choice(KINDS),
                dice.choice(UNITS),
                dice.choice(("是", "否")),
                closed,
            )
        )
    return pd.DataFrame(rows, columns=["no", "opened", "place", "kind", "unit", "mark", "closed"])


def hotline_csv(data: pd.DataFrame, path: Path) -> Path:
    lines = ["诉求编号;来电时间;区县;诉求类型;承办部门;是否督办;结案时间"]
    for row in data.itertuples():
        closed = f"{row.closed:%Y年%m月%d日 %H:%M}" if pd.notna(row.closed) else ""
        lines.append(f"{row.no};{row.opened:%Y年%m月%d日 %H:%M};{row.place};{row.kind};{row.unit};{row.mark};{closed}")
    path.write_text("\n".join(lines) + "\n", encoding="gb18030")
    return path


def workbook(data: pd.DataFrame, path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ["工单导出表"],
        ["导出时间：2026-11-20"],
        ["工单编号", "上报时间", "所属区", "问题小类", "承办单位", "是否督办", "结案时间"],
    ):
        sheet.append(line)
    for row in data.itertuples():
        sheet.append([row.no, row.opened.to_pydatetime(), row.place, row.kind, row.unit, row.mark,
                      row.closed.to_pydatetime() if pd.notna(row.closed) else None])  # fmt: skip
    book.save(path)
    return path


def service_requests(data: pd.DataFrame, path: Path) -> Path:
    lines = ["Unique Key,Created Date,Closed Date,Agency,Complaint Type,Borough,Open Data Channel Type"]
    for row in data.itertuples():
        closed = f"{row.closed:%m/%d/%Y %I:%M:%S %p}" if pd.notna(row.closed) else ""
        lines.append(f"{row.no},{row.opened:%m/%d/%Y %I:%M:%S %p},{closed},{row.unit},{row.kind},{row.place},PHONE")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def json_lines(data: pd.DataFrame, path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for row in data.itertuples():
            closed = f"{row.closed:%Y-%m-%dT%H:%M:%SZ}" if pd.notna(row.closed) else None
            file.write(json.dumps({"service_request_id": row.no, "requested_datetime": f"{row.opened:%Y-%m-%dT%H:%M:%SZ}",
                                   "service_name": row.kind, "agency": row.unit, "borough": row.place, "closed_date": closed}) + "\n")  # fmt: skip
    return path


@pytest.mark.parametrize(
    ("write", "name"),
    [(hotline_csv, "hotline.csv"), (workbook, "工单.xlsx"), (service_requests, "nyc.csv"), (json_lines, "req.jsonl")],
)
def test_an_unknown_export_loads_as_drafted(
    write: Callable[[pd.DataFrame, Path], Path], name: str, tmp_path: Path
) -> None:
    data = records()
    made = draft_feed(write(data, tmp_path / name), "newtown", tmp_path)
    assert made.kind == "cases"
    feed = tmp_path / "cases.feed.yml"
    feed.write_text(feed_text(made), encoding="utf-8")
    (tmp_path / "city.yml").write_text(city_text([made], "newtown", "Newtown", NOW), encoding="utf-8")
    report = check(tmp_path / "home", feed)
    assert report.rows == len(data)
    assert report.faults == ()
    assert report.missing == ()
    loaded = load(tmp_path / "home", feed, now=NOW)
    assert (loaded.loaded, loaded.quarantined) == (len(data), 0)
    warehouse = open_warehouse(tmp_path / "home", "newtown")
    found = warehouse.fetch(
        "SELECT district, minor_category, department, count(*), count(closed_at) FROM cases GROUP BY 1, 2, 3"
    )
    hours = warehouse.fetch("SELECT max(closed_at - reported_at), min(reported_at) FROM cases")[0]
    warehouse.close()
    wanted = data.groupby(["place", "kind", "unit"])["closed"].agg(["size", "count"]).reset_index()
    assert sorted(found) == sorted(tuple(row) for row in wanted.itertuples(index=False))
    assert hours[0] == timedelta(days=2)
    assert hours[1].replace(hour=0) == datetime(2026, 9, 1)


def test_a_list_of_departments_is_no_list_of_cases(tmp_path: Path) -> None:
    path = tmp_path / "部门.csv"
    path.write_text("部门名称,简称\n城市管理局,城管局\n环境卫生中心,环卫\n", encoding="utf-8")
    assert draft_feed(path, "newtown", tmp_path).content["members"] == "departments"


def test_what_is_unsure_stands_in_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    lines = [f"K{n},2026-10-{n % 28 + 1:02d} 08:00,free text {n},zone {n % 4}" for n in range(60)]
    path.write_text("\n".join(["ref code,wann,Bemerkung,part of town", *lines]) + "\n", encoding="utf-8")
    made = draft_feed(path, "newtown", tmp_path)
    text = feed_text(made)
    assert "reported_at is guessed to be 'wann'" in text
    assert "'ref code' → case_no" in text
    assert "# Not used: Bemerkung" in text
    assert [one["from"] for one in made.content["dimensions"]] == ["part of town"]


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [("none.csv", None, "no such file"), ("empty.csv", b"", "is empty"), ("picture.png", b"x", "unknown kind"),
     ("words.csv", b"just a line\nand another\n", "no header line"), ("head.csv", b"id,created date\n", "no rows")],
)  # fmt: skip
def test_what_is_no_table_gets_a_clear_error(name: str, raw: bytes | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(FeedError, match=said) as caught:
        draft_feed(path, "newtown", tmp_path)
    assert caught.value.remedy


def test_aliases_nothing_answers_to_are_told(tmp_path: Path) -> None:
    made = draft_feed(json_lines(records(), tmp_path / "req.jsonl"), "newtown", tmp_path)
    feed = tmp_path / "cases.feed.yml"
    feed.write_text(feed_text(made), encoding="utf-8")
    (tmp_path / "aliases.yml").write_text("distrct: {桥东区: [东边]}\ndistrict: {桥东: [东边]}\n", encoding="utf-8")
    notes = " ".join(check(tmp_path / "home", feed).notes)
    assert "'distrct'" in notes
    assert "桥东" in notes


def test_a_yes_or_no_to_being_satisfied_is_a_rating(tmp_path: Path) -> None:
    path = tmp_path / "hotline.csv"
    lines = [f"S{n},2026-10-{n % 28 + 1:02d} 08:00,{('是', '否', '说不好')[n % 3]},2026-10-29 08:00" for n in range(90)]
    path.write_text("\n".join(["工单号,上报时间,是否满意,结案时间", *lines]) + "\n", encoding="utf-8")
    made = draft_feed(path, "newtown", tmp_path)
    assert made.content["values"]["satisfaction"] == {"是": "satisfied", "否": "dissatisfied"}
    assert any("说不好" in doubt for doubt in made.doubts)
