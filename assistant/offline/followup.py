"""Follow-ups: what an elliptic turn keeps of the query before it, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.offline.desk import Desk
from assistant.offline.lexicon import words
from assistant.offline.merging import merge_cuts, merge_measures, merge_shape, merge_values
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
    chosen = next((o for n, o in enumerate(options, start=1) if o.get("calls") and is_choice(text, n, o)), None)
    return tuple(Call(c["tool"], c["args"]) for c in chosen["calls"]) if chosen else None


def is_choice(text: str, number: int, entry: Mapping[str, Any]) -> bool:
    """Whether the words pick the option at a place (from 1): by its label, its reply or its number."""
    names = {
        fold(str(entry.get("label", ""))),
        fold(str(entry.get("reply", ""))),
        str(number),
        f"第{number}个",
        f"option {number}",
    }
    if number <= 3:
        names |= {
            f"第{'一二三'[number - 1]}个",
            ("first", "second", "third")[number - 1],
            f"the {('first', 'second', 'third')[number - 1]} one",
        }
    return fold(text).strip(" .,!?()") in {name.strip(" .,!?()") for name in names}


def last_query(turn: Turn) -> Mapping[str, Any] | None:
    """The latest query of the conversation, as JSON; of a turn that was declined, what was understood of it."""
    found = _last(turn)
    return dict(_query(found)) if found is not None else None


def _last(turn: Turn) -> Call | None:
    calls = (call for past in reversed(turn.history) for call in past.calls)
    return next((c for c in calls if (q := _query(c)) and (q.get("metrics") or q.get("rows") == "cases")), None)


def _query(call: Call) -> Mapping[str, Any]:
    if call.tool in _QUERY_TOOLS:
        return call.args.get("query", call.args) or {}
    return (call.args.get("facts") or {}).get("query") or {}


def follow(slots: Slots, sentence: Sentence, turn: Turn, desk: Desk) -> Slots:
    """The slots with what an elliptic turn leaves out taken from the query before; as they are when it is complete."""
    base = last_query(turn)
    if base is None:
        _leans_on_nothing(slots, sentence)
        return slots
    merged = _slots_of(base, slots)
    if not _same_number(merged, sentence) and not _is_elliptic(sentence, slots):
        _same_window(slots, merged, sentence, desk)
        return slots
    merged.metrics = [m for m in merged.metrics if m.partition(".")[0] in desk.catalog.metrics]
    ensure_metric(merged, desk)
    if not merged.metrics:
        return slots
    if merged.time and not slots.time:
        sentence.take("same_time")
    _leans_on_unknown(merged, slots, turn)
    _held_against(merged, slots, sentence)
    if slots.who and merged.dimensions:
        slots.dimensions = []
    if _row_reference(sentence, slots, turn, base) or _top_row(sentence, slots, turn, base):
        sentence.take("again")
    merge_measures(merged, slots, sentence, desk)
    merge_values(merged, slots, sentence, desk)
    merge_cuts(merged, slots, sentence)
    merge_shape(merged, slots)
    _new_bound(merged, sentence)
    if (slots.it or summed(sentence)) and not (slots.dimensions or slots.grain or slots.direction):
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


def _same_window(slots: Slots, before: Slots, sentence: Sentence, desk: Desk) -> None:
    """A whole question without a time, in a conversation about a window, is about that window; a stock is of now."""
    metrics = [desk.catalog.metrics.get(m.partition(".")[0]) for m in slots.metrics]
    stock = any(metric is not None and metric.snapshot for metric in metrics)
    if slots.time is None and before.time and not stock and not sentence.ops("all_time", free=False):
        slots.time = dict(before.time)
        sentence.take("same_time")


def _held_against(merged: Slots, new: Slots, sentence: Sentence) -> None:
    """As in "compare that with Q3": the window before is kept, and the one said now is what it is held against."""
    if new.time and merged.time and not new.compare and sentence.ops("compare", free=False):
        new.compare = {"mode": "window", "window": {k: v for k, v in new.time.items() if k != "grain"}}
        new.time = None
        sentence.take("compare")


def _new_bound(merged: Slots, sentence: Sentence) -> None:
    """As in "make it 120": another bound of the threshold, or another number of rows, of the query before."""
    numbers = [i for i in sentence.where("number") if i not in sentence.used]
    swapped = len(numbers) == 2 and merged.having and sentence.ops("instead", free=False)
    if swapped and sentence.segments[numbers[0]].number == merged.having[0]["value"]:
        sentence.use(numbers.pop(0))  # 「200换成250」: what stood before the word goes.
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


def _leans_on_nothing(slots: Slots, sentence: Sentence) -> None:
    """As in "and potholes?" with nothing before it: a count of everything there ever was is not what is asked."""
    first = next((s for s in sentence.segments if not s.op("greeting")), None)
    marked = first is not None and (first.op("again") or sentence.segments[-1].said == "呢")
    if marked and not (slots.metrics or slots.time or slots.dimensions):
        slots.doubts.append(sentence.segments[-1].said if first is None or not first.op("again") else first.said)


def _leans_on_unknown(merged: Slots, new: Slots, turn: Turn) -> None:
    """As in "and Monday?" after a word that was not understood: what was left out then is left out still.

    A value said now stands in for an unknown value, a number named now for an unknown number.
    """
    declined = _last(turn)
    if declined is None or declined.tool != "abstain" or not declined.args.get("unexplained"):
        return
    stands_in = bool(new.values or new.dimensions or new.own or new.citywide)
    another = new.strong_metric and not new.it
    if declined.args["facts"].get("counted", True):
        mended = stands_in or another or (new.time is not None and _is_of_time(declined.args["unexplained"]))
    else:
        mended = another
    if not mended:
        merged.doubts.extend(declined.args["unexplained"])
        merged.leans = True


def _is_of_time(unknown: Sequence[str]) -> bool:
    """Whether what was not understood was a number or a word of time, so that another time stands in for it."""
    times = words("time_scraps")
    return all(word.lower() in times or any(c.isdigit() for c in word) for word in unknown)


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
    said = [s for s in segments if not (s.has("stop") or s.op("how_many") or s.said in words("counters"))]
    return bool(slots.metrics) and not extra and len(said) <= 2


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


def _top_row(sentence: Sentence, slots: Slots, turn: Turn, base: Mapping[str, Any]) -> bool:
    """「那它的结案率呢」 after one was found that is last: that one, and a number of it."""
    said = [i for i, s in enumerate(sentence.segments) if s.said.lower() in words("it")]
    dimensions = base.get("dimensions") or []
    shown = turn.history[-1].shown
    if not said or len(dimensions) != 1 or base.get("limit") != 1 or len(shown) != 1 or slots.values:
        return False
    sentence.use(*said)
    slots.values.append(ValueUse(dimensions[0], shown[0], sentence.segments[said[0]].said, said[0]))
    slots.it = True
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
