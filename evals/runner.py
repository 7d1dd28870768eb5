"""Run suites through the same front door as every channel, and add up."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Protocol
from uuid import uuid4

from assistant.dialogue import Answer, Question
from evals.sample import Dialogue, Suite
from evals.scorers import Verdict, rank_of, score
from tools.principal import Principal

Definitions = Mapping[str, Mapping[Any, str]]


class Desk(Protocol):
    """Whoever answers: the assistant, or a scripted one in tests."""

    def ask(self, question: Question) -> Answer:
        """The answer to a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnResult:
    """One scored turn.

    Attributes:
        milliseconds: What the asker waits.
        rank: Where the first expected article stands among all that were found, shown or not; 0: nowhere; None where no
            article is expected.
    """

    suite: str
    dialogue: str
    turn: int
    ask: str
    slices: tuple[str, ...]
    expected: tuple[str, ...]
    status: str
    verdict: Verdict
    milliseconds: float
    said: str
    rows: tuple[tuple[object, ...], ...]
    gold: tuple[tuple[object, ...], ...] | None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of verdicts over some turns."""

    counts: Counter[Verdict] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many turns were scored."""
        return sum(self.counts.values())

    def share(self, verdict: Verdict) -> float:
        """Share of the turns with this verdict, 0 when there are none."""
        return self.counts[verdict] / self.total if self.total else 0.0

    def interval(self, verdict: Verdict, z: float = 1.96) -> tuple[float, float]:
        """Wilson score interval of the share (E. B. Wilson, 1927), by default at 95 %."""
        n, p = self.total, self.share(verdict)
        if not n:
            return (0.0, 1.0)
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return (max(0.0, centre - half), min(1.0, centre + half))


def run_suite(
    suite: Suite,
    desk: Desk,
    *,
    principal: Callable[[str | dict[str, str]], Principal],
    definitions: Definitions,
    on_turn: Callable[[TurnResult], None] = lambda _: None,
) -> list[TurnResult]:
    """Every turn of every dialogue, each dialogue in a thread of its own that no earlier run has used."""
    results = []
    run = f"eval-{suite.suite}-{uuid4().hex[:8]}"
    for dialogue in suite.dialogues:
        thread = f"{run}-{dialogue.id}"
        for result in _run_dialogue(suite, dialogue, desk, principal(dialogue.as_), definitions, thread):
            on_turn(result)
            results.append(result)
    return results


def _run_dialogue(  # what a dialogue is run with
    suite: Suite, dialogue: Dialogue, desk: Desk, principal: Principal, definitions: Definitions, thread: str
) -> Iterable[TurnResult]:
    shown: tuple[str, ...] = ()
    for number, turn in enumerate(dialogue.turns, start=1):
        question = Question(text=turn.ask, principal=principal, now=suite.now, thread=thread)
        started = perf_counter()
        answer = desk.ask(question)
        yield TurnResult(
            suite=suite.suite,
            dialogue=dialogue.id,
            turn=number,
            ask=turn.ask,
            slices=dialogue.slice,
            expected=turn.outcomes,
            status=answer.status.value,
            verdict=score(turn, answer, definitions, shown),
            milliseconds=(perf_counter() - started) * 1000,
            said=answer.text,
            rows=tuple(row for table in answer.tables[:1] for row in table.rows[:12]),
            gold=turn.rows or turn.cites or None,
            rank=rank_of(turn.cites, answer.extra.get("ranked", ())) if turn.cites else None,
        )
        shown = _listed(answer) or shown


def _listed(answer: Answer) -> tuple[str, ...]:
    """Case numbers of a list, in order."""
    lists = (table for table in answer.tables if table.columns and table.columns[0].name == "case_no")
    return tuple(str(row[0]) for table in lists for row in table.rows)


def tally(results: Iterable[TurnResult]) -> dict[str, Tally]:
    """Verdicts in all (key "all") and by slice; a turn counts in each of its slices."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for result in results:
        for name in ("all", *result.slices):
            tallies[name].counts[result.verdict] += 1
    return dict(tallies)
