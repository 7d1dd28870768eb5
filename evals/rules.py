"""Rules: questions to a collection of real texts that lies beside the checkout; nothing of its text is ever kept here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.dialogue import Answer, AnswerStatus, Question
from assistant.policies import finder_over
from evals.sample import Rules
from knowledge.answer import render
from knowledge.library import Library
from knowledge.passages import Found
from knowledge.passages import Question as AskedOfRules
from knowledge.retrieve import Finder
from knowledge.words import is_chinese

# Beside the checkout, as the other data that no repository may hold.
BESIDE = Path(__file__).parents[2] / "shared" / "data"


def texts_of(rules: Rules, beside: Path | None) -> Path | None:
    """Where the texts lie; None where they are not at hand."""
    folder = (beside or BESIDE) / rules.folder
    return folder if folder.is_dir() else None


def library_of(texts: Path, home: Path, on_progress: Callable[[str, float], None]) -> Library:
    """A library of these texts, kept in the home and only brought up to date when it is there."""
    library = Library(home / "eval_rules" / texts.name)
    library.add([texts], on_progress=on_progress)
    return library


class RulesDesk:
    """Answers from one library alone, with no city's numbers beside it."""

    def __init__(self, library: Library, place: str, home: Path) -> None:
        self._finder: Finder = finder_over(library, home)
        self._place = place

    def ask(self, question: Question) -> Answer:
        """The answer with its citations; `extra["ranked"]` names every article found, best first."""
        found = self._finder.find(AskedOfRules(text=question.text, day=question.now.date(), place=self._place))
        return Answer(
            status=AnswerStatus.ANSWER if found.passages else AnswerStatus.ABSTAIN,
            text=render(found, "zh" if is_chinese(question.text) else "en"),
            language="zh" if is_chinese(question.text) else "en",
            citations=tuple(passage.as_citation() for passage in found.passages),
            extra={"ranked": self._ranked(found)},
        )

    def _ranked(self, found: Found) -> list[tuple[str, str]]:
        library = self._finder.library
        return [(library.documents[a.document].title, a.label) for a in library.articles(found.ranked)]
