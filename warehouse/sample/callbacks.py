"""Calls back to citizens after closing: reached or not, solved or not, satisfied or not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from warehouse.sample.design import Design
from warehouse.sample.reports import Span

_CALLED = ("12345热线", "公众举报")
_ANSWERS = ("满意", "基本满意", "不满意")


def callbacks(design: Design, span: Span, cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One row per call, by time: callback_no, case_no, called, reached, resolved, satisfaction, cell, category."""
    sources = [design.source(name) for name in _CALLED]
    asked = cases[cases["source"].isin(sources) & cases["closed"].notna()]
    asked = asked[rng.random(len(asked)) < 0.78]
    day = asked["closed"].to_numpy().astype("M8[D]") + rng.integers(1, 4, len(asked)).astype("m8[D]")
    called = day.astype("M8[s]") + rng.integers(9 * 3600, 18 * 3600, len(asked)).astype("m8[s]")
    reached = rng.random(len(asked)) < 0.86
    late = (asked["closed"] > asked["due"]).to_numpy()
    resolved = rng.random(len(asked)) < np.where(late, 0.78, 0.93)
    good = rng.random(len(asked)) < np.where(resolved, 0.8, 0.12)
    fair = rng.random(len(asked)) < np.where(resolved, 0.75, 0.2)
    table = pd.DataFrame(
        {
            "case_no": asked["case_no"].to_numpy(),
            "called": called,
            "reached": reached,
            "resolved": pd.Series(np.where(resolved, "是", "否")).where(reached),
            "satisfaction": pd.Series(np.select([good, fair], _ANSWERS[:2], _ANSWERS[2])).where(reached),
            "cell": asked["cell"].to_numpy(),
            "category": asked["category"].to_numpy(),
        }
    )
    table = table[table["called"] < np.datetime64(span.end, "s")]
    table = table.sort_values(["called", "case_no"], kind="stable", ignore_index=True)
    table["callback_no"] = "HF" + table["called"].dt.strftime("%Y%m%d") + (table.index.to_series() + 1).astype(str)
    return table
