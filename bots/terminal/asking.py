"""`citydesk ask` and `citydesk chat`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from rich.console import Console
from rich.progress import Progress

from assistant.ask import Assistant
from assistant.build import build_assistant
from assistant.dialogue import Answer, AnswerStatus, Question
from assistant.directory import Directory
from assistant.render import as_json
from assistant.settings import read_settings
from bots.console import render_answer
from bots.terminal.attaching import Attached, attached
from bots.terminal.batch import answer_lines
from tools.principal import Principal

Clock = Callable[[], datetime]
WRONG_ARGUMENTS = 2
LEAVING = frozenset({"exit", "quit", ":q", "再见", "退出", "bye"})


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, as the command line says it."""

    name: str
    districts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """The assistant with its directory and the clock."""

    assistant: Assistant
    directory: Directory
    wall: Clock

    def question(self, text: str, who: Who | str | dict[str, Any] | None, now: str | None, thread: str) -> Question:
        """The question of a person at a moment.

        Raises:
            ValueError: Nobody is called that, or `now` is no moment.
        """
        return Question(text=text, principal=self.principal(who), now=self.moment(now), thread=thread)

    def principal(self, who: Who | str | dict[str, Any] | None) -> Principal:
        """The principal of a name, a role, or a role narrowed to districts or units."""
        if isinstance(who, Who):
            return self.directory.principal(who.name, who.districts, who.units)
        return self.directory.principal(who or "leader")

    def moment(self, now: str | None) -> datetime:
        """The moment said, in the city's time zone unless it says another; else the clock."""
        if now is None:
            return self.assistant.moment(self.wall())
        said = datetime.fromisoformat(now)
        return said if said.tzinfo else said.replace(tzinfo=self.assistant.moment(self.wall()).tzinfo)


def open_desk(*, city: str | None, wall: Clock) -> OpenDesk:
    """The desk of the current (or the named) city of the configured home."""
    settings = read_settings()
    return OpenDesk(build_assistant(settings, city=city), Directory.read(settings.home), wall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One turn as the command line has it.

    Attributes:
        thread: The conversation it continues; None begins one.
    """

    text: str
    now: str | None = None
    thread: str | None = None
    sent: Attached = ()


def sent_with(at: str | None, photos: Sequence[Path]) -> Attached:
    """What goes with a report, kept in the configured home."""
    return attached(at, photos, read_settings().home)


def ask_one(desk: OpenDesk, said: Said, who: Who, *, json: bool, evidence: bool) -> int:  # the option's name
    """Ask, print, and say by the exit status whether CityDesk itself failed."""
    try:
        question = desk.question(said.text, who, said.now, said.thread or f"ask-{uuid4().hex[:8]}")
    except ValueError as problem:
        Console(stderr=True).print(str(problem), highlight=False)
        return WRONG_ARGUMENTS
    question = replace(question, attachments=said.sent)
    answer = desk.assistant.ask(question)
    if json:
        sys.stdout.write(dumped(answer) + "\n")
    else:
        render_answer(answer, Console(), evidence=evidence)
    return int(answer.status is AnswerStatus.ERROR)


def dumped(answer: Answer) -> str:
    """An answer as one indented JSON document."""
    return json.dumps(as_json(answer), ensure_ascii=False, indent=1)


def ask_batch(desk: OpenDesk, path: Path, who: Who, now: str | None) -> int:
    """A JSON line in, a JSON line out, progress on stderr."""
    if not path.is_file():
        Console(stderr=True).print(f"no such file: {path}", highlight=False)
        return WRONG_ARGUMENTS
    lines = path.read_text(encoding="utf-8-sig").splitlines()

    def ask(text: str, as_: str | dict[str, Any] | None, at: str | None, thread: str) -> Answer:
        return desk.assistant.ask(desk.question(text, as_ or who, at or now, thread))

    progress = Progress(console=Console(stderr=True), transient=True)
    run = uuid4().hex[:8]
    with progress:
        task = progress.add_task("answering", total=sum(bool(line.strip()) for line in lines))
        for line in answer_lines(lines, lambda t, a, n, thread: ask(t, a, n, f"{run}-{thread}"), as_json):
            sys.stdout.write(line + "\n")
            progress.advance(task)
    return 0


def chat(desk: OpenDesk, who: Who, now: str | None) -> int:
    """A conversation until the asker leaves; a number chooses a reading of the last question back."""
    console = Console()
    thread = f"chat-{uuid4().hex[:8]}"
    console.print("CityDesk · 城市值班台   (exit / 退出)", style="dim")
    while True:
        try:
            text = console.input("[bold cyan]›[/] ").strip()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return 0
        if text.casefold() in LEAVING:
            return 0
        if text:
            render_answer(desk.assistant.ask(desk.question(text, who, now, thread)), console)
