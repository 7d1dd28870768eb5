"""Options of the whole test run, and the one thing that every home would learn anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.work_orders import classifier_base
from tools.work_orders.classifier_model import TextClassifier


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew instead of comparing with them"
    )


@pytest.fixture(scope="session", autouse=True)
def _phrases_learned_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The first home trains the base model of the phrases, the homes of later tests get a copy of its file."""
    kept = tmp_path_factory.mktemp("base_model")
    cached = classifier_base._cached

    def copied(path: Path, samples: Any) -> TextClassifier:
        known = kept / path.name
        if known.is_file() and not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(known, path)
        found = cached(path, samples)
        if not known.is_file():
            shutil.copyfile(path, known)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier_base, "_cached", copied)
        yield
