"""Retrieval: a question → articles in force where it is asked, best first; or "not found"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from knowledge.articles import Article, Status, paragraphs
from knowledge.index import Filter
from knowledge.judging import PENALTY, answers, chosen, coverage, rarity_of, units
from knowledge.library import Library
from knowledge.lookup import Lookup
from knowledge.passages import Found, Passage, Question, Why
from knowledge.places import chain
from knowledge.rewriting import Guess, Rewriter, Widened, widened
from knowledge.vocabulary import Vocabulary
from knowledge.words import is_chinese, terms

if TYPE_CHECKING:
    from knowledge.dense import DenseIndex, SelfTest

# A question and passages in; a score for each passage out, higher is better.
Reranker = Callable[[str, Sequence[Passage]], Sequence[float]]

CANDIDATES = 40
RANKED = 20
DENSE_CANDIDATES = 200
ANSWERS = 3
NEAREST = 3
REFERENCE = 0.1
LINKED = 0.3
OTHER_KIND = 0.85
FORM = 1.3
# A penalty names the duty it is for; where no penalty is asked, the duty itself is meant.
PUNISHES = re.compile(r"^违反本|^有下列(?:行为|情形)之一[^：]*(?:处|责令|警告)")
# A list is asked for, or what a word means: the article has that form.
FORMS = (
    (
        re.compile(r"(?:哪些|什么|哪几)[^,，。？?]{0,4}(?:行为|条件|情形|材料|地点|区域|职责|要求|规定|手续)"),
        re.compile(r"下列"),
    ),
    (re.compile(r"定义|什么是|是指|指什么|所称|什么意思"), re.compile(r"所称|是指")),
)
GENERAL = re.compile(r"^为了|^为(?:加强|规范|保障|维护)|本(?:法|条例|办法|规定)自.{4,20}起(?:施行|实施)")


@dataclass(eq=False)
class Finder:
    """Questions to one library, with one vocabulary.

    Attributes:
        links: Category id → ids of the articles that are about it (knowledge/bridge.py).
        guess: The classifier that files reports, if there is one: the category a question is about.
        rewriter: A language model's words, if one is configured.
        reranker: A better judge of the first candidates, if one is configured.
        dense: Vectors, if a model is configured; what it weighs in a language is what its self-test earned.
    """

    library: Library
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    guess: Guess | None = None
    rewriter: Rewriter | None = None
    reranker: Reranker | None = None
    dense: DenseIndex | None = None
    weighed: SelfTest | None = None

    def find(self, question: Question) -> Found:
        """The articles that answer, or the nearest with the reason why none does."""
        lookup = Lookup(self.library, self.vocabulary)
        if asked := lookup.by_number(question):
            return asked
        wide = widened(question.text, self.vocabulary, self.rewriter, self.guess)
        within = self._within(question, lookup)
        ranked = self._ranked(wide, within, question)
        index = self.library.index
        named = units(question.text, wide, rarity_of(index.frequency, index.size))
        covered = max((coverage(named, passage) for passage in ranked[:ANSWERS]), default=0.0)
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
        shown = chosen(question.text, wide, ranked, named)
        if not answers(question.text, wide, shown, ranked[:8], named, covered):
            return replace(common, nearest=tuple(_pointed(p, wide) for p in ranked[:NEAREST]))
        rest = [p for p in ranked[: NEAREST + ANSWERS] if p not in shown][:NEAREST]
        return replace(
            common,
            outcome="found",
            passages=tuple(_pointed(p, wide) for p in shown),
            nearest=tuple(_pointed(p, wide) for p in rest),
        )

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
        scores = self._with_dense({hit.article: hit.score / hits[0].score for hit in hits}, question.text)
        if not scores:
            return []
        why: dict[str, Why] = {}
        self._follow_links(wide, scores, why)
        articles = self.library.shelf.articles(list(scores))
        for id_, article in articles.items():
            scores[id_] *= _fit(article, wide, question.text)
        self._follow_references(scores, why)
        articles |= self.library.shelf.articles([id_ for id_ in scores if id_ not in articles])
        visible = self._visible(articles.values(), within)
        order = sorted(visible, key=lambda a: (-scores[a.id], a.id))[:RANKED]
        passages = [self._passage(a, scores[a.id], why.get(a.id, "text"), question) for a in order]
        return self._reranked(question.text, passages)

    def _with_dense(self, scores: dict[str, float], text: str) -> dict[str, float]:
        weight = self.weighed.weight("zh" if is_chinese(text) else "en") if self.weighed else 0.0
        if self.dense is None or not weight:
            return scores
        from knowledge.dense import fused

        return fused(scores, self.dense.search(text, DENSE_CANDIDATES), weight)

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
            and (within.day is None or document.status(within.day) is Status.IN_FORCE)
        ]

    def _passage(self, article: Article, score: float, why: Why, question: Question) -> Passage:
        document = self.library.documents[article.document]
        return Passage(
            article=article,
            document=document,
            status=document.status(question.day),
            score=min(score, 1.0),
            why=why,
        )

    def _reranked(self, text: str, passages: list[Passage]) -> list[Passage]:
        if self.reranker is None or not passages:
            return passages
        judged = zip(self.reranker(text, passages), passages, strict=True)
        return [replace(p, score=s) for s, p in sorted(judged, key=lambda pair: -pair[0])]


def _fit(article: Article, wide: Widened, asked: str) -> float:
    """How well the kind of article fits what is asked of it; a purpose clause answers next to nothing."""
    factor = 0.7 if GENERAL.search(article.text) else 1.0
    if "penalty" in wide.asks:
        factor *= 1.15 if PENALTY.search(article.text) else 1.0
    elif PUNISHES.search(article.text):
        factor *= OTHER_KIND
    if any(kind.search(asked) and form.search(article.text) for kind, form in FORMS):
        factor *= FORM
    return factor


def _pointed(passage: Passage, wide: Widened) -> Passage:
    """The passage with the paragraph that answers best."""
    return replace(passage, paragraph=_best_paragraph(passage.article, wide))


def _best_paragraph(article: Article, wide: Widened) -> int | None:
    parts = paragraphs(article.text)
    if len(parts) < 2:
        return None
    scored = [
        (sum(wide.weights.get(term, 0.0) for term in set(terms(p.whole))) / math.sqrt(20 + len(p.whole)), p)
        for p in parts
    ]
    return max(scored, key=lambda pair: pair[0])[1].number
