"""The shape of the answer asked for: share, rank, trend, comparison, list, chart."""

from __future__ import annotations

import re

from assistant.offline.cuts import asks_kind
from assistant.offline.desk import Desk
from assistant.offline.lexicon import words
from assistant.offline.sentence import Sentence, Slots, ValueUse

_TOGETHER = frozenset(
    {"一共", "总共", "合计", "总", "加起来", "together", "combined", "in total", "altogether", "overall"}
)
_CHARTS = {"chart_bar": "bar", "chart_line": "line", "chart_heat": "heat"}


def read_shapes(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    """Fill calc, rows, trend, comparison and chart."""
    _chart(sentence, slots)
    _list(sentence, slots, desk)
    slots.citywide = sentence.take("whole") or bool(sentence.where("city"))
    slots.wants_trend = sentence.take("trend") and slots.compare is None
    if sentence.take("cumulative"):
        slots.calc, slots.wants_trend = "cumulative", True
    if sentence.take("anomaly"):
        slots.excess = True
    _comparison(sentence, slots)
    share(sentence, slots, desk)
    if sentence.take("rank"):
        rank(slots)
    each = [
        i
        for i in sentence.where("op", "each")
        if (after := sentence.after(i)) is None or not sentence.segments[after].has("dimension")
    ]
    levels = any(
        (m := desk.catalog.metrics.get(x.partition(".")[0])) is not None and m.kind in {"ratio", "duration"}
        for x in slots.metrics
    )
    listed = levels and sentence.ops("and", free=False) and not summed(sentence)
    if (sentence.take("respectively") or each or listed) and slots.values and not slots.dimensions:
        _split_values(slots)


def summed(sentence: Sentence) -> bool:
    """Whether the named values are wanted as one."""
    return any(s.said.lower() in _TOGETHER for s in sentence.segments)


def _chart(sentence: Sentence, slots: Slots) -> None:
    for op, mark in _CHARTS.items():
        if sentence.take(op):
            slots.chart = mark
    if sentence.take("chart") and slots.chart is None:
        slots.chart = "auto"


def _list(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    which_case = any(
        (after := sentence.after(i)) is not None
        and sentence.segments[after].has("case")
        and not sentence.segments[after].has("dimension")
        for i in sentence.ops("which")
        if not asks_kind(sentence, i)
    )
    asked = sentence.ops("list", "detail")
    if any(sentence.segments[i].op("detail") for i in asked) and sentence.ops("how_many"):
        sentence.use(*asked)  # "What happened with X, how many": the number is what is asked.
        return
    if slots.direction:
        sentence.use(*(i for i in asked if sentence.segments[i].said.lower() == "which one"))
        asked = [i for i in asked if i not in sentence.used]
    which_case = which_case or _shows_cases(sentence, slots, desk)
    if (asked or which_case or _asks_which_ones(sentence, slots, desk)) and not slots.dimensions:
        slots.rows = "cases"
    sentence.use(*asked)


def _asks_which_ones(sentence: Sentence, slots: Slots, desk: Desk) -> bool:
    """「超期的急要件有哪些」, 「有哪些超期的案件」: which ones, after or before what is counted."""
    last = sentence.ops("have")
    counts = any((m := desk.catalog.metrics.get(x)) is not None and m.kind == "count" for x in slots.metrics)
    ends = bool(last) and (sentence.after(last[-1]) is None or _lists_cases(sentence, last[-1]))
    return ends and (counts or any(s.has("case") for s in sentence.segments)) and not slots.thresholds


def _lists_cases(sentence: Sentence, position: int) -> bool:
    """Whether what follows 有哪些 ends in a word for cases and asks for no kinds or places."""
    rest = sentence.segments[position + 1 :]
    named = bool(rest) and (rest[-1].has("case") or rest[-1].said.endswith(("案件", "cases")))
    return (
        sentence.segments[position].said in words("which_ones") and named and not any(s.has("dimension") for s in rest)
    )


def _shows_cases(sentence: Sentence, slots: Slots, desk: Desk) -> bool:
    """The words "show me the open cases" ask for the cases, unless it counts, ranks or draws."""
    counted = sentence.ops("how_many", "share", "rank", "trend", "compare", "change", "each", free=False)
    if not sentence.ops("show") or counted or slots.chart or slots.grain or slots.direction or slots.dimensions:
        return False
    if all(s.has("stop") or s.op("show", "within", "handle_object") for s in sentence.segments):
        return bool(sentence.ops("within", free=False))  # "Show me those."
    position = sentence.after(sentence.ops("show")[0])
    ends = [
        s
        for s in sentence.segments[position:]
        if s.has("case") or (s.has("metric") and s.said.lower().split()[-1:] == ["cases"])
    ]
    kinds = any(desk.catalog.dimensions[u.dimension].hierarchy == "category" for u in slots.values)
    return bool(ends) or (kinds and not slots.metrics)


def _split_values(slots: Slots) -> None:
    for use in slots.values:
        same = {u.position for u in slots.values if u.dimension == use.dimension and not u.negated}
        if len(same) > 1 and use.dimension not in slots.dimensions:
            slots.dimensions.append(use.dimension)


def _comparison(sentence: Sentence, slots: Slots) -> None:
    if not slots.dimensions and (sentence.ops("which") or slots.direction):
        _split_values(slots)
    for op, direction in (("more", "most"), ("fewer", "least")):
        if sentence.ops(op) and len({u.position for u in slots.values}) > 1:
            _split_values(slots)
            if slots.dimensions:
                sentence.take(op)
                slots.direction = slots.direction or direction
    compared = sentence.ops("compare")
    if compared:
        before = len(slots.dimensions)
        _split_values(slots)
        if len(slots.dimensions) > before or slots.compare or slots.dimensions or len(slots.metrics) > 1:
            sentence.use(*compared)
    changed = sentence.ops("change")
    if changed and (slots.compare or slots.time):
        sentence.use(*changed)
        if slots.compare is None and slots.grain is None and not slots.wants_trend:
            slots.compare = {"mode": "previous"}
            slots.note("compared_with_previous")
    if slots.change_order and slots.compare is None:
        slots.compare = {"mode": "previous"}
        slots.note("compared_with_previous")


def share(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    """Read a share that is still unexplained: of a mark, of a named value, or of every group."""
    asked = sentence.ops("share")
    if not asked:
        return
    if any(
        (m := desk.catalog.metrics.get(x.partition(".")[0])) is not None and m.kind == "ratio" for x in slots.metrics
    ):
        sentence.use(*asked)
        return
    if not slots.dimensions and _share_of_mark(sentence, slots, desk, asked):
        return
    if not slots.dimensions:
        kept = [u for u in slots.values if not u.negated]
        owner = sentence.before(asked[0])
        own = (
            _part_named(sentence, kept, asked[0])
            or [u for u in kept if u.position == owner]
            or [u for u in kept if not _inside_another(u.dimension, kept, desk)]
        )
        if not own:
            return
        slots.dimensions.append(own[-1].dimension)
    sentence.use(*asked)
    slots.calc = "share"


_VERB = re.compile(r"\b(?:were|was|are|is|came|come|comes)\b")


def _part_named(sentence: Sentence, kept: list[ValueUse], asked: int) -> list[ValueUse]:
    """What is a part of the whole, where the wording tells the two apart.

    「高新区占道占全市占道的比例」 names the category on both sides, so the place is the part; in "what percentage of
    graffiti requests were in the Old Quarter" the part stands after the verb.
    """
    after = {(u.dimension, u.value) for u in kept if u.position > asked}
    apart = [u for u in kept if u.position < asked and (u.dimension, u.value) not in after]
    if apart and len({(u.dimension, u.value) for u in kept}) < len(kept):
        return apart
    end = sentence.segments[asked].end
    behind = [
        u for u in kept if u.position > asked and _VERB.search(sentence.text, end, sentence.segments[u.position].start)
    ]
    return behind if behind and len(behind) < len(kept) else []


def _share_of_mark(sentence: Sentence, slots: Slots, desk: Desk, asked: list[int]) -> bool:
    """「超期案件占比」: how many of the cases carry the mark. "Dorchester's share of …" is of the place instead."""
    owner = sentence.before(asked[0])
    named = [u for u in slots.values if desk.catalog.dimensions[u.dimension].kind != "mark"]
    if owner is not None and any(u.position == owner for u in named):
        return False
    chosen = [u for u in slots.values if desk.catalog.dimensions[u.dimension].kind == "mark"]
    marked = [m for m in slots.metrics if m in desk.marks]
    if not chosen and marked:
        dimension, value = desk.marks[marked[-1]]
        chosen = [ValueUse(dimension, value, "", -1)]
        slots.metrics = [m for m in slots.metrics if m != marked[-1]]
        slots.values += chosen
    if not chosen:
        return False
    sentence.use(*asked)
    slots.calc = "share"
    slots.dimensions.append(chosen[0].dimension)
    return True


def _inside_another(dimension: str, kept: list[ValueUse], desk: Desk) -> bool:
    """An area beside another cut is where the share is taken, not what it is a share of."""
    others = {u.dimension for u in kept} - {dimension}
    return desk.catalog.dimensions[dimension].hierarchy == "area" and any(
        desk.catalog.dimensions[other].hierarchy != "area" for other in others
    )


def rank(slots: Slots) -> None:
    """Rank the groups, or the place of a named value among its like."""
    if not slots.dimensions:
        own = [u for u in slots.values if not u.negated]
        if not own:
            slots.doubts.append("rank_of_what")
            return
        slots.dimensions.append(own[0].dimension)
    if slots.limit is None:
        slots.calc = "rank"
        slots.singular = False
    slots.direction = slots.direction or "best_or_most"
