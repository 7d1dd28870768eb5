"""From a question to weighted search terms: its own words, the words rules use for them, and a language model's, if any."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field

from knowledge.asking import Intent, intent_words, intents_of, stripped
from knowledge.vocabulary import Meant, Vocabulary
from knowledge.words import is_chinese, pairs, terms

# What a language model may be asked for: a question in, three to six phrases of statutory Chinese out.
Rewriter = Callable[[str], Sequence[str]]

OWN, MODEL, INTENT = 1.0, 1.2, 0.25
PLAIN, CATEGORY, ENGLISH = 0.55, 0.5, 1.0
MOST_PHRASES = 6
MOST_CONCEPTS = 8
KEPT = 2000


@dataclass(frozen=True, slots=True)
class Widened:
    """A question ready for the index.

    Attributes:
        weights: Terms and what they weigh.
        groups: Alternatives that stand for one thing the question names; coverage is counted by them.
        meant: Concepts the question names.
        unknown: English words that nothing accounts for.
        phrases: What the language model added.
    """

    weights: dict[str, float]
    groups: tuple[tuple[str, ...], ...]
    meant: tuple[Meant, ...]
    intents: tuple[Intent, ...]
    unknown: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    @property
    def asks(self) -> frozenset[str]:
        """The names of the intents."""
        return frozenset(intent.name for intent in self.intents)


def widened(question: str, vocabulary: Vocabulary, rewriter: Rewriter | None = None) -> Widened:
    """The question in the words of rules. The same question and vocabulary give the same terms."""
    chinese = is_chinese(question)
    phrases = tuple(rewriter(question))[:MOST_PHRASES] if rewriter else ()
    meant = tuple(vocabulary.meant(question)[: MOST_CONCEPTS if chinese else 3 * MOST_CONCEPTS])
    intents = tuple(intents_of(question))
    weights: dict[str, float] = {}
    if chinese:
        _add(weights, terms(stripped(question)), OWN)
    for phrase in phrases:
        _add(weights, terms(phrase), MODEL)
    for one in meant:
        base = (CATEGORY if one.concept.id else PLAIN) if chinese else (CATEGORY if one.concept.id else ENGLISH)
        for word in one.concept.law:
            _add(weights, terms(word) if not chinese else pairs(word), base * one.share)
    for intent in intents:
        for word in intent_words(intent.name):
            _add(weights, pairs(word), INTENT)
    groups = tuple(one.concept.law for one in meant)
    return Widened(weights, groups, meant, intents, () if chinese else vocabulary.unknown_words(question), phrases)


def _add(weights: dict[str, float], found: Iterable[str], weight: float) -> None:
    for term in found:
        weights[term] = max(weight, weights.get(term, 0.0))


@dataclass(eq=False)
class TimeLimited:
    """A language model's rewriter that is asked once per question, and not waited for longer than `seconds`.

    A failure or a late answer means no phrases: the question is searched with what the library knows itself.
    """

    ask: Rewriter
    seconds: float = 4.0
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "rewriter"))

    def __call__(self, question: str) -> tuple[str, ...]:
        """The phrases for a question; empty when there are none in time."""
        with self._lock:
            if question in self._known:
                return self._known[question]
        waiting = self._pool.submit(self.ask, question)
        try:
            phrases = tuple(str(phrase) for phrase in waiting.result(self.seconds))[:MOST_PHRASES]
        except TooLate:
            waiting.cancel()
            return ()
        except Exception:  # noqa: BLE001  # whatever a provider raises: the search goes on without it
            return ()
        with self._lock:
            if len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[question] = phrases
        return phrases
