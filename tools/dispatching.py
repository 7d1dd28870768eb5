"""Dispatch without a unit: the routed one where the city's rules or past cases are sure, else a question with candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.work_orders.arguments import StepArgs
from tools.work_orders.errors import MissingArgument, UnknownOrder

if TYPE_CHECKING:
    from tools.spec import ToolContext
    from tools.work_orders.ledger import Ledger
    from tools.work_orders.model import WorkOrder
    from tools.work_orders.routing import Router, Routing

_TO_A_UNIT = frozenset({"dispatch", "reassign"})
MOST_CANDIDATES = 3


def with_unit(action: str, args: StepArgs, numbers: Sequence[str], context: ToolContext, ledger: Ledger) -> StepArgs:
    """The arguments with the unit that every one of the cases should go to.

    A candidate is also named by its number in the question that was asked before.

    Raises:
        MissingArgument: No unit is likely enough, or the cases belong to several; `options` are the likeliest.
        UnreadableRouting: The city's rules cannot be used.
    """
    choice = _number(args.unit)
    if action not in _TO_A_UNIT or (args.unit and choice is None):
        return args
    router = ledger.router()
    found = [_routing(router, order, action, context) for order in _orders(numbers, ledger)] if router else []
    sure = {routing.unit.name if routing.unit else None for routing in found}
    if choice is not None:
        chosen = [option["reply"] for option in _options(found)][choice - 1 : choice]
        return args.model_copy(update={"unit": chosen[0] if chosen else None})
    if len(sure) == 1 and None not in sure and not _lacks_reason(action, args):
        return args.model_copy(update={"unit": sure.pop()})
    if found:
        raise MissingArgument(action=action, missing=("unit",), options=_options(found))
    return args


def _number(said: str | None) -> int | None:
    told = (said or "").strip()
    return int(told) if told.isdecimal() and 1 <= int(told) <= MOST_CANDIDATES else None


def _lacks_reason(action: str, args: StepArgs) -> bool:
    """Who takes a case from a unit has thought of another: without a reason the unit is asked for before it."""
    return action == "reassign" and not args.reason


def _orders(numbers: Sequence[str], ledger: Ledger) -> list[WorkOrder]:
    found = []
    with ledger.database.reading() as connection:
        for number in dict.fromkeys(numbers):
            try:
                found.append(ledger.read(connection, number))
            except UnknownOrder:
                # The step itself says so.
                continue
    return found


def _routing(router: Router, order: WorkOrder, action: str, context: ToolContext) -> Routing:
    """Never to who has it now or sent it back."""
    current = (order.draft.unit, order.draft.department) if action == "reassign" else ()
    but = [name for name in (*current, order.returned_by) if name]
    return router.route(order.draft, context.principal.scope, but=but)


def _options(found: Sequence[Routing]) -> tuple[dict[str, str], ...]:
    """The likeliest units of the cases together; of each what is told is the count where it is likeliest."""
    best = sorted((route for routing in found for route in routing.units), key=lambda route: -route.confidence)
    first = {route.name: route for route in reversed(best)}
    ranked = sorted(first.values(), key=lambda route: -route.confidence)[:MOST_CANDIDATES]
    return tuple(
        {"label": f"{one.name} · {one.cases}/{one.of}" if one.of else one.name, "reply": one.name} for one in ranked
    )
