"""Retrieval: in force, of the place, readable, before anything is ranked; by number without fail; or not found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter, sleep

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.policies import categories, vocabulary
from knowledge.articles import Status, article_label, squashed
from knowledge.facts import Facts
from knowledge.library import Library
from knowledge.passages import Found, Question
from knowledge.places import chain
from knowledge.retrieve import Finder
from knowledge.rewriting import TimeLimited
from knowledge.vocabulary import read_lexicon
from tests.knowledge.papers import NOISE

TODAY = date(2026, 11, 23)
PLACES = ["", "澜川市", "澜川市/东湖区", "澜川市/高新区", "云岭省/北岭市"]
ASKED = [
    "夜间施工罚多少",
    "店外经营怎么处罚",
    "音响几点要关",
    "垃圾桶满了多久清",
    "狗不拴绳",
    "how late may music be played",
]


def ask(finder: Finder, text: str, *, day: date = TODAY, place: str = "澜川市", groups: tuple[str, ...] = ()) -> Found:
    return finder.find(Question(text=text, day=day, place=place, groups=groups))


def first(found: Found) -> str:
    return found.passages[0].citation


@pytest.mark.parametrize(
    ("asked", "article"),
    [
        ("夜间施工扰民罚多少", "第十一条"),
        ("随地扔烟头罚多少", "第二十二条"),
        ("楼下广场舞太吵几点必须停", "第七条"),
        ("狗不拴绳罚多少", "第五条"),
        ("电动车能推进楼道充电吗", "第三条"),
        ("垃圾桶满了多久要清", "第十一条"),
        ("不服处罚多少天内可以复议", "第二十六条"),
        ("Can I walk my dog without a leash?", "第五条"),
        ("what is the filing standard for an overflowing bin", "标准 › 垃圾站（箱）满溢 06042"),
    ],
)
def test_the_article_that_answers_is_among_the_answers(finder: Finder, asked: str, article: str) -> None:
    assert article in [passage.article.label for passage in ask(finder, asked).passages]


def test_the_version_in_force_on_the_day_answers(finder: Finder) -> None:
    then, now = (ask(finder, "店铺门窗以外摆放商品罚多少", day=day) for day in (date(2022, 5, 1), TODAY))
    assert {p.document.version for p in then.passages if "市容" in p.document.title} == {"2021-03-01"}
    assert {p.document.version for p in now.passages if "市容" in p.document.title} == {"2025-06-01"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.sampled_from(ASKED),
    day=st.dates(date(2020, 1, 1), date(2027, 1, 1)),
    place=st.sampled_from(PLACES),
)
def test_nothing_foreign_or_out_of_force_is_ever_ranked(finder: Finder, text: str, day: date, place: str) -> None:
    found = ask(finder, text, day=day, place=place)
    documents = [finder.library.documents[id_.partition("#")[0]] for id_ in found.ranked]
    assert all(document.status(day) is Status.IN_FORCE for document in documents)
    assert all(document.jurisdiction in chain(place) for document in documents)


def test_a_district_has_its_own_rules_beside_the_citys(finder: Finder) -> None:
    titles = {
        place: {p.document.title for p in ask(finder, "夜市音响几点关闭", place=place).passages}
        for place in PLACES[1:4]
    }
    assert "东湖区夜间经济街区管理规定" in titles["澜川市/东湖区"]
    assert "东湖区夜间经济街区管理规定" not in titles["澜川市/高新区"] | titles["澜川市"]


def test_every_article_is_found_by_its_number(finder: Finder) -> None:
    for document in finder.library.documents.values():
        for article in finder.library.shelf.articles_of([document.id]):
            if not article.number:
                continue
            day = document.effective or TODAY
            found = ask(finder, f"《{document.title}》{article.label}", day=day, place=document.jurisdiction)
            assert [p.article.id for p in found.passages] == [article.id]


@pytest.mark.parametrize(
    ("asked", "cited"),
    [
        ("《澜川市养犬管理规定》第五条怎么说", "《澜川市养犬管理规定》第五条"),
        ("养犬管理规定第5条", "《澜川市养犬管理规定》第五条"),
        ("请问环境噪声管理规定第三条第二款", "《澜川市环境噪声管理规定》第三条第二款"),
        ("article 7 of 《澜川市环境噪声管理规定》", "《澜川市环境噪声管理规定》第七条"),
        ("养犬管理规定5条", "《澜川市养犬管理规定》第五条"),
        ("第五条 养犬管理规定", "《澜川市养犬管理规定》第五条"),
        ("Article 5 of the dog keeping regulations", "《澜川市养犬管理规定》第五条"),
        ("What does article 7 of the noise rules say?", "《澜川市环境噪声管理规定》第七条"),
    ],
)
def test_names_may_be_bare_shortened_or_in_english(finder: Finder, asked: str, cited: str) -> None:
    assert first(ask(finder, asked)) == cited


def test_an_article_that_does_not_exist_is_said_not_to(finder: Finder) -> None:
    assert ask(finder, "《澜川市养犬管理规定》第九十九条").outcome == "no_such_article"
    assert ask(finder, "《澜川市燃气管理条例》第三条").outcome == "no_such_document"


def test_a_version_out_of_force_is_shown_as_such(finder: Finder) -> None:
    found = ask(finder, "《澜川市环境噪声管理规定》第四条", day=date(2023, 12, 1))
    assert found.outcome == "not_in_force"
    assert found.passages[0].status is Status.NOT_YET


@pytest.mark.parametrize(
    "asked", ["火车票退票手续费怎么收", "公积金贷款利率是多少", "What is the minimum wage?", "广州市养犬要交多少钱"]
)
def test_what_the_library_does_not_know_is_not_answered(finder: Finder, asked: str) -> None:
    found = ask(finder, asked)
    assert found.outcome in {"not_found", "elsewhere"}
    assert found.passages == ()


def test_another_citys_rules_are_not_answered_with_ours(finder: Finder) -> None:
    assert ask(finder, "广州市养犬要登记吗").elsewhere == "广州"
    assert ask(finder, "Do dogs need registering in Shanghai?").elsewhere == "上海"
    assert ask(finder, "南京路上摆摊罚多少").outcome == "found"


def test_quotes_are_verbatim_and_citations_exist(finder: Finder) -> None:
    for asked in ASKED:
        for passage in (*ask(finder, asked).passages, *ask(finder, asked).nearest):
            stored = finder.library.articles([passage.article.id])[0]
            assert squashed(passage.quote) in squashed(stored.text)
            assert passage.citation.startswith(f"《{passage.document.title}》{stored.label}")


def test_a_duty_brings_its_penalty(finder: Finder) -> None:
    labels = [p.article.label for p in ask(finder, "携犬出户应当遵守什么规定，罚多少").passages]
    assert {"第五条", "第十条"} <= set(labels)


def test_a_document_with_readers_is_hidden_from_everybody_else(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add([NOISE], Facts(readers=("shift_leader",)))
    finder = Finder(library, vocabulary())
    for asked in ("夜间施工罚多少", "《澜川市环境噪声管理规定》第四条"):
        assert ask(finder, asked, groups=("leader", "王")).passages == ()
        assert ask(finder, asked, groups=("leader", "王")).nearest == ()
        assert ask(finder, asked, groups=("shift_leader",)).passages != ()
    library.close()


def test_unknown_english_words_are_named(finder: Finder) -> None:
    assert "zeppelin" in ask(finder, "What is the fine for parking a zeppelin?").unknown


def test_a_rewriter_is_asked_once_and_not_waited_for(finder: Finder) -> None:
    asked: list[str] = []

    def words(question: str) -> list[str]:
        asked.append(question)
        return ["束犬链", "携犬出户"]

    limited = TimeLimited(words)
    assert limited("x") == limited("x") == ("束犬链", "携犬出户")
    assert asked == ["x"]

    def slow(_: str) -> list[str]:
        sleep(0.5)
        return ["late"]

    started = perf_counter()
    assert TimeLimited(slow, seconds=0.05)("y") == ()
    assert perf_counter() - started < 0.4

    def broken(_: str) -> list[str]:
        raise OSError("no connection")

    assert TimeLimited(broken)("z") == ()
    helped = Finder(finder.library, vocabulary(), rewriter=lambda _: ["束犬链", "携犬出户"])
    assert first(ask(helped, "毛孩子出门的讲究")) == "《澜川市养犬管理规定》第五条"


def test_a_reranker_orders_the_candidates(finder: Finder) -> None:
    judged = Finder(
        finder.library, vocabulary(), reranker=lambda _, ps: [float(p.article.label == "第十五条") for p in ps]
    )
    assert ask(judged, "夜间噪声举报多久到场处理").ranked[0].endswith("#第十五条")


def test_an_index_that_was_lost_is_made_again(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add([NOISE])
    library.index.clear()
    assert library.index.size == 0
    assert library.reindex() == 16
    library.close()


def test_a_write_cut_off_before_indexing_is_caught_up(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add([NOISE])
    document = next(iter(library.documents.values()))
    articles = list(library.shelf.articles_of([document.id]))
    library.shelf.put(document, articles[:-1])  # as if the process ended here
    assert library.shelf.pending() == (document.id,)
    library.add([NOISE])
    assert library.shelf.pending() == ()
    assert library.index.size == 15
    library.close()


@given(st.integers(1, 9999))
def test_article_numbers_read_as_they_are_written(number: int) -> None:
    from knowledge.references import citations

    assert [c.number for c in citations(f"《某某条例》{article_label(number)}")] == [number]


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        ("《澜川市养犬管理规定》第九十九条", "no_such_article"),
        ("养犬管理规定99条", "no_such_article"),
        ("《澜川市宠物管理条例》第三条", "no_such_document"),
    ],
)
def test_a_number_or_title_that_is_not_there_is_said(finder: Finder, asked: str, outcome: str) -> None:
    found = ask(finder, asked)
    assert (found.outcome, found.passages) == (outcome, ())


def test_another_places_article_is_not_given_even_by_its_number(finder: Finder) -> None:
    title = next(d.title for d in finder.library.documents.values() if d.jurisdiction == "澜川市/东湖区")
    assert ask(finder, f"《{title}》第三条", place="澜川市/高新区").outcome == "elsewhere"
    assert ask(finder, f"《{title}》第三条", place="澜川市").outcome == "found"


@pytest.mark.parametrize("asked", ["养犬管理规定有36条投诉", "上周违反规定36条投诉", "养犬类3条"])
def test_a_count_is_no_article_number(finder: Finder, asked: str) -> None:
    assert finder.find(Question(text=asked, day=TODAY, place="澜川市")).outcome != "no_such_article"


def test_titles_that_hold_a_title_are_found_by_number(tmp_path: Path) -> None:
    library = Library(tmp_path)
    text = "# 澜川市实施《中华人民共和国防汛法》办法\n\n第一条 为了防汛，制定本办法。\n\n第二条 汛期为六月至九月。\n\n第三条 本办法自公布之日起施行。\n"
    (tmp_path / "a.md").write_text(f"---\nlevel: 地方性法规\njurisdiction: 澜川市\n---\n{text}", encoding="utf-8")
    library.add([tmp_path / "a.md"])
    finder = Finder(library, vocabulary())
    for said in (
        "澜川市实施《中华人民共和国防汛法》办法",
        "《澜川市实施〈中华人民共和国防汛法〉办法》",
        "实施《防汛法》办法",
    ):
        assert first(ask(finder, f"{said}第二条")).endswith("办法》第二条"), said
    library.close()


@pytest.mark.parametrize(
    "asked",
    [
        "狗绳最长可以几厘米粗",
        "养犬登记处的电话是多少",
        "公安局长是谁",
        "垃圾桶是什么颜色",
        "遛狗一次多少钱",
        "养犬登记需要几个工作日",
        "日本养狗怎么处罚",
        "怎么办护照",
        "How many dogs are registered in the city?",
        "What is the hourly rate for walking a dog?",
    ],
)
def test_the_right_subject_without_the_value_asked_for_is_not_an_answer(finder: Finder, asked: str) -> None:
    assert not ask(finder, asked).passages


def test_the_same_question_means_the_same_in_every_process(finder: Finder) -> None:
    meant = [[m.said for m in vocabulary().meant(text)] for text in ASKED]
    assert meant == [[m.said for m in vocabulary().meant(text)] for text in ASKED]


def test_plain_words_reach_the_rule_through_the_category_that_a_report_would_get(rules: Library) -> None:
    asked = "电线杆上全是办假证的小纸条"
    bare = Finder(rules, vocabulary())
    bridged = Finder(rules, vocabulary(), guess=lambda _: [("illegal_flyposting", 0.8), ("", 0.1)])
    wanted = [
        a.id
        for d in rules.documents.values()
        if d.title == "澜川市市容环境卫生管理办法" and d.version == "2025-06-01"
        for a in rules.shelf.articles_of([d.id])
        if "张贴" in a.text
    ]
    assert wanted
    with_category, without = (ask(finder, asked).ranked for finder in (bridged, bare))
    places = [[ranked.index(id_) for id_ in wanted if id_ in ranked] for ranked in (with_category, without)]
    assert min(places[0]) < 3
    assert sum(places[0]) < sum(places[1]) or len(places[0]) > len(places[1])


def test_what_no_city_handles_needs_more_of_its_words(rules: Library) -> None:
    asked = "登记需要哪些证明"
    usual = Finder(rules, vocabulary(), guess=lambda _: [])
    doubtful = Finder(rules, vocabulary(), guess=lambda _: [("", 0.95)])
    assert not (ask(doubtful, asked).passages and not ask(usual, asked).passages)


def test_every_bridged_category_is_one_of_the_shipped() -> None:
    known = {concept.id for concept in categories()}
    assert set(read_lexicon("category_words.yml")) <= known
