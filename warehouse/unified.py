"""The unified model: the columns every city's data is mapped to, whatever its own export calls them.

Times are naive local wall time in the city's time zone (the zone is the city's, in the catalogue). Names, not codes, are
stored in the dimension columns; codes and aliases live in the member tables. A city's further columns are kept as
`x_<name>` and become dimensions of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SqlType = Literal["VARCHAR", "TIMESTAMP", "BOOLEAN", "INTEGER", "DOUBLE", "DATE"]


@dataclass(frozen=True, slots=True)
class UnifiedColumn:
    """A column of a unified fact: its name, type and one line of meaning."""

    name: str
    type: SqlType
    meaning: str


def _columns(text: str) -> tuple[UnifiedColumn, ...]:
    rows = (line.split(None, 2) for line in text.strip().splitlines())
    return tuple(UnifiedColumn(name, kind, meaning) for name, kind, meaning in rows)  # type: ignore[arg-type]  # the table below holds only SqlType words


_PLACE = """
district VARCHAR 区: the first level below the city (borough, neighborhood)
street VARCHAR 街道/镇: the second level
community VARCHAR 社区/村: the third level
grid VARCHAR 单元网格 cell code
"""

CASES = _columns(
    """
case_no VARCHAR 案件号: the key; unique in a city
reported_at TIMESTAMP 上报: when the problem was reported
accepted_at TIMESTAMP 受理
registered_at TIMESTAMP 立案; cities without a filing step map the report time here only if they say so
dispatched_at TIMESTAMP 派遣 to the responsible unit
due_at TIMESTAMP 处置/结案截止 deadline
disposed_at TIMESTAMP 处置完成: the unit fed back
checked_at TIMESTAMP 核查
closed_at TIMESTAMP 结案
updated_at TIMESTAMP last change in the source, for incremental loads
status VARCHAR status as the source spells it
"""
    + _PLACE.strip()
    + """
address VARCHAR 事发位置 in words
latitude DOUBLE WGS-84 degrees
longitude DOUBLE WGS-84 degrees
kind VARCHAR component (部件) or event (事件/事项)
major_category VARCHAR 大类
minor_category VARCHAR 小类
title VARCHAR one line of the case
description VARCHAR 问题描述
department VARCHAR 主管/责任部门
unit VARCHAR 处置单位, queue or crew under the department
source VARCHAR 案件来源, channel
reporter VARCHAR 监督员 or channel account id; never a citizen's name or phone
satisfaction VARCHAR satisfied, basically_satisfied or dissatisfied
suspended BOOLEAN 挂账
cancelled BOOLEAN 作废
is_urgent BOOLEAN 急要件
is_supervised BOOLEAN 督办
timeout_exempt BOOLEAN overdue excluded from statistics after a granted appeal
rework_count INTEGER 返工 times
extension_count INTEGER 延期 times
return_count INTEGER 回退 times
paused_hours DOUBLE hours the clock stood still, 0 when unknown
"""
)

ALARMS = _columns(
    """
alarm_no VARCHAR the key
detected_at TIMESTAMP when the device or camera raised it
cleared_at TIMESTAMP when it went away
alarm_type VARCHAR what the device reports (井盖倾斜, 垃圾满溢 …)
device_type VARCHAR kind of device
device_no VARCHAR device id
level VARCHAR 1 (most serious) to 4
is_false BOOLEAN 误报
case_no VARCHAR the case it was turned into, if any
"""
    + _PLACE.strip()
    + """
minor_category VARCHAR 小类 it maps to
department VARCHAR 责任部门
latitude DOUBLE WGS-84 degrees
longitude DOUBLE WGS-84 degrees
"""
)

STAGE_TIMES = _columns(
    """
stage_no VARCHAR the key
case_no VARCHAR the case
stage VARCHAR accept, register, dispatch, dispose, check or close
started_at TIMESTAMP start of the stage
due_at TIMESTAMP deadline of the stage
finished_at TIMESTAMP end of the stage
paused_hours DOUBLE hours the clock stood still
"""
    + _PLACE.strip()
    + """
department VARCHAR 责任部门
"""
)

CALLBACKS = _columns(
    """
callback_no VARCHAR the key
case_no VARCHAR the case
called_at TIMESTAMP 回访 time
reached BOOLEAN the caller was reached
resolved BOOLEAN the caller said it was solved
satisfaction VARCHAR satisfied, basically_satisfied or dissatisfied
"""
    + _PLACE.strip()
    + """
department VARCHAR 责任部门
"""
)

FACTS: dict[str, tuple[UnifiedColumn, ...]] = {
    "cases": CASES,
    "alarms": ALARMS,
    "stage_times": STAGE_TIMES,
    "callbacks": CALLBACKS,
}

KEYS: dict[str, str] = {
    "cases": "case_no",
    "alarms": "alarm_no",
    "stage_times": "stage_no",
    "callbacks": "callback_no",
}

SORTED_BY: dict[str, str] = {
    "cases": "reported_at",
    "alarms": "detected_at",
    "stage_times": "started_at",
    "callbacks": "called_at",
}

# Member tables of a snapshot (see snapshot.py): what the names in the facts mean.
MEMBER_TABLES: dict[str, str] = {
    # One row per place; `aliases` are other names people use.
    "areas": "level VARCHAR, name VARCHAR, code VARCHAR, parent_level VARCHAR, parent VARCHAR, aliases VARCHAR[]",
    # One row per 小类 (or 大类 with minor NULL); limits as the city's standard words them.
    "categories": (
        "kind VARCHAR, major VARCHAR, minor VARCHAR, code VARCHAR, standard_ref VARCHAR, "
        "time_limit VARCHAR, unit VARCHAR, aliases VARCHAR[]"
    ),
    "departments": "name VARCHAR, code VARCHAR, parent VARCHAR, aliases VARCHAR[]",
    # Every distinct value of every categorical dimension, counted when the snapshot was built.
    "members": "dimension VARCHAR, value VARCHAR, rows BIGINT, first_at TIMESTAMP, last_at TIMESTAMP",
}
