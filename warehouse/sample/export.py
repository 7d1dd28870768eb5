"""The sample city as the files a municipal system exports: Chinese headers, names instead of codes, empty for null."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from warehouse.sample.design import Design
from warehouse.sample.workbook import write_workbook

_LIMIT_WORDS = {"Hu": "紧急工作时", "H": "工作时", "D": "工作日"}
_MARKS = pa.array(["否", "是"])


def write_cases(path: Path, design: Design, cases: pd.DataFrame, rng: np.random.Generator) -> None:
    """The cases, one row each, by report time."""
    category = pa.array(cases["category"])
    place = _place(design, cases)
    words = _words(design, cases, place, rng)
    _write(
        path,
        {
            "案件编号": pa.array(cases["case_no"], pa.string()),
            "案件状态": pa.array(cases["status"], pa.string()),
            "案件来源": _take(design.sources["name"], pa.array(cases["source"])),
            "问题类型": _take(design.categories["kind"], category),
            "大类名称": _take(design.categories["major"], category),
            "小类名称": _take(design.categories["name"], category),
            **place,
            **words,
            "责任部门": _take(design.categories["department"], category),
            "处置单位": _units(design, cases),
            "上报时间": _moments(cases["reported"]),
            "受理时间": _moments(cases["accepted"]),
            "立案时间": _moments(cases["registered"]),
            "派遣时间": _moments(cases["dispatched"]),
            "处置截止时间": _moments(cases["due"]),
            "处置完成时间": _moments(cases["disposed"]),
            "核查时间": _moments(cases["checked"]),
            "结案时间": _moments(cases["closed"]),
            "更新时间": _moments(cases["updated"]),
            "上报人": _reporters(design, cases),
            "满意度": pa.array(cases["satisfaction"], pa.string()),
            "是否挂账": _mark(cases["suspended"]),
            "是否作废": _mark(cases["cancelled"]),
            "是否急要件": _mark(cases["urgent"]),
            "是否督办": _mark(cases["supervised"]),
            "超期免责": _mark(cases["exempt"]),
            "返工次数": pa.array(cases["reworks"], pa.int64()),
            "延期次数": pa.array(cases["extensions"], pa.int64()),
            "回退次数": pa.array(cases["returns"], pa.int64()),
            "暂停时长": pa.array(cases["paused_hours"], pa.float64()),
        },
    )


def write_alarms(path: Path, design: Design, alarms: pd.DataFrame) -> None:
    """The alarms, one row each, by the time they were raised."""
    device = pa.array(alarms["device"])
    by_code = {code: number for number, code in enumerate(design.categories["code"])}
    category = pa.array(alarms["device"].map(design.devices["category"]).map(by_code))
    _write(
        path,
        {
            "告警编号": pa.array(alarms["alarm_no"], pa.string()),
            "告警时间": _moments(alarms["detected"]),
            "解除时间": _moments(alarms["cleared"]),
            "告警类型": _take(design.devices["type"], device),
            "设备类型": _take(design.devices["device"], device),
            "设备编号": pa.array(alarms["device_no"], pa.string()),
            "告警级别": pa.array(alarms["level"], pa.int64()),
            "是否误报": _mark(alarms["wrong"]),
            "关联案件编号": pa.array(alarms["case_no"], pa.string(), from_pandas=True),
            **_place(design, alarms),
            "问题小类": _take(design.categories["name"], category),
            "责任部门": _take(design.categories["department"], category),
        },
    )


def write_callbacks(path: Path, design: Design, calls: pd.DataFrame) -> None:
    """The calls back, one row each, by time."""
    place = _place(design, calls)
    _write(
        path,
        {
            "回访编号": pa.array(calls["callback_no"], pa.string()),
            "案件编号": pa.array(calls["case_no"], pa.string()),
            "回访时间": _moments(calls["called"]),
            "是否接通": _mark(calls["reached"]),
            "是否解决": pa.array(calls["resolved"], pa.string(), from_pandas=True),
            "满意度": pa.array(calls["satisfaction"], pa.string(), from_pandas=True),
            **{name: place[name] for name in ("所属区", "所属街道", "所属社区", "单元网格")},
            "责任部门": _take(design.categories["department"], pa.array(calls["category"])),
        },
    )


def write_members(folder: Path, design: Design) -> None:
    """The area tree with aliases, the handling standard and the departments."""
    areas = design.areas
    columns = {"层级": "level", "名称": "name", "编码": "code", "上级": "parent", "别名": "aliases"}
    _write(folder / "areas.csv", {head: pa.array(areas[name], pa.string()) for head, name in columns.items()})
    rows = [
        (
            row.kind,
            row.major,
            row.name,
            row.code,
            "GB/T 47678.5-2026",
            row.department,
            f"发现{row.seen}",
            _limit(row.limit),
        )
        for row in design.categories.itertuples(index=False)
    ]
    header = ("类别", "大类名称", "小类名称", "小类代码", "标准", "主管部门", "立案条件", "处置时限")
    write_workbook(folder / "standard.xlsx", "处置标准", header, rows)
    departments = [(row.name, row.code, "、".join(row.aliases)) for row in design.departments.itertuples(index=False)]
    write_workbook(folder / "departments.xlsx", "责任部门", ("部门名称", "部门编码", "简称"), departments)


def _limit(limit: str) -> str:
    number = limit.rstrip("HuD")
    return number + _LIMIT_WORDS[limit[len(number) :]]


def _write(path: Path, columns: dict[str, pa.Array]) -> None:
    options = pacsv.WriteOptions(quoting_style="needed")
    pacsv.write_csv(pa.table(columns), path, options)


def _take(names: pd.Series[Any], at: pa.Array) -> pa.Array:
    return pa.array(names, pa.string()).take(at)


def _mark(values: pd.Series[Any]) -> pa.Array:
    return _MARKS.take(pa.array(values.to_numpy().astype("int64")))


def _moments(times: pd.Series[Any]) -> pa.Array:
    moments = pa.array(times.to_numpy().astype("M8[s]"), pa.timestamp("s"))
    return pc.strftime(moments, format="%Y-%m-%d %H:%M:%S")


def _place(design: Design, table: pd.DataFrame) -> dict[str, pa.Array]:
    cell = pa.array(table["cell"])
    # A fixed pattern instead of chance: the same row number always lies at the same spot of its cell.
    spot = np.arange(len(table)) * 7919 % 1000 / 1000 - 0.5
    names = {"所属区": "district", "所属街道": "street", "所属社区": "community", "单元网格": "grid"}
    shift = {"经度": ("longitude", spot * 0.004), "纬度": ("latitude", spot[::-1] * 0.003)}
    return {
        **{head: _take(design.cells[column], cell) for head, column in names.items()},
        **{
            head: pa.array(np.round(design.cells[column].to_numpy()[table["cell"]] + by, 6))
            for head, (column, by) in shift.items()
        },
    }


def _words(
    design: Design, cases: pd.DataFrame, place: dict[str, pa.Array], rng: np.random.Generator
) -> dict[str, pa.Array]:
    size = len(cases)
    road = pa.array(design.roads).take(pa.array(rng.integers(0, len(design.roads), size)))
    number = pa.array(rng.integers(1, 240, size)).cast(pa.string())
    seen = _take(design.categories["seen"], pa.array(cases["category"]))
    address = pc.binary_join_element_wise(place["所属街道"], road, number, "号附近", "")
    described = pc.binary_join_element_wise(place["所属社区"], road, number, "号附近", seen, "")
    return {"事发位置": address, "问题描述": described}


def _units(design: Design, cases: pd.DataFrame) -> pa.Array:
    short = design.cells["district"].str.removesuffix("区")
    unit = dict(zip(design.departments["name"], design.departments["unit"], strict=True))
    crew = design.categories["department"].map(unit)
    joined = pc.binary_join_element_wise(
        _take(short, pa.array(cases["cell"])), _take(crew, pa.array(cases["category"])), ""
    )
    return pc.if_else(pa.array(cases["dispatched"].notna()), joined, pa.scalar(None, pa.string()))


def _reporters(design: Design, cases: pd.DataFrame) -> pa.Array:
    patrol = pa.array((cases["source"] == design.source("监督员上报")).to_numpy())
    beat = pa.array("CJ" + (1000 + cases["cell"] // 3).astype(str), pa.string())
    return pc.if_else(patrol, beat, pa.scalar(None, pa.string()))
