"""Law, article, paragraph (款), item (项): what is stored, quoted and cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from knowledge.numerals import NUMERAL, write_numeral

ITEM = re.compile(rf"[（(]({NUMERAL})[）)]|(\d{{1,2}})[.．、]")


class Level(StrEnum):
    """Legal force, the strongest first."""

    LAW = "法律"
    REGULATION = "行政法规"
    LOCAL_REGULATION = "地方性法规"
    DEPARTMENT_RULE = "部门规章"
    LOCAL_RULE = "地方政府规章"
    NORMATIVE = "规范性文件"
    STANDARD = "标准"
    PROCEDURE = "操作规程"

    @property
    def rank(self) -> int:
        """0 is the strongest."""
        return list(Level).index(self)


class Status(StrEnum):
    """Whether a version holds, on the day asked about."""

    IN_FORCE = "现行有效"
    NOT_YET = "尚未施行"
    SUPERSEDED = "已被新版本取代"
    REPEALED = "已废止"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of one document.

    Attributes:
        id: `title@version`, the same on every machine; cited and stored by it.
        family: What its versions have in common: place and title.
        jurisdiction: Path from the nation down; "" is national.
        version: ISO date of the version, or its content's first hash digits where no date is known.
        effective: First day in force; None where the document does not tell, which counts as always.
        repealed: First day no longer in force.
        withdrawn: Repealed on a day nobody recorded; never in force.
        readers: Roles, departments or names that may read it; empty means everybody.
        source: Name of the file it came from.
        digest: Hash of the content and of its facts, for incremental adding.
    """

    id: str
    family: str
    title: str
    level: Level
    jurisdiction: str
    department: str = ""
    promulgated: date | None = None
    effective: date | None = None
    repealed: date | None = None
    withdrawn: bool = False
    superseded: bool = False
    version: str
    readers: tuple[str, ...] = ()
    source: str = ""
    digest: str = ""

    def status(self, day: date) -> Status:
        """Whether it holds on the day."""
        if self.withdrawn or (self.repealed is not None and self.repealed <= day):
            return Status.SUPERSEDED if self.superseded else Status.REPEALED
        if self.effective is not None and day < self.effective:
            return Status.NOT_YET
        return Status.IN_FORCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The unit of retrieval: a 条 of a law, a section of a procedure, a row of a table.

    Attributes:
        id: `document#label`: stable while the document is.
        number: The 条; 0 for a section or a row.
        suffix: 之一 is 1; else 0.
        label: As cited: 第三十五条, a heading path, or a row's key.
        path: Chapter and section headings above it.
        text: Verbatim, a line a paragraph.
    """

    id: str
    document: str
    number: int = 0
    suffix: int = 0
    label: str
    path: tuple[str, ...] = ()
    text: str
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A 款 with its items; `number` counts from 1."""

    number: int
    text: str
    items: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """The paragraph and its items, a line each."""
        return "\n".join((self.text, *self.items))


@dataclass(slots=True)
class _Open:
    text: str
    items: list[str] = field(default_factory=list)


def article_label(number: int, suffix: int = 0) -> str:
    """第三十五条, 第二十条之一."""
    return f"第{write_numeral(number)}条" + (f"之{write_numeral(suffix)}" if suffix else "")


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of an article's text in order; （一）… lines belong to the paragraph before them."""
    found: list[_Open] = []
    for line in text.splitlines():
        if found and ITEM.match(line):
            found[-1].items.append(line)
        elif line.strip():
            found.append(_Open(line))
    return tuple(Paragraph(number=n, text=p.text, items=tuple(p.items)) for n, p in enumerate(found, 1))


def cited(document: Document, article: Article, paragraph: int | None = None) -> str:
    """《名称》第三十五条第一款: made from metadata, never by a model.

    The paragraph is named only where the article has several.
    """
    several = article.number and len(paragraphs(article.text)) > 1
    part = f"第{write_numeral(paragraph)}款" if paragraph and several else ""
    return f"《{document.title}》{article.label}{part}"


def squashed(text: str) -> str:
    """The text without white space and invisible characters: what must not be lost, and what quotes are compared by."""
    return "".join(_visible(text))


def _visible(text: str) -> Iterator[str]:
    return (c for c in text if not c.isspace() and c not in "\u200b\u200c\u200d\u2060\ufeff\u00ad")
