"""Admission: who wrote, and may the desk speak to them here? Strangers get nothing but the way to be bound."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from assistant.directory import Directory
from assistant.errors import UnknownPerson
from assistant.notices import language_of
from bots.channel import Actor, Command, Inbound, Joined, Left, Markdown, Ref, Reply
from bots.replies import tongue
from bots.store.bindings import Bindings, Group
from bots.store.database import Database
from bots.words import introduced, say, scope_text
from tools.principal import Principal, Role

_CODE = re.compile(r"^\s*([2-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4})[-\s]?([2-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4})\s*$")
# Who may say what a group sees.
REGISTRARS = frozenset({Role.LEADER, Role.SHIFT_LEADER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class _At:
    """An inbound at the door."""

    inbound: Inbound
    now: datetime
    language: str

    @property
    def ref(self) -> Ref:
        return self.inbound.ref

    @property
    def actor(self) -> Actor:
        return self.inbound.actor

    def reply(self, key: str, **fields: object) -> Reply:
        return self.told(say(key, self.language, **fields))

    def told(self, text: str) -> Reply:
        return Reply(blocks=(Markdown(text=text),), language=tongue(self.language))


class Admission:
    """The door of every messenger. Synchronous; safe for many threads.

    Args:
        districts: Gives the names of the city's districts.
        language: The city's, for who wrote no words and whose channel does not say.
    """

    def __init__(
        self,
        directory: Directory,
        database: Database,
        *,
        districts: Callable[[], Collection[str]] = tuple,
        language: Callable[[], str] = lambda: "zh",
    ) -> None:  # fmt: skip
        self.directory = directory
        self.bindings = Bindings(database)
        self._districts = districts
        self._language = language

    def admit(self, inbound: Inbound, now: datetime) -> Principal | Reply | None:
        """Who asks, with what they may see here; or what to tell them instead; None: stay silent."""
        at = _At(inbound, now, self._tongue(inbound))
        if inbound.ref.kind == "group":
            return self._in_group(at)
        person = self.bindings.person(at.ref, at.actor.id)
        name, args = _command(inbound)
        if person is None:
            return self._stranger(at, args if name in {"bind", "start"} else inbound.words)
        if name == "unbind":
            self.bindings.unbind(at.ref.channel, at.ref.account, at.actor.id)
            return at.reply("unbound", name=person)
        if name == "bind":
            return self._bound(at, args) or at.reply("bound_already", name=person)
        return self._principal(person) or at.reply("not_listed", name=person)

    def _stranger(self, at: _At, words: str) -> Reply | None:
        if code := _CODE.match(words):
            return self._bound(at, "".join(code.groups()))
        if not self.bindings.tried("hint", at.ref, at.actor.id, at.now):
            return None
        return at.reply("who_are_you")

    def _bound(self, at: _At, words: str) -> Reply | None:
        """The outcome of a code; None when the words are none."""
        code = _CODE.match(words)
        if code is None:
            return None
        if self.bindings.is_tired("code", at.ref, at.actor.id, at.now):
            return at.reply("code_tired")
        name = self.bindings.bind("".join(code.groups()), at.ref, at.actor, at.now)
        if name is None:
            self.bindings.tried("code", at.ref, at.actor.id, at.now)
            return at.reply("code_wrong")
        principal = self._principal(name)
        if principal is None:
            return at.reply("not_listed", name=name)
        return at.told(f"{introduced(principal, 'bound', at.language)}\n\n{say('help', at.language)}")

    def _in_group(self, at: _At) -> Principal | Reply | None:
        for part in at.inbound.parts:
            if isinstance(part, Joined):
                self.bindings.seen(at.ref, part.member)
            if isinstance(part, Left):
                self.bindings.gone(at.ref, part.member.id)
        if any(isinstance(part, Joined | Left) for part in at.inbound.parts):
            return None
        self.bindings.seen(at.ref, at.actor)
        if not at.inbound.addressed:
            return None
        person = self.bindings.person(at.ref, at.actor.id)
        principal = None if person is None else self._principal(person)
        if principal is None:
            return at.reply("bind_in_private") if self.bindings.tried("hint", at.ref, at.actor.id, at.now) else None
        name, args = _command(at.inbound)
        if name == "group":
            return self._register(at, principal, tuple(args.split()))
        return self._common(at, principal)

    def _register(self, at: _At, principal: Principal, districts: tuple[str, ...]) -> Reply:
        if principal.role not in REGISTRARS:
            return at.reply("group_not_yours")
        if districts and districts[0].casefold() in {"off", "关闭"}:
            self.bindings.unregister(at.ref)
            return at.reply("group_off")
        unknown = [name for name in districts if name not in self._districts()]
        if unknown:
            return at.reply("group_unknown", names=", ".join(unknown), known=", ".join(sorted(self._districts())))
        seen = _common(principal.districts, districts)
        if seen is None:
            return at.reply("group_wider", scope=scope_text(principal, at.language))
        group = Group(chat=str(at.ref), districts=seen, departments=principal.departments, person=principal.name)
        self.bindings.register(at.ref, group, at.now)
        shown = Principal(principal.name, principal.role, seen, principal.departments)
        return at.reply("group_on", scope=scope_text(shown, at.language))

    def _common(self, at: _At, principal: Principal) -> Principal | Reply:
        """The asker, narrowed to what the group and everybody seen in it may see."""
        group = self.bindings.group(at.ref)
        if group is None:
            return at.reply("group_unregistered")
        limits = [(group.districts, group.departments)]
        for actor, display in self.bindings.members(at.ref):
            person = self.bindings.person(at.ref, actor)
            member = None if person is None else self._principal(person)
            if member is None:
                return at.reply("group_stranger", name=display or actor)
            limits.append((member.districts, member.departments))
        districts: tuple[str, ...] | None = principal.districts
        departments: tuple[str, ...] | None = principal.departments
        for some, units in limits:
            districts = None if districts is None else _common(districts, some)
            departments = None if departments is None else _common(departments, units)
        if districts is None or departments is None:
            return at.reply("group_nothing")
        return Principal(principal.name, principal.role, districts, departments)

    def _principal(self, person: str) -> Principal | None:
        try:
            return self.directory.principal(person)
        except UnknownPerson:
            return None

    def _tongue(self, inbound: Inbound) -> str:
        words = inbound.words.strip()
        if any("\u4e00" <= c <= "\u9fff" for c in words):
            return "zh"
        if inbound.language is not None:
            return inbound.language
        is_talk = words and not words.startswith("/") and not _CODE.match(words)
        return language_of(words) if is_talk else self._language()


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...] | None:
    """What both may see; empty is everything, and None is nothing."""
    if not one or not other:
        return one or other
    return tuple(name for name in one if name in other) or None


def _command(inbound: Inbound) -> tuple[str, str]:
    """Name and arguments of the command it is, else two empty texts."""
    for part in inbound.parts:
        if isinstance(part, Command):
            return part.name, part.args
    words = inbound.words.strip()
    if not words.startswith("/"):
        return "", ""
    name, _, args = words[1:].partition(" ")
    return name.casefold(), args.strip()
