"""Proposals as rows: what somebody wants done, until somebody with the right says yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from tools.principal import Principal, Role
from tools.work_orders.errors import UnknownProposal
from tools.work_orders.tables import press, proposal

REPORT = "report"
_OF: BindParameter[Any] = bindparam("of")
_BY_ID = select(proposal).where(proposal.c.id == _OF)
_BY_KEY = select(proposal).where(proposal.c.idem_key == _OF)
_PENDING = update(proposal).where(proposal.c.id == _OF, proposal.c.status == "pending")
_BY_DELIVERY = select(press).where(press.c.delivery == _OF)


class ProposalStatus(StrEnum):
    """Where a proposal stands; only `pending` can be pressed."""

    PENDING = "pending"
    DONE = "done"
    REJECTED = "rejected"
    REPLACED = "replaced"
    EXPIRED = "expired"
    STALE = "stale"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A write that waits for a person.

    Attributes:
        action: `report`, or a step of the flow.
        case_nos: The cases it is about; none for a report, which makes one.
        versions: Case number to the version the asker saw.
        args: As JSON: a step's arguments, or the draft of a report.
        asker: Who wants it.
        outcome: What came of it: `{"cases": [...], ...}`.
        replaced_by: The proposal that a modification made of it.
    """

    id: str
    idem_key: str
    action: str
    case_nos: tuple[str, ...]
    versions: Mapping[str, int]
    args: Mapping[str, Any]
    asker: Principal
    channel: str
    thread: str | None
    status: ProposalStatus
    created_at: datetime
    expires_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)
    replaced_by: str | None = None


def add(connection: Connection, new: Proposal) -> Proposal:
    """Store a proposal; one that was made before under the same key is returned instead."""
    found = connection.execute(_BY_KEY, {"of": new.idem_key}).mappings().first()
    if found is not None:
        return _of(dict(found))
    connection.execute(insert(proposal), _row(new))
    return new


def read(connection: Connection, proposal_id: str) -> Proposal:
    """The proposal.

    Raises:
        UnknownProposal: There is none.
    """
    found = connection.execute(_BY_ID, {"of": proposal_id}).mappings().first()
    if found is None:
        raise UnknownProposal(proposal=proposal_id)
    return _of(dict(found))


def pending(connection: Connection, now: datetime, asker: str | None = None) -> Sequence[Proposal]:
    """What waits for a press, oldest first."""
    rows = select(proposal).where(proposal.c.status == ProposalStatus.PENDING.value, proposal.c.expires_at > now)
    if asker is not None:
        rows = rows.where(proposal.c.asker == asker)
    return [
        _of(dict(row)) for row in connection.execute(rows.order_by(proposal.c.created_at, proposal.c.id)).mappings()
    ]


def decided_since(connection: Connection, who: str, since: datetime) -> Sequence[Proposal]:
    """What a person had carried out since a moment, the latest first."""
    done = select(proposal).where(
        proposal.c.decided_by == who, proposal.c.decided_at >= since, proposal.c.status == ProposalStatus.DONE.value
    )
    ordered = done.order_by(proposal.c.decided_at.desc(), proposal.c.id)
    return [_of(dict(row)) for row in connection.execute(ordered).mappings()]


def settle(
    connection: Connection, of: Proposal, status: ProposalStatus, *, by: str | None, at: datetime, **changes: Any
) -> Proposal | None:
    """A pending proposal at its end; None when somebody else already took it there."""
    columns = {"status": status.value, "decided_by": by, "decided_at": at, **changes}
    if connection.execute(_PENDING, {**columns, "of": of.id}).rowcount != 1:
        return None
    return replace(of, status=status, decided_by=by, decided_at=at, **changes)


def conclude(connection: Connection, proposal_id: str, **changes: Any) -> None:
    """Write down what came of a proposal that was settled in this transaction, or undone later."""
    connection.execute(update(proposal).where(proposal.c.id == proposal_id), changes)


def pressed(connection: Connection, delivery: str) -> Mapping[str, Any] | None:
    """The press that came with this delivery before, if any: channels send the same one again."""
    found = connection.execute(_BY_DELIVERY, {"of": delivery}).mappings().first()
    return None if found is None else dict(found)


def note_press(connection: Connection, **row: Any) -> None:
    """Remember a press under its delivery."""
    connection.execute(insert(press), row)


def _row(of: Proposal) -> dict[str, Any]:
    return {
        "id": of.id,
        "idem_key": of.idem_key,
        "action": of.action,
        "case_nos": list(of.case_nos),
        "versions": dict(of.versions),
        "args": dict(of.args),
        "asker": of.asker.name,
        "asker_rights": {
            "role": of.asker.role.value,
            "districts": list(of.asker.districts),
            "departments": list(of.asker.departments),
        },
        "channel": of.channel,
        "thread": of.thread,
        "status": of.status.value,
        "created_at": of.created_at,
        "expires_at": of.expires_at,
        "outcome": dict(of.outcome),
    }


def _of(row: Mapping[str, Any]) -> Proposal:
    rights = row["asker_rights"]
    return Proposal(
        id=row["id"],
        idem_key=row["idem_key"],
        action=row["action"],
        case_nos=tuple(row["case_nos"]),
        versions=row["versions"],
        args=row["args"],
        asker=Principal(row["asker"], Role(rights["role"]), tuple(rights["districts"]), tuple(rights["departments"])),
        channel=row["channel"],
        thread=row["thread"],
        status=ProposalStatus(row["status"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        outcome=row["outcome"] or {},
        replaced_by=row["replaced_by"],
    )
