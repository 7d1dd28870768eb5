"""Library: the door of this floor: add, list, check, remove, reindex; what retrieval reads from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
from knowledge.shelf import Review, Shelf

FOLDER = "knowledge"
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
            for done, candidate in enumerate(todo):
                on_progress(candidate.path.name, 0.8 * done / len(todo))
                outcomes.append(self._add(candidate, accept=accept))
                self.__dict__.pop("documents", None)
            self._catch_up(lambda share: on_progress("index", 0.8 + 0.2 * share))
        return outcomes

    def _add(self, candidate: Candidate, *, accept: bool) -> Outcome:
        try:
            mark = digest(candidate)
            if known := self._known(candidate, mark):
                return known
            taken = take(candidate, mark)
        except (DocumentError, OSError) as problem:
            why = problem.why if isinstance(problem, DocumentError) else problem.strerror or str(problem)
            remedy = problem.remedy if isinstance(problem, DocumentError) else ""
            self.shelf.review(Review(source=candidate.source, reason=why, remedy=remedy))
            return Outcome(candidate.source, "failed", note=why, remedy=remedy)
        return self._place(candidate, taken, accept=accept)

    def _known(self, candidate: Candidate, mark: str) -> Outcome | None:
        content = mark.partition(":")[0]
        for document in self.documents.values():
            if document.digest == mark and document.source == candidate.source:
                return Outcome(candidate.source, "unchanged", document)
            if document.digest.partition(":")[0] == content and document.source != candidate.source:
                return Outcome(candidate.source, "duplicate", document, note=f"same content as {document.source}")
        return None

    def _place(self, candidate: Candidate, taken: Taken, *, accept: bool) -> Outcome:
        document = taken.document
        before = self.documents.get(document.id)
        same_file = [d for d in self.documents.values() if d.source == document.source]
        problems = taken.reason
        if before is not None and before.source != document.source:
            problems = f"{before.source} already holds this version ({document.id}) with another text"
        if problems and not accept:
            remedy = "mend the file or its facts, or look at it and add it with --accept"
            self.shelf.review(Review(source=candidate.source, reason=problems, remedy=remedy))
            return Outcome(candidate.source, "review", document, len(taken.articles), problems, remedy)
        self.shelf.put(document, taken.articles)
        what: What = "replaced" if before is not None or same_file else "added"
        return Outcome(candidate.source, what, document, len(taken.articles), self._supersedes(document))

    def _supersedes(self, document: Document) -> str:
        """The version that this one ended, for the person to see; its index entries are made anew."""
        self.__dict__.pop("documents", None)
        family = [d for d in self.documents.values() if d.family == document.family and d.id != document.id]
        repealed = [d for d in self.documents.values() if d.repealed == document.effective and d.id != document.id]
        self.shelf.touch(d.id for d in (*family, *repealed))
        older = [d for d in family if d.superseded and d.repealed == document.effective]
        return f"supersedes {', '.join(d.id for d in older)}" if older else ""

    def remove(self, name: str) -> list[Document]:
        """Forget a document: one version by its id, or all versions of a title.

        Raises:
            UnknownDocument: There is none.
        """
        gone = self.named(name)
        with self._writing():
            self.shelf.remove(d.id for d in gone)
            self.__dict__.pop("documents", None)
            families = {d.family for d in gone}
            # A version that was ended by a removed one holds again.
            self.shelf.touch(d.id for d in self.documents.values() if d.family in families)
            self._catch_up(lambda _: None)
        return gone

    def reindex(self, on_progress: Progress = silent) -> int:
        """Make the index anew from the shelf; returns the number of articles."""
        with self._writing():
            self.index.clear()
            self.__dict__.pop("documents", None)
            self.shelf.touch(self.documents)
            self._catch_up(lambda share: on_progress("index", share))
        return self.index.size

    def _catch_up(self, on_share: Callable[[float], None]) -> None:
        """Bring the index to what the shelf holds; a crash before the end is caught up next time."""
        pending = self.shelf.pending()
        if not pending:
            return
        self.__dict__.pop("documents", None)
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
            self.__dict__.pop("documents", None)
            yield

    def articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles in the order of their ids; missing ones left out."""
        found = self.shelf.articles(ids)
        return [found[id_] for id_ in ids if id_ in found]
