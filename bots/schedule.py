"""Briefings that come by themselves: each moment of a subscription once, computed once for all who may see the same.

One look (`tick`) does whatever is due; a ticker calls it twice a minute. What was settled is in the database, so a restart
in the middle of five thousand briefings goes on where it stopped, and nothing goes out twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from assistant.dialogue import Answer
from assistant.errors import UnknownBriefing, UnknownPerson
from bots.parcels import Parcel, Post
from bots.reception import Reception
from bots.store.runs import Outcome, Runs
from tools.principal import Principal
from tools.standing.defaults import defaults
from tools.standing.schedule import Quiet
from tools.standing.wishes import Subscription
from tools.work_orders.standing_rows import Standing
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)
LATEST = timedelta(hours=6)
# One commit for so many people: five thousand commits would take a minute of waiting for the disk.
AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    standing: Standing
    wish: Subscription
    moment: datetime
    principal: Principal


class Schedule:
    """Sends what is due. One per city; two of them (two processes) send nothing twice.

    Args:
        subscriptions: What stands now.
    """

    def __init__(self, reception: Reception, post: Post, subscriptions: Callable[[], Sequence[Standing]]) -> None:
        self._reception = reception
        self._post = post
        self._subscriptions = subscriptions
        self.runs = Runs(reception.database)

    def tick(self, now: datetime) -> Counter[Outcome]:
        """Settle every moment that has come; how many were sent, and skipped for which reason."""
        done: Counter[Outcome] = Counter()
        briefings: dict[tuple[object, ...], Answer] = {}
        due = self._due(now, done)
        while batch := list(islice(due, AT_ONCE)):
            with self._reception.database.writing():
                for one in batch:
                    if (outcome := self._send(one, now, briefings)) is not None:
                        done[outcome] += 1
        return done

    def _due(self, now: datetime, done: Counter[Outcome]) -> Iterator[_Due]:
        warehouse = self._reception.assistant.warehouse
        zone, calendar, last = warehouse.timezone, warehouse.calendar, self.runs.last()
        for standing in self._subscriptions():
            wish = standing.subscription
            after = max(standing.changed_at, last.get(standing.id, standing.changed_at))
            moments = wish.schedule.due(after, now, zone, calendar)
            for moment in moments[:-1]:
                # Yesterday's and today's at once would only say the same twice.
                done["late"] += self.runs.settle(standing.id, moment, "late", now)
            if not moments or _is_quiet(wish, moments[-1], now, zone):
                continue
            if now - _wanted(wish, moments[-1], zone) > LATEST:
                done["late"] += self.runs.settle(standing.id, moments[-1], "late", now)
                continue
            try:
                principal = self._reception.directory.principal(standing.person)
            except UnknownPerson:
                done["nobody"] += self.runs.settle(standing.id, moments[-1], "nobody", now)
                continue
            yield _Due(standing=standing, wish=wish, moment=moments[-1], principal=principal)

    def _send(self, due: _Due, now: datetime, briefings: dict[tuple[object, ...], Answer]) -> Outcome | None:
        """One briefing to one person; None when it was settled before, or cannot be computed yet."""
        try:
            answer = self._briefing(due, briefings)
        except UnknownBriefing:
            return "not_allowed" if self.runs.settle(due.standing.id, due.moment, "not_allowed", now) else None
        except WarehouseError as problem:
            log.warning("briefing %s waits: %s", due.wish.briefing, problem)
            return None
        if not self.runs.settle(due.standing.id, due.moment, "sent", now):
            return None
        key = f"{due.standing.id}@{due.moment.isoformat(timespec='minutes')}"
        reply = self._reception.brief_reply(
            due.wish.briefing, answer, due.principal, key=key, thread=f"brief-{due.wish.briefing}", now=now
        )
        title = answer.text.split("\n", 1)[0].replace("**", "")
        self._post.send(
            Parcel(
                key=key, person=due.principal.name, channel=due.wish.channel, title=title, reply=reply, answer=answer
            ),
            now,
        )
        return "sent"

    def _briefing(self, due: _Due, briefings: dict[tuple[object, ...], Answer]) -> Answer:
        """Computed once for everybody who may see the same rows."""
        who = due.principal
        key = (due.wish.briefing, due.moment, who.role, who.districts, who.departments, due.wish.language)
        if key not in briefings:
            briefings[key] = self._reception.brief(due.wish.briefing, who, due.wish.language, now=due.moment)
        return briefings[key]


def _quiet(wish: Subscription, moment: datetime, zone: ZoneInfo) -> Quiet | None:
    """The hours that delay it: its own; else everybody's, unless its own time lies in them, for then it is wanted then."""
    if wish.quiet is not None:
        return wish.quiet
    usual = defaults().quiet_hours
    return None if usual.covers(moment.astimezone(zone).time()) else usual


def _is_quiet(wish: Subscription, moment: datetime, now: datetime, zone: ZoneInfo) -> bool:
    quiet = _quiet(wish, moment, zone)
    return quiet is not None and quiet.over(now, zone) > now


def _wanted(wish: Subscription, moment: datetime, zone: ZoneInfo) -> datetime:
    """When it should have been there: its time, or the end of the quiet hours that this lies in."""
    quiet = _quiet(wish, moment, zone)
    return moment if quiet is None else quiet.over(moment, zone)
