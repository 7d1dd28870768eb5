"""From slots to calls: first the reasons to ask back or decline, then the query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from assistant.offline import doubt
from assistant.offline.clock import Moments
from assistant.offline.compose_query import filters_of, query_of
from assistant.offline.cuts import level_below
from assistant.offline.desk import Desk
from assistant.offline.followup import follow, last_query
from assistant.offline.lattice import Segment
from assistant.offline.lexicon import words
from assistant.offline.measures import mark_as_metric, recompose
from assistant.offline.normalise import Normalised, fold
from assistant.offline.plan import Call, Turn, Understanding
from assistant.offline.planner import default_metric, is_empty, plan
from assistant.offline.pointing import settle_pointing, settle_types
from assistant.offline.sentence import Sentence, Slots
from assistant.offline.tokens import tokenise
from assistant.offline.vocabulary import Entry

THRESHOLD = 0.5
# By what units and districts are usually told good from bad.
_JUDGES = ("on_time_closure_rate", "overdue_open", "closing_hours", "closure_rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a turn: its segments, and what surrounds them."""

    text: Normalised
    segments: tuple[Segment, ...]
    moments: Moments
    language: Any
    turn: Turn

    def with_segment(self, position: int, entries: tuple[Entry, ...]) -> Reading:
        """The same reading with one piece meaning something else."""
        changed = replace(self.segments[position], entries=entries)
        return replace(self, segments=(*self.segments[:position], changed, *self.segments[position + 1 :]))

    def interpret(self, desk: Desk) -> tuple[Sentence, Slots]:
        """Sentence and slots of this reading, follow-up included."""
        sentence = Sentence(self.text.text, self.segments)
        slots = plan(sentence, desk, self.turn.scope, self.moments)
        slots = follow(slots, sentence, self.turn, desk)
        settle_pointing(slots, last_query(self.turn), self.turn, desk)
        settle_types(slots, desk)
        if not slots.inherited:
            mark_as_metric(slots, desk)
        recompose(slots, desk)
        return sentence, slots


def calls_for(reading: Reading, desk: Desk) -> Understanding:
    """The understanding of a reading: an answer's calls, a question back, or a refusal."""
    sentence, slots = reading.interpret(desk)
    unexplained = sentence.unexplained_words()
    call = _time_problem(reading) or _choice(reading, slots, desk)
    if call is None and unexplained:
        return _unexplained(reading, sentence, slots, desk, unexplained)
    if call is None:
        call = _nothing_asked(reading, slots, desk) or _unavailable(reading, slots, desk)
    if call is not None:
        return Understanding(
            language=reading.language, calls=(call,), confidence=THRESHOLD - 0.1, unexplained=unexplained
        )
    calls = _calls(reading, slots, desk)
    if slots.inherited and calls == reading.turn.history[-1].calls and not sentence.ops("again", "whole"):
        # What was said changed nothing: it was not heard, whatever it was.
        call = doubt.abstain(
            "not_understood", (reading.text.original,), doubt.nearest_questions(desk, reading.language)
        )
        return Understanding(language=reading.language, calls=(call,), confidence=0.2)
    confidence = max(0.0, 1.0 - slots.penalty - 0.05 * slots.default_metric - 0.2 * len(slots.doubts))
    return Understanding(language=reading.language, calls=calls, confidence=confidence, readings=tuple(slots.readings))


def _time_problem(reading: Reading) -> Call | None:
    problem = reading.moments.problem
    if problem is not None:
        reason = "future" if problem.get("code") == "future" else "time_problem"
        return doubt.abstain(reason, (), **problem)
    time = reading.moments.time
    if time is not None and time.start > reading.turn.now:
        return doubt.abstain("future", (), start=time.start.isoformat(), said=time.said)
    return None


def _variants(reading: Reading, position: int, entries: tuple[Entry, ...], desk: Desk) -> list[dict[str, Any]]:
    """Complete readings, one for each meaning of a piece."""
    options = []
    said = reading.segments[position].said
    for entry in entries[: doubt.MAX_OPTIONS]:
        variant = reading.with_segment(position, (replace(entry, score=1.0, how="exact"),))
        sentence, slots = variant.interpret(desk)
        if any(True for _ in sentence.unexplained()) or slots.ambiguous:
            continue
        calls = _calls(variant, slots, desk)
        name = doubt.entry_label(entry, desk, reading.language)
        reply = reading.text.original.replace(said, entry.value or name, 1)
        options.append(doubt.option(name, reply, calls))
    return options


def _choice(reading: Reading, slots: Slots, desk: Desk) -> Call | None:
    for position, entries in slots.ambiguous:
        options = _variants(reading, position, entries, desk)
        if len(options) > 1:
            return doubt.clarify(reading.segments[position].said, options)
        if not options:
            said = reading.segments[position].said
            return doubt.abstain("not_understood", (said,), doubt.nearest_questions(desk, reading.language))
    return None


def _unexplained(
    reading: Reading, sentence: Sentence, slots: Slots, desk: Desk, words: tuple[str, ...]
) -> Understanding:
    unknown = [i for i, s in enumerate(sentence.segments) if not s.entries]
    call: Call | None = None
    missing = _missing_dimension(sentence, desk)
    if missing is not None:
        nearest = doubt.nearest_questions(desk, reading.language)
        rest = _remainder(reading, slots, desk)
        metric = (slots.metrics or rest.get("query", {}).get("metrics") or list(desk.catalog.metrics))[0]
        call = doubt.abstain("unavailable", words, nearest, metric=metric, dimension=missing, **rest)
    elif len(words) == 1 and len(unknown) == 1 and not _is_cut_by(sentence, unknown[0]):
        written = reading.text.text[reading.segments[unknown[0]].start : reading.segments[unknown[0]].end]
        parts = desk.speller.parts(written)
        options = _variants(reading, unknown[0], parts or desk.speller.near(written), desk)
        parts = _finest(parts, desk)
        kinds = {desk.catalog.dimensions[e.target].hierarchy for e in parts}
        if _is_called_another(sentence, unknown[0], parts):
            parts, options = (), []
        if parts and len({e.target for e in parts}) == 1 and (kinds == {"category"} or _covers(written, parts)):
            return calls_for(reading.with_segment(unknown[0], parts), desk)
        if options:
            call = doubt.clarify(words[0], options)
    if call is None:
        counted = slots.metrics or any(s.has("case") for s in sentence.segments)
        reason = "unknown_value" if counted and unknown else "not_understood"
        call = doubt.abstain(
            reason, words, doubt.nearest_questions(desk, reading.language), **_remainder(reading, slots, desk)
        )
    return Understanding(language=reading.language, calls=(call,), confidence=0.2, unexplained=words)


def _missing_dimension(sentence: Sentence, desk: Desk) -> str | None:
    """A cut that other cities have and this one's sources lack."""
    asked = (e.target for s in sentence.unexplained() for e in s.of("dimension"))
    return next((d for d in asked if d != "area" and d not in desk.catalog.dimensions), None)


def _is_cut_by(sentence: Sentence, position: int) -> bool:
    """After "by" or "which" stands a dimension, so an unknown word there is no part of a value's name."""
    before = sentence.before(position)
    return before is not None and sentence.segments[before].op("each", "which")


def _is_called_another(sentence: Sentence, position: int, parts: tuple[Entry, ...]) -> bool:
    """Whether the word after says that it names something else than the parts found ("the Fire | Department")."""
    if position + 1 >= len(sentence.segments):
        return False
    after = sentence.segments[position + 1]
    called = {e.target for e in after.of("dimension")}
    close = sentence.gap(position, position + 1).strip() == "" and not after.has("case")
    return bool(called) and close and not called & {e.target for e in parts}


def _covers(written: str, parts: tuple[Entry, ...]) -> bool:
    """Whether one place or department goes by little more than what was written; a channel is always asked back."""
    if len(parts) != 1 or parts[0].target == "source":
        return False
    name = fold(parts[0].value)
    if not name.isascii():
        return 2 * len(written) > len(name)
    telling = {token.singular for token in tokenise(name)} - words("generic")
    return 2 * len(tokenise(written)) >= len(telling)


def _finest(parts: tuple[Entry, ...], desk: Desk) -> tuple[Entry, ...]:
    """Of names on several dimensions those of the finest category: what is asked about are mostly problems."""
    levels = {
        e.target: desk.catalog.dimensions[e.target].level or 0
        for e in parts
        if desk.catalog.dimensions[e.target].hierarchy == "category"
    }
    finest = max(levels, key=lambda d: levels[d], default=None)
    return tuple(e for e in parts if e.target == finest) if finest else parts


def _remainder(reading: Reading, slots: Slots, desk: Desk) -> dict[str, Any]:
    """What was understood besides, so that the next turn can go on from it."""
    rest = replace(
        slots, readings=[], metrics=[m for m in slots.metrics if m.partition(".")[0] in desk.catalog.metrics]
    )
    default_metric(rest, desk)
    if not rest.metrics or not (rest.time or rest.values or rest.dimensions or slots.metrics):
        return {}
    counted = bool(slots.metrics) or any(s.has("case") or s.op("how_many") for s in reading.segments)
    try:
        query = query_of(rest, desk, reading.turn.now).model_dump(mode="json", exclude_defaults=True)
        return {"query": query, "counted": counted or slots.inherited}
    except (ValueError, KeyError):
        return {}


def _nothing_asked(reading: Reading, slots: Slots, desk: Desk) -> Call | None:
    counted = any(s.has("case") for s in reading.segments) or slots.inherited
    if slots.direction and not slots.doubts and is_empty(slots) and not counted:
        return _which_cut(reading, slots, desk)
    if (is_empty(slots) and not counted) or slots.doubts:
        rest = _remainder(reading, slots, desk) if slots.leans else {}
        return doubt.abstain(
            "not_understood", tuple(slots.doubts), doubt.nearest_questions(desk, reading.language), **rest
        )
    if (
        (slots.direction or slots.change_order)
        and not (slots.dimensions or slots.grain or slots.inherited)
        and slots.rows != "cases"
    ):
        return _which_cut(reading, slots, desk)
    if not slots.strong_metric and not slots.inherited and not slots.thresholds and _counts_members(reading):
        return doubt.abstain(
            "unsupported", (), doubt.nearest_questions(desk, reading.language), kind="count_of_members"
        )
    if slots.thresholds and not (slots.dimensions or slots.grain):
        return doubt.abstain("unsupported", (), doubt.nearest_questions(desk, reading.language), kind="threshold")
    if slots.direction in {"best", "worst"} and not slots.metrics and slots.rows != "cases":
        return _judged_by_what(reading, slots, desk)
    return None


def _counts_members(reading: Reading) -> bool:
    """Whether the question counts the members themselves ("how many crews are out"), which no metric does."""
    sentence = Sentence(reading.text.text, reading.segments)
    for position in sentence.where("dimension"):
        before = sentence.before(position)
        counted = before is not None and sentence.segments[before].op("how_many")
        if (
            counted
            and not sentence.segments[position].has("case")
            and not any(s.has("case") for s in sentence.segments)
        ):
            return True
    return False


def _judged_by_what(reading: Reading, slots: Slots, desk: Desk) -> Call | None:
    """Best or worst at nothing that was named: judged by what? None where this city has only one such number."""
    named = {*slots.dimensions, *(use.dimension for use in slots.values)}
    judges = [m for m in _JUDGES if m in desk.catalog.metrics and all(desk.applies(m, one) for one in named)]
    options = []
    for metric in judges:
        calls = _calls(reading, replace(slots, metrics=[metric], readings=list(slots.readings)), desk)
        label = desk.label(metric, reading.language)
        said = reading.text.original
        options.append(
            doubt.option(label, f"按{label}：{said}" if reading.language == "zh" else f"{said} by {label}", calls)
        )
    return doubt.clarify("metric", options) if len(options) > 1 else None


def _which_cut(reading: Reading, slots: Slots, desk: Desk) -> Call:
    """A superlative of nothing: most by what?"""
    below = level_below(desk, reading.turn.scope)
    cuts = [d for d in (below, "minor_category", "department") if d and d in desk.catalog.dimensions]
    options = []
    for cut in cuts:
        calls = _calls(reading, replace(slots, dimensions=[cut], readings=list(slots.readings)), desk)
        label = desk.label(cut, reading.language)
        reply = (
            f"按{label}：{reading.text.original}" if reading.language == "zh" else f"{reading.text.original} by {label}"
        )
        options.append(doubt.option(label, reply, calls))
    return doubt.clarify("dimension", options)


def _unavailable(reading: Reading, slots: Slots, desk: Desk) -> Call | None:
    for metric in slots.metrics:
        base = metric.partition(".")[0]
        if base in desk.catalog.unavailable:
            missing = list(desk.catalog.unavailable[base])
            nearest = doubt.nearest_questions(desk, reading.language)
            rest = _remainder(reading, replace(slots, metrics=[]), desk)
            return doubt.abstain("unavailable", (), nearest, metric=base, missing=missing, **rest)
    default_metric(slots, desk)
    for metric in slots.metrics:
        for dimension in (*slots.dimensions, *(u.dimension for u in slots.values)):
            if not desk.applies(metric, dimension):
                nearest = doubt.nearest_questions(desk, reading.language)
                return doubt.abstain("unavailable", (), nearest, metric=metric, dimension=dimension)
    if not slots.metrics and slots.rows != "cases" and not slots.excess:
        return doubt.abstain("not_understood", (), doubt.nearest_questions(desk, reading.language))
    return None


def _calls(reading: Reading, slots: Slots, desk: Desk) -> tuple[Call, ...]:
    default_metric(slots, desk)
    if slots.excess:
        return (_excess(reading, slots, desk),)
    query = query_of(slots, desk, reading.turn.now)
    args = query.model_dump(mode="json", exclude_defaults=True)
    if slots.rows == "cases":
        return (Call("list_cases", {"query": {"rows": "cases", **args}}),)
    if slots.chart:
        return (Call("draw_chart", {"query": args, "mark": slots.chart}),)
    calls = [Call("query_metrics", args)]
    if "anomalies" in slots.metrics and slots.time and not slots.compare and not slots.grain:
        slots.note("anomalies_default")
        calls.append(_excess(reading, slots, desk))
    if slots.time is None:
        _note_all_time(slots, desk)
    return tuple(calls)


def _note_all_time(slots: Slots, desk: Desk) -> None:
    snapshots = [desk.catalog.metrics[m.partition(".")[0]].snapshot for m in slots.metrics]
    slots.note("as_of_now" if snapshots and all(snapshots) else "all_time")


def _excess(reading: Reading, slots: Slots, desk: Desk) -> Call:
    time = slots.time
    if time is None:
        query = query_of(replace(slots, metrics=slots.metrics or ["anomalies"], grain="day"), desk, reading.turn.now)
        dumped = query.model_dump(mode="json", exclude_defaults=True)
        time = {k: v for k, v in dumped["time"].items() if k != "grain"}
        slots.note("default_window", days=30)
    dimension = next(iter(slots.dimensions), level_below(desk, reading.turn.scope))
    args: dict[str, Any] = {"time": time, "filters": filters_of(slots)}
    if dimension:
        args["dimension"] = dimension
    if slots.limit:
        args["limit"] = slots.limit
    return Call("detect_anomalies", args)
