"""Index: BM25 by tantivy, filters applied before ranking."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tantivy

from knowledge.articles import Article, Document
from knowledge.words import terms

OPEN_END = 99_999_999
NEVER = 0
HEAP_BYTES = 60_000_000
EVERYBODY = "*"
SCHEMA_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What may be seen at all.

    Attributes:
        day: In force on this day; None: any version.
        places: Jurisdiction paths whose rules hold; empty: all.
        groups: Whom the asker counts as; documents with a list of readers are seen by these only.
        documents: Only these; empty: all.
    """

    day: date | None
    places: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An article id and its BM25 score."""

    article: str
    score: float


class Index:
    """Articles by their characters. One writer at a time; readers see the last commit."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"v{SCHEMA_VERSION}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(self._folder))
        self._searcher = self._index.searcher()

    @property
    def size(self) -> int:
        """Articles in it."""
        return int(self._searcher.num_docs)

    def refresh(self) -> None:
        """See what another process committed."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def replace(
        self,
        gone: Iterable[str],
        documents: Mapping[str, Document],
        articles: Iterable[Article],
        on_article: Callable[[], None] = lambda: None,
    ) -> None:
        """Take out every article of `gone`, put in `articles`; one commit, so readers see all of it or nothing."""
        writer = self._index.writer(heap_size=HEAP_BYTES, num_threads=1)
        for document in gone:
            writer.delete_documents_by_term("document", document)
        for article in articles:
            writer.add_document(_entry(article, documents[article.document]))
            on_article()
        writer.commit()
        writer.wait_merging_threads()
        self.refresh()

    def clear(self) -> None:
        """Start anew, also when the files are damaged."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._index = tantivy.Index(self._schema, path=str(self._folder))
        self._searcher = self._index.searcher()

    def search(self, weights: Mapping[str, float], within: Filter, limit: int) -> list[Hit]:
        """The best articles for weighted terms, best first; nothing outside the filter is ever scored."""
        if not weights:
            return []
        schema, query = self._schema, tantivy.Query
        should = [
            (tantivy.Occur.Should, query.boost_query(query.term_query(schema, "body", term, "freq"), weight))
            for term, weight in weights.items()
        ]
        scored = query.boolean_query(should)
        must = [(tantivy.Occur.Must, query.const_score_query(clause, 0.0)) for clause in self._clauses(within)]
        found = self._searcher.search(query.boolean_query([(tantivy.Occur.Must, scored), *must]), limit, count=False)
        return [Hit(str(self._searcher.doc(at)["id"][0]), float(score)) for score, at in found.hits]

    def frequency(self, term: str) -> int:
        """In how many articles a term stands."""
        return int(self._searcher.doc_freq("body", term))

    def _clauses(self, within: Filter) -> list[tantivy.Query]:
        schema, query = self._schema, tantivy.Query
        clauses = [query.term_set_query(schema, "reader", [EVERYBODY, *within.groups])]
        if within.places:
            clauses.append(query.term_set_query(schema, "place", [f"/{place}" for place in within.places]))
        if within.documents:
            clauses.append(query.term_set_query(schema, "document", list(within.documents)))
        if within.day is not None:
            kind, day = tantivy.FieldType.Unsigned, _number(within.day)
            clauses.append(query.range_query(schema, "since", kind, 0, day))
            clauses.append(query.range_query(schema, "until", kind, day + 1, OPEN_END))
        return clauses


def _schema() -> tantivy.Schema:
    build = tantivy.SchemaBuilder()
    build.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("document", "place", "reader"):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("since", "until"):
        build.add_unsigned_field(name, indexed=True, fast=True)
    build.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    return build.build()


def _entry(article: Article, document: Document) -> tantivy.Document:
    entry = tantivy.Document()
    entry.add_text("id", article.id)
    entry.add_text("document", article.document)
    entry.add_text("place", f"/{document.jurisdiction}")
    for reader in document.readers or (EVERYBODY,):
        entry.add_text("reader", reader)
    entry.add_unsigned("since", _number(document.effective) if document.effective else NEVER)
    entry.add_unsigned("until", _until(document))
    entry.add_text("body", " ".join(terms(" ".join((document.title, *article.path, article.label, article.text)))))
    return entry


def _until(document: Document) -> int:
    if document.repealed is not None:
        return _number(document.repealed)
    return NEVER if document.withdrawn else OPEN_END


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def weights_of(texts: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Terms with the highest weight that any text gives them."""
    weights: dict[str, float] = {}
    for text, weight in texts:
        for term in terms(text):
            weights[term] = max(weight, weights.get(term, 0.0))
    return weights
