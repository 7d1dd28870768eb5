"""References between articles (违反本条例第十八条第二款) and citations that a person writes (《…》第三十五条)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.articles import Article
from knowledge.numerals import NUMERAL, read_numeral

ONE = rf"第\s*({NUMERAL})\s*条(?:之({NUMERAL}))?"
# A title in brackets, or a bare name that ends as names of rules do.
NAME = "《[^》]{2,60}》|[一-龥]{1,24}(?:法典|法|条例|规定|办法|规则|细则|标准)"
CITED = re.compile(rf"({NAME})?(?:[^《》。；，]{{0,6}}?){ONE}(?:\s*第\s*({NUMERAL})\s*款)?")
# 行政处罚法36条: only straight after a name, and not where 条 counts something.
BARE_NUMBER = re.compile(rf"({NAME})\s*的?\s*({NUMERAL})\s*条(?![投信记数诉消案件线])")
TITLED = re.compile(r"《([^》]{2,60})》")
# A reference within the same law: 本条例第十八条, 第十八条、第十九条, but not 《…法》第十八条.
INSIDE = re.compile(rf"(?<!》){ONE}")
BARE_ENGLISH = re.compile(r"\barticle\s+(\d{1,4})\b", re.IGNORECASE)
COMPARED = re.compile(r"中华人民共和国|[\s《》〈〉（）()·]")


@dataclass(frozen=True, slots=True)
class Citation:
    """What a person asks for by number.

    Attributes:
        title: In brackets: the title. Bare: words that end with it, and may begin with others. Empty: none was given.
    """

    title: str
    number: int
    suffix: int = 0
    paragraph: int | None = None
    is_bare: bool = False


def citations(text: str) -> Iterator[Citation]:
    """Articles asked for by number, in order; a title holds until the next one."""
    title, is_bare = "", False
    text = BARE_NUMBER.sub(r"\1第\2条", text)
    for match in CITED.finditer(text):
        if match[1]:
            title, is_bare = match[1].strip("《》"), not match[1].startswith("《")
        if number := read_numeral(match[2]):
            yield Citation(
                title,
                number,
                read_numeral(match[3]) if match[3] else 0,
                read_numeral(match[4]) if match[4] else None,
                is_bare,
            )
    if english := BARE_ENGLISH.search(text):
        found = TITLED.search(text)
        yield Citation(found[1] if found else "", int(english[1]))


def inner_references(articles: Sequence[Article]) -> Iterator[tuple[str, str]]:
    """Pairs of article ids: the one that refers, the one referred to; within one document only."""
    by_number = {(a.number, a.suffix): a.id for a in articles if a.number}
    for article in articles:
        if not article.number:
            continue
        for match in INSIDE.finditer(article.text):
            if "》" in article.text[max(0, match.start() - 1) : match.start()]:
                continue
            key = read_numeral(match[1]), read_numeral(match[2]) if match[2] else 0
            target = by_number.get(key)
            if target is not None and target != article.id:
                yield article.id, target


@lru_cache(maxsize=20_000)
def compared(title: str) -> str:
    """A title as titles are compared: without 中华人民共和国, brackets and spaces."""
    return COMPARED.sub("", title)


def abbreviates(short: str, title: str) -> bool:
    """Whether all characters of the short name stand in the title in order, the last one last: 固废法, 市容条例.

    A 法 is never a 办法.

    >>> abbreviates("固废法", "中华人民共和国固体废物污染环境防治法")
    True
    """
    if not short.endswith("办法" if title.endswith("办法") else title[-1:]):
        return False
    rest = iter(compared(title))
    return all(character in rest for character in compared(short))
