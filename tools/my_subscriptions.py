"""my_subscriptions: what comes to the asker by itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tools.ledger_results import with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen
from warehouse.table import Column, Table

if TYPE_CHECKING:
    from tools.work_orders.ledger import Ledger

_COLUMNS = (
    Column(name="standing", label={"zh": "订阅", "en": "what"}, type="text", role="detail"),
    Column(name="when", label={"zh": "时间或条件", "en": "when"}, type="text", role="detail"),
    Column(name="next", label={"zh": "下一次", "en": "next"}, type="timestamp", role="detail"),
)


class NoArguments(Frozen):
    """Nothing to say: it is about the asker."""


def run(_: NoArguments, context: ToolContext, ledger: Ledger) -> ToolResult:
    """Subscriptions with their next time, then alert rules."""
    from tools.standing.cards import level_word, schedule_words, word
    from tools.work_orders.standing_rows import active

    who, clock, language = context.principal.name, ledger.flow.clock, context.warehouse.city.language
    rows: list[tuple[str, str, datetime | None]] = [
        (
            word("briefings", one.name, language),
            schedule_words(one.subscription.schedule, language),
            one.subscription.schedule.following(context.now, clock.zone, clock.calendar).astimezone(clock.zone),
        )
        for one in active(ledger.database, "subscription", who)
    ]
    rows += [
        (one.rule.title[language], level_word(one.rule, language), None)
        for one in active(ledger.database, "alert_rule", who)
    ]
    table = Table(columns=_COLUMNS, rows=tuple(rows), as_of=context.now.astimezone(clock.zone))
    return ToolResult(text=f"{len(rows)} standing wishes", tables=(table,), facts={"standing": len(rows)})


MY_SUBSCRIPTIONS = Tool(
    name="my_subscriptions",
    args=NoArguments,
    run=with_ledger(run),
    effect="read",
    description={
        "zh": "提问人订阅了哪些定时简报和提醒。",
        "en": "Which briefings and alerts come to the asker by themselves.",
    },
)
