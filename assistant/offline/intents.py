"""Questions that are not about a number: talk, refusals, definitions, the catalogue, single cases."""

from __future__ import annotations

import re
from typing import Any

from assistant.offline.desk import Desk
from assistant.offline.lexicon import words
from assistant.offline.plan import Call, Turn
from assistant.offline.sentence import Sentence

_TALK = ("greeting", "thanks", "goodbye", "identity", "praise", "complaint")
_CASE_NO = re.compile(r"(?<![a-z0-9.-])#?(?=[a-z0-9-]*\d{4})[a-z]{0,6}-?\d[a-z0-9-]{3,}(?![a-z0-9.%])|#\d+")


def find_case_number(text: str, times: tuple[tuple[int, int], ...]) -> re.Match[str] | None:
    """The first thing in a text that looks like the number of a case and is no time."""
    return next(iter(case_numbers(text, times)), None)


def case_numbers(text: str, times: tuple[tuple[int, int], ...]) -> list[re.Match[str]]:
    """Whatever looks like the number of a case and is no time, in order."""
    return [
        match
        for match in _CASE_NO.finditer(text)
        if (sum(c.isdigit() for c in match.group()) >= 6 or match.group().startswith("#"))
        and not any(a < match.end() and match.start() < b for a, b in times)
    ]


def numbered_case(sentence: Sentence) -> str | None:
    """A short number that is said to be a case's ("case number 512")."""
    for position in sentence.where("number"):
        before = sentence.before(position)
        if before is not None and sentence.segments[before].op("case_no"):
            return sentence.segments[position].said
    return None


def shown_case(turn: Turn) -> str | None:
    """The number of the single case that the turn before looked up."""
    calls = turn.history[-1].calls if turn.history else ()
    return next((str(c.args["case_no"]) for c in calls if c.tool == "list_cases" and c.args.get("case_no")), None)


def asked_of_case(sentence: Sentence, number: str | None) -> str | None:
    """The case just shown, when nothing but one of its fields is asked: 「什么时候到期」, "who handles it?"."""
    fields, pointing = words("case_fields"), words("pointing") | words("refers")
    opening = next((s.start for s in sentence.segments if not s.has("stop") and s.said.lower() not in pointing), 0)
    held = [s for s in sentence.segments if not s.has("stop") and not s.op("again", "which", "when", "where_place")]
    rest = [s for s in held if s.said.lower() not in fields and not s.op("this_case", "detail", "handle_object")]
    said = sentence.text[opening:].strip(" ?.!呢")
    pointed = bool(sentence.ops("this_case")) and not sentence.ops("how_many", "act", "handle_object", "most", "least")
    return number if number and (said in fields or pointed or (held and not rest)) else None


def talk(sentence: Sentence) -> Call | None:
    """Small talk and "what can you do", when nothing else is said."""
    known = all(s.entries for s in sentence.segments)
    how_to = any(s.said.lower() in words("how_to") for s in sentence.segments)
    listed = sentence.ops("metrics_word", "dimensions_word")
    if (
        sentence.ops("can_ask")
        and known
        and not listed
        and (how_to or not sentence.any_of("metric", "value", "dimension"))
    ):
        return Call("describe_catalog", {"topic": "can_ask", "about": []})
    content = [s for s in sentence.segments if not s.entries or any(e.kind not in {"stop"} for e in s.entries)]
    if any(s.said.lower() in words("refers") for s in sentence.segments):
        return None
    if sentence.ops("thanks", "goodbye") and not any(s.has("time") for s in content[:1]):
        # "Thanks, that is all for tonight": the time is part of taking leave.
        content = [s for s in content if not s.has("time") and not s.op("whole", "each", "have")]
    kinds = [next((k for k in _TALK if s.op(k)), None) for s in content]
    if content and all(kinds):
        strongest = next((k for k in kinds if k not in {"greeting", "praise"}), kinds[0])
        return Call("chat", {"kind": strongest})
    return None


def refusal(sentence: Sentence) -> Call | None:
    """What this assistant does not do: act, foretell, explain causes, give opinions."""
    if _is_action(sentence):
        return _refuse(sentence, "act", "unsupported")
    for op in ("why", "forecast", "opinion"):
        if sentence.ops(op) and not sentence.ops("define"):
            return _refuse(sentence, op, "unsupported")
    if sentence.ops("this_case"):
        return Call(
            "abstain", {"reason": "not_understood", "unexplained": [], "nearest": [], "facts": {"kind": "which_case"}}
        )
    if _counts_persons(sentence) or (
        sentence.ops("persons") and not sentence.any_of("metric", "case") and not sentence.where("stop", "soft")
    ):
        return _refuse(sentence, "persons", "out_of_scope")
    return None


def _refuse(sentence: Sentence, kind: str, reason: str) -> Call:
    said = [sentence.segments[i].said for i in sentence.ops(kind)]
    return refused(kind, tuple(said), reason)


def refused(kind: str, said: tuple[str, ...], reason: str = "unsupported") -> Call:
    """Declined for what kind of thing was asked."""
    return Call("abstain", {"reason": reason, "unexplained": list(said), "nearest": [], "facts": {"kind": kind}})


def acts_on(sentence: Sentence, number: re.Match[str]) -> bool:
    """As in "close case 123456": a verb of the catalogue before the number of a case, and no question."""
    verbs = [i for i in sentence.where("metric") if sentence.segments[i].end <= number.start()]
    ordered = sentence.ops("handle_object") or "直接" in sentence.text
    if ordered and not verbs:
        verbs = [i for i in sentence.where("metric") if sentence.segments[i].of("metric")[0].target in _DOINGS]
    asked = sentence.ops("which", "how_many", "when", "detail", "list", "how_long", "define", "show")
    return bool(verbs) and not asked and not any(mark in sentence.text for mark in "?吗")


# What asks about cases even where a verb of handling stands in it.
_ASKS = ("how_many", "share", "rank", "which", "most", "least", "list", "trend", "define", "chart", "chart_bar",
         "chart_line", "chart_heat", "detail", "when", "how_long", "compare", "each", "show")  # fmt: skip
# What can be done to a case, by the metric that counts its having been done.
_DOINGS = frozenset({
    "closed_cases", "dispatched_cases", "disposed_cases", "cancelled_cases", "suspended_cases", "supervised_cases",
    "registered_cases", "extension_cases", "rework_cases",
})  # fmt: skip


def writes(sentence: Sentence) -> bool:
    """「把这件结了」, "close them all": a verb of handling with its object before it, or as an order in front."""
    if any(mark in sentence.text for mark in "?吗") or sentence.ops(*_ASKS):
        return False
    done = [i for i in sentence.where("metric") if sentence.segments[i].of("metric")[0].target in _DOINGS]
    handed = [i for i in sentence.ops("handle_object") if sentence.segments[i].said.endswith(("把", "将"))]
    if handed and any(handed[0] < i and sentence.after(i) is None for i in done):
        return True
    first = next((i for i in range(len(sentence.segments)) if not _is_polite(sentence, i)), None)
    if first is None or first not in done:
        return False
    spoken = sentence.segments[first].said.lower().split()
    follow = sentence.text[sentence.segments[first].end :].split()
    objects = words("order_objects")
    return spoken[0] in words("write_verbs") and (spoken[-1] in objects or (bool(follow) and follow[0] in objects))


def _is_polite(sentence: Sentence, position: int) -> bool:
    segment = sentence.segments[position]
    return segment.has("stop") or segment.op("handle_object")


def _is_action(sentence: Sentence) -> bool:
    if writes(sentence):
        return True
    if sentence.ops("act") and not sentence.ops(
        "how_many", "share", "rank", "which", "most", "list", "trend", "define"
    ):
        return True
    asked = sentence.ops("detail", "list", "which", "when", "how_long") or any(mark in sentence.text for mark in "?吗")
    return bool(sentence.ops("this_case")) and not asked and bool(sentence.where("metric") or sentence.ops("act"))


def _counts_persons(sentence: Sentence) -> bool:
    persons = sentence.ops("persons")
    for position in persons:
        before = sentence.before(position)
        after = position + 1
        # "How many people called about …" counts the calls.
        reported = after < len(sentence.segments) and sentence.segments[after].has("stop", "soft")
        if before is not None and sentence.segments[before].op("how_many", "each") and not reported:
            return True
    return False


def catalogue(sentence: Sentence, desk: Desk, *, has_time: bool, before: tuple[str, ...]) -> Call | None:
    """Questions about the catalogue itself: definitions, what there is, how fresh it is.

    Args:
        before: Metrics of the query before, for "how is that calculated".
    """
    if _asks_definition(sentence):
        about = [
            e.target
            for i in sentence.any_of("metric", "dimension")
            for e in sentence.segments[i].of("metric", "dimension")[:1]
        ]
        about = about or [metric.partition(".")[0] for metric in before]
        if about:
            sentence.take("define")
            sentence.take("what_does")
            sentence.take("mean")
            sentence.use(*sentence.any_of("metric", "dimension"))
            return Call("describe_catalog", {"topic": "definition", "about": list(dict.fromkeys(about))})
        return None
    if sentence.ops("fresh") and (sentence.ops("when") or not sentence.where("metric")):
        sentence.take("fresh")
        return Call("describe_catalog", {"topic": "freshness", "about": []})
    topic = "metrics" if sentence.ops("metrics_word") else "dimensions" if sentence.ops("dimensions_word") else None
    if topic:
        sentence.take("metrics_word")
        sentence.take("dimensions_word")
        return Call("describe_catalog", {"topic": topic, "about": []})
    return None if has_time else _members(sentence, desk)


def _asks_definition(sentence: Sentence) -> bool:
    if sentence.ops("define"):
        return True
    means = sentence.ops("mean")
    return bool(sentence.ops("what_does")) and bool(means) and sentence.after(means[-1]) is None


def _members(sentence: Sentence, desk: Desk) -> Call | None:
    """Such as "which districts do you have", 「有哪些小类」, "how many departments are there"."""
    dimensions = [i for i in sentence.where("dimension") if not sentence.segments[i].has("case")]
    asked = sentence.ops("have") or any(
        (b := sentence.before(i)) is not None and sentence.segments[b].op("how_many") for i in dimensions
    )
    others = (
        "most",
        "least",
        "best",
        "worst",
        "slow",
        "fast",
        "more_than",
        "less_than",
        "at_least",
        "at_most",
        "share",
        "rank",
        "top",
    )
    if not asked or not dimensions or sentence.where("metric") or sentence.ops(*others) or sentence.where("number"):
        return None
    if any(s.has("case") for s in sentence.segments):
        return None
    about = [e.target for i in dimensions for e in sentence.segments[i].of("dimension")[:1]]
    if "area" in about:
        about = desk.area_levels()[:1]
    sentence.use(*dimensions)
    args: dict[str, Any] = {
        "topic": "members",
        "about": [a for a in dict.fromkeys(about) if a in desk.catalog.dimensions],
    }
    return Call("describe_catalog", args) if args["about"] else None
