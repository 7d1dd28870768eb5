"""Reception: whatever the channel, the same words get the same answer. It knows who asks and decides nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from assistant.ask import Assistant
from assistant.briefing import brief, plans
from assistant.dialogue import Answer, Question
from assistant.directory import Directory
from assistant.errors import UnknownBriefing
from assistant.events import Answered, Event
from assistant.notices import language_of
from bots.attached import attachments_of
from bots.channel import (
    Action,
    Card,
    Command,
    Feedback,
    FileHandle,
    Inbound,
    Location,
    Markdown,
    Photo,
    Press,
    Reply,
    Voice,
)
from bots.errors import ChannelError
from bots.replies import as_shown, reply_of, tongue
from bots.store.alerts import Alerts
from bots.store.answers import Answers, Given
from bots.store.buttons import Buttons, Judge, Say, Settle
from bots.store.database import Database
from bots.store.judgements import Judgements
from bots.words import introduced, say
from tools.principal import Principal

log = logging.getLogger(__name__)
LONGEST = 2_000
# What concerns one person only is told in private.
PERSONAL = frozenset({"tasks", "approvals", "subscriptions", "personal"})
Tell = Callable[[Event], None]
Fetch = Callable[[FileHandle], bytes]


def silent(_: Event) -> None:
    """Tell nobody."""


def unfetched(file: FileHandle) -> bytes:
    """For channels that bring no files.

    Raises:
        ChannelError: Always.
    """
    raise ChannelError(file.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One inbound on its way: who, in which conversation, in which language.

    Attributes:
        fetch: Gives the bytes of a file that lies with the channel.
    """

    inbound: Inbound
    principal: Principal
    thread: str
    now: datetime
    language: str
    tell: Tell
    fetch: Fetch = unfetched

    @property
    def private(self) -> bool:
        """Nobody else reads along."""
        return self.inbound.ref.kind == "private"


class Reception:
    """The one desk behind every channel. Synchronous; safe for many threads.

    Args:
        wall: The clock.
        commands: Further commands by name: (arguments, asking) → Reply.
        home: Where photos are kept; None keeps none.
    """

    def __init__(
        self,
        assistant: Assistant,
        directory: Directory,
        database: Database,
        wall: Callable[[], datetime],
        *,
        commands: Mapping[str, Callable[[str, Asking], Reply]] | None = None,
        home: Path | None = None,
    ) -> None:  # fmt: skip
        self.assistant = assistant
        self.directory = directory
        self.database = database
        self.answers = Answers(database)
        self.buttons = Buttons(database)
        self.judgements = Judgements(database)
        self.alerts = Alerts(database)
        self.wall = wall
        self._home = home
        self._commands = {
            "help": _help, "start": _help, "whoami": _whoami, "brief": self._briefed, **(commands or {}),
        }  # fmt: skip

    def respond(
        self, inbound: Inbound, principal: Principal, *, thread: str, tell: Tell = silent, fetch: Fetch = unfetched
    ) -> Given:
        """What the desk says to it; the same inbound again gets the same answer and is not asked twice."""
        if (known := self.answers.find(inbound.key, principal.name)) is not None:
            return known
        language = self._language(inbound, principal.name, thread)
        asking = Asking(
            inbound=inbound, principal=principal, thread=thread, now=self.wall(), language=language, tell=tell,
            fetch=fetch,
        )  # fmt: skip
        given = self._given(asking)
        self.answers.keep(given)
        return given

    def _language(self, inbound: Inbound, person: str, thread: str) -> str:
        """The words' own; for what has none, the channel's, else that of the answer before, else the city's."""
        if inbound.words and not inbound.words.startswith("/"):
            return language_of(inbound.words)
        if inbound.language is not None:
            return inbound.language
        before = self.answers.thread(person, thread)
        return before[-1].reply.language if before else self.assistant.warehouse.city.language

    def _given(self, asking: Asking) -> Given:
        inbound = asking.inbound
        for part in inbound.parts:
            if isinstance(part, Press):
                return self._pressed(part, asking)
            if isinstance(part, Command):
                return self._commanded(part, asking)
            if isinstance(part, Feedback):
                return self._judged(part, asking)
        text = inbound.words.strip()
        sent = attachments_of(inbound, asking.fetch, self._home)
        if not text and not sent:
            return _told(asking, _unspoken(inbound, asking.language), question="")
        if text.startswith("/"):
            name, _, args = text[1:].partition(" ")
            return self._commanded(Command(name=name.casefold(), args=args.strip()), asking)
        return self._asked(text, asking, sent=sent)

    def _asked(
        self, text: str, asking: Asking, thread: str | None = None, shown: str = "", sent: tuple[Any, ...] = ()
    ) -> Given:
        if len(text) > LONGEST:
            return _told(
                asking, say("too_long", asking.language, n=f"{len(text):,}", most=f"{LONGEST:,}"), question=text[:80]
            )
        thread, key = thread or asking.thread, asking.inbound.key
        moment = self.assistant.moment(asking.now)
        question = Question(
            text=text, principal=asking.principal, now=moment, thread=thread, attachments=sent, key=key,
            channel=asking.inbound.ref.channel,
        )  # fmt: skip
        answer = self._answer(question, asking.tell)

        def button(deed: Say | Judge) -> str:
            return self.buttons.make(deed, person=asking.principal.name, now=asking.now)

        with self.database.writing():
            reply = reply_of(answer, key=key, thread=thread, button=button)
        return Given(
            key=key, person=asking.principal.name, thread=thread, at=asking.now, question=shown or text, reply=reply,
            answer=as_shown(answer),
        )  # fmt: skip

    def _answer(self, question: Question, tell: Tell) -> Answer:
        answer: Answer | None = None
        for event in self.assistant.stream(question):
            if isinstance(event, Answered):
                answer = event.answer
            else:
                tell(event)
        assert answer is not None  # the last event is always the answer
        return answer

    def _commanded(self, command: Command, asking: Asking) -> Given:
        if not asking.private and ({command.name, command.args.strip()} & PERSONAL):
            return _told(asking, say("in_private", asking.language), question=f"/{command.name}")
        known = self._commands.get(command.name)
        if known is None:
            return self._asked(f"{command.name} {command.args}".strip(), asking)
        reply = known(command.args, asking)
        return _of(asking, reply, question=f"/{command.name} {command.args}".strip())

    def _pressed(self, press: Press, asking: Asking) -> Given:
        deed = self.buttons.press(press.token, person=asking.principal.name, now=asking.now)
        if isinstance(deed, str):
            return _told(asking, say(deed, asking.language), question="")
        if isinstance(deed, Say):
            return self._asked(deed.text, asking, deed.thread, deed.shown)
        if isinstance(deed, Settle):
            return _told(asking, self._settled(deed, asking), question="")
        return self._judged(Feedback(score=deed.score, reason=deed.reason, about=deed.about), asking)

    def _judged(self, said: Feedback, asking: Asking) -> Given:
        """A judgement of an answer that was given to them; of anything else it is thanked for and means nothing."""
        person = asking.principal.name
        if said.about is not None and self.answers.find(said.about, person) is not None:
            self.judgements.give(about=said.about, person=person, score=said.score, reason=said.reason, now=asking.now)
        return _told(asking, say(f"thanks_{said.score}", asking.language), question="")

    def _settled(self, deed: Settle, asking: Asking) -> str:
        """An alert acknowledged or called false; who was first is said to whoever comes later."""
        message = self.alerts.settle(deed.message, deed.verdict, by=asking.principal.name, now=asking.now)
        if message is None:
            return say("not_yours", asking.language)
        key = "alert_taken" if message.by != asking.principal.name else f"alert_{message.outcome}"
        return say(key, asking.language, title=message.title, by=message.by)

    def brief(self, name: str, principal: Principal, language: str, *, now: datetime | None = None) -> Answer:
        """A briefing for somebody.

        Args:
            now: The moment its windows move with; None is now.

        Raises:
            UnknownBriefing: There is none of that name for their role.
        """
        known = briefs_for(principal)
        if name not in known:
            raise UnknownBriefing(name, known)
        moment = self.assistant.moment(now or self.wall())
        return brief(name, principal, warehouse=self.assistant.warehouse, now=moment, language=tongue(language))

    def _briefed(self, args: str, asking: Asking) -> Reply:
        name = args.strip().casefold() or briefs_for(asking.principal)[0]
        try:
            answer = self.brief(name, asking.principal, asking.language)
        except UnknownBriefing as problem:
            text = say("no_brief", asking.language, name=name, known=", ".join(problem.known))
            return Reply(blocks=(Markdown(text=text),), language=tongue(asking.language))
        return self.brief_reply(
            name, answer, asking.principal, key=asking.inbound.key, thread=asking.thread, now=asking.now
        )

    def brief_reply(
        self, name: str, answer: Answer, principal: Principal, *, key: str, thread: str, now: datetime
    ) -> Reply:  # fmt: skip
        """A briefing with its quick replies as buttons."""
        labels = list(plans()[name].replies.get(tongue(answer.language), {}))
        with self.database.writing():
            tokens = [
                self.buttons.make(Say(text=text, thread=thread), person=principal.name, now=now)
                for text in answer.suggestions
            ]
            reply = reply_of(
                replace(answer, suggestions=()),
                key=key,
                thread=thread,
                button=lambda deed: self.buttons.make(deed, person=principal.name, now=now),
            )
        follow = Card(
            actions=tuple(Action(token=t, label=label) for t, label in zip(tokens, labels, strict=True)),
            purpose="follow",
        )
        return reply.model_copy(update={"blocks": (*reply.blocks, *([follow] if tokens else []))})

    def starters(self, principal: Principal, language: str) -> list[str]:
        """First questions for a role, only such as the city's data can answer."""
        catalog = self.assistant.catalog
        return [
            one[tongue(language)]
            for one in _starters().get(principal.role, ())
            if all(metric in catalog.metrics for metric in one["needs"])
        ]


def briefs_for(principal: Principal) -> tuple[str, ...]:
    """The briefings of a role, the shortest window first."""
    order = ("night", "daily", "weekly", "monthly", "scorecard", "personal")
    allowed = {plan.id for plan in plans().values() if not plan.roles or principal.role in plan.roles}
    return tuple(name for name in order if name in allowed) + tuple(sorted(allowed - set(order)))


@cache
def _starters() -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (files("bots") / "starters.yml").read_text(encoding="utf-8")
    )
    return loaded


def _help(_: str, asking: Asking) -> Reply:
    text = f"{say('help', asking.language)}\n\n{say('commands', asking.language)}"
    return Reply(blocks=(Markdown(text=text),), language=tongue(asking.language))


def _whoami(_: str, asking: Asking) -> Reply:
    text = introduced(asking.principal, "whoami", asking.language)
    return Reply(blocks=(Markdown(text=text),), language=tongue(asking.language))


def _unspoken(inbound: Inbound, language: str) -> str:
    """What to say to something without words."""
    for part in inbound.parts:
        if isinstance(part, Photo):
            return f"{say('received_photo', language)}{say('ask_one', language)}"
        if isinstance(part, Location):
            label = part.label or f"{part.latitude:.5f}, {part.longitude:.5f}"
            return f"{say('received_place', language, label=label)}{say('ask_one', language)}"
        if isinstance(part, Voice):
            return say("no_voice", language)
    return say("ask_one", language)


def _told(asking: Asking, text: str, *, question: str) -> Given:
    return _of(asking, Reply(blocks=(Markdown(text=text),), language=tongue(asking.language)), question=question)


def _of(asking: Asking, reply: Reply, *, question: str) -> Given:
    return Given(
        key=asking.inbound.key, person=asking.principal.name, thread=asking.thread, at=asking.now, question=question,
        reply=reply, answer=None,
    )  # fmt: skip
