"""Library: the door of this floor: add, list, check, remove, reindex; what retrieval reads from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from filelock import FileLock
from rapidfuzz import process

from knowledge.articles import Article, Document
from knowledge.errors import DocumentError, UnknownDocument
from knowledge.facts import Facts
from knowledge.index import Index
from knowledge.intake import Candidate, Taken, candidates, digest, take
from knowledge.places import shown
from knowledge.references import compared
from knowledge.shelf import Review, Shelf

FOLDER = "knowledge"
# The rules of the sample city.
SHIPPED = Path(__file__).parent / "corpus"
Progress = Callable[[str, float], None]
What = Literal["added", "replaced", "unchanged", "duplicate", "review", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    source: str
    what: What
    document: Document | None = None
    articles: int = 0
    note: str = ""
    remedy: str = ""


def silent(_stage: str, _share: float) -> None:
    """Tell nobody."""


class Library:
    """The documents of one home. Many may read; writers wait for each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shelf = Shelf(folder / "library.sqlite")
        self.index = Index(folder / "index")
        self._lock = FileLock(folder / "writer.lock")

    @classmethod
    def of(cls, home: Path) -> Library:
        """The library of a home; made empty where there is none."""
        return cls(home / FOLDER)

    def close(self) -> None:
        """Let the files go."""
        self.shelf.close()

    @cached_property
    def documents(self) -> dict[str, Document]:
        """Every version by id."""
        return self.shelf.documents()

    @cached_property
    def titles(self) -> tuple[tuple[str, Document], ...]:
        """Every version with its title as titles are compared."""
        return tuple((compared(document.title), document) for document in self.documents.values())

    @cached_property
    def places(self) -> frozenset[str]:
        """Names of the places that any document is of."""
        return frozenset(shown(document.jurisdiction) for document in self.documents.values())

    def _forget(self) -> None:
        """Read the documents anew when they are needed next."""
        for name in ("documents", "titles", "places"):
            self.__dict__.pop(name, None)

    @property
    def day(self) -> date | None:
        """The newest day that any document names: the library knows nothing later."""
        return max((d.promulgated or d.effective or date.min for d in self.documents.values()), default=None)

    def named(self, name: str) -> list[Document]:
        """The versions that a person means by an id, a title or a file name.

        Raises:
            UnknownDocument: None; carries the nearest titles.
        """
        found = [d for d in self.documents.values() if name in {d.id, d.title, d.source, Path(d.source).name}]
        if not found:
            titles = sorted({d.title for d in self.documents.values()})
            raise UnknownDocument(name, tuple(match[0] for match in process.extract(name, titles, limit=3)))
        return sorted(found, key=lambda d: d.version)

    def add(
        self,
        paths: Sequence[Path],
        facts: Facts | None = None,
        *,
        accept: bool = False,
        on_progress: Progress = silent,
    ) -> list[Outcome]:
        """Take files and folders in; a file that fails leaves the others alone.

        Args:
            facts: What holds for all of them, over what their list and their text say.
            accept: Also take in what failed a gate: a person looked at it.
        """
        todo = list(candidates(paths, facts or Facts()))
        outcomes: list[Outcome] = []
        with self._writing():
            before = self.documents
            seen = dict(before)
            for done, candidate in enumerate(todo):
                on_progress(candidate.path.name, 0.8 * done / len(todo))
                outcomes.append(self._add(candidate, seen, accept=accept))
            self._note_changes(before)
            self._catch_up(lambda share: on_progress("index", 0.8 + 0.2 * share))
        return [self._with_ended(outcome) for outcome in outcomes]

    def _note_changes(self, before: Mapping[str, Document]) -> None:
        """Have the index entries made anew of every version that a change ended or revived."""
        self._forget()
        self.shelf.touch(id_ for id_, document in self.documents.items() if before.get(id_) != document)

    def _with_ended(self, outcome: Outcome) -> Outcome:
        """The outcome with the version that this one ended, for the person to see."""
        new = outcome.document
        if new is None or outcome.what not in {"added", "replaced"}:
            return outcome
        ended = [
            d.id
            for d in self.documents.values()
            if d.family == new.family and d.superseded and d.repealed == new.effective
        ]
        return replace(outcome, note=f"supersedes {', '.join(ended)}") if ended else outcome

    def _add(self, candidate: Candidate, seen: dict[str, Document], *, accept: bool) -> Outcome:
        try:
            mark = digest(candidate)
            if known := _known(candidate, mark, seen.values()):
                return known
            taken = take(candidate, mark)
        except (DocumentError, OSError) as problem:
            why = problem.why if isinstance(problem, DocumentError) else problem.strerror or str(problem)
            remedy = problem.remedy if isinstance(problem, DocumentError) else ""
            self.shelf.review(Review(source=candidate.source, reason=why, remedy=remedy))
            return Outcome(candidate.source, "failed", note=why, remedy=remedy)
        return self._place(candidate, taken, seen, accept=accept)

    def _place(self, candidate: Candidate, taken: Taken, seen: dict[str, Document], *, accept: bool) -> Outcome:
        document = taken.document
        before = seen.get(document.id)
        same_file = [d.id for d in seen.values() if d.source == document.source]
        problems = taken.reason
        if before is not None and before.source != document.source:
            problems = f"{before.source} already holds this version ({document.id}) with another text"
        if problems and not accept:
            remedy = "mend the file or its facts, or look at it and add it with --accept"
            self.shelf.review(Review(source=candidate.source, reason=problems, remedy=remedy))
            return Outcome(candidate.source, "review", document, len(taken.articles), problems, remedy)
        self.shelf.put(document, taken.articles)
        for id_ in same_file:
            del seen[id_]
        seen[document.id] = document
        what: What = "replaced" if before is not None or same_file else "added"
        return Outcome(candidate.source, what, document, len(taken.articles))

    def remove(self, name: str) -> list[Document]:
        """Forget a document: one version by its id, or all versions of a title.

        Raises:
            UnknownDocument: There is none.
        """
        gone = self.named(name)
        with self._writing():
            before = self.documents
            self.shelf.remove(d.id for d in gone)
            self._note_changes(before)
            self._catch_up(lambda _: None)
        return gone

    def reindex(self, on_progress: Progress = silent) -> int:
        """Make the index anew from the shelf; returns the number of articles."""
        with self._writing():
            self.index.clear()
            self._forget()
            self.shelf.touch(self.documents)
            self._catch_up(lambda share: on_progress("index", share))
        return self.index.size

    def _catch_up(self, on_share: Callable[[float], None]) -> None:
        """Bring the index to what the shelf holds; a crash before the end is caught up next time."""
        pending = self.shelf.pending()
        if not pending:
            return
        self._forget()
        counts = self.shelf.counts()
        total, done = sum(counts.get(d, 0) for d in pending) or 1, 0

        def one() -> None:
            nonlocal done
            done += 1
            if done % 500 == 0:
                on_share(done / total)

        self.index.replace(pending, self.documents, self.shelf.articles_of(pending), one)
        self.shelf.caught_up()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            self._forget()
            yield

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles in the order of their ids; missing ones left out."""
        found = self.shelf.articles(ids)
        return [found[id_] for id_ in ids if id_ in found]


def _known(candidate: Candidate, mark: str, seen: Iterable[Document]) -> Outcome | None:
    """What is in the library already: the same file, or the same content under another name."""
    content = mark.partition(":")[0]
    for document in seen:
        if document.digest == mark and document.source == candidate.source:
            return Outcome(candidate.source, "unchanged", document)
        if document.digest.partition(":")[0] == content and document.source != candidate.source:
            return Outcome(candidate.source, "duplicate", document, note=f"same content as {document.source}")
    return None
