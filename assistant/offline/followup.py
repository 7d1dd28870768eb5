"""Follow-ups: what an elliptic turn keeps of the query before it, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.offline.desk import Desk
from assistant.offline.lexicon import words
from assistant.offline.measures import asked_percentile
from assistant.offline.normalise import fold
from assistant.offline.plan import Call, Turn
from assistant.offline.planner import ensure_metric
from assistant.offline.sentence import Sentence, Slots, ValueUse
from assistant.offline.shapes import rank, share, summed

_QUERY_TOOLS = ("query_metrics", "draw_chart", "list_cases")
_MARKERS = ("again", "only", "instead", "also", "within", "also")


def chosen_option(text: str, turn: Turn) -> tuple[Call, ...] | None:
    """The calls of the option that the turn picks from the clarification just before it."""
    if not turn.history:
        return None
    options = [o for c in turn.history[-1].calls if c.tool == "clarify" for o in c.args.get("options", ())]
    said = fold(text).strip(" .,!?()")
    for number, entry in enumerate(options, start=1):
        names = {
            fold(str(entry.get("label", ""))),
            fold(str(entry.get("reply", ""))),
            str(number),
            f"第{number}个",
            f"option {number}",
        }
        names |= {
            f"第{'一二三'[number - 1]}个",
            ("first", "second", "third")[number - 1],
            f"the {('first', 'second', 'third')[number - 1]} one",
        }
        if said in {name.strip(" .,!?()") for name in names}:
            return tuple(Call(c["tool"], c["args"]) for c in entry["calls"])
    return None


def last_query(turn: Turn) -> Mapping[str, Any] | None:
    """The latest query of the conversation, as JSON."""
    for past in reversed(turn.history):
        for call in past.calls:
            query = (
                call.args.get("query", call.args)
                if call.tool in _QUERY_TOOLS
                else (call.args.get("facts") or {}).get("query")
            )
            if query and (query.get("metrics") or query.get("rows") == "cases"):
                return dict(query)
    return None


def follow(slots: Slots, sentence: Sentence, turn: Turn, desk: Desk) -> Slots:
    """The slots with what an elliptic turn leaves out taken from the query before; as they are when it is complete."""
    base = last_query(turn)
    if base is None:
        return slots
    merged = _slots_of(base, slots)
    if not _same_number(merged, sentence) and not _is_elliptic(sentence, slots):
        return slots
    merged.metrics = [m for m in merged.metrics if m.partition(".")[0] in desk.catalog.metrics]
    ensure_metric(merged, desk)
    if not merged.metrics:
        return slots
    if slots.who and merged.dimensions:
        slots.dimensions = []
    if _row_reference(sentence, slots, turn, base):
        sentence.take("again")
    _merge_measures(merged, slots, sentence, desk)
    _merge_values(merged, slots, sentence, desk)
    _merge_cuts(merged, slots, sentence)
    _merge_shape(merged, slots)
    _new_bound(merged, sentence)
    if summed(sentence) and not (slots.dimensions or slots.grain or slots.direction):
        merged.dimensions, merged.order, merged.limit, merged.limit_per, merged.grain = [], [], None, [], None
    if "rank_of_what" in merged.doubts:
        merged.doubts.remove("rank_of_what")
        merged.order, merged.limit = [], None
        rank(merged)
    share(sentence, merged, desk)
    _fit_metric(merged, slots, desk)
    for op in _MARKERS:
        sentence.take(op)
    return merged


def _new_bound(merged: Slots, sentence: Sentence) -> None:
    """As in "make it 120": another bound of the threshold, or another number of rows, of the query before."""
    numbers = [i for i in sentence.where("number") if i not in sentence.used]
    if len(numbers) != 1 or merged.thresholds:
        return
    number = sentence.segments[numbers[0]].number or 0.0
    if merged.having:
        merged.having = [{**merged.having[0], "value": number}, *merged.having[1:]]
    elif merged.limit and number == int(number) >= 1 and sentence.ops("instead", "only", free=False):
        merged.limit = int(number)
    else:
        return
    sentence.use(numbers[0])


def _fit_metric(merged: Slots, new: Slots, desk: Desk) -> None:
    """「积水告警呢」 after a count of cases: a name that only alarms have asks for alarms."""
    for use in new.values:
        others = [u for u in merged.values if u is not use]
        if not any(desk.applies(m, use.dimension) for m in merged.metrics):
            merged.metrics, merged.values = [], [u for u in others if desk.applies("alarms", u.dimension)] + [use]
            ensure_metric(merged, desk)
            merged.order = []
            return


def _is_elliptic(sentence: Sentence, slots: Slots) -> bool:
    segments = sentence.segments
    ends = segments and segments[-1].said == "呢"
    starts = bool(segments) and (
        segments[0].op(*_MARKERS) or (len(segments) > 1 and segments[0].has("stop") and segments[1].op(*_MARKERS))
    )
    if ends or starts or sentence.ops("within", "instead", free=False):
        return not _is_complete(sentence, slots) or bool(sentence.ops("within", "instead", free=False))
    counted = any(s.has("case") and s.said not in words("counters") for s in segments)
    if (not slots.metrics or slots.derived_metric) and not counted:
        return True
    extra = slots.time or slots.values or slots.dimensions or slots.grain or slots.direction
    return bool(slots.metrics) and not extra and len([s for s in segments if not s.has("stop")]) <= 2


def _is_complete(sentence: Sentence, slots: Slots) -> bool:
    """A marker alone does not make a follow-up of a question that says everything itself."""
    asks = sentence.ops("which", "how_many", free=False) or slots.direction
    return bool(slots.metrics and slots.strong_metric and slots.time and (slots.dimensions or slots.values) and asks)


def _slots_of(base: Mapping[str, Any], new: Slots) -> Slots:
    time = dict(base["time"]) if base.get("time") else None
    grain = time.pop("grain", None) if time else None
    values = [
        ValueUse(f["dimension"], v, f.get("said", ""), -1, f.get("op") == "not_in")
        for f in base.get("filters", ())
        if f.get("op", "in") in {"in", "not_in"}
        for v in f.get("values", ())
    ]
    slots = Slots(metrics=list(base.get("metrics", ())), dimensions=list(base.get("dimensions", ())), values=values)
    slots.time, slots.grain, slots.compare = time, grain, base.get("compare")
    slots.limit, slots.limit_per = base.get("limit"), list(base.get("limit_per", ()))
    slots.calc, slots.rows = base.get("calc", "none"), base.get("rows", "aggregate")
    slots.having = [dict(h) for h in base.get("having", ())]
    slots.order = [dict(o) for o in base.get("order", ())]
    slots.singular = slots.limit is not None
    slots.inherited = True
    slots.readings, slots.penalty, slots.ambiguous, slots.doubts = new.readings, new.penalty, new.ambiguous, new.doubts
    slots.thresholds, slots.statistic, slots.citywide, slots.chart = (
        new.thresholds,
        new.statistic,
        new.citywide,
        new.chart,
    )
    slots.own, slots.pointed, slots.any_type, slots.whole_of = new.own, new.pointed, new.any_type, new.whole_of
    slots.wants_trend, slots.excess, slots.direction, slots.change_order = (
        new.wants_trend,
        new.excess,
        new.direction,
        new.change_order,
    )
    return slots


def _row_reference(sentence: Sentence, slots: Slots, turn: Turn, base: Mapping[str, Any]) -> bool:
    """「第二个呢」, "the second one": a row of the result shown before."""
    numbers = [
        i
        for i, s in enumerate(sentence.segments)
        if s.number is not None and i not in sentence.used and s.said.lower() != "one"
    ]
    shown = turn.history[-1].shown
    sentence.use(*(i for i, s in enumerate(sentence.segments) if s.said.lower() == "one"))
    if len(numbers) != 1 or not base.get("dimensions") or slots.values or slots.limit:
        return False
    ordinal = (
        any(sentence.segments[i].op("ordinal") for i in range(numbers[0]))
        or not sentence.segments[numbers[0]].said.isdigit()
    )
    index = int(sentence.segments[numbers[0]].number or 0) - 1
    if not ordinal or not 0 <= index < len(shown):
        return False
    sentence.use(numbers[0], *sentence.ops("ordinal"))
    slots.values.append(ValueUse(base["dimensions"][0], shown[index], sentence.segments[numbers[0]].said, numbers[0]))
    return True


def _same_number(merged: Slots, sentence: Sentence) -> bool:
    """「两个区」 after two were named: both of them."""
    for position in sentence.where("number"):
        after = sentence.after(position)
        for entry in sentence.segments[after].of("dimension") if after is not None else ():
            known = [u for u in merged.values if u.dimension == entry.target and not u.negated]
            if len(known) > 1 and len(known) == sentence.segments[position].number:
                sentence.use(position)
                return True
    return False


def _merge_measures(merged: Slots, new: Slots, sentence: Sentence, desk: Desk) -> None:
    filters = [i for i in sentence.where("metric") if sentence.segments[i].has("value")]
    narrowing = sentence.ops("only", "within", free=False) or any(_is_attribute(sentence, i) for i in filters)
    only = sentence.ops("only", "within", free=False)
    if filters and narrowing and new.metrics and (only or merged.metrics[0] not in desk.marks):
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
            merged.values = [u for u in merged.values if desk.catalog.dimensions[u.dimension].kind != "mark"]


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


def _merge_values(merged: Slots, new: Slots, sentence: Sentence, desk: Desk) -> None:
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


def _merge_cuts(merged: Slots, new: Slots, sentence: Sentence) -> None:
    added = bool(sentence.ops("also", free=False)) or any(
        sentence.segments[i].said == "再" for i in sentence.ops("again", free=False)
    )
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


def _merge_shape(merged: Slots, new: Slots) -> None:
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
