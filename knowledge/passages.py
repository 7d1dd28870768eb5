"""What retrieval gives back: passages with where they stand, and what became of the question."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from knowledge.articles import Article, Document, Status, cited, paragraphs

Outcome = Literal["found", "not_found", "not_in_force", "elsewhere", "no_such_article", "no_such_document"]
Why = Literal["text", "number", "category", "reference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about rules and whose rules they are.

    Attributes:
        day: As of this day.
        place: Jurisdiction path of the asker, e.g. "北京市", "澜川市/东湖区"; its chain up to the nation holds.
        groups: Roles, departments and names of the asker; documents with a list of readers need one of them.
        documents: Only these documents (ids, titles or file names); empty: all.
    """

    text: str
    day: date
    place: str = ""
    groups: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """An article that was found.

    Attributes:
        paragraph: The 款 that answers best, or was asked for; None: the whole article.
        score: 0 to 1 within one question; not comparable between questions.
        why: Found by its text, by its number, through a category, or because a found article refers to it (or it to one).
    """

    article: Article
    document: Document
    status: Status
    paragraph: int | None = None
    score: float = 1.0
    why: Why = "text"

    @property
    def quote(self) -> str:
        """Verbatim: the paragraph with its items, or the whole article."""
        chosen = [p for p in paragraphs(self.article.text) if p.number == self.paragraph]
        return chosen[0].whole if chosen else self.article.text

    @property
    def citation(self) -> str:
        """《名称》第三十五条第一款."""
        return cited(self.document, self.article, self.paragraph)

    def as_citation(self) -> dict[str, object]:
        """As an Answer carries it: JSON-able."""
        document = self.document
        return {
            "id": self.article.id,
            "document": document.title,
            "article": self.article.label,
            "cite": self.citation,
            "quote": self.quote,
            "version": document.version,
            "effective": document.effective.isoformat() if document.effective else None,
            "status": self.status.value,
            "level": document.level.value,
            "jurisdiction": document.jurisdiction,
            "score": round(self.score, 3),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of a question.

    Attributes:
        passages: What answers it, best first; empty unless the outcome is found or not_in_force.
        nearest: Up to three articles that are about it without answering it.
        coverage: Share of what the question names that stands in the best article, 0 to 1.
        unknown: English words that were not understood.
        elsewhere: The place that the question names and that the asker's rules do not reach.
        ranked: Every ranked article id, best first; for measuring.
    """

    outcome: Outcome
    question: Question
    asks: frozenset[str] = frozenset()
    passages: tuple[Passage, ...] = ()
    nearest: tuple[Passage, ...] = ()
    coverage: float = 0.0
    unknown: tuple[str, ...] = ()
    elsewhere: str = ""
    ranked: tuple[str, ...] = field(default=(), repr=False)
