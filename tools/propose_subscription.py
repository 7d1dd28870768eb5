"""propose_subscription: a briefing that comes by itself, at another time, or no more; ready to be confirmed."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tools.ledger_results import actor, key_of, proposed, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from warehouse.semantic import Frozen

if TYPE_CHECKING:
    from tools.standing.deeds import Deed
    from tools.standing.schedule import Schedule
    from tools.standing.wishes import Subscription
    from tools.work_orders.ledger import Ledger


class SubscriptionWish(Frozen):
    """What the asker wants for themselves.

    Attributes:
        change: `start` (also of one that was stopped), `move` to another time, `stop`.
        briefing: night, daily, weekly, monthly, scorecard or personal; None: the only one they have (stop: all).
        at: Wall time of the city.
        days: `every` day, `working` days, given `week`days (1 for Monday), a `day` of the `month`; None: as it is.
    """

    change: Literal["start", "move", "stop"]
    briefing: str | None = None
    at: time | None = None
    days: Literal["every", "working", "week", "month"] | None = None
    weekdays: tuple[int, ...] = ()
    day: int | None = Field(default=None, ge=1, le=31)
    language: Literal["zh", "en"] = "zh"


def run(wish: SubscriptionWish, context: ToolContext, ledger: Ledger) -> ToolResult:
    """The proposal; nothing comes, changes or stops before its asker confirms."""
    from tools import proposals
    from tools.work_orders.standing_rows import active

    own = {one.name: one.subscription for one in active(ledger.database, "subscription", context.principal.name)}
    deed = _ended(wish, own) if wish.change == "stop" else _wished(wish, own, context)
    key = key_of(context, deed.action, *deed.names)
    made = proposals.propose_standing(ledger, deed, actor(context), context.now, key=key, thread=context.thread)
    return proposed(ledger, made)


def _ended(wish: SubscriptionWish, own: dict[str, Subscription]) -> Deed:
    from tools.standing.deeds import Deed
    from tools.work_orders.errors import NoSubscription

    names = tuple(own) if wish.briefing is None else (wish.briefing,)
    if not names or not set(names) <= set(own):
        raise NoSubscription(why="none" if own else "nothing", briefing=wish.briefing or "", known=tuple(own))
    return Deed(action="unsubscribe", names=names)


def _wished(wish: SubscriptionWish, own: dict[str, Subscription], context: ToolContext) -> Deed:
    from tools.standing.deeds import Deed
    from tools.standing.wishes import Subscription

    name = _which(wish, own, context)
    before = own.get(name)
    subscription = Subscription(
        briefing=name,
        schedule=_schedule(wish, name, before),
        language=wish.language,
        channel=context.channel,
        quiet=before.quiet if before else None,
    )
    return Deed(action="subscribe", names=(name,), subscription=subscription, before=before)


def _which(wish: SubscriptionWish, own: dict[str, Subscription], context: ToolContext) -> str:
    from tools.standing.defaults import defaults
    from tools.work_orders.errors import NoSubscription

    allowed = defaults().of(context.principal.role)
    if wish.briefing is not None and wish.briefing not in allowed:
        raise NoSubscription(why="role", briefing=wish.briefing, known=allowed)
    if wish.change == "move" and (wish.briefing or "") not in own and (wish.briefing or not own):
        raise NoSubscription(why="none" if own else "nothing", briefing=wish.briefing or "", known=tuple(own))
    if wish.briefing is not None:
        return wish.briefing
    if wish.change == "move" and len(own) == 1:
        return next(iter(own))
    raise NoSubscription(why="which", briefing="", known=tuple(own) if wish.change == "move" else allowed)


def _schedule(wish: SubscriptionWish, name: str, before: Subscription | None) -> Schedule:
    """What was said; what was not stays as it was, else as is usual for the briefing."""
    from tools.standing.defaults import defaults
    from tools.standing.schedule import Schedule

    base = before.schedule if before else defaults().briefings[name].schedule
    if wish.days is None:
        return base.model_copy(update={"at": wish.at or base.at})
    return Schedule(at=wish.at or base.at, days=wish.days, weekdays=wish.weekdays, day=wish.day)


PROPOSE_SUBSCRIPTION = Tool(
    name="propose_subscription",
    args=SubscriptionWish,
    run=with_ledger(run),
    effect="propose",
    description={
        "zh": "拟为提问人订阅、改时间或取消一份定时简报（night 夜间、daily 日报、weekly 周报、monthly 月报、scorecard 考核、personal 个人），等本人确认。",
        "en": "Propose that a briefing (night, daily, weekly, monthly, scorecard, personal) comes to the asker by itself, at another time, or no more; the asker confirms.",
    },
)
