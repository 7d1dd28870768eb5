"""A step of a case: pure functions from one version to the next. The ledger only stores what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tools.principal import Principal, Role
from tools.work_orders.deadlines import DeadlineClock
from tools.work_orders.errors import MissingArgument, NotPermitted, NotPossible
from tools.work_orders.machine import ActionSpec, Guard, Machine
from tools.work_orders.model import Limit, Pause, Supervision, WorkOrder, WorkOrderStatus

Args = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step somebody wants to take."""

    action: str
    principal: Principal
    now: datetime
    args: Args


class Flow:
    """The machine with the clock of a city: says what a step makes of a case."""

    def __init__(self, machine: Machine, clock: DeadlineClock) -> None:
        self.machine = machine
        self.clock = clock

    def take(self, order: WorkOrder, step: Step) -> WorkOrder:
        """The case after the step, one version on.

        Raises:
            UnknownAction, MissingArgument: The step itself is wrong.
            NotPossible: The case does not allow it now.
        """
        order = self.woken(order, step.now)
        self.check(order, step)
        spec = self.machine.action(step.action)
        moved = replace(
            order,
            version=order.version + 1,
            updated_at=step.now,
            status=_target(spec, step.args) or order.status,
            draft=_draft(order, step.args),
            hands={**order.hands, step.action: step.principal.name},
            **_changes(spec, order, step),
        )
        return self._clocked(order, moved, step)

    def check(self, order: WorkOrder, step: Step) -> None:
        """Whether the case allows the step and the step has what it needs; who may take it is `permit`'s question.

        Raises:
            UnknownAction, MissingArgument, NotPossible: As `take`.
        """
        order = self.woken(order, step.now)
        spec = self.machine.action(step.action)
        missing = tuple(name for name in spec.needs if _absent(step.args.get(name)))
        if missing:
            raise MissingArgument(action=step.action, missing=missing)
        if order.status not in spec.origin:
            raise _refused(order, step, "status")
        for guard in spec.guards:
            if not _GUARDS[guard](self.machine, order, step):
                raise _refused(order, step, guard)

    def woken(self, order: WorkOrder, now: datetime) -> WorkOrder:
        """The case at a moment: a 挂账 whose end has come is over by itself."""
        if order.suspended_until is None or order.suspended_until > now:
            return order
        return replace(order, suspended_until=None)

    def is_overdue(self, order: WorkOrder, now: datetime) -> bool:
        """Whether the unit is late: after the deadline with the clock running, or fed back after it."""
        if order.due_at is None or self.woken(order, now).is_suspended:
            return False
        if order.status in {WorkOrderStatus.DISPATCHED, WorkOrderStatus.HANDLING}:
            return now > order.due_at
        return order.disposed_at is not None and order.disposed_at > order.due_at

    def due_again(self, order: WorkOrder) -> WorkOrder:
        """The case with its deadline as limit, extensions, pauses and calendar say now."""
        if order.dispatched_at is None:
            return order
        limit = self._limit(order)
        if limit is None:
            return order
        whole = Limit(amount=limit.amount * (1 + order.extension_count), clock=limit.clock)
        deadline = self.clock.due(order.dispatched_at, whole, order.pauses)
        return replace(order, due_at=deadline.at, due_is_provisional=deadline.is_provisional)

    def _limit(self, order: WorkOrder) -> Limit | None:
        """The limit on its clock; a promised deadline is a limit too, running on from dispatch."""
        promised, start = order.draft.due_at, order.dispatched_at
        if promised is not None and start is not None and promised > start:
            return Limit(amount=(promised - start) / timedelta(hours=1), clock="urgent_hour")
        return order.limit

    def _clocked(self, before: WorkOrder, order: WorkOrder, step: Step) -> WorkOrder:
        """The moved case with its handling clock started, stopped or running again."""
        spec = self.machine.action(step.action)
        if spec.clock is None:
            return order
        if spec.clock == "stop":
            assert spec.pause is not None
            pause = Pause(start=step.now, end=order.suspended_until, why=spec.pause)
            return self.due_again(replace(order, pauses=(*order.pauses, pause)))
        # A returned case that goes to the same unit keeps its old clock; another unit gets the whole limit.
        same_unit = before.returned_by is not None and before.returned_by == order.unit
        if spec.clock == "start" or (spec.clock == "start_or_run" and not same_unit):
            return self.due_again(replace(order, dispatched_at=step.now, pauses=()))
        return self.due_again(
            order if spec.clock == "extend" else replace(order, pauses=_ended(order.pauses, step.now))
        )


def permit(machine: Machine, order: WorkOrder, step: Step, *, pressing: bool) -> None:
    """Whether the person may ask for the step (or, `pressing`, confirm it) on this case.

    Raises:
        NotPermitted: Their role, area or unit forbids it.
    """
    spec = machine.action(step.action)
    allowed = spec.pressers if pressing else spec.ask | spec.pressers
    who = step.principal
    if who.role not in allowed:
        raise NotPermitted(action=step.action, why="role", who=who.name, allowed=tuple(sorted(allowed)))
    if who.districts and order.draft.place.district not in who.districts:
        raise NotPermitted(action=step.action, why="area", who=who.name, allowed=who.districts)
    if not _of_own_unit(who, order):
        why = "unit" if who.departments else "no_unit"
        raise NotPermitted(action=step.action, why=why, who=who.name, allowed=who.departments)
    if pressing and spec.not_after is not None and order.hands.get(spec.not_after) == who.name:
        raise NotPermitted(action=step.action, why="acted_before", who=who.name, allowed=(spec.not_after,))


def _of_own_unit(who: Principal, order: WorkOrder) -> bool:
    """A handler acts for named units only; without any they act for none. Others only where they are limited to some."""
    if who.role is not Role.HANDLER and not who.departments:
        return True
    return bool({order.draft.unit, order.draft.department} & set(who.departments))


def _refused(order: WorkOrder, step: Step, guard: str) -> NotPossible:
    return NotPossible(action=step.action, case_no=order.case_no, status=order.status.value, guard=guard)


def _absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _target(spec: ActionSpec, args: Args) -> WorkOrderStatus | None:
    return spec.otherwise if spec.otherwise is not None and not args["passed"] else spec.to


def _draft(order: WorkOrder, args: Args) -> Any:
    named = {
        name: args[name] for name in ("unit", "department", "condition", "category") if not _absent(args.get(name))
    }
    return replace(order.draft, **named) if named else order.draft


def _changes(spec: ActionSpec, order: WorkOrder, step: Step) -> dict[str, Any]:
    changes: dict[str, Any] = {
        name: _VALUES[value[1:]](order, step) if isinstance(value, str) and value.startswith("$") else value
        for name, value in spec.changes.items()
    }
    if spec.count is not None:
        changes[spec.count] = getattr(order, spec.count) + 1
    if spec.stamp is not None:
        changes[spec.stamp] = step.now
    return changes


def _supervision(order: WorkOrder, step: Step) -> Supervision:
    """A new order on 督办, or the standing one with its reply."""
    if step.action == "reply":
        assert order.supervision is not None
        return replace(order.supervision, replied_at=step.now)
    return Supervision(
        kind=step.args["kind"],
        level=int(step.args.get("level") or 1),
        requirement=step.args["requirement"],
        ordered_by=step.principal.name,
        reply_by=step.args.get("reply_by"),
    )


def _review(order: WorkOrder, step: Step) -> str:
    if not step.args["passed"]:
        return "refused"
    return "second_review" if order.appeal == "first_review" else "granted"


_VALUES: dict[str, Callable[[WorkOrder, Step], Any]] = {
    "passed": lambda _, step: bool(step.args["passed"]),
    "unit": lambda order, _: order.unit,
    "actor": lambda _, step: step.principal.name,
    "limit": lambda _, step: step.args.get("limit"),
    "until": lambda _, step: step.args["until"],
    "supervision": _supervision,
    "review": _review,
}


def _ended(pauses: tuple[Pause, ...], now: datetime) -> tuple[Pause, ...]:
    """The pauses with the one that lasts ended now; one that would end later ends now too."""
    return tuple(replace(pause, end=now) if pause.end is None or pause.end > now else pause for pause in pauses)


def _until_allowed(machine: Machine, _: WorkOrder, step: Step) -> bool:
    until: datetime = step.args["until"]
    return step.now < until <= step.now + timedelta(days=machine.policy.suspension_days)


def _other_unit(_: Machine, order: WorkOrder, step: Step) -> bool:
    return step.args["unit"] not in {order.draft.unit, order.unit}


_GUARDS: dict[Guard, Callable[[Machine, WorkOrder, Step], bool]] = {
    "own_unit": lambda _, order, step: _of_own_unit(step.principal, order),
    "other_unit": _other_unit,
    "suspended": lambda _, order, __: order.is_suspended,
    "not_suspended": lambda _, order, __: not order.is_suspended,
    "not_overdue": lambda _, order, step: order.due_at is None or step.now <= order.due_at,
    "was_late": lambda _, order, __: None not in (order.disposed_at, order.due_at) and order.disposed_at > order.due_at,  # type: ignore[operator]  # both are moments here
    "extensions_left": lambda machine, order, _: order.extension_count < machine.policy.extensions,
    "suspensions_left": lambda machine, order, _: order.suspension_count < machine.policy.suspensions,
    "until_allowed": _until_allowed,
    "verified_if_asked": lambda _, order, __: order.verified is not False,
    "category_known": lambda _, order, step: (step.args.get("category") or order.draft.category) is not None,
    "reply_owed": lambda _, order, __: order.supervision is not None and order.supervision.replied_at is None,
    "reply_given": lambda _, order, __: order.supervision is None or order.supervision.replied_at is not None,
    "not_appealed": lambda _, order, __: order.appeal == "none",
    "in_first_review": lambda _, order, __: order.appeal == "first_review",
    "in_second_review": lambda _, order, __: order.appeal == "second_review",
}
