"""Intake: a file becomes one version of one document, or a line on the review list."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from knowledge.articles import Article, Document, Level
from knowledge.errors import Unreadable
from knowledge.facts import MANIFEST, Facts, completed, manifest
from knowledge.places import path_of, shown
from knowledge.reading.files import READABLE, read_file
from knowledge.structure import Piece, structured

SHOWN_PROBLEMS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to be taken in, and what a person said about it."""

    path: Path
    facts: Facts = field(default_factory=Facts)

    @property
    def source(self) -> str:
        """Where it lies: a file added alone, or with its folder, is the same file."""
        return self.path.resolve().as_posix()


@dataclass(frozen=True, slots=True)
class Taken:
    """A file taken apart; with problems it must not be used before a person accepted it."""

    document: Document
    articles: tuple[Article, ...]
    problems: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The first problems, for the review list."""
        more = len(self.problems) - SHOWN_PROBLEMS
        return "; ".join(self.problems[:SHOWN_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")


def candidates(paths: Sequence[Path], facts: Facts) -> Iterator[Candidate]:
    """Files, and every readable file below folders; a folder's `manifest.csv` tells the facts of its files."""
    for path in paths:
        if not path.is_dir():
            yield Candidate(path, _told(_listed(path), facts))
            continue
        listed = manifest(path)
        files = [path / name for name in listed] if listed else sorted(path.rglob("*"))
        for file in files:
            name = file.relative_to(path).as_posix()
            if (
                file.is_dir()
                or file.name in {MANIFEST, "README.md"}
                or (not listed and file.suffix.lower() not in READABLE)
            ):
                continue
            yield Candidate(file, _told(listed.get(name), facts))


def _listed(path: Path) -> Facts | None:
    """What the list beside the file, or a folder above it, says of it."""
    for above in path.resolve().parents[:3]:
        if (above / MANIFEST).is_file():
            return manifest(above).get(path.resolve().relative_to(above).as_posix())
    return None


def _told(listed: Facts | None, given: Facts) -> Facts:
    """What was given on the command line, over what the list says."""
    if listed is None:
        return given
    return listed.model_copy(update=given.model_dump(exclude_defaults=True))


def digest(candidate: Candidate) -> str:
    """Of the content and of the facts: mending the list is a change too."""
    with candidate.path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return content + ":" + hashlib.sha256(candidate.facts.model_dump_json().encode()).hexdigest()[:12]


def take(candidate: Candidate, mark: str) -> Taken:
    """Read a file and take it apart.

    Raises:
        DocumentError: It cannot be read at all.
    """
    blocks, own = read_file(candidate.path)
    try:
        stated = Facts.model_validate(own)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise Unreadable(
            candidate.path, f"fact {'.'.join(map(str, first['loc']))} at its top: {first['msg']}"
        ) from problem
    structure = structured(blocks)
    facts = completed(_told(stated, candidate.facts), structure, candidate.path.stem)
    document = _document(facts, candidate.source, mark)
    problems = list(structure.problems)
    if facts.part:
        # A book of a code begins where the book before it ended.
        problems = [problem for problem in problems if not problem.startswith("begins with")]
    return Taken(document, tuple(_articles(document.id, structure.pieces)), tuple(problems))


def _document(facts: Facts, source: str, mark: str) -> Document:
    place = path_of(facts.jurisdiction or "")
    version = facts.version or mark[:8]
    name = f"{facts.title}·{facts.part}" if facts.part else facts.title
    if place and shown(place) not in name:
        name = f"{shown(place)}:{name}"
    return Document(
        id=f"{name}@{version}",
        family=f"{place}|{facts.title}|{facts.part}",
        title=facts.title,
        level=_level(facts),
        jurisdiction=place,
        department=facts.department,
        promulgated=facts.promulgated,
        effective=facts.effective,
        repealed=facts.repealed,
        withdrawn=facts.withdrawn,
        version=version,
        readers=facts.readers,
        source=source,
        digest=mark,
    )


def _level(facts: Facts) -> Level:
    assert facts.level is not None  # completed() always sets it
    return facts.level


def _articles(document: str, pieces: Sequence[Piece]) -> Iterator[Article]:
    used: dict[str, int] = {}
    for position, piece in enumerate(pieces):
        used[piece.label] = used.get(piece.label, 0) + 1
        again = f"~{used[piece.label]}" if used[piece.label] > 1 else ""
        yield Article(
            id=f"{document}#{piece.label}{again}",
            document=document,
            number=piece.number,
            suffix=piece.suffix,
            label=piece.label,
            path=piece.path,
            text=piece.text,
            position=position,
        )
