"""Which members a question names, and whether it keeps or drops them."""

from __future__ import annotations

from assistant.offline.desk import Desk
from assistant.offline.normalise import fold
from assistant.offline.sentence import Sentence, Slots, ValueUse
from assistant.offline.tokens import tokenise
from assistant.offline.vocabulary import Entry

# A word that is part of more names than this is too vague to mean them all.
_MOST_TOGETHER = 12
# Counted so whatever they are: alarms are no cases.
_ANY_FACT = frozenset({"条", "次", "things", "items", "records", "record", "item"})


def read_values(sentence: Sentence, slots: Slots, desk: Desk) -> None:
    """Turn named members into filters; what cannot be decided is left as ambiguous."""
    for position in sentence.where("value"):
        if position in sentence.used or _is_other(sentence, position):
            continue
        entries = _plausible(sentence, slots, desk, position)
        sentence.use(position)
        meant = _narrowed(sentence, position, _together(entries))
        if not meant:
            slots.ambiguous.append((position, entries))
        entry = entries[0]
        said = sentence.segments[position].said
        slots.values += [ValueUse(e.target, e.value, said, position) for e in meant or entries[:1]]
        if len(meant) > 1:
            slots.note("read_as", said=said, dimension=entry.target, value=", ".join(e.value for e in meant))
        elif entry.how in {"spelling", "part"}:
            slots.note("read_as", said=said, dimension=entry.target, value=entry.value)
            slots.penalty += 0.1
    _negations(sentence, slots)
    _own_words(sentence, slots)
    if slots.values or slots.metrics:
        sentence.take("only")


def _own_words(sentence: Sentence, slots: Slots) -> None:
    """What stands beside a name and only says it again, or says its condition, is explained by it."""
    for use in slots.values:
        held = {token.stem for token in tokenise(fold(use.value))}
        for neighbour in (use.position - 1, use.position + 1):
            if 0 <= neighbour < len(sentence.segments) and neighbour not in sentence.used:
                words = {token.stem for token in tokenise(fold(sentence.segments[neighbour].said))}
                again = words <= held and bool(words) and not sentence.segments[neighbour].of("op")
                if sentence.segments[neighbour].op("condition") or again:
                    sentence.use(neighbour)


def _together(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The values meant when all are meant together; empty when one has to be chosen."""
    unique = tuple({(e.target, e.value): e for e in entries}.values())
    if len(unique) == 1:
        return unique
    one_level = len({e.target for e in unique}) == 1
    one_group = len({e.group for e in unique}) == 1 and (bool(unique[0].group) or all(e.how == "part" for e in unique))
    return unique if one_level and one_group and len(unique) <= _MOST_TOGETHER else ()


def _narrowed(sentence: Sentence, position: int, meant: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Of several values meant together those whose own name holds the word beside ("fallen tree | emergencies")."""
    if len(meant) < 2:
        return meant
    said = {token.stem for token in tokenise(fold(sentence.segments[position].said))}
    for neighbour in (position + 1, position - 1):
        if not 0 <= neighbour < len(sentence.segments) or sentence.segments[neighbour].of("stop", "op", "case", "time"):
            continue
        words = {token.stem for token in tokenise(fold(sentence.segments[neighbour].said))} - said
        kept = tuple(e for e in meant if words and words <= {token.stem for token in tokenise(fold(e.value))})
        if kept:
            sentence.use(neighbour)
            return kept
    return meant


def _is_other(sentence: Sentence, position: int) -> bool:
    """A word that is a dimension as well (「部件」) is left to the cuts when a cut is asked for."""
    segment = sentence.segments[position]
    before = sentence.before(position)
    return segment.has("dimension") and before is not None and sentence.segments[before].op("each", "which", "per_day")


def _plausible(sentence: Sentence, slots: Slots, desk: Desk, position: int) -> tuple[Entry, ...]:
    """Meanings of a name that remain when its surroundings and the metric are looked at, best first."""
    entries = [e for e in sentence.segments[position].of("value") if e.target in desk.catalog.dimensions]
    measured = [m for m in slots.metrics if m.partition(".")[0] in desk.catalog.metrics]
    if not measured and any(s.has("case") and s.said not in _ANY_FACT for s in sentence.segments):
        measured = [m for m in ("reported_cases",) if m in desk.catalog.metrics]
    fitting = [e for e in entries if all(desk.applies(m, e.target) for m in measured)]
    entries = fitting or entries
    named = {e.target for i in _near(sentence, position) for e in sentence.segments[i].of("dimension")}
    coordinated = {
        e.target for i in _near(sentence, position, 2) if len(v := sentence.segments[i].of("value")) == 1 for e in v
    }
    # 「Orchard Hills and Airport wards」: the level said beside it tells more than how well a name is matched.
    for wanted in (named, coordinated, set(desk.catalog.dimensions)):
        kept = [e for e in entries if e.target in wanted]
        if kept:
            entries = _best(kept)
            break
    return (
        tuple(entries)
        if len(entries) < 2 or wanted in (named, coordinated)
        else tuple(_highest_of_nested(entries, desk))
    )


def _best(entries: list[Entry]) -> list[Entry]:
    best = max(e.score for e in entries)
    return [e for e in entries if e.score >= best - 0.01]


def _near(sentence: Sentence, position: int, reach: int = 1) -> list[int]:
    return [
        i for i in range(position - reach, position + reach + 1) if 0 <= i < len(sentence.segments) and i != position
    ]


def _highest_of_nested(entries: list[Entry], desk: Desk) -> list[Entry]:
    """The same name at two levels of one hierarchy, one inside the other: the wider one is meant."""
    dimensions = desk.catalog.dimensions
    if len({e.value for e in entries}) > 1 or len({dimensions[e.target].hierarchy for e in entries}) > 1:
        return entries
    if dimensions[entries[0].target].hierarchy is None:
        return entries
    return [min(entries, key=lambda e: dimensions[e.target].level or 0)]


def _negations(sentence: Sentence, slots: Slots) -> None:
    for use in slots.values:
        marks = _negation_before(sentence, slots, use.position) or _negation_after(sentence, slots, use.position)
        if marks:
            use.negated = True
    for position in sentence.ops("except_end"):
        if any(use.negated for use in slots.values):
            sentence.use(position)


def _belongs(sentence: Sentence, slots: Slots, position: int) -> bool:
    """Whether a piece may stand between a negation and its value."""
    segment = sentence.segments[position]
    taken = any(use.position == position for use in slots.values)
    return taken or sentence.is_filler(position) or segment.op("and", "or") or segment.has("dimension")


def _negation_before(sentence: Sentence, slots: Slots, position: int) -> bool:
    at = position - 1
    while at >= 0:
        if sentence.segments[at].op("except", "not"):
            if at == 0 and set(",，") & set(sentence.gap(at, at + 1)):
                sentence.use(at)
                return False  # "No, Dorchester I meant": an objection, and nothing is left out.
            if (
                sentence.segments[at].op("not")
                and at != position - 1
                and not _chain_of_values(sentence, slots, at, position)
            ):
                return False
            sentence.use(at)
            return True
        if not _belongs(sentence, slots, at) or _parted(sentence, slots, at, position):
            return False
        at -= 1
    return False


def _parted(sentence: Sentence, slots: Slots, at: int, position: int) -> bool:
    """A comma ends what is left out, unless the list goes on with a name of the same kind."""
    if not set(",，") & set(sentence.gap(at, at + 1)):
        return False
    kinds = {u.dimension for u in slots.values if u.position == at}
    return not kinds & {u.dimension for u in slots.values if u.position == position}


def _value_at(slots: Slots, position: int) -> bool:
    return any(use.position == position for use in slots.values)


def _chain_of_values(sentence: Sentence, slots: Slots, start: int, end: int) -> bool:
    return all(_belongs(sentence, slots, i) for i in range(start + 1, end))


def _negation_after(sentence: Sentence, slots: Slots, position: int) -> bool:
    at = position + 1
    while at < len(sentence.segments):
        if sentence.segments[at].op("except_end"):
            sentence.use(at)
            return True
        if not (
            _value_at(slots, at) or sentence.segments[at].op("and", "or") or sentence.segments[at].has("dimension")
        ):
            return False
        at += 1
    return False
