"""Is it a question about rules, and what of the rule does it ask? Pure functions over `lexicon/questions.yml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from knowledge.numerals import NUMERAL
from knowledge.references import BARE_NUMBER
from knowledge.vocabulary import read_lexicon
from knowledge.words import is_chinese

TITLE = re.compile(r"《[^》]{2,60}》")
ARTICLE = re.compile(rf"第\s*{NUMERAL}\s*条|\barticle\s+\d+", re.IGNORECASE)


CLAUSE = re.compile(
    r"\s*[,，;；。？?]\s*(?:那么?|以及|还有|另外|并且|and\b)?\s*|\s+(?:and|以及)\s+|以及|还有|并且", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Joined:
    """A question for a number with a question for its rule: 暴露垃圾超期的有多少,标准是几小时."""

    number: str
    rule: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What is asked of a rule: penalty, authority, deadline, amount, permission, standard or basis."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """How surely a text asks about rules, and what it asks of them.

    Attributes:
        confidence: 0 no sign of it; 0.5 words of asking for a rule, which decide where nothing else explains the
            question; 1 it names a rule or can mean nothing else.
    """

    confidence: float
    intents: tuple[Intent, ...] = ()

    @property
    def asks(self) -> frozenset[str]:
        """The names of the intents."""
        return frozenset(intent.name for intent in self.intents)


def policy_question(text: str) -> PolicyQuestion:
    """How surely the text asks what a rule says, as opposed to asking for a number or for small talk.

    >>> [policy_question(t).confidence for t in ("夜间施工扰民归谁管、罚多少", "昨天夜里哪个区域异常最多")]
    [1.0, 0.0]
    """
    lowered = text.lower()
    intents = tuple(intents_of(text))
    if TITLE.search(text) or ARTICLE.search(text) or BARE_NUMBER.search(text):
        return PolicyQuestion(1.0, intents)
    if any(_says(lowered, word) for word in _listed("never", lowered)):
        # 「昨天罚了多少件」 counts; but a question that joins a number with its rule says so in sure words.
        sure = joined(text) is not None or any(_says(lowered, word) for word in _listed("sure", lowered))
        return PolicyQuestion(0.5 if sure else 0.0, intents)
    if any(_says(lowered, word) for word in _listed("sure", lowered)):
        return PolicyQuestion(1.0, intents)
    cue = any(_says(lowered, word) for word in _listed("cue", lowered))
    return PolicyQuestion(0.5 if cue else 0.0, intents)


def joined(text: str) -> Joined | None:
    """The two halves of a question that asks for a number and for its rule; None where it is not so.

    >>> joined("暴露垃圾超期的有多少,标准是几小时")
    Joined(number='暴露垃圾超期的有多少', rule='标准是几小时')
    """
    parts = [part for part in CLAUSE.split(text) if part]
    rules = [part for part in parts if _asks_for_rule(part)]
    numbers = [part for part in parts if part not in rules]
    if not rules or not any(_says(part.lower(), word) for part in numbers for word in _listed("number", part)):
        return None
    return Joined("，".join(numbers), "，".join(rules))


def _asks_for_rule(clause: str) -> bool:
    """Whether a clause asks what a rule says: a noun of rules with a word of asking, or sure words, and no count."""
    lowered = clause.lower()
    if any(_says(lowered, word) for word in _listed("never", lowered)):
        return False
    says = {key: any(_says(lowered, word) for word in _listed(key, lowered)) for key in ("sure", "noun", "asked")}
    return says["sure"] or (says["noun"] and says["asked"])


def intents_of(text: str) -> list[Intent]:
    """What the question asks of a rule, each once, by the longest of its words."""
    lowered, language = text.lower(), "zh" if is_chinese(text) else "en"
    found = []
    for name, entry in _lexicon()["intents"].items():
        said = [word for word in entry[language] if _says(lowered, word)]
        if said:
            found.append(Intent(name, max(said, key=len)))
    return found


def intent_words(name: str) -> tuple[str, ...]:
    """Words of rules that answer such a question."""
    return tuple(_lexicon()["intents"][name]["law"])


def stripped(question: str) -> str:
    """A Chinese question without the words of asking, so that they cannot outweigh its subject."""
    for word in _asking_words():
        question = question.replace(word, " ")
    return question


@cache
def _asking_words() -> tuple[str, ...]:
    words = {*_lexicon()["strip"]["zh"], *(w for e in _lexicon()["intents"].values() for w in e["zh"])}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _listed(key: str, text: str) -> list[str]:
    return list(_lexicon()[key]["zh" if is_chinese(text) else "en"])


def _says(text: str, word: str) -> bool:
    if is_chinese(word):
        return word in text
    return re.search(rf"\b{re.escape(word)}\b", text) is not None


@cache
def _lexicon() -> dict[str, Any]:
    read: dict[str, Any] = read_lexicon("questions.yml")
    return read
