"""From the cover of a question to its slots: the rules in the order in which they may rely on each other."""

from __future__ import annotations

from assistant.offline.clock import Moments
from assistant.offline.cuts import read_cuts, read_direction
from assistant.offline.desk import Desk
from assistant.offline.measures import read_measures
from assistant.offline.numbers import read_numbers
from assistant.offline.pointing import read_levels, read_pointing
from assistant.offline.sentence import Sentence, Slots
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
    read_levels(sentence, slots, desk)
    read_numbers(sentence, slots)
    read_direction(sentence, slots)
    read_values(sentence, slots, desk)
    read_weekdays(sentence, slots, moments)
    read_pointing(sentence, slots, desk, scope)
    read_cuts(sentence, slots, desk, scope)
    read_shapes(sentence, slots, desk)
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
    """「案件」 with no verb: filed cases where there is filing, else reported ones; a cut only alarms have: alarms."""
    if slots.rows != "cases":
        ensure_metric(slots, desk)


def ensure_metric(slots: Slots, desk: Desk) -> None:
    """Put in the default metric where none is named, for lists of cases too."""
    if slots.metrics:
        return
    needed = {*slots.dimensions, *(u.dimension for u in slots.values)}
    for metric in ("registered_cases", "reported_cases", "alarms", *desk.catalog.metrics):
        known = desk.catalog.metrics.get(metric)
        if known is not None and known.kind == "count" and all(desk.applies(metric, d) for d in needed):
            slots.metrics.append(metric)
            slots.default_metric = True
            slots.note("default_metric", metric=metric)
            return
