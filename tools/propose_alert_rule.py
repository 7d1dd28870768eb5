"""propose_alert_rule: "tell me when …", or no longer; ready to be confirmed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from tools.ledger_results import actor, key_of, proposed, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from tools.standing.wishes import AlertCondition, AlertRule, Recipients
from warehouse.semantic import Frozen

if TYPE_CHECKING:
    from tools.work_orders.ledger import Ledger


_LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")


class AlertWish(Frozen):
    """A rule for the asker alone; `stop` names rules of theirs by id, none means all."""

    change: Literal["start", "stop"] = "start"
    rule: AlertCondition | None = None
    stop: tuple[str, ...] = ()


def run(wish: AlertWish, context: ToolContext, ledger: Ledger) -> ToolResult:
    """The proposal; nothing is watched before its asker confirms."""
    from tools import proposals
    from tools.standing.deeds import Deed
    from tools.work_orders.errors import NoSubscription
    from tools.work_orders.standing_rows import active

    if wish.change == "stop":
        own = tuple(one.name for one in active(ledger.database, "alert_rule", context.principal.name))
        names = wish.stop or own
        if not names or not set(names) <= set(own):
            raise NoSubscription(why="no_alert", briefing="", known=own)
        deed = Deed(action="no_alert", names=names)
    else:
        rule = _own(wish, context)
        deed = Deed(action="alert", names=(rule.id,), rule=rule)
    key = key_of(context, deed.action, *deed.names)
    made = proposals.propose_standing(ledger, deed, actor(context), context.now, key=key, thread=context.thread)
    return proposed(ledger, made)


def _own(wish: AlertWish, context: ToolContext) -> AlertRule:
    """The rule, told to its asker and nobody else.

    Raises:
        UnknownMetric, UnknownDimension: The city's data cannot tell.
    """
    from tools.standing.describing import describe
    from tools.standing.watching import watch
    from tools.work_orders.errors import NoSubscription

    if wish.rule is None:
        raise NoSubscription(why="no_rule", briefing="", known=())
    digest = hashlib.blake2b(wish.rule.model_dump_json().encode(), digest_size=5).hexdigest()
    rule = AlertRule(
        **wish.rule.model_dump(),
        id=f"{wish.rule.kind}-{digest}",
        title={language: describe(wish.rule, context.warehouse.catalog, language) for language in _LANGUAGES},
        to=Recipients(persons=(context.principal.name,)),
    )
    # Looking once tells whether the data can answer it at all, in the words of the warehouse.
    watch(rule, context)
    return rule


PROPOSE_ALERT_RULE = Tool(
    name="propose_alert_rule",
    args=AlertWish,
    run=with_ledger(run),
    effect="propose",
    description={
        "zh": "拟为提问人设置提醒规则（指标越线、比平时多、快超期、数据源静默），等本人确认。",
        "en": "Propose a rule that warns the asker (a bound passed, more than usual, overdue soon, a silent feed); the asker confirms.",
    },
)
