"""Shelf: documents and articles in SQLite, the one source of truth; every index is made from it and can be made again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from knowledge.articles import Article, Document, Level
from knowledge.references import inner_references

METADATA = sa.MetaData()
DOCUMENTS = sa.Table(
    "documents",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("family", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("promulgated", sa.Date),
    sa.Column("effective", sa.Date),
    sa.Column("repealed", sa.Date, comment="as the document's own facts say"),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("readers", sa.Text, nullable=False),
    sa.Column("repeals", sa.Text, nullable=False, comment="titles its last articles put out of force"),
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False, index=True),
    sa.Column("articles", sa.Integer, nullable=False),
)
ARTICLES = sa.Table(
    "articles",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("suffix", sa.Integer, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
REFERENCES = sa.Table(
    "article_references",
    METADATA,
    sa.Column("document", sa.Text, nullable=False, index=True),
    sa.Column("article", sa.Text, nullable=False, index=True),
    sa.Column("target", sa.Text, nullable=False, index=True),
)
REVIEWS = sa.Table(
    "reviews",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("remedy", sa.Text, nullable=False),
)
# Documents whose index entries are older than their rows; written in the transaction that changed the rows.
PENDING = sa.Table("pending", METADATA, sa.Column("document", sa.Text, primary_key=True))
REPEALS = re.compile(r"《([^》]{4,60})》[^。；]{0,30}?同时废止")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A file that waits for a person: which, why, and what can be done."""

    source: str
    reason: str
    remedy: str = ""


class Shelf:
    """Reads and writes of one library. Writers are kept apart by the library's lock."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path}")
        METADATA.create_all(self._engine)

    def close(self) -> None:
        """Let the file go."""
        self._engine.dispose()

    def documents(self) -> dict[str, Document]:
        """Every version, with its validity closed by what came after it."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(DOCUMENTS)).mappings().all()
        stored = [(_document(row), tuple(json.loads(row["repeals"]))) for row in rows]
        return {document.id: document for document in closed(stored)}

    def counts(self) -> dict[str, int]:
        """Articles by document."""
        with self._engine.connect() as connection:
            return {row.id: row.articles for row in connection.execute(sa.select(DOCUMENTS.c.id, DOCUMENTS.c.articles))}

    def articles(self, ids: Sequence[str]) -> dict[str, Article]:
        """The articles of these ids that exist."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(ARTICLES).where(ARTICLES.c.id.in_(ids))).mappings()
            return {row["id"]: _article(row) for row in rows}

    def articles_of(self, documents: Sequence[str]) -> Iterator[Article]:
        """All articles of these documents, in their order."""
        query = sa.select(ARTICLES).order_by(ARTICLES.c.document, ARTICLES.c.position)
        with self._engine.connect() as connection:
            for start in range(0, len(documents), 500):
                some = query.where(ARTICLES.c.document.in_(documents[start : start + 500]))
                yield from map(_article, connection.execute(some).mappings())

    def numbered(self, documents: Sequence[str], number: int, suffix: int) -> list[Article]:
        """The 条 of this number in each of the documents."""
        query = sa.select(ARTICLES).where(
            ARTICLES.c.document.in_(documents), ARTICLES.c.number == number, ARTICLES.c.suffix == suffix
        )
        with self._engine.connect() as connection:
            return [_article(row) for row in connection.execute(query).mappings()]

    def references(self, ids: Sequence[str]) -> list[tuple[str, str]]:
        """References from or to these articles: who refers, to whom."""
        at = REFERENCES.c
        query = sa.select(at.article, at.target).where(at.article.in_(ids) | at.target.in_(ids))
        with self._engine.connect() as connection:
            return [(row.article, row.target) for row in connection.execute(query)]

    def put(self, document: Document, articles: Sequence[Article]) -> None:
        """Store a version in place of what had its id or came from its file."""
        tail = "".join(article.text for article in articles[-3:])
        with self._engine.begin() as connection:
            old = sa.select(DOCUMENTS.c.id).where(DOCUMENTS.c.source == document.source, DOCUMENTS.c.source != "")
            self._drop(connection, {document.id, *connection.execute(old).scalars()})
            connection.execute(
                DOCUMENTS.insert(), {**_row(document, len(articles)), "repeals": json.dumps(REPEALS.findall(tail))}
            )
            connection.execute(ARTICLES.insert(), [_article_row(article) for article in articles])
            if pairs := [
                {"document": document.id, "article": article, "target": target}
                for article, target in sorted(set(inner_references(articles)))
            ]:
                connection.execute(REFERENCES.insert(), pairs)
            connection.execute(REVIEWS.delete().where(REVIEWS.c.source == document.source))
            self._touch(connection, {document.id})

    def remove(self, ids: Iterable[str]) -> None:
        """Forget these versions."""
        with self._engine.begin() as connection:
            self._drop(connection, set(ids))

    def _drop(self, connection: sa.Connection, ids: set[str]) -> None:
        connection.execute(ARTICLES.delete().where(ARTICLES.c.document.in_(ids)))
        connection.execute(REFERENCES.delete().where(REFERENCES.c.document.in_(ids)))
        connection.execute(DOCUMENTS.delete().where(DOCUMENTS.c.id.in_(ids)))
        self._touch(connection, ids)

    def _touch(self, connection: sa.Connection, ids: set[str]) -> None:
        known = set(connection.execute(sa.select(PENDING.c.document)).scalars())
        if new := ids - known:
            connection.execute(PENDING.insert(), [{"document": id_} for id_ in sorted(new)])

    def touch(self, ids: Iterable[str]) -> None:
        """Note that the index entries of these documents are out of date."""
        with self._engine.begin() as connection:
            self._touch(connection, set(ids))

    def pending(self) -> tuple[str, ...]:
        """Documents that the index has not caught up with."""
        with self._engine.connect() as connection:
            return tuple(connection.execute(sa.select(PENDING.c.document)).scalars())

    def caught_up(self) -> None:
        """The index now holds what the rows say."""
        with self._engine.begin() as connection:
            connection.execute(PENDING.delete())

    def review(self, item: Review) -> None:
        """Put a file on the list of those that wait for a person."""
        with self._engine.begin() as connection:
            connection.execute(REVIEWS.delete().where(REVIEWS.c.source == item.source))
            connection.execute(REVIEWS.insert(), {"source": item.source, "reason": item.reason, "remedy": item.remedy})

    def reviews(self) -> list[Review]:
        """Files that wait for a person."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(REVIEWS).order_by(REVIEWS.c.source)).all()
        return [Review(source=row.source, reason=row.reason, remedy=row.remedy) for row in rows]


def closed(stored: Sequence[tuple[Document, tuple[str, ...]]]) -> list[Document]:
    """The versions with their validity ended: by the next version of the family, or by a law that repeals them by name.

    A day that the document itself gives is kept where it is earlier.
    """
    families: dict[str, list[Document]] = {}
    enders: dict[str, list[Document]] = {}
    for document, repeals in stored:
        families.setdefault(document.family, []).append(document)
        for title in repeals:
            enders.setdefault(title, []).append(document)
    return [_ended(document, families[document.family], enders.get(document.title, ())) for document, _ in stored]


def _ended(document: Document, family: Sequence[Document], enders: Sequence[Document]) -> Document:
    newer = [o.effective for o in family if _order(o) > _order(document) and o.effective]
    by_name = [
        o.effective
        for o in enders
        if o.title != document.title
        and o.effective
        and o.effective > (document.effective or date.min)
        and (o.jurisdiction == document.jurisdiction or o.jurisdiction == "")
    ]
    ends = min((*newer, *by_name), default=None)
    if ends is None or (document.repealed is not None and document.repealed <= ends):
        return document
    return replace(document, repealed=ends, withdrawn=False, superseded=bool(newer) and min(newer) == ends)


def _order(document: Document) -> tuple[date, str]:
    return document.effective or date.min, document.version


def _document(row: sa.RowMapping) -> Document:
    kept = {name: row[name] for name in row if name not in {"repeals", "articles", "readers", "level"}}
    return Document(**kept, level=Level(row["level"]), readers=tuple(json.loads(row["readers"])))


def _row(document: Document, articles: int) -> dict[str, object]:
    names = {column.name for column in DOCUMENTS.columns} - {"readers", "repeals", "articles"}
    plain = {name: getattr(document, name) for name in names}
    return plain | {"readers": json.dumps(document.readers, ensure_ascii=False), "articles": articles}


def _article(row: sa.RowMapping) -> Article:
    return Article(**{**row, "path": tuple(json.loads(row["path"]))})


def _article_row(article: Article) -> dict[str, object]:
    names = [column.name for column in ARTICLES.columns]
    return {name: getattr(article, name) for name in names} | {"path": json.dumps(article.path, ensure_ascii=False)}
