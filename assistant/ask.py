"""Assistant.ask: Question → Answer, the whole story on one screen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

from assistant.agent import Agent, Run, messages_of
from assistant.compose import compose
from assistant.dialogue import Answer, AnswerStatus, Question
from assistant.grounding import is_grounded
from assistant.memory import Memory
from assistant.offline.plan import PastTurn
from assistant.trace import Trace
from assistant.verbalise import verbalise
from assistant.verbalise_cells import Speech
from tools.spec import ToolContext
from warehouse.catalog_load import Catalog
from warehouse.errors import NoSnapshot
from warehouse.reader import Warehouse

log = logging.getLogger(__name__)
LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One city's snapshot with the agents that answer from it; `llm` is None where none is configured."""

    warehouse: Warehouse
    offline: Agent
    llm: Agent | None
    model: str


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
        warehouse = self._desk().warehouse
        return (warehouse.as_of if warehouse.city.clock == "data" else wall).astimezone(warehouse.timezone)

    @property
    def catalog(self) -> Catalog:
        """What can be asked now."""
        return self._desk().warehouse.catalog

    def ask(self, question: Question) -> Answer:
        """The answer. Whatever goes wrong becomes an answer that says so, with a trace id for the operator."""
        started, trace_id = perf_counter(), uuid4().hex[:12]
        try:
            with self._memory.holding(question.principal.name, question.thread):
                answer = self._answer(question, trace_id, started)
        except NoSnapshot:
            answer = _failed(question, trace_id, "no_snapshot")
        except Exception:
            log.exception("answering failed", extra={"trace_id": trace_id})
            answer = _failed(question, trace_id, "internal")
        answer = replace(answer, trace_id=trace_id, elapsed_ms=(perf_counter() - started) * 1000)
        self._trace.write(_trace_entry(question, answer))
        return answer

    def _answer(self, question: Question, trace_id: str, started: float) -> Answer:
        desk = self._desk()
        now = question.now.astimezone(desk.warehouse.timezone)
        context = ToolContext(principal=question.principal, now=now, warehouse=desk.warehouse)
        past = self._memory.recall(question.principal.name, question.thread, now)
        text = question.text.strip()[:LONGEST_QUESTION]
        messages = messages_of(past, text, {"now": now, "scope": question.principal.scope})
        run, fallback = self._run(desk, messages, context)
        language = run.notes.get("language") or ("zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en")
        words = verbalise(
            run.results, language=language, readings=run.notes.get("readings", ()), now=now,
            city=desk.warehouse.city, catalog=desk.warehouse.catalog,
        )  # fmt: skip
        if desk.llm is not None and not fallback and run.text and is_grounded(run.text, run.results, text, now):
            words = run.text
        answer = compose(
            question=question, calls=run.results, text=words, language=language, fallback=fallback, trace_id=trace_id,
            model=desk.model if desk.llm and not fallback else "offline", elapsed_ms=(perf_counter() - started) * 1000,
            speech=Speech.of(language, desk.warehouse.city, now, desk.warehouse.catalog),
        )  # fmt: skip
        totals = [result.facts["total"] for _, result in run.results if "total" in result.facts]
        answer = replace(answer, extra={"total": totals[0]} if totals else {})
        calls = tuple(call for call, _ in run.results)
        shown = tuple(str(row[0]) for row in answer.tables[0].rows[:50]) if answer.tables else ()
        self._memory.keep(
            question.principal.name, question.thread, now, PastTurn(text=text, calls=calls, shown=shown), words
        )
        return answer

    def _run(self, desk: Desk, messages: list[Any], context: ToolContext) -> tuple[Run, bool]:
        """The language model's run where there is one and it works, else the embedded model's."""
        if desk.llm is not None:
            try:
                run = desk.llm.run(messages, context)
                if run.results or run.text:
                    return run, False
                log.warning("language model gave nothing; embedded model answers")
            except Exception as problem:  # noqa: BLE001  # any provider may raise anything; the desk must answer
                log.warning("language model failed; embedded model answers: %s", type(problem).__name__)
            return desk.offline.run(messages, context), True
        return desk.offline.run(messages, context), False


def _failed(question: Question, trace_id: str, code: str) -> Answer:
    language = "zh" if any("\u4e00" <= c <= "\u9fff" for c in question.text) else "en"
    text = {
        ("no_snapshot", "zh"): "还没有数据。先用 citydesk feed load 装载一个数据源，或运行 citydesk demo。",
        ("no_snapshot", "en"): "There is no data yet. Load a feed with `citydesk feed load`, or run `citydesk demo`.",
        ("internal", "zh"): f"出了问题，没能作答。请把编号 {trace_id} 告诉管理员。",
        (
            "internal",
            "en",
        ): f"Something went wrong and there is no answer. Tell the administrator this number: {trace_id}",
    }[(code, language)]
    status = AnswerStatus.NO_DATA if code == "no_snapshot" else AnswerStatus.ERROR
    return Answer(status=status, text=text, language=language)


def _trace_entry(question: Question, answer: Answer) -> dict[str, Any]:
    return {
        "trace_id": answer.trace_id,
        "now": question.now.isoformat(),
        "who": question.principal.name,
        "thread": question.thread,
        "question": question.text,
        "status": answer.status,
        "model": answer.model,
        "fallback": answer.fallback,
        "queries": [{"semantic": e.semantic.model_dump(mode="json", exclude_defaults=True), "sql": e.sql, "rows": e.rows,
                     "ms": round(e.elapsed_ms, 1)} for e in answer.evidence],
        "ms": round(answer.elapsed_ms, 1),
    }  # fmt: skip
