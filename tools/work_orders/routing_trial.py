"""How well dispatch finds who a case goes to: a city's own cases in order of time, the first to learn, the last to test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.work_orders.model import CaseDraft, Category, Place
from tools.work_orders.routing import TARGETS, Router, Target
from tools.work_orders.routing_build import build_router
from tools.work_orders.routing_rules import AREAS
from warehouse.past_cases import PastRoute, moment_of_share, routes_since, routes_until
from warehouse.reader import Warehouse

LEARNED_SHARE = 0.8
Report = Callable[[str, float], None]
# Rounds of the linear model over its cases; more change its accuracy by less than a tenth of a per cent.
_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a way of choosing did on the held-back cases that went to somebody.

    Attributes:
        covered: Share of the cases with at least the threshold's confidence; the others go to a dispatcher.
        accuracy_covered: Among those. `calibration`: mean distance of confidence and accuracy over ten bands.
        covered, accuracy_covered, calibration: None where the way of choosing says nothing about how sure it is.
    """

    method: str
    target: Target
    cases: int
    accuracy: float
    covered: float | None = None
    accuracy_covered: float | None = None
    calibration: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Scores by target, simplest way of choosing first; `split` is naive wall time."""

    split: datetime
    learned: int
    threshold: float
    scores: tuple[Score, ...]


def measure(warehouse: Warehouse, report: Report, *, baseline: bool = True) -> Trial | None:
    """Route the last fifth of the city's cases by what the others did; None where there are too few.

    Args:
        baseline: Fit the linear model on character n-grams too; it takes a minute or two for tens of thousands of cases.
    """
    split = moment_of_share(warehouse, LEARNED_SHARE)
    if split is None:
        return None
    held, learned = routes_since(warehouse, split), routes_until(warehouse, split)
    if not held or not learned:
        return None
    router = build_router(warehouse, before=split)
    guesses = _routed(router, held, report)
    scores: list[Score] = []
    for target in TARGETS:
        known = [one for one in learned if getattr(one, target) is not None]
        asked = [at for at, one in enumerate(held) if getattr(one, target) is not None]
        if not known or not asked:
            continue
        tested = [held[at] for at in asked]
        scores += [
            _score("majority", target, tested, [(_most(known, target), None)] * len(tested), router.threshold),
            _score("class majority", target, tested, _by_class(known, tested, target), router.threshold),
        ]
        if baseline:
            found = _linear(known, tested, target, report)
            scores.append(_score("linear n-grams", target, tested, found, router.threshold))
        scores.append(_score("routing", target, tested, [guesses[target][at] for at in asked], router.threshold))
    return Trial(split=split, learned=len(learned), threshold=router.threshold, scores=tuple(scores))


def draft_of_past(one: PastRoute) -> CaseDraft:
    """A past case as it was before anybody had chosen who gets it."""
    point = (one.longitude, one.latitude) if one.longitude is not None and one.latitude is not None else (None, None)
    areas = {level: getattr(one, level) for level in AREAS}
    return CaseDraft(
        title=one.title or "",
        description=one.title or "",
        category=Category(kind="event", major=one.major_category or "", minor=one.minor_category),
        place=Place(**areas, longitude=point[0], latitude=point[1]),
    )


Guess = tuple[str | None, float | None]


def _routed(router: Router, held: Sequence[PastRoute], report: Report) -> dict[Target, list[Guess]]:
    """The likeliest of each case, class after class, so that each class is read once."""
    found: dict[Target, list[Guess]] = {target: [(None, 0.0)] * len(held) for target in TARGETS}
    order = sorted(range(len(held)), key=lambda at: held[at].minor_category)
    for done, at in enumerate(order):
        routing = router.route(draft_of_past(held[at]))
        for target, routes in zip(TARGETS, (routing.departments, routing.units), strict=True):
            if routes:
                found[target][at] = (routes[0].name, routes[0].confidence)
        if done % 200 == 0:
            report("routing the held-back cases", done / len(held))
    return found


def _most(known: Sequence[PastRoute], target: Target) -> str:
    counts = Counter(str(getattr(one, target)) for one in known)
    return counts.most_common(1)[0][0]


def _by_class(known: Sequence[PastRoute], tested: Sequence[PastRoute], target: Target) -> list[Guess]:
    counts: dict[str, Counter[str]] = {}
    for one in known:
        counts.setdefault(one.minor_category, Counter())[str(getattr(one, target))] += 1
    usual = {minor: found.most_common(1)[0][0] for minor, found in counts.items()}
    return [(usual.get(one.minor_category), None) for one in tested]


def _linear(known: Sequence[PastRoute], tested: Sequence[PastRoute], target: Target, report: Report) -> list[Guess]:
    """Logistic regression by gradient descent on character n-grams of all the words that routing looks at."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import SGDClassifier

    answers = np.array([str(getattr(one, target)) for one in known])
    chance, classes = np.random.default_rng(0), np.unique(answers)
    if len(classes) == 1:
        return [(str(classes[0]), 1.0)] * len(tested)
    what = f"linear model, {target}"
    report(what, 0.0)
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32)
    learned = vectoriser.fit_transform([_words(one) for one in known])
    model = SGDClassifier(loss="log_loss", alpha=1e-6, random_state=0, n_jobs=-1)
    for round_ in range(_ROUNDS):
        report(what, (round_ + 1) / (_ROUNDS + 1))
        mixed = chance.permutation(len(answers))
        model.partial_fit(learned[mixed], answers[mixed], classes=classes)
    odds: npt.NDArray[Any] = model.predict_proba(vectoriser.transform([_words(one) for one in tested]))
    best = odds.argmax(axis=1)
    return [(str(model.classes_[at]), float(odds[row, at])) for row, at in enumerate(best)]


def _words(one: PastRoute) -> str:
    told = (one.major_category, one.minor_category, one.title, *(getattr(one, level) for level in AREAS))
    return " | ".join(part for part in told if part)


def _score(
    method: str, target: Target, tested: Sequence[PastRoute], guesses: Sequence[Guess], threshold: float
) -> Score:
    right = np.array([guess == getattr(one, target) for one, (guess, _) in zip(tested, guesses, strict=True)])
    score = Score(method=method, target=target, cases=len(tested), accuracy=float(right.mean()))
    if any(confidence is None for _, confidence in guesses):
        return score
    sure = np.array([confidence or 0.0 for _, confidence in guesses])
    taken = sure >= threshold
    band = np.minimum((sure * 10).astype(int), 9)
    apart = sum(abs(float(sure[band == one].sum() - right[band == one].sum())) for one in range(10))
    return Score(
        method=method,
        target=target,
        cases=len(tested),
        accuracy=score.accuracy,
        covered=float(taken.mean()),
        accuracy_covered=float(right[taken].mean()) if taken.any() else None,
        calibration=apart / len(tested),
    )
