"""Look-up: an article asked for by title and number, a title named in a question, a place that is not the asker's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.articles import Article, Document, Status, paragraphs
from knowledge.library import Library
from knowledge.passages import Found, Passage, Question
from knowledge.places import chain, path_of, shown
from knowledge.references import TITLED, Citation, abbreviates, citations, compared
from knowledge.vocabulary import WORD, Vocabulary, function_words, naming_words, read_lexicon, stem
from knowledge.words import is_chinese

SHORTEST_TITLE = 4
SHORTEST_NAME = 3


class Lookup:
    """Looks things up in one library by what they are called; nothing here is a matter of likeness."""

    def __init__(self, library: Library, vocabulary: Vocabulary) -> None:
        self._library = library
        self._vocabulary = vocabulary

    def by_number(self, question: Question) -> Found | None:
        """The articles asked for by number; None where the question asks for none."""
        plain = replace(question, text=self._unnested(question.text))
        asked = list(citations(plain.text))
        if not asked or not any(self._title_of(c, plain) for c in asked):
            return None
        passages: list[Passage] = []
        missing: list[Document] = []
        for citation in asked:
            title = self._title_of(citation, plain)
            if not title:
                continue
            versions = self.versions(title, question)
            if not versions:
                return Found(outcome="no_such_document", question=question, elsewhere=title)
            document = _holding(versions, question)
            if not _reaches(document.jurisdiction, question.place):
                return Found(outcome="elsewhere", question=question, elsewhere=shown(document.jurisdiction))
            found = self._library.shelf.numbered(
                [d.id for d in versions if d.version == document.version and d.title == document.title],
                citation.number,
                citation.suffix,
            )
            passages += [self._passage(article, citation, question) for article in found]
            missing += [] if found else [document]
        if not passages:
            return Found(outcome="no_such_article", question=question, elsewhere=missing[0].title if missing else "")
        in_force = all(p.status is Status.IN_FORCE for p in passages)
        return Found(
            outcome="found" if in_force else "not_in_force",
            question=question,
            passages=tuple(passages),
            coverage=1.0,
            ranked=tuple(p.article.id for p in passages),
        )

    def _title_of(self, citation: Citation, question: Question) -> str:
        """The title that goes with a number: in brackets, or a known title that stands in the question bare."""
        if citation.title and not citation.is_bare:
            return citation.title
        ends = (citation.title[at:] for at in range(len(citation.title) - SHORTEST_NAME + 1))
        if name := next((end for end in ends if self.versions(end, question)), ""):
            return name
        named = self.titles_in(question, shortest=SHORTEST_NAME) or self._english_title(question)
        return named[0].title if named else ""

    def _unnested(self, text: str) -> str:
        """The text with titles that hold a title (北京市实施《…法》办法) in one pair of brackets."""
        nested = {(d.title, shown(d.jurisdiction)) for d in self._library.documents.values() if TITLED.search(d.title)}
        for title, place in sorted(nested):
            own = compared(title).removeprefix(place)
            before = rf"(?:{re.escape(place)}|{re.escape(place[:-1])})?" if own != compared(title) else ""
            loose = r"[《〈》〉\s]*(?:中华人民共和国)?".join(map(re.escape, own))
            text = re.sub(rf"[《〈]?{before}{loose}》?", f"《{compared(title)}》", text)
        return text

    def _english_title(self, question: Question) -> list[Document]:
        """What an English name means: every word of it stands in the title, in Chinese; the shortest such title."""
        said = question.text.lower()
        subject = [w for w in WORD.findall(said) if w not in function_words() | naming_words() and not w.isdecimal()]
        if is_chinese(said) or not subject:
            return []
        meant = self._vocabulary.meant(said)
        laws = [[law for m in meant if stem(word) in m.said.split() for law in m.concept.law] for word in subject]
        places = chain(question.place)
        fitting = [
            d
            for d in self._library.documents.values()
            if d.jurisdiction in places and _may_read(d, question) and d.status(question.day) is Status.IN_FORCE
            if all(any(law in d.title for law in one) for one in laws)
        ]
        return sorted(fitting, key=lambda d: (places.index(d.jurisdiction), len(d.title), d.id))[:1]

    def versions(self, title: str, question: Question) -> list[Document]:
        """Versions of what is called so: exactly, without 中华人民共和国 or the place, or abbreviated; own place first."""
        places = chain(question.place)
        seen = [d for d in self._library.documents.values() if _may_read(d, question)]
        near = sorted((d for d in seen if d.jurisdiction in places), key=lambda d: places.index(d.jurisdiction))
        for pool in (near, seen):
            for matches in (_same, _without_place, abbreviates):
                found = [d for d in pool if matches(title, d.title)]
                if found:
                    first = found[0].family.rpartition("|")[0]
                    return [d for d in found if d.family.rpartition("|")[0] == first]
        return []

    def titles_in(self, question: Question, shortest: int = SHORTEST_TITLE) -> list[Document]:
        """Documents whose title the question names, in brackets or bare; the longest title wins."""
        named = [d for t in TITLED.findall(question.text) for d in self.versions(t, question)]
        if named:
            return named
        text = compared(question.text)
        bare = [
            (len(title), document)
            for title, document in self._library.titles
            if len(title) >= shortest and title in text and _may_read(document, question)
        ]
        longest = max((length for length, _ in bare), default=0)
        return [document for length, document in bare if length == longest]

    def elsewhere(self, question: Question) -> str:
        """A place named in the question whose rules do not hold where it is asked; empty if none."""
        own = {shown(path) for path in chain(question.place)}
        known = self._library.places | set(_cities())
        text = question.text + "".join(
            f" {zh}" for en, zh in _english().items() if re.search(rf"\b{en}\b", question.text.lower())
        )
        for place in sorted(known - own - {"全国"}, key=len, reverse=True):
            # 南京路 is a street of many cities.
            if (
                place in text
                and re.search(rf"{re.escape(place)}(?![东南西北中]?[路街道巷])", text)
                and not any(place in mine for mine in own)
            ):
                return place
        return ""

    def _passage(self, article: Article, citation: Citation, question: Question) -> Passage:
        document = self._library.documents[article.document]
        has = citation.paragraph is not None and citation.paragraph <= len(paragraphs(article.text))
        return Passage(
            article=article,
            document=document,
            status=document.status(question.day),
            paragraph=citation.paragraph if has else None,
            why="number",
        )


def _reaches(jurisdiction: str, place: str) -> bool:
    """Whether the rules are of the place, of one above it or of one within it."""
    return not path_of(place) or jurisdiction in chain(place) or jurisdiction.startswith(f"{path_of(place)}/")


def _cities() -> tuple[str, ...]:
    return tuple(map(str, read_lexicon("places.yml")["places"]))


def _english() -> dict[str, str]:
    return {str(en): str(zh) for en, zh in read_lexicon("places.yml")["english"].items()}


def _same(asked: str, title: str) -> bool:
    return compared(asked) == compared(title)


def _without_place(asked: str, title: str) -> bool:
    """养犬管理规定 for 北京市养犬管理规定; both must be long enough to be a name."""
    return len(compared(asked)) >= SHORTEST_TITLE and compared(title).endswith(compared(asked))


def _may_read(document: Document, question: Question) -> bool:
    return not document.readers or bool({*document.readers} & {*question.groups})


def _holding(versions: Sequence[Document], question: Question) -> Document:
    """The version in force on the day; else the newest that began before it; else the oldest."""
    holding = [d for d in versions if d.status(question.day) is Status.IN_FORCE]
    past = [d for d in versions if d.effective is None or d.effective <= question.day]
    return max(holding or past or versions, key=lambda d: d.version)
