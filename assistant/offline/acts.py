"""Orders: a step that somebody wants taken on cases, read into one proposal; and where a case or a person's work stands.

Whatever is read here is only proposed. When it is not clear which case is meant, that is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from assistant.offline import doubt
from assistant.offline.act_args import args_of, reason_in
from assistant.offline.act_targets import Listed, Targets, last_list, targets_in
from assistant.offline.act_words import Verb, bare, is_sure, listed, verbs_in, without
from assistant.offline.clock import Moments
from assistant.offline.desk import Desk
from assistant.offline.intents import talk
from assistant.offline.normalise import Normalised
from assistant.offline.plan import Call, Turn, Understanding
from assistant.offline.sentence import Sentence

Numbers = Callable[[Turn], Understanding]
_ASKS = ("how_many", "share", "rank", "which", "trend", "define", "chart", "chart_bar", "chart_line", "chart_heat",
         "when", "how_long", "compare", "why", "forecast", "list", "show", "detail", "opinion", "most", "least")  # fmt: skip
_QUESTION = re.compile(
    r"\?|吗|多少|什么|怎么(?![没还又这])|哪|是不是|是否|有没有|呢[\s.!]*$|(?<![a-z])(?:what|who|why|how|which|when)(?![a-z])|"
    r"^\s*(?:did|does|do|was|were|is|are|has|have)(?![a-z])"
)
_CLAUSE = re.compile(r"[,;:.](?!\s*第?\s*(?:[一二两三四五六七八九十]+|\d+)\s*(?:件|个|条|起))")
# Going back means another step for whoever has the case on their desk.
_RETURNS = {"dispatcher": "send_back", "acceptor": "rework", "shift_leader": "rework", "leader": "rework"}
_OPEN_CAP = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A turn with what reading it has found so far."""

    text: Normalised
    sentence: Sentence
    moments: Moments
    desk: Desk
    turn: Turn
    language: Any

    @property
    def polite(self) -> bool:
        """Whether it opens like a request, so that a question mark asks for a favour and not for a number."""
        return listed("order_polite").match(self.text.text.strip()) is not None

    @property
    def asks(self) -> bool:
        """Whether something is asked."""
        return self.asks_in(self.text.text)

    def asks_in(self, held: str) -> bool:
        """Whether something is asked in the part of the text that is not blanked out."""
        heard = [s for s in self.sentence.segments if held[s.start : s.end].strip()]
        if self.polite and not any(s.op("how_many", "which", "why", "how_long") for s in heard):
            return False
        return any(s.op(*_ASKS) for s in heard) or _QUESTION.search(held) is not None


def read_order(said: Said, numbers: Numbers) -> Call | None:
    """The proposal that an order asks for, or a question back; None when it is no order.

    Args:
        numbers: Reads a turn as a question about numbers, for "all the overdue ones in …".
    """
    clause = reason_in(said.text)
    verb = _verb(clause.rest)
    if verb is None:
        return _more_told(said)
    held, tail = _head(clause.rest, verb)
    found = targets_in(said.text, said.moments.spans, said.turn.history, held)
    if not _is_order(said, verb, found, clause.rest):
        return _more_told(said)
    words = without(found.rest, "order_polite", "order_object", "order_end", "order_filler")
    action = _RETURNS.get(said.turn.role, "return") if verb.action == "return" else verb.action
    free = bare(" ".join(filter(None, (_written(said.text, words), _written(said.text, tail)))))
    if found.numbers:
        return _proposal(action, {"case_nos": list(found.numbers)}, free, clause.reason, said)
    if found.is_lost:
        return _which(action, free, clause.reason, said)
    if bare(words):
        words = without(found.rest, "order_polite", "order_object", "order_end")
    return _on_many(action, found, words, tail, clause.reason, said, numbers)


def _verb(text: str) -> Verb | None:
    """The step: one that only ever orders before one that also names a number."""
    verbs = verbs_in(text)
    return next((v for v in verbs if is_sure(v)), None) or _last_of_object(text, verbs) or next(iter(verbs), None)


def _last_of_object(text: str, verbs: list[Verb]) -> Verb | None:
    """「把挂账的案件恢复办理」: after 把 the last verb is the order, those before it say which cases."""
    handled = re.search(r"[把将]", text)
    after = [v for v in verbs if handled is not None and v.start > handled.start()]
    return after[-1] if after else None


def _head(text: str, verb: Verb) -> tuple[str, str]:
    """The text with the verb blanked out up to the clause after it, and that clause; offsets are kept."""
    blank = text[: verb.start] + " " * (verb.end - verb.start) + text[verb.end :]
    cut = _CLAUSE.search(blank[verb.end :])
    if cut is None or not bare(blank[verb.end + cut.end() :]):
        return blank, ""
    at = verb.end + cut.start()
    return blank[:at] + " " * (len(blank) - at), " " * at + blank[at:]


def _written(text: Normalised, held: str) -> str:
    """What is left of a blanked text, as it was written."""
    pieces = [bare(text.said(m.start(), m.end())) for m in re.finditer(r"\S+(?: \S+)*", held)]
    return " ".join(piece for piece in pieces if piece)


def _is_order(said: Said, verb: Verb, found: Targets, held: str) -> bool:
    """Whether something is to be done: by a word that only orders, by 把, by the case it points at, or by how it ends.

    Args:
        held: The text without the reason.
    """
    handled = re.search(r"[把将]|^\s*给", held[: verb.start]) is not None
    # 「第一」 asks for the top one, 「第一件」 of a list points at a case.
    plain = without(found.rest if found.numbers else held, "order_many", "order_one")
    counted = any(s.op("how_many", "which") and plain[s.start : s.end].strip() for s in said.sentence.segments)
    if said.asks_in(plain) and not (handled and not counted and not re.search(r"\?|吗", held)):
        return False
    if is_sure(verb) or found.numbers or (found.is_lost and last_list(said.turn.history) is not None):
        return True
    after = held[verb.end :]
    ended = not bare(without(after, "order_end")) or bare(after) == "" or after.lstrip()[:1] in tuple(",;:.")
    if handled:
        return ended or found.is_lost
    alone = not bare(without(found.rest, "order_polite", "order_object", "order_end", "order_filler"))
    if alone and last_list(said.turn.history) is not None:
        return _is_fresh(said)
    leads = not bare(without(held[: verb.start], "order_polite", "order_object"))
    return found.everything and (leads or (ended and listed("order_end").match(after.lstrip()) is not None))


def _is_fresh(said: Said) -> bool:
    """Whether the turn just before was about cases, so that a bare verb speaks of them."""
    last = said.turn.history[-1]
    tools = {"work_order_timeline", "find_work_orders", "my_tasks", "propose_transition", "list_cases"}
    return any(call.tool in tools for call in last.calls)


def _proposal(action: str, whom: dict[str, Any], free: str, reason: str, said: Said) -> Call:
    return Call("propose_transition", {"action": action, **whom, **args_of(action, free, reason, said.desk, said.turn)})


def _which(action: str, free: str, reason: str, said: Said) -> Call:
    """Ask which of the cases just shown."""
    shown = last_list(said.turn.history)
    options = [
        doubt.option(number, number, (_proposal(action, {"case_nos": [number]}, free, reason, said),))
        for number in (shown.numbers if shown else ())[: doubt.MAX_OPTIONS]
    ]
    return doubt.clarify("case", options)


def _on_many(  # noqa: PLR0913  # what an order on many is made of
    action: str, found: Targets, words: str, tail: str, reason: str, said: Said, numbers: Numbers
) -> Call:
    """All of the list just shown, or all that a filter finds; without either the case is asked for."""
    free = bare(_written(said.text, tail))
    shown = last_list(said.turn.history)
    if not bare(words):
        if shown is None or not (found.everything or len(shown.numbers) == 1):
            return _which(action, free, reason, said)
        return _proposal(action, _all_of(shown), free, reason, said)
    query = _filter(words, said, numbers)
    if query is not None:
        return _proposal(action, {"query": query}, free, reason, said)
    if shown is not None and (found.everything or (len(shown.numbers) == 1 and _is_fresh(said))):
        # What is left are words about the step, not about which cases.
        free = bare(" ".join((_written(said.text, words), free)))
        return _proposal(action, _all_of(shown), free, reason, said)
    return doubt.abstain("not_understood", (bare(_written(said.text, words)),), kind="act_unclear")


def _all_of(shown: Listed) -> dict[str, Any]:
    """The list as it was shown; the question that made it where more were found than remembered."""
    query = shown.call.args.get("query") if shown.call is not None else None
    if query and len(shown.numbers) >= int(query.get("limit") or 20):
        return {"query": query}
    return {"case_nos": list(shown.numbers)}


def _filter(words: str, said: Said, numbers: Numbers) -> dict[str, Any] | None:
    """The case list that words describe, as a query; None when they describe none."""
    written = _written(said.text, words)
    named = re.search(r"(?:[件案起单]|案件|案子|工单|cases?|tickets?|requests?)$", written, re.IGNORECASE)
    if said.language == "zh":
        text = f"列出{written}" if named else f"列出{written}的案件"
    else:
        text = f"list {written}" if named else f"list {written} cases"
    understood = numbers(replace(said.turn, text=text, history=(), acts=False))
    calls = [call for call in understood.calls if call.tool in {"query_metrics", "list_cases"}]
    if len(calls) != 1 or len(understood.calls) != 1:
        return None
    query = calls[0].args.get("query", calls[0].args)
    if not query or query.get("dimensions") or query.get("compare") or query.get("calc", "none") != "none":
        return None
    kept = {name: query[name] for name in ("metrics", "time", "filters", "limit", "order") if query.get(name)}
    narrowed = kept.get("filters") or kept.get("time") or set(kept.get("metrics", ())) & _NARROW
    return {"rows": "cases", **kept} if narrowed else None


# Metrics that are themselves a choice among open cases.
_NARROW = frozenset({"overdue_open", "open_cases", "due_soon", "suspended_cases", "supervised_cases"})


def _more_told(said: Said) -> Call | None:
    """The answer to what the step before still lacked; None when it lacked nothing or something else is said."""
    last = said.turn.history[-1] if said.turn.history else None
    call = next((c for c in last.calls if c.tool == "propose_transition"), None) if last else None
    if last is None or call is None or last.proposed or said.asks or _is_elsewhere(said) or talk(said.sentence):
        return None
    from tools.work_orders.machine import load_machine

    spec = load_machine().actions.get(str(call.args.get("action")))
    missing = [need for need in spec.needs if call.args.get(need) in (None, "")] if spec else []
    if not missing:
        return None
    told = reason_in(said.text)
    free = bare(said.text.original)
    given: dict[str, Any]
    if missing[0] in {"reason", "result", "requirement"}:
        given = {str(missing[0]): told.reason or free}
    else:
        given = args_of(str(call.args["action"]), free, "", said.desk, said.turn)
        given = {missing[0]: given[missing[0]]} if missing[0] in given else {}
        if missing[0] == "unit" and free.isdecimal():
            # The number of a candidate; the tool knows which were shown.
            given = {"unit": free}
    return Call("propose_transition", {**call.args, **given}) if given else None


def _is_elsewhere(said: Said) -> bool:
    """Whether a number of something is named: no answer to why or to whom."""
    metric = any(s.has("metric") for s in said.sentence.segments)
    return metric and any(s.has("time") for s in said.sentence.segments)


def read_look_up(said: Said) -> tuple[Call, ...]:
    """One's own tasks and reports, and the course of a case beside what its own data say of it; empty: none of it."""
    text = said.text.text
    for name, call in (
        ("task_words", Call("my_tasks", {})),
        ("own_report_words", Call("find_work_orders", {"mine": True})),
    ):
        if listed(name).search(text) and not bare(
            without(text, name, "order_polite", "order_end", "order_filler", "show_words")
        ):
            return (call,)
    if not listed("course_words").search(text):
        return ()
    held = without(text, "course_words")
    found = targets_in(said.text, said.moments.spans, said.turn.history, held)
    rest = bare(without(found.rest, "order_polite", "order_end", "order_filler", "show_words", "order_one"))
    shown = last_list(said.turn.history)
    numbers = found.numbers or (shown.numbers if shown and len(shown.numbers) == 1 and not rest else ())
    if len(numbers) != 1 or (rest and not found.numbers):
        return ()
    return (
        Call("list_cases", {"query": None, "case_no": numbers[0]}),
        Call("work_order_timeline", {"case_no": numbers[0]}),
    )
