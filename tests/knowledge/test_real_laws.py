"""The 208 real texts, where they are at hand: nothing lost, found by number, nothing foreign or repealed in sight."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.policies import vocabulary
from knowledge.articles import Status
from knowledge.library import Library
from knowledge.passages import Question
from knowledge.retrieve import Finder

SHARED = Path(
    os.environ.get("CITYDESK_SHARED_DATA")  # noqa: TID251  # where the real data lies is a matter of the machine
    or Path(__file__).parents[2].parent / "shared" / "data"
)
LAWS = SHARED / "laws"
DAY = date(2025, 4, 19)
pytestmark = pytest.mark.skipif(not LAWS.is_dir(), reason="the real laws are not at hand (CITYDESK_SHARED_DATA)")


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finder]:
    library = Library(tmp_path_factory.mktemp("laws"))
    outcomes = library.add([LAWS])
    assert {outcome.what for outcome in outcomes} == {"added"}
    assert len(outcomes) == 208
    yield Finder(library, vocabulary())
    library.close()


def test_every_article_is_there(laws: Finder) -> None:
    assert laws.library.index.size == 11_367


def test_every_article_in_force_is_found_by_title_and_number(laws: Finder) -> None:
    documents = [d for d in laws.library.documents.values() if d.jurisdiction in {"", "北京市"}]
    missed = []
    for document in documents:
        if document.status(DAY) is not Status.IN_FORCE:
            continue
        for article in list(laws.library.shelf.articles_of([document.id]))[::7]:
            found = laws.find(Question(text=f"《{document.title}》{article.label}", day=DAY, place="北京市"))
            if article.id not in [p.article.id for p in found.passages]:
                missed.append(article.id)
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "养犬不登记怎么处罚",
        "停车场收费标准由谁定",
        "夜间施工归谁管",
        "信访多少日答复",
        "ban on fireworks",
        "安全生产责任",
    ],
)
def test_nothing_foreign_or_repealed_is_ranked(laws: Finder, text: str) -> None:
    found = laws.find(Question(text=text, day=DAY, place="北京市"))
    documents = [laws.library.documents[id_.partition("#")[0]] for id_ in found.ranked]
    assert documents
    assert {d.jurisdiction for d in documents} <= {"", "北京市"}
    assert {d.status(DAY) for d in documents} == {Status.IN_FORCE}


def test_a_law_repealed_by_name_in_another_ends_on_that_day(laws: Finder) -> None:
    old = laws.library.named("中华人民共和国环境噪声污染防治法")[0]
    assert old.repealed == date(2022, 6, 5)
