"""What can go wrong with work orders. Fields carry facts; sentences are made by whoever shows them.

WorkOrderError
├── UnknownOrder         no such case, or none that the asker may see
├── UnknownProposal      no such proposal
├── UnknownAction        no such step; carries the steps there are
├── NotPermitted         the person may not do that: role, unit, area, or one who must not act twice
├── NotPossible          the case's state does not allow the step; names the guard
├── MissingArgument      a step lacks what it needs (a reason, a unit, an end date)
├── StaleVersion         the case changed after the proposal was made; nothing was written
├── AlreadyDecided       somebody pressed before; carries who, when and what came of it
├── ProposalExpired      nobody pressed in time
├── NotUndoable          too late, or the case has moved on
├── TooMany              a bulk act over its cap
├── NoSubscription       no such standing wish to change or end, or none that a role may have
├── UnreadableStandard   a handling standard's file cannot be used at all
├── UnreadableRouting    the city's rules on who gets what cannot be used, or name what the city does not have
└── LedgerUnavailable    the database cannot be reached or is newer than this CityDesk
"""

from __future__ import annotations


class WorkOrderError(Exception):
    """Base of everything that the work-order domain raises."""

    code: str = "work_order_error"

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.code}: " + ", ".join(f"{name}={value}" for name, value in facts.items()))
        self.facts: dict[str, object] = facts


class UnknownOrder(WorkOrderError):
    """Facts: `case_no`."""

    code = "unknown_order"


class UnknownProposal(WorkOrderError):
    """Facts: `proposal`."""

    code = "unknown_proposal"


class UnknownAction(WorkOrderError):
    """Facts: `action`, `known`."""

    code = "unknown_action"


class NotPermitted(WorkOrderError):
    """Facts: `action`, `why` (a key of `problems.yml`, such as `role` or `area`), `who`, `allowed`."""

    code = "not_permitted"


class NotPossible(WorkOrderError):
    """Facts: `action`, `case_no`, `status`, `guard` (the status itself or the rule that forbids it)."""

    code = "not_possible"


class MissingArgument(WorkOrderError):
    """Facts: `action`, `missing`; `options` (label and reply) where the likely answers are known."""

    code = "missing_argument"


class StaleVersion(WorkOrderError):
    """Facts: `case_no`, `expected`, `found`."""

    code = "stale_version"


class AlreadyDecided(WorkOrderError):
    """Facts: `proposal`, `status`, `by`, `at`, `why` (`person`; `itself`: it expired, or its case moved on)."""

    code = "already_decided"


class ProposalExpired(WorkOrderError):
    """Facts: `proposal`, `expired_at`."""

    code = "proposal_expired"


class NotUndoable(WorkOrderError):
    """Facts: `proposal`, `why` (`too_late`, `moved_on`, `not_done`, `standing`)."""

    code = "not_undoable"


class TooMany(WorkOrderError):
    """Facts: `count`, `cap`."""

    code = "too_many"


class NoSubscription(WorkOrderError):
    """Facts: `why` (`nothing`, `none`, `which`, `role`, `no_alert`, `no_rule`), `briefing`, `known`."""

    code = "no_subscription"


class UnreadableStandard(WorkOrderError):
    """Facts: `file`, `problem`."""

    code = "unreadable_standard"


class UnreadableRouting(WorkOrderError):
    """Facts: `file`, `problem`."""

    code = "unreadable_routing"


class LedgerUnavailable(WorkOrderError):
    """Facts: `problem`."""

    code = "ledger_unavailable"
