"""A number and its rule in one answer: the table of the one, the citation of the other, neither without its own source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.ask import Assistant
from assistant.dialogue import Answer, AnswerStatus
from assistant.policies import vocabulary
from knowledge.asking import joined, policy_question
from knowledge.library import SHIPPED, Library
from knowledge.retrieve import Finder
from tests.assistant.agent.desk import Office, OfficeOf, question


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finder]:
    library = Library(tmp_path_factory.mktemp("rules"))
    library.add([SHIPPED])
    yield Finder(library, vocabulary())
    library.close()


@pytest.fixture
def ruled(office_of: OfficeOf, rules: Finder) -> Office:
    office = office_of()
    desk = replace(office.desk, policies=lambda: rules, place="澜川市")
    return replace(office, assistant=Assistant(lambda: desk, office.memory, office.assistant._trace), desk=desk)


def cited(answer: Answer) -> list[str]:
    return [one["cite"] for one in answer.citations]


ROW = "《澜川市城市管理案件立案处置结案标准》标准 › 暴露垃圾 06010"


@pytest.mark.parametrize(
    "asked",
    [
        "昨天暴露垃圾有多少件,标准是几小时",
        "昨天暴露垃圾有多少件？处置时限是多久？",
        "昨天暴露垃圾多少件，以及立案标准是什么",
        "处置时限是多久，昨天暴露垃圾有多少件",
        "How many exposed garbage cases were reported yesterday, and what is the time limit?",
    ],
)
def test_both_halves_are_answered(ruled: Office, asked: str) -> None:
    answer = ruled.ask(asked)
    assert answer.status is AnswerStatus.ANSWER
    assert [row[-1] for table in answer.tables for row in table.rows] == [7]
    assert cited(answer)[0] == ROW


def test_a_rule_that_is_not_there_leaves_the_number_and_is_said(ruled: Office) -> None:
    answer = ruled.ask("昨天暴露垃圾有多少件，标准是多少分贝")
    assert answer.status is AnswerStatus.ANSWER
    assert answer.tables
    assert answer.citations == ()
    assert "资料库中未找到依据" in answer.text


def test_a_number_that_is_not_understood_is_not_made_up_for_by_the_rule(ruled: Office) -> None:
    answer = ruled.ask("昨天火星暴露垃圾有多少件，标准是几小时")
    assert answer.status is not AnswerStatus.ANSWER
    assert answer.tables == ()


@pytest.mark.parametrize(
    "asked",
    [
        "昨天立案多少件，平均处置时长是多少",
        "昨天东湖区立案多少，其中超期多少",
        "上周哪个区最多，哪个区最少",
        "夜间施工扰民归谁管、罚多少",
        "昨天多少件",
        "暴露垃圾标准是几小时",
    ],
)
def test_one_question_is_not_taken_for_two(asked: str) -> None:
    assert joined(asked) is None


@pytest.mark.parametrize("asked", ["上周暴露垃圾多少件，时限是几小时", "昨天罚了多少件，依据哪条规定"])
def test_the_library_is_opened_for_a_joined_question(asked: str) -> None:
    assert policy_question(asked).confidence > 0


def test_a_follow_up_stays_with_the_number(ruled: Office) -> None:
    first = ruled.ask("昨天暴露垃圾有多少件,标准是几小时", thread="f")
    then = ruled.ask("东湖区呢", thread="f")
    assert first.status is then.status is AnswerStatus.ANSWER
    assert [row[-1] for table in then.tables for row in table.rows] == [4]


def test_the_question_is_one_turn(ruled: Office) -> None:
    list(ruled.assistant.stream(question("昨天暴露垃圾有多少件,标准是几小时", thread="one")))
    assert len(ruled.memory.recall("leader", "one", question("x").now)) == 1
