"""Category bridge: plain words → category → the articles about it. Links are mined, kept as data, and a person may strike any.

`links.csv` in the library's folder: category, article, found_by (basis: the handling standard names the article; name:
the article speaks of the category by its official name), keep (yes/no). Mining again keeps every "no".
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from knowledge.articles import Article, Document, Level, Status
from knowledge.index import Filter, weights_of
from knowledge.library import Library
from knowledge.places import chain
from knowledge.references import citations, compared
from knowledge.vocabulary import Concept
from knowledge.words import pairs

FILE = "links.csv"
COLUMNS = ("category", "article", "found_by", "keep")
BASIS = ("法律依据", "依据", "法规依据", "处罚依据")
NAMED = ("小类", "小类名称", "类别", "名称", "案件类别")
MOST_BY_NAME = 2


@dataclass(frozen=True, slots=True)
class Link:
    """A category and an article about it."""

    category: str
    article: str
    found_by: Literal["basis", "name"]
    keep: bool = True


def mined(library: Library, concepts: Sequence[Concept], day: date) -> list[Link]:
    """Links of every category that the library's documents in force on the day bear out."""
    categories = [concept for concept in concepts if concept.id]
    found = [*_by_basis(library, categories, day), *_by_name(library, categories, day)]
    return list({(link.category, link.article): link for link in reversed(found)}.values())


def save(library: Library, links: Iterable[Link]) -> list[Link]:
    """Write the links, keeping what a person struck; returns what is written."""
    struck = {(link.category, link.article) for link in read(library) if not link.keep}
    merged = [Link(one.category, one.article, one.found_by, (one.category, one.article) not in struck) for one in links]
    merged.sort(key=lambda link: (link.category, link.article))
    with (library.folder / FILE).open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows((o.category, o.article, o.found_by, "yes" if o.keep else "no") for o in merged)
    return merged


def read(library: Library) -> list[Link]:
    """The links on file; empty where none were mined."""
    path: Path = library.folder / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Link(
                line["category"],
                line["article"],
                "basis" if line["found_by"] == "basis" else "name",
                line["keep"].strip().lower() != "no",
            )
            for line in csv.DictReader(file)
        ]


def by_category(links: Iterable[Link]) -> dict[str, tuple[str, ...]]:
    """Article ids by category, those that the handling standard names first; what was struck left out."""
    kept = sorted((link for link in links if link.keep), key=lambda link: link.found_by)
    grouped: dict[str, list[str]] = {}
    for link in kept:
        grouped.setdefault(link.category, []).append(link.article)
    return {category: tuple(ids) for category, ids in grouped.items()}


def standard_row(library: Library, category: Concept, *, day: date, place: str) -> Article | None:
    """The row of the handling standard in force for a category: what a work-order card cites; None where there is none."""
    names = {compared(name) for name in category.law}
    for document in _standards(library, day, chain(place)):
        for row in library.shelf.articles_of([document.id]):
            if compared(_cells(row).get("name", "")) in names:
                return row
    return None


def _standards(library: Library, day: date, places: Sequence[str] = ()) -> list[Document]:
    held = [
        d
        for d in library.documents.values()
        if d.level is Level.STANDARD and d.status(day) is Status.IN_FORCE and (not places or d.jurisdiction in places)
    ]
    return sorted(held, key=lambda d: places.index(d.jurisdiction) if places else 0)


def _by_basis(library: Library, categories: Sequence[Concept], day: date) -> Iterator[Link]:
    named = {compared(name): concept.id for concept in categories for name in concept.law}
    titles: dict[str, list[str]] = {}
    for document in library.documents.values():
        titles.setdefault(compared(document.title), []).append(document.id)
    for standard in _standards(library, day):
        for row in library.shelf.articles_of([standard.id]):
            cells = _cells(row)
            category = named.get(compared(cells.get("name", "")))
            if category is None:
                continue
            yield Link(category, row.id, "basis")
            for citation in citations(cells.get("basis", "")):
                documents = titles.get(compared(citation.title), [])
                for article in library.shelf.numbered(documents, citation.number, citation.suffix):
                    yield Link(category, article.id, "basis")


def _cells(row: Article) -> Mapping[str, str]:
    """Name and legal basis of a row of a handling standard, as `blocks.row` wrote it."""
    cells = dict(part.partition("：")[::2] for part in row.text.split("；") if "：" in part)
    found = {"name": next((cells[key] for key in NAMED if key in cells), "")}
    found["basis"] = next((cells[key] for key in BASIS if key in cells), "")
    return found


def _by_name(library: Library, categories: Sequence[Concept], day: date) -> Iterator[Link]:
    places = sorted({d.jurisdiction for d in library.documents.values()})
    for concept in categories:
        name = concept.law[0]
        wanted = set(pairs(name))
        for place in places:
            hits = library.index.search(weights_of([(name, 1.0)]), Filter(day=day, places=(place,)), 2 * MOST_BY_NAME)
            articles = library.articles([hit.article for hit in hits])
            speaking = [a for a in articles if wanted <= set(pairs(a.text))]
            yield from (Link(concept.id, article.id, "name") for article in speaking[:MOST_BY_NAME])
