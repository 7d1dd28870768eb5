"""How the slots of an elliptic turn change those of the query before: measures, values, cuts, shape."""

from __future__ import annotations

from assistant.offline.desk import Desk
from assistant.offline.measures import asked_percentile
from assistant.offline.sentence import Sentence, Slots, ValueUse

# Counts of how cases stand: one takes the place of the standing named before.
_STATES = frozenset({"cancelled_cases", "suspended_cases", "open_cases", "closed_cases"})


def merge_measures(merged: Slots, new: Slots, sentence: Sentence, desk: Desk) -> None:
    """Another metric, statistic or mark takes the place of the one before, or narrows it."""
    filters = [i for i in sentence.where("metric") if sentence.segments[i].has("value")]
    narrowing = sentence.ops("only", "within", free=False) or any(_is_attribute(sentence, i) for i in filters)
    only = sentence.ops("only", "within", free=False)
    if (
        filters
        and narrowing
        and not (sentence.ops("also", free=False) and not only)
        and new.metrics
        and (only or merged.metrics[0] not in desk.marks)
    ):
        if not only:
            merged.values = [u for u in merged.values if desk.catalog.dimensions[u.dimension].kind != "mark"]
        for position in filters:
            entry = next(e for e in sentence.segments[position].of("value"))
            if not desk.applies(merged.metrics[0], entry.target):
                merged.metrics = list(new.metrics)
            elif not any(u.position == position for u in new.values):
                new.values.append(ValueUse(entry.target, entry.value, sentence.segments[position].said, position))
        return
    if not only and not sentence.ops("also", free=False):
        _other_mark(merged, new, desk)
    _replace_metrics(merged, new, sentence, desk)
    _replace_statistic(merged, sentence, desk)


def _other_mark(merged: Slots, new: Slots, desk: Desk) -> None:
    """「作废的呢」 after 「延期的」: another mark takes the place of the one before, as metric or as filter."""
    marks = [u for u in new.values if desk.catalog.dimensions[u.dimension].kind == "mark"]
    if not marks:
        return
    merged.values = [u for u in merged.values if desk.catalog.dimensions[u.dimension].kind != "mark"]
    counted = {mark: metric for metric, mark in desk.marks.items()}
    metric = counted.get((marks[-1].dimension, marks[-1].value))
    if merged.metrics[0] in desk.marks and metric in desk.catalog.metrics and not marks[-1].negated:
        merged.order = [{**o, "by": str(metric) if o["by"] in merged.metrics else o["by"]} for o in merged.order]
        merged.metrics = [str(metric)]
        new.values = [u for u in new.values if u not in marks]


def _replace_metrics(merged: Slots, new: Slots, sentence: Sentence, desk: Desk) -> None:
    base = desk.catalog.metrics.get(merged.metrics[0].partition(".")[0]) if merged.metrics else None
    if new.derived_metric and base is not None and base.kind == "duration":
        return
    if new.metrics and new.strong_metric:
        if merged.order and merged.order[0]["by"] in merged.metrics:
            merged.order = [{**merged.order[0], "by": new.metrics[0]}]
        added = sentence.ops("also", free=False)
        merged.metrics = [*merged.metrics, *new.metrics] if added else list(new.metrics)
        if not added:
            rate = any(
                (m := desk.catalog.metrics.get(x)) is not None and (m.kind == "ratio" or x in _STATES)
                for x in new.metrics
            )
            merged.values = [
                u
                for u in merged.values
                # How a case stands is what a rate counts, not among which cases it is counted.
                if desk.catalog.dimensions[u.dimension].kind != "mark" and not (rate and u.dimension == "status")
            ]


def _replace_statistic(merged: Slots, sentence: Sentence, desk: Desk) -> None:
    statistic = next((op for op in ("mean", "median") if sentence.ops(op)), None) or asked_percentile(sentence)
    if (
        statistic
        and (known := desk.catalog.metrics.get(merged.metrics[0].partition(".")[0]))
        and known.kind == "duration"
    ):
        for op in ("mean", "median"):
            sentence.take(op)
        merged.metrics = [f"{known.id}.{statistic}"]


def _is_attribute(sentence: Sentence, position: int) -> bool:
    """「超期的」, "overdue ones": a mark that describes what was asked before."""
    if position + 1 >= len(sentence.segments):
        return False
    after = sentence.segments[position + 1]
    return after.said.lower() in {"的", "ones", "one"} and not sentence.ops("how_many", free=False)


def merge_values(merged: Slots, new: Slots, sentence: Sentence, desk: Desk) -> None:
    """Values said now join those kept from before; of what cannot hold together the newer stays."""
    dimensions = desk.catalog.dimensions
    if new.citywide or new.own:
        merged.values = [u for u in merged.values if dimensions[u.dimension].hierarchy != "area"]
    for level in new.whole_of:
        top = dimensions[level].level or 0
        merged.values = [
            u
            for u in merged.values
            if dimensions[u.dimension].hierarchy != "area" or (dimensions[u.dimension].level or 0) <= top
        ]
    _swap(merged, new, sentence)
    added = bool(sentence.ops("also", free=False))
    if added:
        _bring_back(merged, new)
    for use in new.values:
        hierarchy = dimensions[use.dimension].hierarchy

        def clashes(old: ValueUse, use: ValueUse = use, hierarchy: str | None = hierarchy) -> bool:
            if old.position >= 0 or use.negated:
                return False
            if added:  # What is added joins its like; a place elsewhere takes the place of the wider one.
                apart = hierarchy == "area" and old.dimension != use.dimension and not old.negated
                return apart and dimensions[old.dimension].hierarchy == "area" and not _contains(desk, old, use)
            related = hierarchy in {"area", "category"} and dimensions[old.dimension].hierarchy == hierarchy
            return old.dimension == use.dimension or (related and not _contains(desk, old, use))

        merged.values = [u for u in merged.values if not clashes(u)]
    merged.values += new.values


def _swap(merged: Slots, new: Slots, sentence: Sentence) -> None:
    """「把东湖换成高新」: what stands before the word for a change goes, what stands after it comes."""
    for position in sentence.ops("instead", free=False):
        gone = {(u.dimension, u.value) for u in new.values if u.position < position}
        if any(u.position > position for u in new.values):
            merged.values = [u for u in merged.values if (u.dimension, u.value) not in gone]
            new.values = [u for u in new.values if u.position > position]


def _bring_back(merged: Slots, new: Slots) -> None:
    """「把东湖也算上」 after it was left out: nothing is left out any more."""
    back = {(u.dimension, u.value) for u in new.values} & {(u.dimension, u.value) for u in merged.values if u.negated}
    merged.values = [u for u in merged.values if not u.negated or (u.dimension, u.value) not in back]
    chosen = {u.dimension for u in merged.values if not u.negated}
    new.values = [u for u in new.values if (u.dimension, u.value) not in back or u.dimension in chosen]


def _contains(desk: Desk, outer: ValueUse, inner: ValueUse) -> bool:
    """Whether the new value lies inside the old one, so that both may hold."""
    return desk.parents.get((inner.dimension, inner.value)) == outer.value


def merge_cuts(merged: Slots, new: Slots, sentence: Sentence) -> None:
    """Dimensions, grain and limit: what is said now replaces what was, unless it is added to it."""
    added = bool(sentence.ops("also", free=False)) or any(
        sentence.segments[i].said == "再" for i in sentence.ops("again", free=False)
    )
    if not new.singular or (merged.calc == "share" and _each_named(sentence)):
        # "All the channels", "the share of each channel" after one of them: none is chosen any more.
        named = {u.dimension for u in new.values}
        wide = {d for d in new.dimensions if d not in named}
        merged.values = [u for u in merged.values if u.dimension not in wide or u.negated]
    in_each = bool(new.dimensions and new.limit and merged.dimensions and _bare_each(sentence))
    if new.dimensions and new.dimensions != merged.dimensions:
        ranked = bool(merged.order and merged.dimensions) and ((merged.limit or 0) > 1 or _asks_which(sentence))
        if in_each:
            new.limit_per = list(merged.dimensions)
        merged.dimensions = [*merged.dimensions, *new.dimensions] if added or in_each else list(new.dimensions)
        _widen(merged, new)
        if not new.direction and not ranked:
            merged.order, merged.limit, merged.limit_per, merged.singular = [], None, [], new.singular
        if merged.calc == "rank" or merged.rows == "cases":
            merged.calc, merged.rows = new.calc, "aggregate"
        merged.grain = merged.grain if added else None
    if new.grain:
        merged.grain, merged.order, merged.limit = new.grain, [], None
        merged.dimensions = new.dimensions if not added else merged.dimensions
    if new.limit:
        merged.limit = new.limit
        merged.direction = new.direction or (None if merged.order else "most")
    elif (new.direction or new.change_order) and merged.limit is None:
        merged.limit = 1 if new.singular and (new.direction or _asks_which(sentence)) else None
    merged.limit_per = new.limit_per or [d for d in merged.limit_per if d in merged.dimensions]


def _widen(merged: Slots, new: Slots) -> None:
    """A cut by what one single value was chosen of before looks at all its like."""
    for dimension in new.dimensions:
        kept = [u for u in merged.values if u.dimension == dimension and not u.negated]
        if len(kept) == 1 and kept[0].position < 0 and merged.calc == "none" and new.calc != "share":
            merged.values = [u for u in merged.values if u is not kept[0]]


def _each_named(sentence: Sentence) -> bool:
    return any(
        (after := sentence.after(position)) is not None and sentence.segments[after].has("dimension")
        for position in sentence.ops("each", free=False)
    )


def _bare_each(sentence: Sentence) -> bool:
    """As in "top 3 types in each": each of what was cut by before."""
    for position in sentence.where("op", "each"):
        after = sentence.after(position)
        if after is None or not sentence.segments[after].has("dimension"):
            return True
    return False


def _asks_which(sentence: Sentence) -> bool:
    asked = any(s.has("dimension") and s.said.lower().startswith(("哪", "which ", "what ")) for s in sentence.segments)
    return asked or any(
        (after := sentence.after(i)) is not None and sentence.segments[after].has("dimension")
        for i in sentence.ops("which", free=False)
    )


def merge_shape(merged: Slots, new: Slots) -> None:
    """Time, comparison, calculation and chart of the turn over those of the query before."""
    if new.partial and merged.time:
        merged.time = {**merged.time, **new.partial}
    elif new.time:
        kept = {k: v for k, v in (merged.time or {}).items() if k in {"daily_window", "day_type"} and k not in new.time}
        merged.time = {**new.time, **({} if "daily_window" in new.time else kept)}
        if not new.compare:
            merged.compare = merged.compare if merged.compare and merged.compare["mode"] != "window" else None
    if new.compare:
        merged.compare = new.compare
    if new.calc != "none":
        merged.calc = new.calc
    if new.rows == "cases":
        merged.rows, merged.grain, merged.compare, merged.calc = "cases", None, None, "none"
        merged.limit = new.limit
    if merged.chart and merged.limit == 1:
        merged.limit = None
    if merged.grain and (merged.chart or new.wants_trend):
        merged.order, merged.limit = [], None
    if merged.chart and not (merged.dimensions or merged.grain):
        merged.wants_trend = True
