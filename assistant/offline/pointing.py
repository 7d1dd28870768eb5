"""What is meant by whose it is or by what was said before: 「我们区」, "that neighborhood"; and levels by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.offline.desk import Desk
from assistant.offline.doubt import MAX_OPTIONS
from assistant.offline.lexicon import words
from assistant.offline.plan import Turn
from assistant.offline.sentence import Sentence, Slots, ValueUse
from assistant.offline.vocabulary import Entry
from warehouse.scope import Scope

_MANY = ("各", "每", "哪", "几", "所有", "which ", "each ", "every ")
_DIGITS = "零一二三四五六七八九十"


def read_pointing(sentence: Sentence, slots: Slots, desk: Desk, scope: Scope) -> None:
    """Explain 「我们街道」 by the asker's scope and keep "that street" for what was said before."""
    if any(s.said.lower() in words("ourselves") for s in sentence.segments):
        slots.own += scope.limits
    for position in sentence.where("dimension"):
        if position in sentence.used or position == 0 or _is_many(sentence.segments[position].said.lower()):
            continue
        dimension = _pointed_at(sentence, desk, scope, position)
        word = sentence.segments[position - 1].said.lower()
        if dimension is None or any(u.position in {position - 1, position - 2} for u in slots.values):
            continue
        if word in words("own"):
            sentence.use(position - 1, position)
            _own(slots, desk, scope, position, dimension)
        elif word in words("whole_of") and desk.catalog.dimensions[dimension].hierarchy == "area":
            sentence.use(position - 1, position)
            slots.whole_of.append(dimension)
            if dimension in scope.limits:
                slots.own.append(dimension)
            elif len(desk.members[dimension]) > 1:
                slots.pointed.append((position, dimension))
        elif word in words("pointing") and slots.direction is None:
            sentence.use(position - 1, position)
            slots.pointed.append((position, dimension))


def read_beside_values(sentence: Sentence, desk: Desk) -> None:
    """Explain what only leads up to a name: "the whole of Millrace", 「派给三中队的」, "assigned to the Night Wardens"."""
    for position in sentence.where("value"):
        before = sentence.before(position)
        if before is None:
            continue
        kinds = {desk.catalog.dimensions[e.target].hierarchy for e in sentence.segments[position].of("value")}
        segment = sentence.segments[before]
        if "area" in kinds and segment.said.lower() in words("whole_of"):
            sentence.use(before)
        if "organisation" in kinds and segment.op("handed_to"):
            sentence.use(before)


def _is_many(said: str) -> bool:
    return said.startswith(_MANY) or (said.isascii() and said.endswith("s") and not said.endswith("ss"))


def _pointed_at(sentence: Sentence, desk: Desk, scope: Scope, position: int) -> str | None:
    targets = [e.target for e in sentence.segments[position].of("dimension")]
    if "area" in targets:
        return next((level for level in reversed(desk.area_levels()) if level in scope.limits), None)
    known = (desk.catalog.dimensions[t] for t in targets if desk.members.get(t) and t in desk.catalog.dimensions)
    return next((d.id for d in known if d.hierarchy in {"area", "organisation"}), None)


def _own(slots: Slots, desk: Desk, scope: Scope, position: int, dimension: str) -> None:
    if dimension in scope.limits:
        slots.own.append(dimension)
        return
    slots.ambiguous.append((position, _members(desk, dimension, scope)))


def _members(desk: Desk, dimension: str, scope: Scope) -> tuple[Entry, ...]:
    """Members to choose from, inside the asker's scope where it is known."""
    allowed = set[str]().union(*scope.limits.values()) if scope.limits else set[str]()
    inside = [m for m in desk.members[dimension] if desk.parents.get((dimension, m)) in allowed]
    return tuple(Entry("value", dimension, m) for m in (inside or desk.members[dimension])[:MAX_OPTIONS])


def settle_pointing(slots: Slots, base: Mapping[str, Any] | None, turn: Turn, desk: Desk) -> None:
    """Replace what was pointed at by the value it had before, or ask which one."""
    for position, dimension in slots.pointed:
        if any(u.dimension == dimension and not u.negated for u in slots.values):
            continue
        before = [
            value
            for f in (base or {}).get("filters", ())
            if f["dimension"] == dimension and f.get("op", "in") == "in"
            for value in f.get("values", ())
        ]
        shown = (
            turn.history[-1].shown[:1]
            if turn.history and (base or {}).get("dimensions", [""])[:1] == [dimension]
            else ()
        )
        found = before or list(shown)
        slots.values += [ValueUse(dimension, value, value, position) for value in found]
        if not found:
            slots.ambiguous.append((position, _members(desk, dimension, turn.scope)))


def settle_types(slots: Slots, desk: Desk) -> None:
    """A word for kinds in general means kinds of alarm when alarms are counted."""
    facts = {getattr(desk.catalog.metrics.get(m.partition(".")[0]), "fact", "") for m in slots.metrics}
    if slots.any_type and facts == {"alarms"} and desk.members.get("alarm_type"):
        kinds = {d.id for d in desk.catalog.dimensions.values() if d.hierarchy == "category"}
        slots.dimensions = list(dict.fromkeys("alarm_type" if d in kinds else d for d in slots.dimensions))


def read_levels(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    """「一级告警」, "level 2 alarms": a number beside a word for level is a value of the level."""
    known = set(desk.members.get("level", ()))
    for position in sentence.where("number"):
        number = sentence.segments[position].number or 0.0
        for neighbour in (position + 1, position - 1):
            if not 0 <= neighbour < len(sentence.segments) or position in sentence.used:
                continue
            if sentence.segments[neighbour].said.lower() in words("level"):
                last = max(position, neighbour)
                graded = _levels_meant(sentence, last, int(number))
                values = [v for n in graded if (v := next((x for x in _level_names(n) if x in known), None))]
                if values:
                    sentence.use(position, neighbour)
                    said = sentence.segments[position].said
                    slots.values += [ValueUse("level", value, said, position) for value in values]


def _levels_meant(sentence: Sentence, last: int, number: int) -> range:
    """「二级及以上」 are levels 2 and 1: level 1 is the most serious (GB/T 30428 grades and most alarm sources)."""
    after = last + 1
    if after < len(sentence.segments):
        for op, levels in (("or_more", range(1, number + 1)), ("or_less", range(number, 10))):
            if sentence.segments[after].op(op):
                sentence.use(after)
                return levels
    return range(number, number + 1)


def _level_names(number: float) -> list[str]:
    plain = f"{number:g}"
    chinese = _DIGITS[int(number)] if 0 <= number <= 10 and number == int(number) else plain
    return [plain, f"{plain}级", f"{chinese}级", chinese, f"Level {plain}", f"level {plain}", f"L{plain}", f"P{plain}"]
