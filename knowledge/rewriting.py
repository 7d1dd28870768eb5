"""From a question to weighted search terms: its own words, the words rules use for them, and a language model's, if any."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field

from knowledge.asking import Intent, intent_words, intents_of, stripped
from knowledge.vocabulary import Meant, Vocabulary, stems
from knowledge.words import is_chinese, pairs, terms

# What a language model may be asked for: a question in, three to six phrases of statutory Chinese out.
Rewriter = Callable[[str], Sequence[str]]
# Which category a text reports, likeliest first, with probabilities; "" is what no city handles.
Guess = Callable[[str], Sequence[tuple[str, float]]]

OWN, MODEL, INTENT, ASKING = 1.0, 1.2, 0.12, 0.2
PLAIN, CATEGORY, ENGLISH = 0.55, 0.5, 1.0
BRIDGE, LIKELY = 0.4, 0.15
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
        reports: How surely the words report something a city handles; how surely something that it does not.
    """

    weights: dict[str, float]
    groups: tuple[tuple[str, ...], ...]
    meant: tuple[Meant, ...]
    intents: tuple[Intent, ...]
    unknown: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    reports: tuple[float, float] = (0.0, 0.0)

    @property
    def asks(self) -> frozenset[str]:
        """The names of the intents."""
        return frozenset(intent.name for intent in self.intents)


def widened(
    question: str, vocabulary: Vocabulary, rewriter: Rewriter | None = None, guess: Guess | None = None
) -> Widened:
    """The question in the words of rules. The same question and vocabulary give the same terms."""
    chinese = is_chinese(question)
    phrases = tuple(rewriter(question))[:MOST_PHRASES] if rewriter else ()
    meant = tuple(vocabulary.meant(question)[: MOST_CONCEPTS if chinese else 3 * MOST_CONCEPTS])
    intents = tuple(intents_of(question))
    weights: dict[str, float] = {}
    if chinese:
        _add(weights, terms(stripped(question)), OWN)
        # 「罚款没钱交」 is about a word of asking: none is left out altogether.
        _add(weights, pairs(question), ASKING)
    for phrase in phrases:
        _add(weights, terms(phrase), MODEL)
    for one in meant:
        for word in one.concept.law:
            _add(weights, pairs(word), _weight(one, chinese, intents))
    guessed = guess(question) if guess else ()
    for id_, share in guessed:
        concept = vocabulary.category(id_)
        if concept is not None and concept.rules and share >= LIKELY:
            for word in concept.rules:
                _add(weights, pairs(word), BRIDGE * share * 1.5 / math.sqrt(1 + len(concept.rules)))
    for intent in intents:
        for word in intent_words(intent.name):
            _add(weights, pairs(word), INTENT)
    groups = tuple(one.concept.law for one in meant)
    unknown = () if chinese else vocabulary.unknown_words(question)
    ours = max((share for id_, share in guessed if id_), default=0.0)
    return Widened(weights, groups, meant, intents, unknown, phrases, (ours, sum(s for id_, s in guessed if not id_)))


def _weight(one: Meant, chinese: bool, intents: Sequence[Intent]) -> float:
    """What each of a concept's words weighs: less where there are many, so that no concept outweighs the others.

    English words that only say what is asked of the rule (fine, responsible) weigh as little as in Chinese.
    """
    base = CATEGORY if one.concept.id else (PLAIN if chinese else ENGLISH)
    if not chinese and any(one.said in " ".join(stems(intent.said)) for intent in intents):
        base = INTENT
    return base * one.share * 1.5 / math.sqrt(1 + len(one.concept.law))


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
