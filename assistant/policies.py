"""Composition root of the policy library: settings → a Finder with the city's vocabulary, place and links."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import yaml

from assistant.settings import Settings
from knowledge.bridge import Link, by_category, mined, standard_row
from knowledge.bridge import read as read_links
from knowledge.bridge import save as save_links
from knowledge.library import Library
from knowledge.passages import Passage
from knowledge.retrieve import Finder, Reranker
from knowledge.rewriting import Guess, Rewriter
from knowledge.vocabulary import Concept, Vocabulary, category_concepts, own_concepts
from tools.work_orders.classifier_base import base_classifier
from tools.work_orders.classifier_model import TextClassifier
from tools.work_orders.classifier_phrases import phrase_book
from warehouse.errors import WarehouseError
from warehouse.reader import open_warehouse

GUESSES = 3
CATEGORIES = Path(__file__).parent / "lexicon" / "categories.yml"


@cache
def categories() -> tuple[Concept, ...]:
    """The shipped categories as concepts: one vocabulary serves numbers, intake and law."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    listed = yaml.load(CATEGORIES.read_text(encoding="utf-8"), Loader=loader)["categories"]  # both are safe loaders
    return category_concepts(listed)


@cache
def vocabulary() -> Vocabulary:
    """What people say → what rules say."""
    return Vocabulary.of((*categories(), *own_concepts()))


def policy_finder(settings: Settings, *, rewriter: Rewriter | None = None, reranker: Reranker | None = None) -> Finder:
    """A finder over the library of the configured home; the library is made empty where there is none."""
    finder = finder_over(Library.of(settings.home), settings.home)
    finder.rewriter, finder.reranker = rewriter, reranker
    if settings.embedding_model:
        _add_dense(finder, settings.embedding_model)
    return finder


def finder_over(library: Library, home: Path) -> Finder:
    """A finder over any library, with the shipped vocabulary, the library's own links and the classifier of reports."""
    return Finder(library, vocabulary(), by_category(read_links(library)), guess=guesser(home))


def guesser(home: Path) -> Guess:
    """Which category plain words are about, by the classifier that files reports; read when it is first asked."""

    @cache
    def classifier() -> TextClassifier:
        return base_classifier(home, phrase_book())

    def guess(text: str) -> list[tuple[str, float]]:
        ours = {concept.id for concept in categories()}
        return [(label if label in ours else "", share) for label, share in classifier().rank(text)[:GUESSES]]

    return guess


def mine_links(library: Library, day: date) -> list[Link]:
    """Link the categories to the articles about them, keep the links as data, return them."""
    return save_links(library, mined(library, categories(), day))


def handling_rule(settings: Settings, category: str, *, day: date) -> dict[str, object] | None:
    """The row of the handling standard for a category (id, or any official name), as a citation; None where there is none.

    What a work-order card cites, and what joins a number with its rule.
    """
    library = Library.of(settings.home)
    concept = next((c for c in categories() if category == c.id or category in c.law), None)
    row = standard_row(library, concept, day=day, place=own_place(settings)) if concept else None
    if row is None:
        return None
    document = library.documents[row.document]
    return Passage(article=row, document=document, status=document.status(day), why="category").as_citation()


def _add_dense(finder: Finder, model: str) -> None:
    """Switch dense search on, for the languages in which the model passes its self-test."""
    from knowledge.dense import DenseIndex, Encoder

    encoder = Encoder(model)
    library = finder.library
    finder.weighed = encoder.self_test()
    finder.dense = DenseIndex(library.folder / "chroma", encoder)
    finder.dense.sync({d.id: d.digest for d in library.documents.values()}, library.shelf.articles_of)


def own_place(settings: Settings) -> str:
    """The jurisdiction path whose rules hold here: the setting, else the current city's name, else the nation."""
    if settings.jurisdiction:
        return settings.jurisdiction
    try:
        warehouse = open_warehouse(settings.home)
    except WarehouseError:
        return ""
    place = settings.place(warehouse.city)
    warehouse.close()
    return place
