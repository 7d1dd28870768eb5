"""What is planted in the sample city for the demonstration; README.md of the example tells where to look.

Rows are added to the usual reports before anything is handled, so that every later number follows from them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from warehouse.sample.design import Design
from warehouse.sample.reports import Span

NIGHT_MARKET = ("望山区", "青枫街道", "09006")
BUSIEST = "东湖区"
FULL_BINS = ("临江区", "渡口街道", "06042")
ALARM_STORM = ("松浦区", "机场路街道", "01002")
_NIGHT_MARKET_CASES = 11
_LEAD = 2
_BUSIEST_ALARMS = 2


def storm_night(span: Span) -> tuple[datetime, datetime]:
    """When the manhole sensors went off: from 01:00 to 05:00, 14 days before the end."""
    day = (span.end - timedelta(days=14)).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(hours=1), day + timedelta(hours=5)


def calm(design: Design, span: Span, alarms: pd.DataFrame) -> pd.DataFrame:
    """The alarms with few left in the busiest district last night, so that it leads without being out of the ordinary."""
    start, stop = (np.datetime64(moment, "s") for moment in span.last_night)
    inside = (alarms["detected"] >= start) & (alarms["detected"] < stop)
    true = inside & ~alarms["wrong"] & (design.cells["district"].to_numpy()[alarms["cell"]] == BUSIEST)
    return alarms[~true | (true.cumsum() <= _BUSIEST_ALARMS)].reset_index(drop=True)


def planted(
    design: Design, span: Span, reports: pd.DataFrame, alarms: pd.DataFrame, scale: float, rng: np.random.Generator
) -> pd.DataFrame:
    """The reports with the planted ones added. `alarms` are those that are no case, for the balance of last night."""
    table = pd.concat(
        [reports, _full_bins(design, span, scale, rng), _night_market(design, span, rng)], ignore_index=True
    )
    return pd.concat([table, _busiest(design, span, table, alarms, rng)], ignore_index=True)


def _rows(design: Design, times: np.ndarray, what: tuple[str, str, str], rng: np.random.Generator) -> pd.DataFrame:
    district, street, code = what
    cells = design.cells
    inside = (cells["district"] == district) & ((cells["street"] == street) | (street == ""))
    sources = [design.source(name) for name in ("视频监控抓拍", "12345热线", "公众举报")]
    return pd.DataFrame(
        {
            "reported": times.astype("M8[s]"),
            "source": rng.choice(sources, len(times), p=[0.3, 0.45, 0.25]),
            "category": design.category(code),
            "cell": rng.choice(np.flatnonzero(inside.to_numpy()), len(times)),
        }
    )


def _between(first: datetime, last: datetime, count: int, rng: np.random.Generator) -> np.ndarray:
    seconds = int((last - first).total_seconds())
    return np.sort(np.datetime64(first, "s") + rng.integers(0, seconds, count).astype("m8[s]"))


def _night_market(design: Design, span: Span, rng: np.random.Generator) -> pd.DataFrame:
    start, _ = span.last_night
    times = _between(start + timedelta(minutes=4), start + timedelta(hours=3), _NIGHT_MARKET_CASES, rng)
    table = _rows(design, times, NIGHT_MARKET, rng)
    market = np.flatnonzero((design.cells["street"] == NIGHT_MARKET[1]).to_numpy())[:2]
    table["cell"] = rng.choice(market, len(table), p=[0.75, 0.25])
    return table


def _full_bins(design: Design, span: Span, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """Friday to Sunday evenings of the last 13 weeks, again and again in the same street."""
    parts = []
    for back in range(91):
        day = span.end.replace(hour=18, minute=0, second=0, microsecond=0) - timedelta(days=back + 1)
        mean = (7.0 if day.isoweekday() >= 5 else 1.6) * scale
        parts.append(_between(day, day + timedelta(hours=5), int(rng.poisson(mean)), rng))
    return _rows(design, np.concatenate(parts), FULL_BINS, rng)


def _busiest(
    design: Design, span: Span, table: pd.DataFrame, alarms: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Just so many ordinary night complaints that the busiest district still has the highest count last night."""
    start, stop = (np.datetime64(moment, "s") for moment in span.last_night)
    night = table[(table["reported"] >= start) & (table["reported"] < stop)]
    raised = alarms[(alarms["detected"] >= start) & (alarms["detected"] < stop) & ~alarms["wrong"]]
    places = design.cells["district"].to_numpy()
    counted = pd.Series(np.concatenate([places[night["cell"]], places[raised["cell"]]])).value_counts()
    cases = pd.Series(places[night["cell"]]).value_counts()
    missing = max(
        int(count.drop(BUSIEST, errors="ignore").max()) + _LEAD - int(count.get(BUSIEST, 0))
        for count in (counted, cases)
    )
    codes = ("06028", "09009", "08001", "06010", "01037", "09012")
    moments = _between(span.last_night[0], span.last_night[1] - timedelta(hours=1), max(missing, 0), rng)
    parts = [_rows(design, moments[n::6], (BUSIEST, "", code), rng) for n, code in enumerate(codes)]
    return pd.concat(parts, ignore_index=True)
