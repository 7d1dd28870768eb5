"""Slots → SemanticQuery: defaults, ordering, limits and thresholds, checked by the contract itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from assistant.offline.desk import Desk
from assistant.offline.sentence import Slots
from warehouse.semantic import SemanticQuery, TimeRange

_DOWN = {"least": "asc", "most": "desc", "slow": "desc", "fast": "asc"}
_DEFAULT_DAYS = {"hour": 1, "day": 30, "week": 84, "month": 365, "quarter": 730, "year": 1826}
_DAYS = ((2, "hour"), (62, "day"), (200, "week"), (1100, "month"))


def query_of(slots: Slots, desk: Desk, now: datetime) -> SemanticQuery:
    """The query that the slots describe. Raises ValueError when they contradict each other."""
    metrics = tuple(dict.fromkeys(slots.metrics))
    time = _time(slots, now)
    dimensions = tuple(d for d in dict.fromkeys(slots.dimensions))
    args: dict[str, Any] = {
        "metrics": metrics,
        "dimensions": dimensions if slots.rows == "aggregate" else (),
        "time": time,
        "filters": filters_of(slots),
        "having": _having(slots, desk),
        "compare": slots.compare,
        "calc": slots.calc,
        "rows": slots.rows,
    }
    if slots.rows == "aggregate":
        args |= {"order": _order(slots, desk), "limit": _limit(slots), "limit_per": tuple(slots.limit_per)}
    else:
        args |= {"limit": slots.limit, "calc": "none", "compare": None}
    return SemanticQuery.model_validate(args)


def filters_of(slots: Slots) -> list[dict[str, Any]]:
    """Named values gathered by dimension and sign, in the order they were said."""
    gathered: dict[tuple[str, str], dict[str, Any]] = {}
    for use in slots.values:
        op = "not_in" if use.negated else "in"
        entry = gathered.setdefault(
            (use.dimension, op), {"dimension": use.dimension, "op": op, "values": [], "said": []}
        )
        if use.value not in entry["values"]:
            entry["values"].append(use.value)
            entry["said"].append(use.said)
    found = [{**entry, "said": ", ".join(entry["said"])} for entry in gathered.values()]
    found += [{"dimension": d, "op": op, "values": [f"{n:g}"]} for d, op, n in slots.numeric]
    return found


def _time(slots: Slots, now: datetime) -> dict[str, Any] | None:
    time = dict(slots.time) if slots.time else None
    grain = slots.grain
    if grain is None and slots.wants_trend and "hour_of_day" not in slots.dimensions:
        grain = default_grain(slots.time)
        slots.note("default_grain", grain=grain)
    if grain and time is None:
        days = _DEFAULT_DAYS[grain]
        start = (now - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        time = {"start": start, "end": now, "said": ""}
        slots.note("default_window", days=days)
    if slots.compare and time is None:
        time = {"start": now.replace(day=1, hour=0, minute=0, second=0, microsecond=0), "end": now, "said": ""}
        slots.note("default_window_month")
    if time is not None and grain:
        time["grain"] = grain
    return time


def default_grain(time: dict[str, Any] | None) -> str:
    """Buckets that make a readable series of the window."""
    if time is None:
        return "day"
    window = TimeRange.model_validate(time)
    days = (window.end - window.start) / timedelta(days=1)
    return next((grain for limit, grain in _DAYS if days <= limit), "year")


def _order(slots: Slots, desk: Desk) -> list[dict[str, str]]:
    if slots.change_order:
        return [{"by": "change", "direction": slots.change_order}]
    if slots.direction is None and _below(slots):
        return slots.order or [{"by": slots.metrics[0], "direction": "asc"}]
    if slots.direction is None or not slots.metrics:
        return slots.order
    return [{"by": slots.metrics[0], "direction": _DOWN.get(slots.direction) or _judged(slots, desk)}]


def _below(slots: Slots) -> bool:
    """Groups asked for as lying below a bound are read from the lowest."""
    return bool(slots.metrics and slots.thresholds) and all(op in {"lt", "le"} for _, op, _, _ in slots.thresholds)


def _judged(slots: Slots, desk: Desk) -> str:
    """Best and worst by what the catalogue says is better; a plain count has no better, only more."""
    metric = desk.catalog.metrics[slots.metrics[0].partition(".")[0]]
    is_level = metric.kind in {"ratio", "duration"}
    low_is_good = metric.better == "down" and (is_level or slots.direction != "best_or_most")
    if slots.direction == "worst":
        return "desc" if low_is_good or metric.better == "none" else "asc"
    return "asc" if low_is_good else "desc"


def _limit(slots: Slots) -> int | None:
    if slots.limit is not None or not (slots.direction or slots.change_order) or not slots.singular:
        return slots.limit
    if slots.calc == "rank" or (not slots.dimensions and not slots.grain):
        return None
    split = {u.dimension for u in slots.values if not u.negated} & set(slots.dimensions)
    return None if split else 1


def _having(slots: Slots, desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [] if slots.thresholds else [h for h in slots.having if h["metric"] in slots.metrics]
    for _, op, number, unit in slots.thresholds:
        metric = slots.metrics[0]
        for candidate in slots.metrics:
            kind = desk.catalog.metrics[candidate.partition(".")[0]].kind
            if (kind == "ratio") == (unit == "%") and (kind == "duration") == (unit == "hour"):
                metric = candidate
                break
        found.append({"metric": metric, "op": op, "value": round(number, 6)})
    return found
