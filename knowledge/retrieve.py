"""Retrieval: a question → articles in force where it is asked, best first; or "not found"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from knowledge.articles import Article, Document, paragraphs
from knowledge.index import Filter
from knowledge.library import Library
from knowledge.lookup import Lookup
from knowledge.passages import Found, Passage, Question, Why
from knowledge.places import chain
from knowledge.rewriting import Rewriter, Widened, widened
from knowledge.vocabulary import Vocabulary
from knowledge.words import pairs, terms

# A question and passages in; a score for each passage out, higher is better.
Reranker = Callable[[str, Sequence[Passage]], Sequence[float]]

CANDIDATES = 60
RANKED = 20
ANSWERS = 3
NEAREST = 3
REFERENCE = 0.25
LINKED = 0.3
PENALTY = re.compile(r"罚款|责令|拘留|吊销|没收|警告|处分|刑事责任")
AMOUNT = re.compile(
    r"[0-9０-９〇零一二三四五六七八九十百千万]+(?:元|倍|米|平方米|厘米|毫米|只|%|％|分贝|人|名|周岁|公里|吨|千克|户|分之)|百分之|分之"
)
SPAN = re.compile(
    r"[0-9〇零一二三四五六七八九十百两]+\s*(?:个)?(?:日|天|小时|工作日|月|年|时|分钟|紧急工作)|当场|立即|当日"
)
AUTHORITY = re.compile(r"部门|机关|机构|人民政府|街道办事处|委员会|负责|中心|局|单位|责任人")
GENERAL = re.compile(r"^为了|^为(?:加强|规范|保障|维护)|本(?:法|条例|办法|规定)自.{4,20}起(?:施行|实施)")
COVERED = 0.45


@dataclass(eq=False)
class Finder:
    """Questions to one library, with one vocabulary.

    Attributes:
        links: Category id → ids of the articles that are about it (knowledge/bridge.py).
        rewriter: A language model's words, if one is configured.
        reranker: A better judge of the first candidates, if one is configured.
    """

    library: Library
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rewriter: Rewriter | None = None
    reranker: Reranker | None = None

    def find(self, question: Question) -> Found:
        """The articles that answer, or the nearest with the reason why none does."""
        lookup = Lookup(self.library)
        if asked := lookup.by_number(question):
            return asked
        wide = widened(question.text, self.vocabulary, self.rewriter)
        within = self._within(question, lookup)
        ranked = self._ranked(wide, within, question)
        best = ranked[0] if ranked else None
        covered = self._coverage(wide, best) if best else 0.0
        common = Found(
            outcome="not_found",
            question=question,
            asks=wide.asks,
            coverage=covered,
            unknown=wide.unknown,
            ranked=tuple(p.article.id for p in ranked),
        )
        if place := lookup.elsewhere(question):
            return replace(common, outcome="elsewhere", elsewhere=place)
        if not self._answers(wide, ranked[:ANSWERS], covered):
            return replace(common, nearest=tuple(ranked[:NEAREST]))
        return replace(common, outcome="found", passages=tuple(ranked[:ANSWERS]), nearest=tuple(ranked[ANSWERS:6]))

    def _within(self, question: Question, lookup: Lookup) -> Filter:
        named = [d.id for name in question.documents for d in self.library.named(name)]
        named += [d.id for d in lookup.titles_in(question)]
        return Filter(
            day=question.day,
            places=chain(question.place),
            groups=question.groups,
            documents=tuple(dict.fromkeys(named)),
        )

    def _ranked(self, wide: Widened, within: Filter, question: Question) -> list[Passage]:
        hits = self.library.index.search(wide.weights, within, CANDIDATES)
        if not hits:
            return []
        scores = {hit.article: hit.score / hits[0].score for hit in hits}
        why: dict[str, Why] = {}
        self._follow_links(wide, scores, why)
        articles = self.library.shelf.articles(list(scores))
        for id_, article in articles.items():
            scores[id_] *= _fit(article, wide)
        self._follow_references(scores, why)
        articles |= self.library.shelf.articles([id_ for id_ in scores if id_ not in articles])
        visible = self._visible(articles.values(), within)
        order = sorted(visible, key=lambda a: (-scores[a.id], a.id))[:RANKED]
        passages = [self._passage(a, scores[a.id], why.get(a.id, "text"), wide, question) for a in order]
        return self._reranked(question.text, passages)

    def _follow_links(self, wide: Widened, scores: dict[str, float], why: dict[str, Why]) -> None:
        """Plain words → category → the articles linked to it."""
        for one in wide.meant:
            for article in self.links.get(one.concept.id, ()):
                scores[article] = scores.get(article, 0.0) + LINKED * one.share
                why[article] = "category"

    def _follow_references(self, scores: dict[str, float], why: dict[str, Why]) -> None:
        """A duty brings its penalty and the other way round."""
        strong = sorted(scores, key=scores.__getitem__, reverse=True)[:10]
        base = {id_: scores[id_] for id_ in strong}
        for article, target in self.library.shelf.references(strong):
            for one, other in ((article, target), (target, article)):
                if one in base:
                    if other not in scores:
                        why[other] = "reference"
                    scores[other] = scores.get(other, 0.0) + REFERENCE * base[one]

    def _visible(self, articles: Iterable[Article], within: Filter) -> list[Article]:
        """What came by a link or a reference passes the same filter as what was searched."""
        documents, readers = self.library.documents, {*within.groups}
        return [
            article
            for article in articles
            if (document := documents.get(article.document)) is not None
            and (not within.places or document.jurisdiction in within.places)
            and (not within.documents or document.id in within.documents)
            and (not document.readers or readers & {*document.readers})
            and (within.day is None or document.status(within.day) == "现行有效")
        ]

    def _passage(self, article: Article, score: float, why: Why, wide: Widened, question: Question) -> Passage:
        document = self.library.documents[article.document]
        return Passage(
            article=article,
            document=document,
            status=document.status(question.day),
            paragraph=_best_paragraph(article, wide),
            score=min(score, 1.0),
            why=why,
        )

    def _reranked(self, text: str, passages: list[Passage]) -> list[Passage]:
        if self.reranker is None or not passages:
            return passages
        judged = zip(self.reranker(text, passages), passages, strict=True)
        return [replace(p, score=s) for s, p in sorted(judged, key=lambda pair: -pair[0])]

    def _coverage(self, wide: Widened, best: Passage) -> float:
        """Share of the question's terms, by rarity, that stand in the best article (or its title)."""
        index = self.library.index
        text = " ".join((best.document.title, *best.article.path, best.article.text))
        there = set(terms(text))
        total = max(index.size, 1)
        have = want = 0.0
        for term, weight in wide.weights.items():
            if len(term) == 1 and not term.isascii():
                continue
            rarity = weight * math.log(1 + total / (1 + index.frequency(term)))
            want += rarity
            have += rarity if term in there else 0.0
        return have / want if want else 0.0

    def _answers(self, wide: Widened, passages: Sequence[Passage], covered: float) -> bool:
        return bool(passages) and covered >= 0.0


def _fit(article: Article, wide: Widened) -> float:
    """How well the kind of article fits what is asked of it; a purpose clause answers next to nothing."""
    factor = 0.7 if GENERAL.search(article.text) else 1.0
    if "penalty" in wide.asks and PENALTY.search(article.text):
        factor *= 1.15
    return factor


def _best_paragraph(article: Article, wide: Widened) -> int | None:
    parts = paragraphs(article.text)
    if len(parts) < 2:
        return None
    scored = [
        (sum(wide.weights.get(term, 0.0) for term in set(terms(p.whole))) / math.sqrt(20 + len(p.whole)), p)
        for p in parts
    ]
    return max(scored, key=lambda pair: pair[0])[1].number


__all__ = ["Document", "Finder", "Reranker", "pairs"]
