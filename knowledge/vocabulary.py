"""Vocabulary: what people say → what rules say, in Chinese and English. Data: the city's categories and our own lists."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from snowballstemmer import stemmer

from knowledge.words import pairs, terms

LEXICON = Path(__file__).parent / "lexicon"
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
ENOUGH = 0.6
LONGEST_PHRASE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """Something that rules speak of.

    Attributes:
        id: Of the city's category; empty for an entry of our own lists.
        law: Words that rules use for it; what a question is widened by. Of a category: its official names.
        rules: Of a category: further words of rules, where its names are not what they say.
        zh, en: What people say when they mean it.
    """

    id: str = ""
    law: tuple[str, ...]
    rules: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """A concept that a question names, how surely (0 to 1), and by which words."""

    concept: Concept
    share: float
    said: str


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Concepts, found by what people say. Without any, questions are searched as they stand."""

    concepts: tuple[Concept, ...] = ()
    _zh: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    _en: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    _rarity: dict[str, float] = field(default_factory=dict)
    _whole: dict[str, float] = field(default_factory=dict)
    _categories: dict[str, Concept] = field(default_factory=dict)

    @classmethod
    def of(cls, concepts: Iterable[Concept]) -> Vocabulary:
        """The vocabulary of these concepts."""
        listed = tuple(concepts)
        made = cls(listed)
        made._categories.update({concept.id: concept for concept in listed if concept.id})
        counts: Counter[str] = Counter()
        for number, concept in enumerate(listed):
            for phrase in dict.fromkeys((*concept.zh, *(w for w in concept.law if concept.id))):
                for term in set(terms(phrase)):
                    made._zh.setdefault(term, []).append((phrase, number))
                    counts[term] += 1
            for phrase in concept.en:
                made._en.setdefault(tuple(stems(phrase)), []).append(number)
        made._rarity.update({term: math.log(1 + 5000 / n) for term, n in counts.items()})
        phrases = {phrase for entries in made._zh.values() for phrase, _ in entries}
        made._whole.update({phrase: sum(made._rarity[term] for term in set(terms(phrase))) for phrase in phrases})
        return made

    def category(self, id_: str) -> Concept | None:
        """The category with this id."""
        return self._categories.get(id_)

    def meant(self, question: str) -> list[Meant]:
        """The concepts a question names, the surest first; each once."""
        found = [*self._meant_zh(question), *self._meant_en(question)]
        best: dict[int, Meant] = {}
        for number, meant in found:
            if number not in best or _sureness(best[number]) < _sureness(meant):
                best[number] = meant
        # The number settles ties: the same question must mean the same in every process.
        return [meant for _, meant in sorted(best.items(), key=lambda e: (-e[1].share, -len(e[1].said), e[0]))]

    def _meant_zh(self, question: str) -> Iterable[tuple[int, Meant]]:
        asked = dict.fromkeys(terms(question))
        hit: dict[tuple[str, int], float] = {}
        for term in asked:
            for entry in self._zh.get(term, ()):
                hit[entry] = hit.get(entry, 0.0) + self._rarity[term]
        for (phrase, number), weight in hit.items():
            whole = phrase in question
            share = 1.0 if whole else 0.9 * weight / self._whole[phrase]
            if share >= ENOUGH and (whole or set(pairs(phrase)) & asked.keys()):
                yield number, Meant(self.concepts[number], share, phrase)

    def _meant_en(self, question: str) -> Iterable[tuple[int, Meant]]:
        words = stems(question)
        taken = [False] * len(words)
        for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
            for at in range(len(words) - length + 1):
                key = tuple(words[at : at + length])
                if any(taken[at : at + length]) or key not in self._en:
                    continue
                # A city's category is one thing a phrase may mean; its single words still mean what they mean.
                if any(not self.concepts[number].id for number in self._en[key]):
                    taken[at : at + length] = [True] * length
                for number in self._en[key]:
                    yield number, Meant(self.concepts[number], 1.0, " ".join(key))

    def unknown_words(self, question: str) -> tuple[str, ...]:
        """English words of the question that no concept and no function word accounts for."""
        explained = {word for _, meant in self._meant_en(question) for word in meant.said.split()}
        return tuple(
            word
            for word in WORD.findall(question.lower())
            if stem(word) not in explained and word not in function_words() and not word.isdecimal()
        )


def _sureness(meant: Meant) -> tuple[float, int, str]:
    return meant.share, len(meant.said), meant.said


@cache
def function_words() -> frozenset[str]:
    """English words that carry no subject."""
    return frozenset(str(word) for word in read_lexicon("english.yml")["function_words"])


@cache
def naming_words() -> frozenset[str]:
    """English words of a title that tell what kind of rule it is, not what about."""
    return frozenset(str(word) for word in read_lexicon("english.yml")["naming_words"])


@cache
def stem(word: str) -> str:
    """The English stem."""
    return str(stemmer("english").stemWord(word))


def stems(text: str) -> list[str]:
    """The stems of the English words of a text, in order."""
    return [stem(word) for word in WORD.findall(text.lower())]


@cache
def own_concepts() -> tuple[Concept, ...]:
    """Our own lists: plain words → statutory words, and English → statutory words."""
    plain = [
        Concept(law=tuple(map(str, e["law"])), zh=tuple(map(str, e["say"]))) for e in read_lexicon("plain_words.yml")
    ]
    english = [
        Concept(law=tuple(str(zh).split()), en=(str(en),)) for en, zh in read_lexicon("english.yml")["words"].items()
    ]
    return (*plain, *english)


def category_concepts(entries: Sequence[Mapping[str, Any]]) -> tuple[Concept, ...]:
    """Concepts of the city's categories, as listed in the shipped category lexicon (id, name, names, say)."""
    return tuple(map(_category, entries))


def _category(entry: Mapping[str, Any]) -> Concept:
    def listed(key: str, language: str) -> list[str]:
        return [str(word) for word in (entry.get(key) or {}).get(language, ())]

    official = [str(entry["name"]["zh"]), *listed("names", "zh")]
    english = [str(entry["name"].get("en", "")), *listed("names", "en"), *listed("say", "en")]
    return Concept(
        id=str(entry["id"]),
        law=tuple(official),
        rules=tuple(str(read_lexicon("category_words.yml").get(entry["id"], "")).split()),
        zh=tuple(listed("say", "zh")),
        en=tuple(filter(None, english)),
    )


@cache
def read_lexicon(name: str) -> Any:
    """A list of this floor's lexicon folder."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((LEXICON / name).read_text(encoding="utf-8"), Loader=loader)  # both are safe loaders
