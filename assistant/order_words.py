"""Work orders in words: cards, what was done, and the codes of the flow by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from assistant.verbalise_cells import phrases
from warehouse.table import Table

if TYPE_CHECKING:
    from tools.proposals import Decided
    from tools.work_orders.ledger import Ledger

LISTED = 10


def two(language: str) -> Literal["zh", "en"]:
    """One of the two languages."""
    return "en" if language == "en" else "zh"


def say(key: str, language: str, **fields: object) -> str:
    """A phrase about work orders."""
    return phrases(two(language))[f"order_{key}"].format(**fields)


def card_text(proposal: Mapping[str, Any], language: str) -> list[str]:
    """A card in lines: its title, then name and value."""
    card = proposal["card"][two(language)]
    colon = phrases(two(language))["colon"]
    return [card["title"], *(f"· {name}{colon}{value}" if name else f"· {value}" for name, value in card["lines"])]


def done_lines(ledger: Ledger, did: Decided, decision: str, language: str) -> list[str]:
    """What a press did, each case as it stands now."""
    tongue = two(language)
    if decision == "reject":
        return [say("rejected", tongue)]
    if "standing" in did.proposal.outcome:
        return _standing_lines(did, tongue)
    machine = ledger.flow.machine
    report = did.proposal.action == "report"
    label = machine.report.label if report else machine.action(did.proposal.action).label
    lines = [say("done_again" if did.replayed else "done", tongue, action=getattr(label, tongue), n=len(did.cases))]
    for order in did.cases[:LISTED]:
        due = f"{order.due_at.astimezone(ledger.flow.clock.zone):%Y-%m-%d %H:%M}" if order.due_at else None
        said = getattr(machine.statuses[order.status], tongue)
        lines.append(say("case_now_due" if due else "case_now", tongue, number=order.case_no, status=said, due=due))
    if len(did.cases) > LISTED:
        lines.append(say("and_more", tongue, n=len(did.cases) - LISTED))
    if did.skipped:
        lines.append(say("skipped", tongue, n=len(did.skipped), cases=phrases(tongue)["join"].join(did.skipped)))
    return [*lines, say("may_undo", tongue, n=f"{machine.policy.undo_minutes:g}")]


def _standing_lines(did: Decided, tongue: Literal["zh", "en"]) -> list[str]:
    """What stands or ended, under the name that its card had."""
    from tools.standing.cards import lines, title
    from tools.standing.deeds import Deed

    deed = Deed.model_validate(did.proposal.args)
    colon = phrases(tongue)["colon"]
    head = say("standing_again" if did.replayed else "standing_done", tongue, what=title(deed, tongue))
    return [head, *(f"· {name}{colon}{value}" for name, value in lines(deed, tongue))]


def named(table: Table, language: str) -> Table:
    """The table with the flow's codes (statuses, steps) as people call them."""
    places = {i: c.name for i, c in enumerate(table.columns) if c.name in {"order_status", "order_step"}}
    if not places:
        return table
    from tools.work_orders.machine import load_machine

    machine, tongue = load_machine(), two(language)
    words = {status.value: getattr(spec, tongue) for status, spec in machine.statuses.items()}
    steps = {name: getattr(spec.label, tongue) for name, spec in machine.actions.items()}
    steps |= {"report": getattr(machine.report.label, tongue)}
    steps |= {name: say(f"step_{name}", tongue) for name in ("adopt", "undo", "recompute")}
    rows = tuple(
        tuple((words if places[i] == "order_status" else steps).get(cell, cell) if i in places else cell
              for i, cell in enumerate(row))
        for row in table.rows
    )  # fmt: skip
    return replace(table, rows=rows)
