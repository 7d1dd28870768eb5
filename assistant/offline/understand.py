"""Understanding a turn without any language model: text in, tool calls and doubts out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from assistant.offline.acts import Said, read_look_up, read_order
from assistant.offline.answering import Reading, calls_for
from assistant.offline.clock import Moments, mend_time_words, read_times
from assistant.offline.desk import Desk
from assistant.offline.followup import chosen_option, last_query
from assistant.offline.intents import (
    acts_on,
    asked_of_case,
    catalogue,
    find_case_number,
    numbered_case,
    refusal,
    refused,
    shown_case,
    talk,
    writes,
)
from assistant.offline.lattice import Span, cover
from assistant.offline.normalise import Normalised, is_cjk, normalise
from assistant.offline.plan import Call, PastTurn, Turn, Understanding
from assistant.offline.reports import read_report
from assistant.offline.sentence import Sentence
from assistant.offline.subscribing import read_subscription
from assistant.offline.tokens import tokenise
from assistant.offline.vocabulary import Entry
from assistant.offline.warning import read_alert
from knowledge.asking import joined, policy_question
from warehouse.semantic import SemanticQuery, TimeRange


def understand(turn: Turn, desk: Desk) -> Understanding:
    """The calls that answer a turn, or a question back, or a refusal that names what was not understood."""
    stands = read_subscription(turn, desk) or read_alert(turn, desk, understand)
    if stands is not None:
        return stands
    halves = _halves(turn, desk) or _with_rule(turn, desk)
    if halves is not None:
        return halves
    text = mend_time_words(normalise(turn.text), desk)
    chosen = chosen_option(text.text, turn)
    if chosen is not None:
        asked = normalise(turn.history[-1].text).text
        return Understanding(language=language_of(Sentence(asked, ()), turn), calls=chosen, confidence=1.0)
    base = last_query(turn)
    previous = TimeRange.model_validate(base["time"]) if base and base.get("time") else None
    tokens = tokenise(text.text)
    moments = read_times(text.text, tokens, desk, now=turn.now, previous=previous)
    spans = [Span(start, end, Entry("time", "time")) for start, end in moments.spans]
    sentence = Sentence(text.text, cover(text, tokens, desk.vocabulary, desk.speller, spans))
    language = language_of(sentence, turn)
    if policy_question(turn.text).confidence >= 1 and not _counts(sentence):
        call = Call("search_policy", {"question": turn.text})
        return Understanding(language=language, calls=(call,), confidence=0.95)
    said = Said(text=text, sentence=sentence, moments=moments, desk=desk, turn=turn, language=language)
    acted = _acted(said) if turn.acts else None
    if acted is not None:
        return acted
    settled = _settled(text, sentence, moments, desk, language, turn)
    if settled is not None:
        return _unclear(settled) if turn.acts else settled
    known = desk.verified.match(text.text, moments.spans)
    if known is not None and moments.problem is None:
        call = verified_call(known, moments, desk, turn)
        return Understanding(language=language, calls=(call,), confidence=1.0, readings=moments.readings)
    reading = Reading(text=text, segments=sentence.segments, moments=moments, language=language, turn=turn)
    return calls_for(reading, desk)


def _acted(said: Said) -> Understanding | None:
    """What is to be done or reported, or where a case stands; None when the turn is about none of it."""
    if talk(said.sentence) is not None and not said.turn.history:
        return None
    calls = read_look_up(said)
    if not calls and (order := read_order(said, lambda turn: understand(turn, said.desk))) is not None:
        calls = (order,)
    if calls:
        confidence = 0.4 if calls[0].tool in {"clarify", "abstain"} else 0.95
        return Understanding(language=said.language, calls=calls, confidence=confidence)
    return read_report(said, lambda: understand(replace(said.turn, acts=False), said.desk))


def _unclear(settled: Understanding) -> Understanding:
    """Where acts are possible an act is not refused for being one: it was not clear which."""
    call = settled.calls[0]
    if call.tool != "abstain" or call.args["facts"].get("kind") != "act":
        return settled
    return replace(settled, calls=(refused("act_unclear", tuple(call.args["unexplained"])),))


def _counts(sentence: Sentence) -> bool:
    """Whether a number is asked for, so that a word for rules is only part of the question."""
    return bool(
        sentence.where("metric") and sentence.ops("how_many", "rank", "most", "least", "trend", "share", free=False)
    )


_WITHIN = re.compile(r"[,，;；。]\s*(?=其中|of which|of those|of these)")
_ANSWERS = frozenset({"query_metrics", "list_cases", "draw_chart"})


def _halves(turn: Turn, desk: Desk) -> Understanding | None:
    """As "how many, of those how many X": two questions, the second about the first; null when it is not so."""
    parts = [part for part in _WITHIN.split(turn.text, maxsplit=1) if part and part.strip()]
    if len(parts) != 2:
        return None
    first = understand(replace(turn, text=parts[0]), desk)
    history = (*turn.history, PastTurn(text=parts[0], calls=first.calls))
    second = understand(replace(turn, text=parts[1], history=history), desk)
    calls = (*first.calls, *second.calls)
    if not all(call.tool in _ANSWERS for call in calls):
        return None
    confidence = min(first.confidence, second.confidence)
    return replace(first, calls=calls, confidence=confidence, readings=(*first.readings, *second.readings))


def _with_rule(turn: Turn, desk: Desk) -> Understanding | None:
    """As "how many X are overdue, what is the time limit": the number, and the rule on the same X; null when it is not so."""
    parts = joined(turn.text)
    if parts is None:
        return None
    first = understand(replace(turn, text=parts.number), desk)
    if not all(call.tool in _ANSWERS for call in first.calls):
        return None
    subject = " ".join(dict.fromkeys(_kinds_said(first.calls))) or parts.number
    rule = Call("search_policy", {"question": f"{subject} {parts.rule}"})
    return replace(first, calls=(*first.calls, rule))


def _kinds_said(calls: Iterable[Call]) -> Iterator[str]:
    """The kinds of problem that queries are limited to, as they were said."""
    for call in calls:
        for one in (call.args.get("query") or call.args).get("filters", ()):
            if "category" in one["dimension"]:
                yield one.get("said") or " ".join(map(str, one["values"]))


def verified_call(entry: Mapping[str, Any], moments: Moments, desk: Desk, turn: Turn) -> Call:
    """The query of a verified question with the time that was said, else with the entry's own."""
    query = dict(entry["query"])
    words = normalise(str(entry.get("time") or "")).text
    if moments.time is None and words:
        moments = read_times(words, tokenise(words), desk, now=turn.now, previous=None)
    if moments.time is not None:
        query["time"] = moments.time.model_dump(mode="json", exclude_defaults=True)
    checked = SemanticQuery.model_validate(query)
    return Call("query_metrics", checked.model_dump(mode="json", exclude_defaults=True))


def _settled(
    text: Normalised,
    sentence: Sentence,
    moments: Moments,
    desk: Desk,
    language: Literal["zh", "en"],
    turn: Turn,
) -> Understanding | None:
    """Talk, refusals, single cases and the catalogue: settled before any slot is read."""
    base = last_query(turn)
    call = talk(sentence)
    pointed = asked_of_case(sentence, shown_case(turn)) if call is None and not writes(sentence) else None
    if pointed is not None:
        call = Call("list_cases", {"query": None, "case_no": pointed})
    if call is None:
        number = find_case_number(text.text, moments.spans)
        call = refusal(sentence) if number is None or sentence.ops("act") or writes(sentence) else None
        if call is None and number is not None:
            if acts_on(sentence, number):
                return Understanding(language=language, calls=(refused("act", ()),), confidence=0.95)
            said = text.said(number.start(), number.end()).lstrip("#")
            call = Call("list_cases", {"query": None, "case_no": said})
            return Understanding(language=language, calls=(call,), confidence=0.95)
    short = numbered_case(sentence) if call is None else None
    if short is not None:
        call = Call("list_cases", {"query": None, "case_no": short})
    if call is None:
        call = catalogue(
            sentence,
            desk,
            has_time=moments.time is not None,
            before=tuple(base["metrics"]) if base and base.get("metrics") else (),
        )
        if call is not None:
            unexplained = tuple(s.said for s in sentence.unexplained() if not s.entries)
            if unexplained:
                return None
    if call is None:
        return None
    return Understanding(language=language, calls=(call,), confidence=0.95)


def language_of(sentence: Sentence, turn: Turn) -> Literal["zh", "en"]:
    """The dominant script of what is no name: a Latin word weighs like two Chinese characters.

    Only names: their script. Neither: as the turn before.
    """
    plain = [s for s in sentence.segments if not s.of("value", "city")]
    for said in ("".join(f" {s.said} " for s in plain), sentence.text):
        chinese = sum(map(is_cjk, said))
        latin = sum(2 for token in tokenise(said.lower()) if token.text[0].isalpha() and not is_cjk(token.text[0]))
        if chinese or latin:
            return "zh" if chinese >= latin else "en"
    before = turn.history[-1].text if turn.history else ""
    return "en" if before and not any(map(is_cjk, before)) else "zh"
