"""By what a question cuts its numbers: dimensions, grains of time, the top of each group."""

from __future__ import annotations

from assistant.offline.desk import Desk
from assistant.offline.lexicon import words
from assistant.offline.sentence import Sentence, Slots, ValueUse
from assistant.offline.tokens import singular
from warehouse.scope import Scope

_MARKERS = ("each", "which", "how_many", "where_place")
GRAINS = {
    "per_hour": "hour", "per_day": "day", "per_week": "week", "per_month": "month", "per_quarter": "quarter",
    "per_year": "year",
}  # fmt: skip
_PEAK_WORDS = ("peak", "高发", "高峰", "busiest")
_PEAKS = {"which_day": "day", "which_week": "week", "which_month": "month"}
SUPERLATIVES = ("most", "least", "best", "worst", "slow", "fast")
# Between two of a kind: of named groups the first of a ranking, of two windows only the comparison.
_COMPARATIVE = frozenset(
    {"better", "worse", "slower", "faster", "quicker", "更好", "更差", "更快", "更慢", "谁快", "谁慢", "快", "慢"}
)


def read_cuts(sentence: Sentence, slots: Slots, desk: Desk, scope: Scope) -> None:
    """Fill the dimensions, the grain, and what the limit holds inside of."""
    _grains(sentence, slots)
    for position in sentence.where("dimension"):
        if position not in sentence.used:
            _dimension(sentence, slots, desk, scope, position)
    _echoed(sentence)
    _complained_of(sentence, slots, desk)
    _implied(sentence, slots, desk, scope)
    _limit_per(sentence, slots)
    if any(_one_of(sentence, i) for i in range(len(sentence.segments))):
        slots.singular = True


def _echoed(sentence: Sentence) -> None:
    """「按经办队组排，哪个队最慢」: a short word after 哪个 that is part of the cut's own name is that cut again."""
    named = [sentence.segments[i].said for i in sentence.where("dimension") if i in sentence.used]
    for position, segment in enumerate(sentence.segments[1:], start=1):
        asked = sentence.segments[position - 1].op("which", "each")
        if asked and not segment.entries and any(segment.said in name for name in named):
            sentence.use(position)


def _complained_of(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    """In "what do people complain about most" and 「投诉什么最多」 what was reported is asked for: the kind of problem."""
    asked = [i for i, s in enumerate(sentence.segments) if s.op("which", "what_does") and _is_thing(s.said)]
    about = [s for s in sentence.segments if s.has("stop", "soft") and s.said.lower() in words("report_verbs")]
    kind = "minor_category"
    if (
        slots.direction
        and asked
        and about
        and not (slots.dimensions or slots.grain)
        and kind in desk.catalog.dimensions
    ):
        sentence.use(*asked)
        slots.dimensions.append(kind)


def _is_thing(said: str) -> bool:
    """Whether a question word asks for a thing and not for a person or place."""
    return said.lower().startswith(("what", "什么", "啥"))


_FIRST = ("第一", "垫底", "榜首", "最后一名", "number one", "number 1", "no. 1")


def _one_of(sentence: Sentence, position: int) -> bool:
    """Words that ask for one: 「谁」, 「倒数第一」."""
    segment = sentence.segments[position]
    asked = segment.op("which") and segment.said.lower() in words("one_of") and segment.said.lower() != "what"
    return bool(asked) or (segment.op(*SUPERLATIVES) and segment.said.lower().endswith(_FIRST))


def read_direction(sentence: Sentence, slots: Slots) -> None:
    """Most, least, best, worst … and whether one or several are asked for."""
    for op in SUPERLATIVES:
        found = [i for i in sentence.ops(op) if sentence.segments[i].said.lower() not in _COMPARATIVE]
        if found:
            sentence.use(*found)
            slots.direction = slots.direction or op
    _comparatives(sentence, slots)
    for op, direction in (("increase", "desc"), ("decrease", "asc")):
        if sentence.take(op):
            slots.change_order = direction
    loose = [i for i in sentence.ops("top") if (after := sentence.after(i)) is not None and _countable(sentence, after)]
    if loose:
        sentence.use(*loose)
        slots.direction = slots.direction or "most"
        slots.limit = slots.limit or (1 if _is_one(sentence, sentence.after(loose[0])) else 5)
        slots.note("default_limit", limit=slots.limit)
    if sentence.take("ascending"):
        slots.direction = "least"
        slots.singular = False


def _comparatives(sentence: Sentence, slots: Slots) -> None:
    """The question "which has more, A or B" ranks them; "more in October than in November" compares the two windows."""
    pairs = (("more", "most"), ("fewer", "least"), *((op, op) for op in SUPERLATIVES))
    for op, direction in pairs:
        found = sentence.ops(op)
        if not found:
            continue
        if slots.compare:
            sentence.use(*found)
        elif op in SUPERLATIVES or sentence.ops("which", free=False) or sentence.ops("compare", free=False):
            sentence.use(*found)
            slots.direction = slots.direction or direction


def _is_one(sentence: Sentence, position: int | None) -> bool:
    """An English dimension in the singular: "top ward"."""
    said = sentence.segments[position].said.lower() if position is not None else ""
    return (
        said.isascii()
        and sentence.segments[position or 0].has("dimension")
        and singular(said.split()[-1]) == said.split()[-1]
    )


def _countable(sentence: Sentence, position: int) -> bool:
    segment = sentence.segments[position]
    return segment.has("dimension") or segment.op("how_many") or segment.has("case")


def _grains(sentence: Sentence, slots: Slots) -> None:
    for op, grain in {**GRAINS, **_PEAKS}.items():
        if sentence.take(op) and not (op in _PEAKS and slots.compare and slots.compare.get("window")):
            slots.grain = grain
    if slots.grain == "hour" and any(s.said.lower() in words("distribution") for s in sentence.segments):
        # How hours differ over several days, and not one bar for each hour of each day.
        slots.grain = None
        slots.dimensions.append("hour_of_day")


def level_below(desk: Desk, scope: Scope) -> str | None:
    """The area level one below the asker's scope."""
    levels = desk.area_levels()
    if not levels:
        return None
    limited = [i for i, level in enumerate(levels) if level in scope.limits]
    return levels[min(max(limited) + 1, len(levels) - 1)] if limited else levels[0]


def _targets(sentence: Sentence, desk: Desk, scope: Scope, position: int) -> list[str]:
    targets = [e.target for e in sentence.segments[position].of("dimension")]
    if "area" in targets:
        below = level_below(desk, scope)
        return [below] if below else []
    return [t for t in dict.fromkeys(targets) if t in desk.catalog.dimensions]


def _dimension(sentence: Sentence, slots: Slots, desk: Desk, scope: Scope, position: int) -> None:
    targets = _targets(sentence, desk, scope, position)
    if not targets:
        return
    if _apposition(sentence, slots, position, targets, desk) or _numbered(sentence, slots, desk, position, targets):
        sentence.use(position)
        return
    if sentence.segments[position].has("case") and not _cut_wanted(sentence, slots, position):
        return
    sentence.use(position, *_markers(sentence, position))
    if len(targets) > 1:
        slots.ambiguous.append((position, sentence.segments[position].of("dimension")))
    if targets[0] not in slots.dimensions:
        slots.dimensions.append(targets[0])
    slots.any_type = slots.any_type or sentence.segments[position].said.lower() in words("type_words")
    if slots.direction is None and any(word in sentence.segments[position].said.lower() for word in _PEAK_WORDS):
        slots.direction = "most"
    if sentence.segments[position].has("dimension", "area"):
        slots.note("area_level", dimension=targets[0])
    said = sentence.segments[position].said.lower()
    before = sentence.before(position)
    plural = said.endswith("s") and said.isascii()
    if plural or (before is not None and sentence.segments[before].said in {"哪些", "哪几个", "各", "各个", "每个"}):
        slots.singular = False


def _markers(sentence: Sentence, position: int) -> list[int]:
    before = sentence.before(position)
    if before is None:
        return []
    said = sentence.segments[before].said.lower()
    # "The whole channel mix": all of the cut, which it is anyway.
    return [before] if sentence.segments[before].op(*_MARKERS) or said in words("whole_of") else []


def _cut_wanted(sentence: Sentence, slots: Slots, position: int) -> bool:
    """「什么问题」, "most common problems": a word for cases that asks for their type."""
    before = sentence.before(position)
    marked = before is not None and sentence.segments[before].op("each", "which", "top")
    after = sentence.after(position)
    ranked = before is not None and (
        sentence.segments[before].op(*SUPERLATIVES) or sentence.segments[before].number is not None
    )
    asks = after is not None and sentence.segments[after].op(*SUPERLATIVES) and not _other_cut(sentence, position)
    return bool(
        marked
        or (ranked and slots.direction and not _other_cut(sentence, position))
        or (asks and bool(slots.direction))
    )


def _other_cut(sentence: Sentence, position: int) -> bool:
    return any(i != position and not sentence.segments[i].has("case") for i in sentence.where("dimension"))


def _apposition(sentence: Sentence, slots: Slots, position: int, targets: list[str], desk: Desk) -> bool:
    """「高新这个区」, "the district of Dorchester": the dimension only says what kind of name the value is."""
    said = sentence.segments[position].said.lower()
    marked = said.startswith(("各", "每", "哪")) or any(
        sentence.segments[i].op("each", "which") for i in _markers(sentence, position)
    )
    if marked:
        return False
    area = sentence.segments[position].has("dimension", "area")
    for use in slots.values:
        same = use.dimension in targets or (area and desk.catalog.dimensions[use.dimension].hierarchy == "area")
        between = range(min(use.position, position) + 1, max(use.position, position))
        if same and all(
            sentence.is_filler(i) or sentence.segments[i].op("and") or _is_value(slots, i) for i in between
        ):
            return True
    return False


def _is_value(slots: Slots, position: int) -> bool:
    return any(use.position == position for use in slots.values)


def _numbered(sentence: Sentence, slots: Slots, desk: Desk, position: int, targets: list[str]) -> bool:
    """In "District 5" and 「网格1203」 a number that is a member beside the name of its dimension."""
    for neighbour in (position + 1, position - 1):
        if (
            not 0 <= neighbour < len(sentence.segments)
            or sentence.segments[neighbour].number is None
            or neighbour in sentence.used
        ):
            continue
        said = sentence.segments[neighbour].said
        for dimension in targets:
            if said in desk.members.get(dimension, ()):
                sentence.use(neighbour)
                slots.values.append(ValueUse(dimension, said, said, neighbour))
                return True
    return False


def _implied(sentence: Sentence, slots: Slots, desk: Desk, scope: Scope) -> None:
    """Where → areas; when is it most → hours of the day; what is reported most → types."""
    if slots.grain:
        return
    if _numbered_kinds(sentence):
        _add_types(slots, desk)
        return
    if slots.dimensions:
        return
    if any(asks_kind(sentence, i) for i in sentence.ops("which", free=False)) or _each_kind(sentence, slots):
        _add_types(slots, desk)
        return
    asked = slots.direction is not None or slots.change_order is not None
    if sentence.ops("where_place") and not sentence.ops("rank") and (below := level_below(desk, scope)):
        sentence.take("where_place")
        slots.dimensions.append(below)
        slots.note("area_level", dimension=below)
    elif asked and sentence.ops("when") and "hour_of_day" in desk.catalog.dimensions:
        sentence.take("when")
        slots.dimensions.append("hour_of_day")
    elif asked and "department" in desk.catalog.dimensions and not slots.values[1:] and _asks_who(sentence):
        slots.dimensions.append("department")
        slots.who = True
    elif (
        asked and any(sentence.segments[i].said.lower() in {"什么", "啥", "what"} for i in sentence.ops("which"))
    ) or (slots.direction and any(_precedes_case(sentence, i) for i in sentence.where("op", *SUPERLATIVES))):
        _add_types(slots, desk)


def _numbered_kinds(sentence: Sentence) -> bool:
    """「主要是哪三类」, 「最多的两类问题」: a number before a word for kinds, of what is asked or ranked."""
    ranked = bool(sentence.ops(*SUPERLATIVES, "top", free=False))
    for position in sentence.where("number"):
        after = position + 1
        kinds = after < len(sentence.segments) and sentence.segments[after].said.lower() in words("type_words")
        if kinds and (ranked or (position > 0 and sentence.segments[position - 1].op("which"))):
            sentence.use(position, after)
            return True
    return False


def _each_kind(sentence: Sentence, slots: Slots) -> bool:
    """「各类告警分别多少」: every kind on its own."""
    parted = sentence.ops("respectively", "each", "share", "rank", free=False) or slots.direction or slots.chart
    kinds = words("type_words")
    return bool(parted) and any(s.said.startswith(("各", "每")) and s.said in kinds for s in sentence.segments)


def asks_kind(sentence: Sentence, position: int) -> bool:
    """Whether the question word asks for a kind: "what kinds of", 「哪类」."""
    said = sentence.segments[position].said.lower()
    return any(word in said for word in ("kind", "type", "sort", "种", "类"))


def _asks_who(sentence: Sentence) -> bool:
    return any(sentence.segments[i].said.lower() in {"谁", "who", "哪家"} for i in sentence.ops("which", free=False))


def _precedes_case(sentence: Sentence, position: int) -> bool:
    """As in "the most common complaint": a superlative before a word for cases asks for their type."""
    after = sentence.after(position)
    return after is not None and sentence.segments[after].has("case")


def _add_types(slots: Slots, desk: Desk) -> None:
    slots.any_type = True
    types = [d.id for d in desk.catalog.dimensions.values() if d.hierarchy == "category" and desk.members.get(d.id)]
    if types and not any(u.dimension == types[-1] and not u.negated for u in slots.values):
        slots.dimensions.append(types[-1])


def _limit_per(sentence: Sentence, slots: Slots) -> None:
    """「每个区前三的小类」, 「各区立案最多的街道各是哪个」: with two cuts, the one marked by each holds the limit."""
    if len(slots.dimensions) < 2 or not (slots.limit or slots.direction):
        return
    for position in sentence.where("dimension"):
        outer = [e.target for e in sentence.segments[position].of("dimension") if e.target in slots.dimensions]
        if outer and not slots.limit_per and _is_each(sentence, position) and not _is_asked(sentence, position):
            slots.limit_per = outer[:1]
            slots.dimensions.sort(key=lambda d: d not in outer[:1])
            slots.limit = slots.limit or 1


_EACH = ("各", "每", "each ", "every ", "per ")
_WHICH = ("哪", "which", "what")


def _is_each(sentence: Sentence, position: int) -> bool:
    before = sentence.before(position)
    marked = before is not None and sentence.segments[before].op("each")
    return marked or sentence.segments[position].said.lower().startswith(_EACH)


def _is_asked(sentence: Sentence, position: int) -> bool:
    before = sentence.before(position)
    return sentence.segments[position].said.lower().startswith(_WHICH) or (
        before is not None and sentence.segments[before].op("which", *SUPERLATIVES)
    )
