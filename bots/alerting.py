"""Alerts: rules look, what they find is told once and in few messages, somebody acknowledges or it goes higher.

One look (`tick`) is cheap where nothing changed: a rule looks again when a snapshot was published, or after five minutes.
Every step is a row, so a restart repeats nothing and forgets nothing.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.alerting import alert_text, evidence_of
from assistant.errors import UnknownPerson
from bots.channel import Action, Card, Markdown, Reply
from bots.parcels import Parcel, Post
from bots.reception import Reception
from bots.store.alerts import Alert, Message
from bots.store.buttons import Settle
from bots.words import say
from tools.principal import Principal
from tools.spec import ToolContext
from tools.standing.defaults import defaults
from tools.standing.watching import watch
from tools.standing.wishes import AlertRule, Recipients
from tools.work_orders.standing_rows import Standing
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A rule for one audience: people who may see the same rows.

    Attributes:
        key: The rule's id; of a person's own rule with their name before it.
    """

    key: str
    rule: AlertRule
    audience: str
    people: tuple[Principal, ...]


class Watch:
    """Looks, tells, escalates. One per city; two of them (two processes) tell nothing twice.

    Args:
        rules: The city's rules.
        own: What people asked to be told, as it stands now.
    """

    def __init__(
        self, reception: Reception, post: Post, rules: Callable[[], Sequence[AlertRule]],
        own: Callable[[], Sequence[Standing]],
    ) -> None:  # fmt: skip
        self._reception = reception
        self._post = post
        self._rules = rules
        self._own = own
        self._alerts = reception.alerts

    def tick(self, now: datetime) -> int:
        """Do whatever is due; how many messages went out."""
        watched = {(one.key, one.audience): one for one in self.watched()}
        for one in watched.values():
            try:
                self._look(one, now)
            except WarehouseError as problem:
                log.info("rule %s cannot be looked at: %s", one.key, problem)
        waiting = defaultdict[tuple[str, str], list[Alert]](list)
        for alert in self._alerts.waiting():
            waiting[alert.rule, alert.audience].append(alert)
        told = sum(self._tell(watched.get(key), alerts, now) for key, alerts in waiting.items())
        rules = {one.key: one.rule for one in watched.values()}
        return told + sum(self._escalate(one, rules.get(one.rule), now) for one in self._alerts.unanswered(now))

    def watched(self) -> Iterator[Watched]:
        """Every rule with every audience it has."""
        own = [(f"{one.person}/{one.name}", one.rule) for one in self._own()]
        for key, rule in (*((rule.id, rule) for rule in self._rules()), *own):
            audiences = defaultdict[str, list[Principal]](list)
            for principal in self._people(rule.to):
                audiences[audience_of(principal)].append(principal)
            for audience, people in audiences.items():
                yield Watched(key=key, rule=rule, audience=audience, people=tuple(people))

    def _people(self, to: Recipients) -> list[Principal]:
        directory = self._reception.directory
        names = dict.fromkeys((*to.persons, *(name for role in to.roles for name in directory.named(role))))
        found = []
        for name in names:
            try:
                found.append(directory.principal(name))
            except UnknownPerson:
                log.warning("an alert rule names %s, who is not in the directory", name)
        return found

    def _look(self, one: Watched, now: datetime) -> None:
        """Take in what the rule finds; all of it with the note that it looked, or nothing."""
        warehouse = self._reception.assistant.warehouse
        last = self._alerts.looked(one.key, one.audience)
        # An archive does not change, however late it gets.
        fresh = last is not None and (warehouse.city.clock == "data" or now - last[1] < EVERY)
        if last is not None and fresh and last[0] == warehouse.snapshot:
            return
        moment = self._reception.assistant.moment(now)
        findings = watch(one.rule, ToolContext(principal=one.people[0], now=moment, warehouse=warehouse))
        with self._reception.database.writing():
            for finding in findings:
                self._alerts.found(
                    rule=one.key, audience=one.audience, subject=finding.key, facts=finding.facts,
                    evidence=evidence_of(finding, warehouse, moment), again=timedelta(hours=one.rule.again_hours), now=now,
                )  # fmt: skip
            self._alerts.look(one.key, one.audience, warehouse.snapshot, now)

    def _tell(self, one: Watched | None, alerts: list[Alert], now: datetime) -> int:
        """One message about all that waits, unless its rule spoke a moment ago or nobody may be woken."""
        if one is None:
            self._alerts.drop(alerts)
            return 0
        if self._is_quiet(one.rule, now):
            return 0
        before = self._alerts.last_message(one.key, one.audience)
        if before is not None and now - before < timedelta(minutes=one.rule.merge_minutes):
            return 0
        ends = None if one.rule.escalate is None else now + timedelta(minutes=one.rule.escalate.minutes)
        language = self._reception.assistant.warehouse.city.language
        with self._reception.database.writing():
            number = self._alerts.tell(
                alerts, level=one.rule.level, title=one.rule.title[language], told=[who.name for who in one.people],
                escalates_at=ends, now=now,
            )  # fmt: skip
            for who in one.people:
                self._send(number, one.rule, alerts, who, now)
        return 1

    def _escalate(self, message: Message, rule: AlertRule | None, now: datetime) -> int:
        """To those above who may see what it is about; once."""
        if rule is None or rule.escalate is None or self._is_quiet(rule, now):
            return 0
        people = [who for who in self._people(rule.escalate.to) if covers(who, message.audience)]
        with self._reception.database.writing():
            if not self._alerts.escalate(message, [who.name for who in people], now):
                return 0
            for who in people:
                self._send(message.id, rule, self._alerts.about(message.id), who, now, after=rule.escalate.minutes)
        return len(people)

    def _is_quiet(self, rule: AlertRule, now: datetime) -> bool:
        """Nobody is woken but by what is urgent."""
        zone = self._reception.assistant.warehouse.timezone
        return rule.level != "urgent" and defaults().quiet_hours.over(now, zone) > now

    def _send(  # one message
        self, number: int, rule: AlertRule, alerts: Sequence[Alert], who: Principal, now: datetime, *, after: int = 0
    ) -> None:
        warehouse = self._reception.assistant.warehouse
        language = warehouse.city.language
        foot = alerts[0].evidence.get("account", {}).get(language, "")
        text = alert_text(rule, [alert.facts for alert in alerts], foot, warehouse, now, language)
        if after:
            text = f"{say('alert_escalated', language, minutes=after)}\n{text}"
        actions = tuple(
            Action(
                token=self._reception.buttons.make(Settle(message=number, verdict=verdict), person=who.name, now=now),
                label=say(label, language),
                style=style,
            )
            for verdict, label, style in _CHOICES
        )
        card = Card(title=rule.title[language], actions=actions, purpose="decide")
        key = f"alert:{number}{':up' if after else ''}:{who.name}"
        reply = Reply(blocks=(Markdown(text=text), card), language=language)
        self._post.send(Parcel(key=key, person=who.name, channel="", title=rule.title[language], reply=reply), now)


_CHOICES = (("acknowledged", "alert_ack", "good"), ("false_alarm", "alert_wrong", "plain"))


def audience_of(principal: Principal) -> str:
    """The rows that somebody may see, as text: equal for those who see the same."""
    limits = principal.scope.limits
    return json.dumps({name: sorted(values) for name, values in sorted(limits.items())}, ensure_ascii=False)


def covers(principal: Principal, audience: str) -> bool:
    """Whether somebody may see all that an audience sees."""
    theirs: dict[str, list[str]] = json.loads(audience)
    return all(name in theirs and set(theirs[name]) <= values for name, values in principal.scope.limits.items())
