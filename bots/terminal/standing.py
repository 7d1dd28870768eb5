"""`citydesk subscriptions`, `subscribe` and `alerts`: what comes by itself, and to whom."""

from __future__ import annotations

import json as json_
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Literal

from pydantic import ValidationError
from rich.table import Table
from yaml import YAMLError

from assistant.alerting import alert_text, evidence_of
from assistant.directory import Directory
from assistant.settings import read_settings
from bots.store.alerts import Alerts
from bots.store.database import Database
from bots.store.runs import Runs
from bots.terminal.approving import Office, confirm, office_of
from bots.terminal.asking import Who
from bots.terminal.shared import FAILED, WRONG_ARGUMENTS, out, problems
from tools.principal import Principal, Role
from tools.propose_subscription import PROPOSE_SUBSCRIPTION, SubscriptionWish
from tools.spec import ToolContext
from tools.standing.cards import schedule_words
from tools.standing.defaults import rules
from tools.standing.watching import watch
from tools.standing.wishes import AlertRule
from tools.work_orders.standing_rows import Standing, active
from warehouse.errors import WarehouseError

OVERSEERS = frozenset({Role.ADMIN, Role.SHIFT_LEADER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribing:
    """What should come when, as the command line says it: days are every, working, 1,5 or m1."""

    briefing: str
    at: str | None = None
    days: str | None = None
    stop: bool = False

    @property
    def args(self) -> dict[str, Any]:
        """As the tool takes it.

        Raises:
            ValueError: Not a time, or not days.
        """
        found: dict[str, Any] = {"change": "stop" if self.stop else "start", "briefing": self.briefing}
        found |= {} if self.at is None else {"at": time.fromisoformat(self.at)}
        if self.days is None:
            return found
        if self.days in {"every", "working"}:
            return found | {"days": self.days}
        if self.days.startswith("m"):
            return found | {"days": "month", "day": int(self.days[1:])}
        return found | {"days": "week", "weekdays": tuple(int(day) for day in self.days.split(","))}


def show(who: Who, now: datetime, *, everybody: bool, city: str | None, json: bool) -> int:
    """What comes to somebody, or to all."""
    with office_of(who, city) as office, voices() as database:
        person = office.actor.principal
        if everybody and person.role not in OVERSEERS:
            problems().print(f"{person.role} may not see everybody's subscriptions", markup=False)
            return WRONG_ARGUMENTS
        stands = [
            *active(office.ledger.database, "subscription", None if everybody else person.name),
            *active(office.ledger.database, "alert_rule", None if everybody else person.name),
        ]
        facts = [_facts(one, office, Runs(database), now) for one in stands]
        if json:
            out().print_json(json_.dumps(facts, ensure_ascii=False))
        elif facts:
            out().print(_listed(facts))
        else:
            out().print("没有订阅" if office.language == "zh" else "no subscriptions")
    return 0


def _facts(one: Standing, office: Office, runs: Runs, now: datetime) -> dict[str, Any]:
    zone, calendar = office.warehouse.timezone, office.warehouse.calendar
    if one.kind == "alert_rule":
        return {"kind": one.kind, "person": one.person, "name": one.name, "when": one.rule.title[office.language],
                "next": None, "last": None}  # fmt: skip
    wish, last = one.subscription, runs.of(one.id, 1)
    following = wish.schedule.following(now, zone, calendar)
    return {
        "kind": one.kind, "person": one.person, "name": one.name,
        "when": schedule_words(wish.schedule, office.language), "next": following.astimezone(zone).isoformat(),
        "last": f"{last[0].outcome} {last[0].due.astimezone(zone):%m-%d %H:%M}" if last else None,
    }  # fmt: skip


def _listed(facts: Sequence[dict[str, Any]]) -> Table:
    table = Table("who", "what", "when", "next", "last")
    for one in facts:
        following = f"{datetime.fromisoformat(one['next']):%m-%d %H:%M}" if one["next"] else ""
        table.add_row(one["person"], one["name"], one["when"], following, one["last"] or "")
    return table


def subscribe(who: Who, wished: Subscribing, now: datetime, *, yes: bool, city: str | None) -> int:
    """Propose it, and with `yes` confirm it; prints the card."""
    try:
        with office_of(who, city) as office:
            wish = SubscriptionWish(language=office.language, **wished.args)
            context = ToolContext(
                principal=office.actor.principal, now=office.moment(now), warehouse=office.warehouse,
                ledger=lambda: office.ledger, channel="terminal",
            )  # fmt: skip
            result = PROPOSE_SUBSCRIPTION.run(wish, context)
            if "error" in result.facts:
                problems().print(f"✗ {result.facts['sentence'][office.language]}", markup=False)
                return FAILED
            return confirm(office, result.facts["proposal"]["id"], now, yes=yes)
    except (ValidationError, ValueError) as problem:
        problems().print(f"✗ {problem}", markup=False)
        return WRONG_ARGUMENTS


def list_messages(who: Who, *, city: str | None, json: bool) -> int:
    """Alerts that somebody was told of, and how often each rule was wrong."""
    with office_of(who, city) as office, voices() as database:
        alerts, person = Alerts(database), office.actor.principal
        seen = None if person.role in OVERSEERS else person.name
        found = [
            {"id": one.id, "rule": one.rule, "level": one.level, "title": one.title, "at": one.at.isoformat(),
             "told": list(one.told), "outcome": one.outcome, "by": one.by, "escalated": one.escalated_at is not None,
             "alerts": len(alerts.about(one.id))}
            for one in alerts.messages(seen)
        ]  # fmt: skip
        if json:
            out().print_json(json_.dumps(found, ensure_ascii=False))
            return 0
        table = Table("id", "level", "rule", "at", "n", "told", "outcome")
        for one in found:
            at = f"{datetime.fromisoformat(str(one['at'])).astimezone(office.warehouse.timezone):%m-%d %H:%M}"
            told, outcome = "、".join(map(str, one["told"])), f"{one['outcome'] or '–'} {one['by'] or ''}"  # type: ignore[arg-type]  # a list
            table.add_row(str(one["id"]), str(one["level"]), str(one["title"]), at, str(one["alerts"]), told, outcome)
        out().print(table if found else "没有预警" if office.language == "zh" else "no alerts")
        for rule, (wrong, all_) in alerts.false_alarms().items():
            if wrong:
                out().print(f"{rule}: {wrong}/{all_} false alarms", style="dim", markup=False)
    return 0


def check(who: Who, now: datetime, *, city: str | None, json: bool) -> int:
    """Look with every rule as somebody may see it; nothing is stored or sent."""
    with office_of(who, city) as office:
        own = [one.rule for one in active(office.ledger.database, "alert_rule", office.actor.name)]
        try:
            known = rules(office.warehouse.files.get("alerts.yml", ""))
        except (ValidationError, YAMLError) as problem:
            problems().print(f"✗ alerts.yml: {problem}", markup=False)
            return WRONG_ARGUMENTS
        context = ToolContext(principal=office.actor.principal, now=office.moment(now), warehouse=office.warehouse)
        found = [_looked(rule, context, office.language) for rule in (*known, *own)]
        if json:
            out().print_json(json_.dumps(found, ensure_ascii=False, default=str))
            return 0
        for one in found:
            out().print(one["text"], markup=False)
    return 0


def _looked(rule: AlertRule, context: ToolContext, language: Literal["zh", "en"]) -> dict[str, Any]:
    try:
        findings = watch(rule, context)
    except WarehouseError as problem:
        return {"rule": rule.id, "text": f"– {rule.id}: {problem}", "error": str(problem), "findings": []}
    evidence = [evidence_of(one, context.warehouse, context.now) for one in findings]
    foot = str(evidence[0].get("account", {}).get(language, "")) if evidence else ""
    text = alert_text(rule, [one.facts for one in findings], foot, context.warehouse, context.now, language)
    return {
        "rule": rule.id, "level": rule.level, "text": text if findings else f"✓ {rule.title[language]}",
        "findings": [{"subject": one.key, "facts": dict(one.facts), "evidence": e} for one, e in zip(findings, evidence, strict=True)],
    }  # fmt: skip


def settle(who: Who, number: int, now: datetime, *, wrong: bool) -> int:
    """Acknowledge a message, or call it a false alarm."""
    person: Principal = Directory.read(read_settings().home).principal(who.name, who.districts, who.units)
    with voices() as database:
        done = Alerts(database).settle(number, "false_alarm" if wrong else "acknowledged", by=person.name, now=now)
    if done is None:
        problems().print(f"✗ {person.name} was told of no message {number}; see citydesk alerts list", markup=False)
        return FAILED
    out().print(f"✓ {done.title}: {done.outcome} ({done.by})", markup=False)
    return 0


@contextmanager
def voices() -> Iterator[Database]:
    """The voices' database of the home."""
    database = Database(read_settings().home / "voices")
    try:
        yield database
    finally:
        database.close()
