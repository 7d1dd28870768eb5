"""`citydesk feedback`: judged answers in, verified questions and eval samples out."""

from __future__ import annotations

import json as json_
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from rich.table import Table

from assistant.ask import Assistant
from assistant.build import build_assistant
from assistant.dialogue import AnswerStatus, Question
from assistant.directory import Directory
from assistant.render import as_json
from assistant.reviewing import add_sample, add_verified, turn_of, verified_entry
from assistant.settings import Settings, read_settings
from bots.store.answers import Answers, Given
from bots.store.database import Database
from bots.store.judgements import Judgement, Judgements, Outcome
from bots.terminal.asking import Who
from bots.terminal.shared import FAILED, WRONG_ARGUMENTS, explain, out, problems
from tools.principal import Principal, Role
from warehouse.errors import WarehouseError

REVIEWERS = frozenset({Role.ANALYST, Role.ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the reviewer wants.

    Attributes:
        outcome: None only shows the judged answer.
        question: Words to use instead of those that were asked.
        like: Other words, which the desk reads rightly: their query and rows are the right ones.
        when: Time words that hold where the verified question says none.
        expect: The right outcome of a sample, where it is no answer.
    """

    outcome: Outcome | None = None
    question: str | None = None
    like: str | None = None
    when: str = ""
    expect: str = "answer"


class Review:
    """The queue with what a reviewer needs."""

    def __init__(self, settings: Settings, assistant: Assistant, database: Database) -> None:
        self._settings = settings
        self._assistant = assistant
        self._answers = Answers(database)
        self.judgements = Judgements(database)

    def given(self, judgement: Judgement) -> Given | None:
        """The answer that was judged; None when it was removed since."""
        return self._answers.find(judgement.about)

    def settle(self, judgement: Judgement, verdict: Verdict, reviewer: Principal) -> str:
        """Carry the verdict out; the file it was written to, if any. Doing it twice changes nothing.

        Raises:
            ValueError: It cannot be done; the text says what to do.
        """
        if verdict.outcome is None:
            raise ValueError("say what to make of it: --verify, --sample or --dismiss")
        if judgement.outcome is not None:
            raise ValueError(f"judgement {judgement.id} was reviewed already: {judgement.outcome}")
        path = ""
        if verdict.outcome != "dismissed":
            given = self.given(judgement)
            if given is None or given.answer is None:
                raise ValueError("the judged answer was removed by its asker; only --dismiss is left")
            make = self._verify if verdict.outcome == "verified" else self._sample
            path = make(judgement, given, verdict)
        if not self.judgements.review(judgement.id, verdict.outcome, by=reviewer.name):
            raise ValueError(f"judgement {judgement.id} was reviewed by somebody else meanwhile")
        return path

    def _verify(self, judgement: Judgement, given: Given, verdict: Verdict) -> str:
        if verdict.question is None and len(self._before(given)) > 0:
            raise ValueError("the question leans on what was said before; give words of its own with --question")
        right = self._right(judgement, given, verdict)
        if not right["queries"]:
            raise ValueError("no number was asked there; a verified question is one with a query")
        warehouse = self._assistant.warehouse
        words = verdict.question or given.question
        entry = verified_entry(
            words, right["queries"][0]["semantic"], warehouse, self._moment(given), when=verdict.when
        )
        folder = self._settings.home / "cities" / warehouse.city.id / "catalog"
        return str(add_verified(folder, warehouse.files.get("verified.yml", ""), entry))

    def _sample(self, judgement: Judgement, given: Given, verdict: Verdict) -> str:
        before = [turn_of(one.question, str(one.answer["status"])) for one in self._before(given) if one.answer]
        if verdict.expect == "answer":
            right = self._right(judgement, given, verdict)
            rows = right["tables"][0]["rows"] if right["tables"] else ()
            last = turn_of(verdict.question or given.question, str(right["status"]), rows)
        else:
            last = turn_of(verdict.question or given.question, verdict.expect)
        dialogue = {
            "id": f"f{judgement.id}", "slice": ["feedback", judgement.score], "as": self._as(given),
            "turns": [*before, {**last, "note": judgement.reason}],
        }  # fmt: skip
        city = self._assistant.warehouse.city.id
        return str(add_sample(self._settings.home / "suites", city, self._moment(given), dialogue))

    def _right(self, judgement: Judgement, given: Given, verdict: Verdict) -> Mapping[str, Any]:
        """The right answer: the judged one where it was praised, else that to the reviewer's own words."""
        if verdict.like is None:
            if judgement.score == "down":
                raise ValueError("the answer was judged wrong; give words the desk reads rightly with --like")
            assert given.answer is not None  # settle() has looked
            return given.answer
        asked = Question(
            text=verdict.like, principal=self._asker(given), now=self._moment(given), thread=f"review-{uuid4().hex}"
        )
        answer = self._assistant.ask(asked)
        if answer.status is not AnswerStatus.ANSWER:
            raise ValueError(f"the desk does not answer {verdict.like!r} either: {answer.text}")
        return as_json(answer)

    def _before(self, given: Given) -> list[Given]:
        """Earlier turns of its conversation."""
        return [one for one in self._answers.thread(given.person, given.thread) if one.at < given.at]

    def _moment(self, given: Given) -> datetime:
        return self._assistant.moment(given.at)

    def _asker(self, given: Given) -> Principal:
        return Directory.read(self._settings.home).principal(given.person)

    def _as(self, given: Given) -> dict[str, str]:
        who = self._asker(given)
        limits = {"district": who.districts[:1], "unit": who.departments[:1]}
        return {"role": str(who.role), **{name: some[0] for name, some in limits.items() if some}}


def show_queue(*, city: str | None, json: bool) -> int:
    """What waits for a reviewer."""
    return _with_review(city, lambda review: _listed(review, json=json))


def settle(number: int, who: Who, verdict: Verdict, *, city: str | None) -> int:
    """Show a judged answer, and make of it what the reviewer says."""

    def reviewed(review: Review) -> int:
        reviewer = Directory.read(read_settings().home).principal(who.name, who.districts, who.units)
        if reviewer.role not in REVIEWERS:
            raise ValueError(f"{reviewer.role} may not review; one of: {', '.join(sorted(REVIEWERS))}")
        judgement = review.judgements.find(number)
        if judgement is None:
            raise ValueError(f"there is no judgement {number}; see citydesk feedback list")
        if verdict.outcome is None:
            _show(judgement, review.given(judgement))
            return 0
        path = review.settle(judgement, verdict, reviewer)
        out().print(f"✓ {number} {verdict.outcome}{f' → {path}' if path else ''}", markup=False)
        return 0

    return _with_review(city, reviewed)


def _with_review(city: str | None, command: Callable[[Review], int]) -> int:
    settings = read_settings()
    database = Database(settings.home / "voices")
    try:
        return command(Review(settings, build_assistant(settings, city=city), database))
    except ValueError as problem:
        problems().print(f"✗ {problem}", markup=False)
        return WRONG_ARGUMENTS
    except WarehouseError as problem:
        return explain(problem)
    except OSError as problem:
        problems().print(f"✗ {problem}", markup=False)
        return FAILED
    finally:
        database.close()


def _listed(review: Review, *, json: bool) -> int:
    found = [(one, review.given(one)) for one in review.judgements.waiting()]
    if json:
        lines = [
            {"id": one.id, "score": one.score, "reason": one.reason, "person": one.person, "at": one.at.isoformat(),
             "question": given.question if given else None, "status": given.answer["status"] if given and given.answer else None}
            for one, given in found
        ]  # fmt: skip
        out().print_json(json_.dumps(lines, ensure_ascii=False))
        return 0
    if not found:
        out().print("没有待复核的评价 · nothing waits for review")
        return 0
    table = Table("id", "", "question", "reason", "who", "at")
    for one, given in found:
        thumb = "👍" if one.score == "up" else "👎"
        at = f"{one.at.astimezone():%m-%d %H:%M}"
        table.add_row(str(one.id), thumb, given.question if given else "–", one.reason, one.person, at)
    out().print(table)
    return 0


def _show(judgement: Judgement, given: Given | None) -> None:
    show = out()
    show.print(
        f"{'👍' if judgement.score == 'up' else '👎'} {judgement.person}: {judgement.reason or '–'}", markup=False
    )
    if given is None:
        show.print("the answer was removed by its asker")
        return
    show.print(f"› {given.question}\n{given.reply.words}", markup=False)
    for query in (given.answer or {}).get("queries", ()):
        show.print_json(json_.dumps(query["semantic"], ensure_ascii=False))
    show.print("→ --verify | --sample | --dismiss", style="dim")
