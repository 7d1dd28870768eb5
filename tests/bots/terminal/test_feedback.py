from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from assistant.build import build_assistant
from assistant.directory import Directory
from assistant.settings import Settings
from bots.channel import Actor, Inbound, Ref, Text
from bots.reception import Reception
from bots.store.database import Database
from bots.terminal.feedback import Review, Verdict
from evals.sample import read_suite
from tests.bots.conftest import PEOPLE, Clock

ANALYST = Directory(PEOPLE).principal("李分析")


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "home"
    shutil.copytree(small_home, copied)
    (copied / "people.yml").write_text(
        yaml.safe_dump({"people": [one.model_dump(mode="json") for one in PEOPLE.values()]}, allow_unicode=True),
        encoding="utf-8",
    )
    return copied


@pytest.fixture
def desk(home: Path, clock: Clock) -> Iterator[tuple[Reception, Review]]:
    settings = Settings(home=home, _env_file=None)  # type: ignore[call-arg]
    assistant, database = build_assistant(settings), Database(home / "voices")
    yield Reception(assistant, Directory.read(home), database, clock), Review(settings, assistant, database)
    database.close()


def judged(reception: Reception, text: str, score: str, *, key: str = "k1", thread: str = "t") -> int:
    ref = Ref(channel="x", account="y", chat="z")
    inbound = Inbound(key=key, at=reception.wall(), ref=ref, actor=Actor(id="z"), parts=(Text(text=text),))
    who = reception.directory.principal("王局")
    reception.respond(inbound, who, thread=thread)
    reception.judgements.give(about=key, person="王局", score=score, reason="少了", now=reception.wall())  # type: ignore[arg-type]
    return reception.judgements.waiting()[-1].id


def found(review: Review, number: int):  # a Judgement
    judgement = review.judgements.find(number)
    assert judgement is not None
    return judgement


def test_wrong_answer_becomes_a_verified_question_that_is_answered_from_then_on(
    desk: tuple[Reception, Review], home: Path
) -> None:
    reception, review = desk
    number = judged(reception, "昨天城里热闹不热闹", "down")
    verdict = Verdict(outcome="verified", like="昨天各区立案数")
    path = review.settle(found(review, number), verdict, ANALYST)
    assert Path(path) == next((home / "cities").glob("*/catalog/verified.yml"))
    judged(reception, "上周城里热闹不热闹", "up", key="k2", thread="other")
    again = reception.answers.find("k2")
    assert again is not None
    assert again.answer is not None
    assert again.answer["queries"][0]["semantic"]["dimensions"] == ["district"]
    assert again.answer["queries"][0]["window"][0].startswith("2026-11-")


def test_judgement_is_settled_once(desk: tuple[Reception, Review]) -> None:
    reception, review = desk
    number = judged(reception, "昨天各区立案数", "up")
    stale = found(review, number)
    review.settle(stale, Verdict(outcome="dismissed"), ANALYST)
    with pytest.raises(ValueError, match="already"):
        review.settle(found(review, number), Verdict(outcome="sample"), ANALYST)
    with pytest.raises(ValueError, match="somebody else"):
        review.settle(stale, Verdict(outcome="dismissed"), ANALYST)
    assert review.judgements.waiting() == []


def test_praised_answer_becomes_a_sample_that_the_evals_read(desk: tuple[Reception, Review], clock: Clock) -> None:
    reception, review = desk
    judged(reception, "昨天东湖区立案多少件", "up", key="k0")
    clock.now += timedelta(seconds=5)
    number = judged(reception, "那望山区呢", "up")
    path = review.settle(found(review, number), Verdict(outcome="sample"), ANALYST)
    suite = read_suite(Path(path))
    assert [turn.ask for turn in suite.dialogues[0].turns] == ["昨天东湖区立案多少件", "那望山区呢"]
    answer = reception.answers.find("k1")
    assert answer is not None
    assert answer.answer is not None
    assert [list(row) for row in suite.dialogues[0].turns[-1].rows or ()] == answer.answer["tables"][0]["rows"]


def test_wrong_answer_is_no_gold_of_itself(desk: tuple[Reception, Review]) -> None:
    reception, review = desk
    number = judged(reception, "昨天各区立案数", "down")
    for outcome in ("verified", "sample"):
        with pytest.raises(ValueError, match="--like"):
            review.settle(found(review, number), Verdict(outcome=outcome), ANALYST)  # type: ignore[arg-type]
    assert len(review.judgements.waiting()) == 1


def test_elliptic_words_are_never_verified_as_they_stand(desk: tuple[Reception, Review], clock: Clock) -> None:
    reception, review = desk
    judged(reception, "昨天东湖区立案多少件", "up", key="k0")
    clock.now += timedelta(seconds=5)
    number = judged(reception, "那望山区呢", "up")
    with pytest.raises(ValueError, match="--question"):
        review.settle(found(review, number), Verdict(outcome="verified"), ANALYST)
