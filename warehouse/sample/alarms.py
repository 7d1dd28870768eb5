"""Device and camera alarms of the sample city: most are nothing or stay alarms, some become cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from warehouse.sample import stories
from warehouse.sample.design import Design
from warehouse.sample.reports import Span

_PER_DAY = 42.0
_STORM_SIZE = 210
_STORM_WRONG = 0.8
_DEVICE_SOURCES = ("视频监控抓拍", "物联感知")


def lone_alarms(design: Design, span: Span, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """Alarms that never became a case: detected, device (row number), cell, wrong."""
    days = np.array(span.days, dtype="M8[D]")
    counts = rng.poisson(_PER_DAY * scale * rng.gamma(30, 1 / 30, len(days)))
    profile = np.array(design.hours["always"])
    seconds = rng.choice(24, counts.sum(), p=profile / profile.sum()) * 3600 + rng.integers(0, 3600, counts.sum())
    detected = np.repeat(days, counts).astype("M8[s]") + seconds.astype("m8[s]")
    share = design.devices["share"].to_numpy(dtype="float64")
    device = rng.choice(len(share), len(detected), p=share / share.sum())
    weight = design.cells["weight"].to_numpy(dtype="float64")
    table = pd.DataFrame(
        {
            "detected": detected,
            "device": device,
            "cell": rng.choice(len(weight), len(detected), p=weight / weight.sum()),
            # What was confirmed mostly became a case, so among these many are wrong.
            "wrong": rng.random(len(detected)) < 1.6 * design.devices["wrong"].to_numpy(dtype="float64")[device],
        }
    )
    table = pd.concat([table, _storm(design, span, scale, rng)], ignore_index=True)
    return table[table["detected"] < np.datetime64(span.end, "s")].reset_index(drop=True)


def _storm(design: Design, span: Span, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    district, street, code = stories.ALARM_STORM
    first, last = stories.storm_night(span)
    count = max(int(_STORM_SIZE * scale), 30)
    seconds = rng.integers(0, int((last - first).total_seconds()), count)
    inside = (design.cells["district"] == district) & (design.cells["street"] == street)
    device = int(np.flatnonzero((design.devices["category"] == code).to_numpy())[0])
    return pd.DataFrame(
        {
            "detected": np.datetime64(first, "s") + seconds.astype("m8[s]"),
            "device": device,
            "cell": rng.choice(np.flatnonzero(inside.to_numpy()), count),
            "wrong": rng.random(count) < _STORM_WRONG,
        }
    )


def all_alarms(
    design: Design, span: Span, lone: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """The lone alarms and those behind the cases that devices reported, by time, numbered, with their clearing."""
    table = pd.concat([lone.assign(case_no=None), _behind_cases(design, cases, rng)], ignore_index=True)
    table = table.sort_values(["detected", "device", "cell"], kind="stable", ignore_index=True)
    day = table["detected"].dt.strftime("%Y%m%d")
    table["alarm_no"] = "GJ" + day + (table.groupby(day).cumcount() + 1).astype(str).str.zfill(4)
    size = len(table)
    hours = np.where(table["wrong"], rng.exponential(0.3, size), rng.exponential(4.0, size)) + 0.02
    cleared = table["detected"].to_numpy().astype("M8[s]") + (hours * 3600).astype("m8[s]")
    table["cleared"] = np.where(cleared > np.datetime64(span.end, "s"), np.datetime64("NaT"), cleared)
    table["level"] = rng.choice([1, 2, 3, 4], size, p=[0.01, 0.07, 0.3, 0.62])
    table["device_no"] = _device_numbers(table, rng)
    return table


def _device_numbers(table: pd.DataFrame, rng: np.random.Generator) -> pd.Series[Any]:
    number = table["cell"] * 3 + rng.integers(0, 3, len(table))
    return "SB" + (table["device"] + 1).astype(str).str.zfill(2) + number.astype(str).str.zfill(5)


def _behind_cases(design: Design, cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    sources = [design.source(name) for name in _DEVICE_SOURCES]
    by_code = {design.category(code): number for number, code in reversed(list(enumerate(design.devices["category"])))}
    found = cases[cases["source"].isin(sources) & cases["category"].isin(by_code)]
    before = rng.integers(40, 900, len(found)).astype("m8[s]")
    return pd.DataFrame(
        {
            "detected": found["reported"].to_numpy().astype("M8[s]") - before,
            "device": found["category"].map(by_code).to_numpy(),
            "cell": found["cell"].to_numpy(),
            "wrong": False,
            "case_no": found["case_no"].to_numpy(),
        }
    )
