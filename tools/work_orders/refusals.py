"""The other half of the audit: what was asked for and refused, by whom, when and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from tools.work_orders.errors import LedgerUnavailable, MissingArgument, WorkOrderError
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor
from tools.work_orders.tables import refusal

# Many cases at once are named by the first of them; the count says how many there were.
_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody tries.

    Attributes:
        wanted: A step of the flow, `report`, or a decision on a proposal.
    """

    actor: Actor
    wanted: str
    now: datetime
    case_nos: tuple[str, ...] = ()
    proposal: str | None = None


@contextmanager
def audited(ledger: Ledger, attempt: Attempt) -> Iterator[None]:
    """Whatever the domain refuses inside is written down, after the refused transaction is gone, and raised again.

    What only lacks an argument is asked for, not refused.
    """
    try:
        yield
    except (LedgerUnavailable, MissingArgument):
        raise
    except WorkOrderError as problem:
        _note(ledger, attempt, problem)
        raise


def refusals(ledger: Ledger) -> Sequence[dict[str, Any]]:
    """Every refusal, first to last."""
    with ledger.database.reading() as connection:
        return [dict(row) for row in connection.execute(select(refusal).order_by(refusal.c.id)).mappings()]


def _note(ledger: Ledger, attempt: Attempt, problem: WorkOrderError) -> None:
    facts = {name: _plain(value) for name, value in problem.facts.items()}
    row = {
        "at": attempt.now,
        "who": attempt.actor.name,
        "role": attempt.actor.principal.role.value,
        "channel": attempt.actor.channel,
        "wanted": attempt.wanted[:24],
        "proposal": attempt.proposal[:16] if attempt.proposal else None,
        "case_nos": list(attempt.case_nos[:_NAMED]),
        "code": problem.code,
        "facts": {**facts, **({"cases": len(attempt.case_nos)} if len(attempt.case_nos) > _NAMED else {})},
    }
    with ledger.database.writing() as connection:
        connection.execute(insert(refusal), row)


def _plain(value: object) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
