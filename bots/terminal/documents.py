"""`citydesk docs …`: rules in, listed, checked, removed, reindexed and asked."""

from __future__ import annotations

import json as json_
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from assistant.policies import mine_links, own_place, policy_finder
from assistant.settings import read_settings
from bots.terminal.shared import FAILED, WRONG_ARGUMENTS, out, problems, progress_bar
from knowledge.answer import render
from knowledge.articles import Document
from knowledge.errors import KnowledgeError, UnknownDocument
from knowledge.facts import Facts
from knowledge.library import Library, Outcome
from knowledge.passages import Question
from knowledge.places import shown
from knowledge.words import is_chinese

MARKS = {
    "added": "[green]+[/]",
    "replaced": "[green]↻[/]",
    "unchanged": "[dim]=[/]",
    "duplicate": "[yellow]≡[/]",
    "review": "[yellow]?[/]",
    "failed": "[red]✗[/]",
}
QUIET = {"added", "unchanged"}
SHOWN_QUIETLY = 12


def add(paths: Sequence[Path], facts: Facts, day: date, *, accept: bool) -> int:
    """Take files and folders in; 1 when any of them could not be."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        problems().print(f"✗ {missing[0]} does not exist", style="red", markup=False)
        return WRONG_ARGUMENTS
    library = Library.of(read_settings().home)
    with progress_bar("documents") as report:
        outcomes = library.add(paths, facts, accept=accept, on_progress=report)
        if any(outcome.what in {"added", "replaced"} for outcome in outcomes):
            report("links", 1.0)
            mine_links(library, day)
    return _show_outcomes(outcomes)


def _show_outcomes(outcomes: Sequence[Outcome]) -> int:
    console = out()
    for outcome in outcomes:
        if outcome.what in QUIET and not outcome.note and len(outcomes) > SHOWN_QUIETLY:
            continue
        console.print(f"{MARKS[outcome.what]} {outcome.what:<9} {Path(outcome.source).name}", end="", soft_wrap=True)
        console.print(_about(outcome), style="dim", markup=False, soft_wrap=True)
        if outcome.remedy:
            console.print(f"    → {outcome.remedy}", style="dim", markup=False)
    counts = Counter(outcome.what for outcome in outcomes)
    articles = sum(outcome.articles for outcome in outcomes if outcome.what in {"added", "replaced"})
    told = ", ".join(f"{count} {what}" for what, count in counts.items()) or "no readable file there"
    console.print(f"[bold]{len(outcomes)} files[/]: {told} · {articles:,} articles")
    return FAILED if counts["failed"] + counts["review"] else 0


def _about(outcome: Outcome) -> str:
    document = outcome.document
    known = f"  {document.id} · {outcome.articles} articles" if document and outcome.articles else ""
    return known + (f"  {outcome.note}" if outcome.note else "")


def list_(day: date, *, json: bool) -> int:
    """Every version with its place, level and validity on the day."""
    library = Library.of(read_settings().home)
    counts = library.shelf.counts()
    documents = sorted(library.documents.values(), key=lambda d: (d.jurisdiction, d.level.rank, d.title, d.version))
    if json:
        listed = [_as_json(d, counts[d.id], day) for d in documents]
        sys.stdout.write(json_.dumps(listed, ensure_ascii=False, indent=1) + "\n")
        return 0
    for d in documents:
        span = f"{d.effective or '…'} – {d.repealed or ''}"
        out().print(f"{d.id}", markup=False, soft_wrap=True)
        about = f"{shown(d.jurisdiction)} · {d.level} · {d.status(day)} · {span} · {counts[d.id]} articles"
        out().print(f"    {about}", style="dim", markup=False, soft_wrap=True)
    waiting = len(library.shelf.reviews())
    out().print(f"{len(documents)} documents, {sum(counts.values()):,} articles, as of {library.day or '–'}")
    if waiting:
        out().print(f"[yellow]{waiting} files wait for a person: `citydesk docs check`[/]")
    return 0


def _as_json(document: Document, articles: int, day: date) -> dict[str, object]:
    return {
        "id": document.id, "title": document.title, "jurisdiction": document.jurisdiction, "level": document.level,
        "department": document.department, "version": document.version, "status": document.status(day),
        "promulgated": document.promulgated and document.promulgated.isoformat(),
        "effective": document.effective and document.effective.isoformat(),
        "repealed": document.repealed and document.repealed.isoformat(),
        "source": document.source, "articles": articles, "readers": list(document.readers),
    }  # fmt: skip


def check() -> int:
    """Files that wait for a person, and whether the index holds what the shelf holds; 1 when something is to do."""
    library = Library.of(read_settings().home)
    waiting = library.shelf.reviews()
    for review in waiting:
        out().print(f"? {Path(review.source).name}: {review.reason}", style="yellow", markup=False)
        out().print(f"    → {review.remedy}", style="dim", markup=False) if review.remedy else None
    stored = sum(library.shelf.counts().values())
    if library.index.size != stored or library.shelf.pending():
        out().print(f"[red]✗[/] the index holds {library.index.size:,} of {stored:,} articles: `citydesk docs reindex`")
        return FAILED
    out().print(f"[green]✓[/] {stored:,} articles, all in the index; {len(waiting)} files wait for a person")
    return FAILED if waiting else 0


def remove(name: str) -> int:
    """Forget one version (by id) or all versions of a title."""
    try:
        gone = Library.of(read_settings().home).remove(name)
    except UnknownDocument as problem:
        problems().print(f"✗ {problem}", style="red", markup=False)
        return WRONG_ARGUMENTS
    for document in gone:
        out().print(f"- {document.id}", markup=False)
    return 0


def reindex() -> int:
    """Make the index anew from the shelf."""
    with progress_bar("reindex") as report:
        count = Library.of(read_settings().home).reindex(report)
    out().print(f"{count:,} articles indexed")
    return 0


def ask(question: str, day: date, *, place: str | None, json: bool) -> int:
    """Answer from the library alone: quoted, versioned, or not found."""
    settings = read_settings()
    finder = policy_finder(settings)
    asked = Question(text=question, day=day, place=own_place(settings) if place is None else place, groups=("admin",))
    try:
        found = finder.find(asked)
    except KnowledgeError as problem:
        problems().print(f"✗ {problem}", style="red", markup=False)
        return FAILED
    if json:
        listed = [passage.as_citation() for passage in found.passages]
        facts = {"outcome": found.outcome, "citations": listed, "nearest": [p.as_citation() for p in found.nearest]}
        sys.stdout.write(json_.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    else:
        out().print(
            render(found, "zh" if is_chinese(question) else "en", library_day=finder.library.day),
            markup=False,
            soft_wrap=True,
        )
    return 0
