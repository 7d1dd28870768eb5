"""Assistant.stream and Assistant.ask: Question → Answer, the whole story on one screen."""

from __future__ import annotations

import logging
import sqlite3
import traceback
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from assistant.agent import Agent, Run, messages_of
from assistant.attachments import photos_of, pin_of
from assistant.compose import compose
from assistant.deciding import LONGEST_THREAD, decide, decision_in
from assistant.dialogue import Answer, AnswerStatus, Question
from assistant.errors import ModelFailed
from assistant.events import Answered, Event, FellBack
from assistant.grounding import is_grounded
from assistant.memory import Memory, ThreadBusy
from assistant.notices import language_of, notice
from assistant.offline.plan import Call, PastTurn
from assistant.trace import Trace, masked
from assistant.verbalise import verbalise
from assistant.verbalise_cells import Speech
from assistant.verbalise_orders import proposals_of
from knowledge.asking import policy_question
from tools.spec import ToolContext, ToolResult
from warehouse.catalog_load import Catalog
from warehouse.errors import NoSnapshot
from warehouse.reader import Warehouse

if TYPE_CHECKING:
    from assistant.orders import Orders
    from knowledge.retrieve import Finder

log = logging.getLogger(__name__)
LONGEST_QUESTION = 2_000
REMEMBERED_CELLS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One city's snapshot with the agents that answer from it.

    Attributes:
        llm: None where none is configured.
        policies: Gives the policy library, opened when it is first asked; None where there is none.
        place: Whose rules hold here.
        orders: The city's work orders; None where none are kept.
    """

    warehouse: Warehouse
    offline: Agent
    llm: Agent | None
    model: str
    policies: Callable[[], Finder | None] = lambda: None
    place: str = ""
    orders: Orders | None = None


@dataclass(slots=True, kw_only=True)
class _Turn:
    """One question on its way; `troubles` are for the operator, `key` tells the turn from others of its thread."""

    question: Question
    text: str
    trace_id: str
    started: float
    fallback: bool = False
    tokens: tuple[int, int] = (0, 0)
    troubles: list[str]
    key: str = ""


class Assistant:
    """Answers questions about one city. Safe for many threads; one turn of a conversation at a time.

    Args:
        desk: Gives the desk of the newest snapshot; called once a question.
    """

    def __init__(self, desk: Callable[[], Desk], memory: Memory, trace: Trace) -> None:
        self._desk = desk
        self._memory = memory
        self._trace = trace

    def moment(self, wall: datetime) -> datetime:
        """The moment relative words count from: the wall clock, or the end of the data where the city's is an archive."""
        try:
            warehouse = self._desk().warehouse
        except NoSnapshot:
            return wall  # Nothing is loaded yet: asking says so.
        return (warehouse.as_of if warehouse.city.clock == "data" else wall).astimezone(warehouse.timezone)

    @property
    def warehouse(self) -> Warehouse:
        """The numbers it answers from now."""
        return self._desk().warehouse

    @property
    def catalog(self) -> Catalog:
        """What can be asked now."""
        return self._desk().warehouse.catalog

    def ask(self, question: Question) -> Answer:
        """The answer. Whatever goes wrong becomes an answer that says so, with a trace id for the operator."""
        return next(event.answer for event in self.stream(question) if isinstance(event, Answered))

    def stream(self, question: Question) -> Iterator[Event]:
        """What happens while the question is answered; the last event is the answer.

        Closing the iterator early cancels the turn: nothing of it is remembered and the conversation is free again.
        """
        text = question.text.strip()[:LONGEST_QUESTION]
        turn = _Turn(question=question, text=text, trace_id=uuid4().hex[:12], started=perf_counter(), troubles=[])
        try:
            with self._memory.holding(question.principal.name, question.thread):
                answer = yield from self._answer(turn)
        except NoSnapshot:
            answer = _told(turn, AnswerStatus.NO_DATA, "no_snapshot")
        except ThreadBusy:
            answer = _told(turn, AnswerStatus.ERROR, "busy")
        except Exception as problem:  # noqa: BLE001  # the asker always gets an answer
            turn.troubles.append(type(problem).__name__)
            log.error("answering failed, trace %s\n%s", turn.trace_id, masked(traceback.format_exc()))  # masked
            answer = _told(turn, AnswerStatus.ERROR, "internal")
        answer = replace(answer, trace_id=turn.trace_id, elapsed_ms=(perf_counter() - turn.started) * 1000)
        self._trace.write(_trace_entry(turn, answer))
        yield Answered(answer=answer)

    def _answer(self, turn: _Turn) -> Generator[Event, None, Answer]:
        desk, question = self._desk(), turn.question
        now = question.now.astimezone(desk.warehouse.timezone)
        past = self._recall(turn, now)
        decided = self._decided(desk, turn, [one for one, _ in past], now)
        if decided is not None:
            return decided
        self._freshen(desk, turn, now)
        about_rules = desk.llm is not None or policy_question(turn.text).confidence > 0
        context = ToolContext(
            principal=question.principal, now=now, warehouse=desk.warehouse, place=desk.place,
            policies=desk.policies() if about_rules else None, **_orders_of(desk, turn, past),
        )  # fmt: skip
        own = {
            "now": now, "scope": question.principal.scope, "acts": desk.orders is not None,
            "role": question.principal.role, "attached": bool(question.attachments),
        }  # fmt: skip
        messages = messages_of(past, turn.text, own)
        run = yield from self._run(desk, messages, context, turn)
        language = run.notes.get("language") or language_of(turn.text)
        words = verbalise(
            run.results, language=language, readings=run.notes.get("readings", ()), now=now,
            city=desk.warehouse.city, catalog=desk.warehouse.catalog,
        )  # fmt: skip
        spoken_by_model = desk.llm is not None and not turn.fallback
        if spoken_by_model and _may_stand(run, turn.text, now):
            words = run.text
        shown = f"{words}\n{notice('fell_back', language)}" if turn.fallback else words
        answer = compose(
            question=question, calls=run.results, text=shown, language=language, fallback=turn.fallback,
            model=desk.model if spoken_by_model else "offline", trace_id=turn.trace_id, elapsed_ms=0.0,
            speech=Speech.of(language, desk.warehouse.city, now, desk.warehouse.catalog),
        )  # fmt: skip
        totals = [result.facts["total"] for _, result in run.results if "total" in result.facts]
        answer = replace(answer, extra={"total": totals[0]} if totals else {})
        self._keep(turn, now, _past_turn(turn.text, run.results), words)
        return answer

    def _decided(self, desk: Desk, turn: _Turn, past: list[PastTurn], now: datetime) -> Answer | None:
        """What a yes, a no or a take-it-back did; None when the words are no decision."""
        decision = decision_in(turn.text, past) if desk.orders is not None else None
        if decision is None or desk.orders is None:
            return None
        outcome = decide(desk.orders, decision, replace(turn.question, text=turn.text, now=now), past, turn.key)
        if outcome is None:
            return None
        shown = tuple(str(one["id"]) for one in outcome.answer.proposals)
        remembered = PastTurn(
            text=turn.text, calls=tuple(Call("clarify", args) for args in outcome.asked), proposed=shown
        )
        self._keep(turn, now, remembered, outcome.answer.text)
        return outcome.answer

    def _freshen(self, desk: Desk, turn: _Turn, now: datetime) -> None:
        """Bring cases filed since the last look into the numbers; numbers without them are better than none."""
        if desk.orders is None:
            return
        try:
            desk.orders.freshen(now)
        except Exception as problem:  # noqa: BLE001  # whatever is wrong with the ledger, the snapshot can be asked
            self._report(turn, "ledger not read", problem)

    def _run(self, desk: Desk, messages: list[Any], context: ToolContext, turn: _Turn) -> Generator[Event, None, Run]:
        """The language model's run where there is one and it works, else the embedded model's."""
        if desk.llm is not None:
            try:
                run = yield from _watched(desk.llm, messages, context, turn)
            except Exception as problem:  # noqa: BLE001  # any provider may raise anything; the desk must answer
                reason = problem.reason if isinstance(problem, ModelFailed) else "broken"
                said = str(problem) if isinstance(problem, ModelFailed) else type(problem).__name__
                turn.fallback = True
                turn.troubles.append(f"{desk.model}: {said}")
                log.warning("%s failed, embedded model answers, trace %s: %s", desk.model, turn.trace_id, said)
                yield FellBack(reason=reason)
            else:
                turn.tokens = run.tokens
                return run
        return (yield from _watched(desk.offline, messages, context, turn))

    def _recall(self, turn: _Turn, now: datetime) -> tuple[tuple[PastTurn, str], ...]:
        question = turn.question
        try:
            turn.key = question.key or str(self._memory.number(question.principal.name, question.thread))
            return self._memory.recall(turn.question.principal.name, turn.question.thread, now)
        except sqlite3.Error as problem:
            self._report(turn, "memory not read", problem)
            return ()

    def _keep(self, turn: _Turn, now: datetime, past: PastTurn, words: str) -> None:
        """Remember the turn. An answer that cannot be remembered is still an answer."""
        try:
            self._memory.keep(turn.question.principal.name, turn.question.thread, now, past, words)
        except sqlite3.Error as problem:
            self._report(turn, "memory not written", problem)

    def _report(self, turn: _Turn, what: str, problem: Exception) -> None:
        turn.troubles.append(what)
        log.error("%s, trace %s: %s", what, turn.trace_id, problem)


def _past_turn(text: str, results: tuple[tuple[Call, ToolResult], ...]) -> PastTurn:
    """What a follow-up may lean on: the calls, what was shown, and a report that waits for an answer."""
    first = next((table for _, result in results for table in result.tables), None)
    return PastTurn(
        text=text,
        calls=tuple(call for call, _ in results),
        shown=tuple(str(row[0]) for row in first.rows[:REMEMBERED_CELLS]) if first else (),
        listed=first is not None and first.columns[0].name == "case_no",
        proposed=tuple(str(one["id"]) for _, result in results for one in proposals_of(result)),
        report=next((result.facts["state"] for _, result in results if "state" in result.facts), None),
    )


def _orders_of(desk: Desk, turn: _Turn, past: tuple[tuple[PastTurn, str], ...]) -> dict[str, Any]:
    """What the work-order tools need of the turn; nothing is opened yet."""
    if desk.orders is None:
        return {}
    question = turn.question
    sent = bool(question.attachments)
    return {
        "ledger": desk.orders.ledger,
        "intake": desk.orders.intake,
        "said": (*(one.text for one, _ in past), turn.text),
        "report": past[-1][0].report if past else None,
        "pin": pin_of(question) if sent else None,
        "photos": photos_of(question) if sent else (),
        "thread": question.thread[-LONGEST_THREAD:],
        "turn": turn.key,
        "channel": question.channel,
    }


def _watched(agent: Agent, messages: list[Any], context: ToolContext, turn: _Turn) -> Generator[Event, None, Run]:
    """The agent's events passed on, its run returned."""
    for item in agent.run(messages, context, turn.trace_id):
        if isinstance(item, Run):
            return item
        yield item
    raise ModelFailed("broken")


def _may_stand(run: Run, text: str, now: datetime) -> bool:
    """Whether a language model's closing words are shown: over results that all went well, and saying what they say."""
    results = [result for _, result in run.results]
    went_well = bool(results) and all(result.evidence and "error" not in result.facts for result in results)
    return bool(run.text) and went_well and is_grounded(run.text, results, text, now)


def _told(turn: _Turn, status: AnswerStatus, key: str) -> Answer:
    language = language_of(turn.text)
    return Answer(status=status, text=notice(key, language, turn.trace_id), language=language)


def _trace_entry(turn: _Turn, answer: Answer) -> dict[str, Any]:
    question = turn.question
    return {
        "trace_id": answer.trace_id,
        "now": question.now.isoformat(),
        "who": question.principal.name,
        "role": question.principal.role,
        "thread": question.thread,
        "question": turn.text,
        "status": answer.status,
        "proposals": [one["id"] for one in answer.proposals],
        "model": answer.model,
        "fallback": answer.fallback,
        "troubles": turn.troubles,
        "tokens": turn.tokens,
        "queries": [{"semantic": e.semantic.model_dump(mode="json", exclude_defaults=True), "sql": e.sql, "rows": e.rows,
                     "ms": round(e.elapsed_ms, 1)} for e in answer.evidence],
        "ms": round(answer.elapsed_ms, 1),
    }  # fmt: skip
