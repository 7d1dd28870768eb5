"""A linear text classifier with calibrated confidence, kept as plain arrays.

One weight vector per label over hashed n-grams with tf-idf weights. A temperature, fitted on phrases held back from
training, turns margins into probabilities that mean what they say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tools.work_orders.classifier_text import features

Floats = npt.NDArray[np.float32]
_HELD_BACK = 6
_TEMPERATURES = np.geomspace(0.03, 1.5, 40)
_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TextClassifier:
    """What was learned.

    Attributes:
        vocabulary: Feature numbers, sorted; a feature outside it says nothing.
        weights: Features × labels. `idf`: weight of each feature.
        temperature: Margins are divided by it before they become probabilities.
        report: Samples, accuracy and expected calibration error on the held-back part.
    """

    labels: tuple[str, ...]
    vocabulary: npt.NDArray[np.int64]
    idf: Floats
    weights: Floats
    bias: Floats
    temperature: float
    report: Mapping[str, Any]

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Labels with their probabilities, likeliest first; they sum to one."""
        chances = _softmax(self.margins(text)[None, :] / self.temperature)[0]
        return [(self.labels[at], float(chances[at])) for at in np.argsort(-chances)]

    def margins(self, text: str) -> Floats:
        """Signed distances to each label's boundary."""
        at, values = _weighted(features(text), self.vocabulary, self.idf)
        result: Floats = (values @ self.weights[at] + self.bias).astype(np.float32)
        return result

    def save(self, path: Path) -> None:
        """Write it as arrays (no code in the file); whoever reads sees the old or the new file, never half of one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"labels": self.labels, "temperature": self.temperature, "report": dict(self.report)}
        fresh = path.with_suffix(".new.npz")
        np.savez(
            fresh,
            vocabulary=self.vocabulary,
            idf=self.idf,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            told=np.frombuffer(json.dumps(told, ensure_ascii=False).encode(), dtype=np.uint8),
        )
        fresh.replace(path)


def load_classifier(path: Path) -> TextClassifier:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        told = json.loads(arrays["told"].tobytes().decode())
        return TextClassifier(
            labels=tuple(told["labels"]),
            vocabulary=arrays["vocabulary"],
            idf=arrays["idf"],
            weights=arrays["weights"].astype(np.float32),
            bias=arrays["bias"],
            temperature=float(told["temperature"]),
            report=told["report"],
        )


def train(samples: Sequence[tuple[str, str]]) -> TextClassifier:
    """Learn from (text, label) pairs. The same samples give the same classifier.

    Every sixth sample of a label is first held back to fit the temperature and to measure; the final weights then
    learn from all of them.
    """
    held = _held_back([label for _, label in samples])
    kept = [sample for sample, out in zip(samples, held, strict=True) if not out]
    tested = [sample for sample, out in zip(samples, held, strict=True) if out]
    trial = _fit(kept, 1.0, {})
    temperature, report = _calibrate(trial, tested)
    return _fit(samples, temperature, {"samples": len(samples), "labels": len(set(trial.labels)), **report})


def expected_calibration_error(confidence: npt.NDArray[Any], right: npt.NDArray[Any]) -> float:
    """Mean gap between confidence and accuracy over ten equal-width bins, weighted by the samples in each."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(confidence[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean()
        for one in range(_BINS)
        if (bins == one).any()
    ]
    return float(sum(gaps))


def _held_back(labels: Sequence[str]) -> list[bool]:
    seen: dict[str, int] = {}
    held = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        held.append(seen[label] % _HELD_BACK == 0)
    return held


def _weighted(
    numbers: npt.NDArray[np.int64], vocabulary: npt.NDArray[np.int64], idf: Floats
) -> tuple[npt.NDArray[np.int64], Floats]:
    at = np.searchsorted(vocabulary, numbers)
    at = np.minimum(at, len(vocabulary) - 1)
    at = at[vocabulary[at] == numbers]
    values = idf[at]
    return at, values / max(float(np.linalg.norm(values)), 1e-9)


def _fit(samples: Sequence[tuple[str, str]], temperature: float, report: Mapping[str, Any]) -> TextClassifier:
    # Imported here: a second of start-up that only training needs.
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    rows = [features(text) for text, _ in samples]
    vocabulary, counts = np.unique(np.concatenate(rows), return_counts=True)
    # An n-gram of one phrase alone tells its own phrase only: without them the model is a third as large and as slow.
    vocabulary, counts = vocabulary[counts > 1], counts[counts > 1]
    idf = (np.log((1 + len(rows)) / (1 + counts)) + 1).astype(np.float32)
    parts = [_weighted(row, vocabulary, idf) for row in rows]
    ends = np.cumsum([0, *(len(at) for at, _ in parts)])
    columns, values = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    matrix = csr_matrix((values, columns, ends), shape=(len(rows), len(vocabulary)))
    model = LinearSVC(C=0.6, random_state=0, dual=True, tol=1e-2, max_iter=400)
    model.fit(matrix, [label for _, label in samples])
    return TextClassifier(
        labels=tuple(str(label) for label in model.classes_),
        vocabulary=vocabulary,
        idf=idf,
        weights=model.coef_.T.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
        temperature=temperature,
        report=report,
    )


def _calibrate(model: TextClassifier, tested: Sequence[tuple[str, str]]) -> tuple[float, dict[str, Any]]:
    known = {label: at for at, label in enumerate(model.labels)}
    pairs = [(text, known[label]) for text, label in tested if label in known]
    if not pairs:
        return 0.2, {"held_back": 0}
    margins = np.stack([model.margins(text) for text, _ in pairs])
    truth = np.array([at for _, at in pairs])
    losses = [-np.log(_softmax(margins / t)[np.arange(len(truth)), truth] + 1e-12).mean() for t in _TEMPERATURES]
    temperature = float(_TEMPERATURES[int(np.argmin(losses))])
    chances = _softmax(margins / temperature)
    right = chances.argmax(axis=1) == truth
    return temperature, {
        "held_back": len(pairs),
        "accuracy": round(float(right.mean()), 4),
        "calibration_error": round(expected_calibration_error(chances.max(axis=1), right), 4),
    }


def _softmax(margins: npt.NDArray[Any]) -> npt.NDArray[Any]:
    raised = np.exp(margins - margins.max(axis=1, keepdims=True))
    chances: npt.NDArray[Any] = raised / raised.sum(axis=1, keepdims=True)
    return chances
