"""Briefings: thousands of people subscribed to one morning; killed on the way, taken up again, each told exactly once."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from assistant.build import build_assistant
from assistant.directory import Directory, Person
from assistant.settings import Settings
from bots.channel import Ref, Reply
from bots.delivery import Delivery
from bots.parcels import Post
from bots.port import ChannelLimits, Rate
from bots.reception import Reception
from bots.schedule import Schedule
from bots.store.database import Database
from bots.store.outbox import Outbox
from tools.principal import Role
from tools.standing.schedule import Schedule as Moments
from tools.standing.wishes import Subscription
from tools.work_orders.standing_rows import Standing


class Wire:
    """A channel that takes everything and counts."""

    name, account = "fake", "bot"

    def __init__(self, rate: int) -> None:
        self.limits = ChannelLimits(private=Rate(1, 1.0), group=Rate(20, 60.0), bot=Rate(rate, 1.0))
        self.got: Counter[str] = Counter()
        self.moments: list[float] = []

    def compose(self, ref: Ref, reply: Reply) -> Sequence[str]:  # noqa: ARG002
        return [reply.words]

    async def send(self, ref: Ref, message: Any, ticket: Any) -> str:  # noqa: ARG002
        self.got[ref.chat] += 1
        self.moments.append(perf_counter())
        return str(len(self.moments))

    @property
    def most_a_second(self) -> int:
        """In any second: the bucket allows its burst and what it gains meanwhile."""
        ends = {n: next((m for m in range(n, len(self.moments)) if self.moments[m] > start + 1), len(self.moments)) - n
                for n, start in enumerate(self.moments)} if len(self.moments) < 6_000 else {}  # fmt: skip
        return max(ends.values(), default=0)


def subscriptions(people: int, before: datetime) -> list[Standing]:
    """Everybody wants the daily report at eight; one in twenty sees the whole city, the others a district each."""
    wish = Subscription(briefing="daily", schedule=Moments(at=time(8)), channel="fake").model_dump(mode="json")
    return [
        Standing(kind="subscription", person=f"p{n}", name="daily", body=wish, active=True, created_at=before,
                 changed_at=before, proposal="bench")
        for n in range(people)
    ]  # fmt: skip


def directory(people: int, districts: Sequence[str]) -> Directory:
    """Their names, and what each may see."""
    found = {}
    for n in range(people):
        limits = () if n % 20 == 0 else (districts[n % len(districts)],)
        found[f"p{n}"] = Person(name=f"p{n}", role=Role.LEADER, districts=limits)
    return Directory(found)


async def deliver(wire: Wire, outbox: Outbox, database: Database, seconds: float) -> None:
    """Send for a while, or until nothing waits."""
    running = asyncio.create_task(Delivery(wire, outbox, lambda: datetime.now(UTC)).run())  # type: ignore[arg-type]  # a channel, as far as sending goes
    ends = perf_counter() + seconds
    while perf_counter() < ends:
        await asyncio.sleep(0.2)
        if not database.read("SELECT 1 FROM outbox WHERE state = 'waiting' LIMIT 1"):
            break
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def main(argv: Sequence[str] = ()) -> int:
    """Print how long it took to compute and put them, how fast they went out, and whether anybody got none or two."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, default=Path(".demo"), help="a home with a city in it")
    options.add_argument("--people", type=int, default=5_000)
    options.add_argument("--rate", type=int, default=200, help="messages a second that the bot may send")
    chosen = options.parse_args(argv or None)
    with tempfile.TemporaryDirectory() as folder:
        assistant = build_assistant(Settings(home=chosen.home))
        warehouse = assistant.warehouse
        day = warehouse.as_of.astimezone(warehouse.timezone).date()
        eight = datetime.combine(day, time(8), tzinfo=warehouse.timezone)
        database = Database(Path(folder))
        known = directory(chosen.people, [member.value for member in warehouse.members("district")])
        reception = Reception(assistant, known, database, lambda: eight)
        standing = subscriptions(chosen.people, eight - timedelta(hours=1))
        outbox = Outbox(database)
        post = Post(reception.answers, lambda who: [Ref(channel="fake", account="bot", chat=who)], outbox)
        half = Schedule(reception, post, lambda: standing[: chosen.people // 2])
        began = perf_counter()
        first = half.tick(eight)["sent"]
        rest = Schedule(reception, post, lambda: standing).tick(eight + timedelta(minutes=1))["sent"]
        put = perf_counter() - began
        wire, began = Wire(chosen.rate), perf_counter()
        asyncio.run(deliver(wire, outbox, database, chosen.people / chosen.rate / 3))
        stopped = len(wire.moments)
        asyncio.run(deliver(wire, outbox, database, 600))
        sent = perf_counter() - began
        database.close()
    once = sum(count == 1 for count in wire.got.values())
    print(
        f"{chosen.people} people: computed and put in {put:.1f} s ({first} + {rest} after a restart), "
        f"delivered in {sent:.1f} s at {len(wire.moments) / sent:.0f} a second (allowed {chosen.rate}; at most "
        f"{wire.most_a_second} in any second), stopped after {stopped} and taken up; exactly once: {once}"
    )
    return 0 if once == chosen.people == first + rest else 1


if __name__ == "__main__":
    raise SystemExit(main())
