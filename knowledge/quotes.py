"""What a language model says about rules is held against what was retrieved; what does not stand there is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.articles import squashed
from knowledge.passages import Passage
from knowledge.references import abbreviates, citations, compared

MARKED = re.compile(r"[「“\"『]([^」”\"』]{8,})[」”\"』]|^>\s*(.+)$", re.MULTILINE)
Why = Literal["not_retrieved", "not_verbatim", "empty"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote and the article id it claims to come from."""

    article: str
    quote: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, and why: not_retrieved, not_verbatim or empty."""

    what: str
    why: Why


def refused_quotes(quotes: Sequence[Quoted], passages: Sequence[Passage]) -> list[Refusal]:
    """Quotes that do not stand in the article they name, or whose article was not retrieved."""
    texts = {p.article.id: _comparable(p.article.text) for p in passages}
    refusals = []
    for quoted in quotes:
        if quoted.article not in texts:
            refusals.append(Refusal(quoted.article, "not_retrieved"))
        elif not _comparable(quoted.quote):
            refusals.append(Refusal(quoted.article, "empty"))
        elif _comparable(quoted.quote) not in texts[quoted.article]:
            refusals.append(Refusal(quoted.quote, "not_verbatim"))
    return refusals


def refused_text(text: str, passages: Sequence[Passage]) -> list[Refusal]:
    """Citations and quotation marks in free text that the retrieved articles do not bear out."""
    return [*_refused_citations(text, passages), *_refused_marks(text, passages)]


def _refused_citations(text: str, passages: Sequence[Passage]) -> Iterator[Refusal]:
    for citation in citations(text):
        known = any(
            p.article.number == citation.number
            and p.article.suffix == citation.suffix
            and (
                compared(citation.title) == compared(p.document.title) or abbreviates(citation.title, p.document.title)
            )
            for p in passages
        )
        # An article that a retrieved article itself refers to may be named, not quoted.
        named_inside = any(f"第{citation.number}条" in p.article.text for p in passages) and not citation.title
        if not known and not named_inside:
            yield Refusal(f"《{citation.title}》{citation.number}", "not_retrieved")


def _refused_marks(text: str, passages: Sequence[Passage]) -> Iterator[Refusal]:
    texts = [_comparable(p.article.text) for p in passages]
    for match in MARKED.finditer(text):
        quote = match[1] or match[2]
        if not any(_comparable(quote) in known for known in texts):
            yield Refusal(quote, "not_verbatim")


def _comparable(text: str) -> str:
    """White space, full-width forms and quotation marks make no difference; every other character does."""
    return re.sub(r"[「」『』“”\"'‘’]", "", squashed(unicodedata.normalize("NFKC", text)))
