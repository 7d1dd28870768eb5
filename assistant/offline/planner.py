"""From the cover of a question to its slots: the rules in the order in which they may rely on each other."""

from __future__ import annotations

from assistant.offline.clock import Moments
from assistant.offline.cuts import read_cuts, read_direction
from assistant.offline.desk import Desk
from assistant.offline.lexicon import compositions, words
from assistant.offline.measures import read_measures
from assistant.offline.numbers import read_numbers
from assistant.offline.pointing import read_beside_values, read_levels, read_pointing
from assistant.offline.sentence import Sentence, Slots
from assistant.offline.series import read_series
from assistant.offline.shapes import read_shapes
from assistant.offline.values import read_values
from assistant.offline.windows import read_weekdays, read_windows
from warehouse.scope import Scope


def plan(sentence: Sentence, desk: Desk, scope: Scope, moments: Moments) -> Slots:
    """Read every slot that the question fills. What no rule explains stays unexplained in the sentence."""
    slots = Slots()
    sentence.use(*sentence.ops("persons"))
    read_windows(sentence, slots, moments)
    read_measures(sentence, slots, desk)
    slots.reported = any(s.has("stop", "soft") and s.said.lower() in words("report_verbs") for s in sentence.segments)
    read_levels(sentence, slots, desk)
    read_numbers(sentence, slots)
    read_direction(sentence, slots)
    read_values(sentence, slots, desk)
    read_series(sentence, slots, desk)
    read_weekdays(sentence, slots, moments)
    read_pointing(sentence, slots, desk, scope)
    read_beside_values(sentence, desk)
    read_cuts(sentence, slots, desk, scope)
    clocks = [
        d for d in slots.dimensions if d in desk.catalog.dimensions and desk.catalog.dimensions[d].kind == "clock"
    ]
    if clocks and not sentence.where("case"):
        slots.reported = True  # The hour of a problem is the hour it was reported.
    read_shapes(sentence, slots, desk)
    settle_percents(slots, desk)
    return slots


def is_empty(slots: Slots) -> bool:
    """Whether nothing was filled that a number could be answered to."""
    return not (
        slots.metrics
        or slots.dimensions
        or slots.values
        or slots.time
        or slots.thresholds
        or slots.grain
        or slots.excess
    )


def default_metric(slots: Slots, desk: Desk) -> None:
    """「案件」 with no verb: filed cases where there is filing; said to be reported: those; a cut only alarms have: alarms."""
    if slots.thresholds and not slots.metrics:
        slots.rows = "aggregate"  # A bound holds for a number, and a list of cases has none.
    if slots.rows != "cases":
        ensure_metric(slots, desk)


def ensure_metric(slots: Slots, desk: Desk) -> None:
    """Put in the default metric where none is named, for lists of cases too."""
    if slots.metrics:
        return
    if slots.direction in {"best", "worst"} and (judged := _judged_by(slots, desk)):
        slots.metrics.append(judged)
        slots.default_metric = True
        slots.note("default_metric", metric=judged)
        return
    needed = {*slots.dimensions, *(u.dimension for u in slots.values)}
    # Any case has a status, also one that was never filed.
    every = slots.reported or any(use.dimension == "status" for use in slots.values)
    counts = ("reported_cases", "registered_cases") if every else ("registered_cases", "reported_cases")
    for metric in (*counts, "alarms", *desk.catalog.metrics):
        known = desk.catalog.metrics.get(metric)
        if known is not None and known.kind == "count" and all(desk.applies(metric, d) for d in needed):
            slots.metrics.append(metric)
            slots.default_metric = True
            slots.note("default_metric", metric=metric)
            return


def _judged_by(slots: Slots, desk: Desk) -> str | None:
    """What the best and the worst are told by where nothing is named: how much is done in time."""
    named = {*slots.dimensions, *(use.dimension for use in slots.values)}
    return next(
        (
            metric
            for metric in ("on_time_closure_rate", "closure_rate")
            if metric in desk.catalog.metrics and all(desk.applies(metric, dimension) for dimension in named)
        ),
        None,
    )


def settle_percents(slots: Slots, desk: Desk) -> None:
    """「低于六成」, "under 60 % on time": a bound in percent is a bound of a rate; without a rate it is a doubt."""
    percents = [threshold for threshold in slots.thresholds if threshold[3] == "%"]
    kinds = {metric.kind for m in slots.metrics if (metric := desk.catalog.metrics.get(m.partition(".")[0]))}
    if not percents or "ratio" in kinds or slots.calc == "share" or slots.inherited:
        return
    held = {f"{use.dimension}={use.value}" for use in slots.values} | set(slots.metrics)
    for pattern, rate in sorted(compositions()["share"].items(), key=lambda item: -item[0].count("&")):
        parts = {part.strip() for part in pattern.split("&")}
        if parts <= held and rate in desk.catalog.metrics:
            slots.metrics = [m for m in slots.metrics if m not in parts] + [rate]
            slots.values = [u for u in slots.values if f"{u.dimension}={u.value}" not in parts]
            return
    slots.doubts.append("%")
