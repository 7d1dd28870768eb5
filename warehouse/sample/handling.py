"""What becomes of a report: filing, dispatch, disposal, check, closing, and everything that goes wrong on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from warehouse.sample.design import Design
from warehouse.sample.reports import Span
from warehouse.sample.work_clock import WorkClock, limit_minutes
from warehouse.working_calendar import WorkingCalendar

SLIPPING = "市政设施中心"
SLIPPED_ON_TIME = 0.66
_AHEAD = timedelta(days=150)
_SEASON = 120
_STAGES = ("accepted", "registered", "dispatched", "disposed", "checked", "closed")
_PATROL = "监督员上报"
_URGENT = ("99002", "99004", "99001", "02014", "10002")


def handled(
    design: Design, span: Span, calendar: WorkingCalendar, reports: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """The reports sorted by time, with their stages up to the end of the span, marks and status."""
    table = reports.sort_values(["reported", "source", "category", "cell"], kind="stable", ignore_index=True)
    table["case_no"] = _numbers(design.prefix, table["reported"])
    _file(design, table, rng)
    _mark(design, table, rng)
    clock = WorkClock(calendar, span.first, span.end.date() + _AHEAD)
    _dispose(design, span, clock, table, rng)
    _seconds(table, rng)
    _cut(table, np.datetime64(span.end, "s"))
    _status(table)
    return table


def _numbers(prefix: str, reported: pd.Series[Any]) -> pd.Series[Any]:
    day = reported.dt.strftime("%Y%m%d")
    sequence = reported.groupby(day).cumcount() + 1
    return prefix + day + sequence.astype(str).str.zfill(4)


def _minutes(rng: np.random.Generator, median: float, spread: float, size: int) -> npt.NDArray[np.float64]:
    return rng.lognormal(np.log(median), spread, size)


def _file(design: Design, table: pd.DataFrame, rng: np.random.Generator) -> None:
    size = len(table)
    patrol = (table["source"] == design.source(_PATROL)).to_numpy()
    at = table["reported"].to_numpy().astype("M8[m]")
    for stage, patrol_median, other_median in (("accepted", 3, 5), ("registered", 6, 22), ("dispatched", 7, 10)):
        minutes = np.where(patrol, _minutes(rng, patrol_median, 0.6, size), _minutes(rng, other_median, 0.8, size))
        at = at + np.minimum(np.rint(minutes), 900).astype("m8[m]")
        table[stage] = at
    refused = rng.random(size) < np.where(patrol, 0.015, 0.075)
    table["refused"] = refused
    table.loc[refused, ["registered", "dispatched"]] = np.datetime64("NaT")


def _mark(design: Design, table: pd.DataFrame, rng: np.random.Generator) -> None:
    size, refused = len(table), table["refused"].to_numpy()
    code = design.categories["code"].to_numpy()[table["category"]]
    from_leader = (table["source"] == design.source("领导批示")).to_numpy()
    table["cancelled"] = (rng.random(size) < 0.011) & ~refused
    table["extensions"] = np.where(refused, 0, (rng.random(size) < 0.024).astype(int) + (rng.random(size) < 0.003))
    table["reworks"] = np.where(refused, 0, (rng.random(size) < 0.036).astype(int) + (rng.random(size) < 0.006))
    table["returns"] = np.where(refused, 0, (rng.random(size) < 0.021).astype(int))
    table["urgent"] = (rng.random(size) < np.where(np.isin(code, _URGENT), 0.06, 0.004)) & ~refused
    table["supervised"] = (rng.random(size) < np.where(from_leader, 0.45, 0.004)) & ~refused


def _limits(design: Design, table: pd.DataFrame) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    parsed = [limit_minutes(limit) for limit in design.categories["limit"]]
    minutes = np.array([minutes for minutes, _ in parsed])[table["category"]]
    return minutes * (1 + table["extensions"].to_numpy()), np.array([working for _, working in parsed])[
        table["category"]
    ]


def _dispose(design: Design, span: Span, clock: WorkClock, table: pd.DataFrame, rng: np.random.Generator) -> None:
    minutes, working = _limits(design, table)
    start = table["dispatched"].fillna(table["reported"]).to_numpy().astype("M8[m]")
    table["due"] = np.where(table["refused"], np.datetime64("NaT"), clock.after(start, minutes, working))
    needed = _needed(design, span, table, rng)
    # What lies about longer than a season is closed by order, so the forgotten ones are recent.
    recent = (table["reported"] > np.datetime64(span.end - timedelta(days=_SEASON), "s")).to_numpy()
    never = (rng.random(len(table)) < 0.03) & (needed > 1) & recent
    done = rng.uniform(0.6, 0.93, len(table))
    # A check needs time after the work, however short the limit.
    for stage, part in (("disposed", done), ("checked", done + (1 - done) * 0.7), ("closed", np.ones(len(table)))):
        table[stage] = clock.after(start, needed * part * minutes, working)
    _suspend(span, table, rng)
    gone = table["refused"] | table["cancelled"] | table["suspended"] | never
    table.loc[gone, ["disposed", "checked", "closed"]] = np.datetime64("NaT")
    table["exempt"] = (table["closed"] > table["due"]) & (rng.random(len(table)) < 0.035)


def _needed(design: Design, span: Span, table: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """The share of its limit that each case takes; above one is late."""
    size = len(table)
    usual = design.departments.set_index("name")["on_time"]
    department = design.categories["department"].to_numpy()[table["category"]]
    on_time = usual.loc[department].to_numpy(dtype="float64")
    month = np.datetime64(span.end.replace(day=1).date(), "s")
    slipping = (department == SLIPPING) & (table["due"] >= month).to_numpy()
    on_time = np.where(slipping, SLIPPED_ON_TIME, on_time)
    on_time = np.where(table["reworks"] > 0, on_time - 0.2, on_time)
    quick = 0.03 + 0.95 * rng.beta(1.5, 2.6, size)
    quick = np.where(table["reworks"] > 0, 1 - (1 - quick) * 0.5, quick)
    return np.where(rng.random(size) < on_time, quick, 1.02 + _minutes(rng, 0.55, 1.1, size))


def _suspend(span: Span, table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Some cases of the last months stand still; some earlier ones stood still for a while inside their time."""
    size = len(table)
    recent = (table["reported"] > np.datetime64(span.end - timedelta(days=_SEASON), "s")).to_numpy()
    long = ((table["due"] - table["dispatched"]) > np.timedelta64(40, "h")).to_numpy()
    chosen = (rng.random(size) < 0.012) & long & ~table["refused"].to_numpy() & ~table["cancelled"].to_numpy()
    table["suspended"] = chosen & recent & (rng.random(size) < 0.6)
    span_hours = ((table["disposed"] - table["dispatched"]) / np.timedelta64(1, "h")).fillna(0).to_numpy()
    paused = np.where(chosen & ~recent, span_hours * rng.uniform(0.1, 0.5, size), 0.0)
    table["paused_hours"] = np.round(paused, 1)


def _seconds(table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Seconds within the minute, growing along the stages so that no order is lost."""
    seconds = np.sort(rng.integers(0, 60, (len(table), len(_STAGES))), axis=1)
    reported = table["reported"].to_numpy().astype("M8[s]")
    for index, stage in enumerate(_STAGES):
        at = table[stage].to_numpy().astype("M8[s]") + seconds[:, index].astype("m8[s]")
        # The report has seconds of its own, perhaps in the same minute.
        table[stage] = np.where(np.isnat(at), at, np.maximum(at, reported))
    due = table["due"].to_numpy().astype("M8[s]")
    dispatched = table["dispatched"].to_numpy().astype("M8[s]")
    table["due"] = due + (dispatched - dispatched.astype("M8[m]")).astype("m8[s]")


def _cut(table: pd.DataFrame, end: np.datetime64) -> None:
    """Nothing has happened after the end, only deadlines lie there."""
    for stage in _STAGES:
        table.loc[table[stage] > end, stage] = np.datetime64("NaT")
    unfiled = table["registered"].isna()
    table.loc[table["dispatched"].isna(), "due"] = np.datetime64("NaT")
    marks = {"cancelled": False, "suspended": False, "exempt": False, "urgent": False, "supervised": False,
             "extensions": 0, "reworks": 0, "returns": 0, "paused_hours": 0.0}  # fmt: skip
    for name, neutral in marks.items():
        table.loc[unfiled, name] = neutral
    waiting = table["dispatched"].isna()
    table.loc[waiting, ["extensions", "reworks", "returns"]] = 0
    table.loc[waiting, "suspended"] = False
    table.loc[table["closed"].isna(), "exempt"] = False
    table.loc[table["disposed"].isna(), ["reworks", "paused_hours"]] = 0
    table["updated"] = table[["reported", *_STAGES]].max(axis=1)


def _status(table: pd.DataFrame) -> None:
    done = {stage: table[stage].notna() for stage in _STAGES}
    steps = [
        (table["cancelled"], "已作废"),
        (table["refused"] & done["accepted"], "不予立案"),
        (table["suspended"], "已挂账"),
        (done["closed"], "已结案"),
        (done["disposed"], "待核查"),
        (done["dispatched"], "处置中"),
        (done["registered"], "待派遣"),
        (done["accepted"], "待立案"),
    ]
    table["status"] = np.select([step.to_numpy() for step, _ in steps], [name for _, name in steps], "待受理")
