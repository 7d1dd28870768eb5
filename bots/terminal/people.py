"""`citydesk people` and `citydesk outbox`: who is bound to which channel, and what could not be sent."""

from __future__ import annotations

from datetime import datetime

from rich.table import Table

from assistant.directory import Directory
from assistant.errors import UnknownPerson
from assistant.settings import read_settings
from bots.store.bindings import Bindings
from bots.store.database import Database
from bots.store.outbox import Outbox
from bots.terminal.shared import WRONG_ARGUMENTS, out, problems


def _voices() -> Database:
    return Database(read_settings().home / "voices")


def show() -> int:
    """Everybody bound, and every group."""
    bindings = Bindings(_voices())
    bound, groups = bindings.all(), bindings.groups()
    table = Table("person", "channel", "id", "known as", "since", box=None)
    for one in bound:
        since = f"{one.at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(one.person, f"{one.channel}:{one.account}", one.actor, one.display, since)
    out().print(table) if bound else out().print("Nobody is bound yet: `citydesk people code NAME` prints a code.")
    for group in groups:
        seen = ", ".join((*group.districts, *group.departments)) or "the whole city"
        out().print(f"group {group.chat}: may see {seen}, registered by {group.person}", markup=False)
    return 0


def code(name: str, *, now: datetime) -> int:
    """Print a fresh code for somebody."""
    settings = read_settings()
    try:
        person = Directory.read(settings.home).principal(name)
    except (UnknownPerson, ValueError) as problem:
        problems().print(str(problem), markup=False)
        return WRONG_ARGUMENTS
    fresh = Bindings(_voices()).code(person.name, now)
    out().print(f"{fresh}\n{person.name} sends this to the bot within 15 minutes.", markup=False)
    return 0


def unbind(name: str) -> int:
    """Forget somebody's channels."""
    gone = Bindings(_voices()).unbind_person(name)
    out().print(f"{name}: {gone} unbound", markup=False)
    return 0 if gone else WRONG_ARGUMENTS


def show_outbox(revive: int | None, *, now: datetime) -> int:
    """Counts and dead letters; or revive one."""
    outbox = Outbox(_voices())
    if revive is not None:
        if outbox.revive(revive, now):
            out().print(f"letter {revive} waits to be sent again")
            return 0
        problems().print(f"there is no dead letter {revive}")
        return WRONG_ARGUMENTS
    counts = outbox.counts()
    out().print(", ".join(f"{state} {counts.get(state, 0)}" for state in ("waiting", "sent", "dead")))
    for letter in outbox.dead():
        out().print(f"  {letter.id}  {letter.put_at:%Y-%m-%d %H:%M}  {letter.ref}  {letter.problem}", markup=False)
    return 0
