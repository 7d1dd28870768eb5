"""Composition root of the policy library: settings → a Finder with the city's vocabulary, place and links."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from assistant.settings import Settings
from knowledge.library import Library
from knowledge.retrieve import Finder, Reranker
from knowledge.rewriting import Rewriter
from knowledge.vocabulary import Concept, Vocabulary, category_concepts, own_concepts

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
    library = Library.of(settings.home)
    return Finder(library, vocabulary(), rewriter=rewriter, reranker=reranker)


def own_place(settings: Settings) -> str:
    """The jurisdiction path whose rules hold here: the setting, else the current city's name, else the nation."""
    pointer = settings.home / "current_city"
    if settings.jurisdiction or not pointer.is_file():
        return settings.jurisdiction
    facts = settings.home / "cities" / pointer.read_text(encoding="utf-8").strip() / "catalog" / "city.yml"
    if not facts.is_file():
        return ""
    return str((yaml.safe_load(facts.read_text(encoding="utf-8")) or {}).get("name", {}).get("zh", ""))
