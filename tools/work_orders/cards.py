"""A proposal as a card, put together by code: what would be done, to which case, with which values, until when.

No model has a hand in it, so a person who presses sees what will be written and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from tools.evidence import one_line
from tools.standing import cards as standing_cards
from tools.standing.deeds import ACTIONS, Deed
from tools.work_orders.arguments import StepArgs
from tools.work_orders.errors import UnreadableRouting
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import CaseDraft, Category, Place, WorkOrder
from tools.work_orders.proposal_rows import REPORT, Proposal
from tools.work_orders.records import draft_of
from tools.work_orders.transitions import Step

if TYPE_CHECKING:
    from tools.work_orders.routing import Route

Language = Literal["zh", "en"]
# Steps that hand a case to a unit.
GOES_TO_A_UNIT = frozenset({"dispatch", "reassign"})
LONGEST_VALUE = 2_000
_LISTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice on a card. `payload` is all a channel has to carry: a decision and a proposal id, under 64 bytes."""

    label: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a channel shows.

    Attributes:
        lines: Name and value, in reading order. Values come from people and are text, never markup.
    """

    proposal: str
    title: str
    lines: tuple[tuple[str, str], ...]
    buttons: tuple[Button, ...]

    def text(self) -> str:
        """The card in plain text."""
        return "\n".join((self.title, *(f"  {name}: {value}" for name, value in self.lines)))


def card(ledger: Ledger, proposal: Proposal, language: Language = "zh") -> Card:
    """The card of a proposal, with the cases as they are now."""
    with ledger.database.reading() as connection:
        orders = [ledger.read(connection, number) for number in proposal.case_nos]
    words = _Words(language, ledger.flow.clock.zone)
    if proposal.action in ACTIONS:
        return _standing_card(words, ledger, proposal)
    if proposal.action == REPORT:
        label, lines = getattr(ledger.flow.machine.report.label, language), _draft_lines(words, ledger, proposal)
    else:
        label = getattr(ledger.flow.machine.action(proposal.action).label, language)
        lines = _step_lines(words, ledger, proposal, orders)
    title = words.form("title", action=label, target=_target(words, orders))
    return Card(
        proposal=proposal.id,
        title=title,
        lines=(*lines, *_about(words, ledger, proposal)),
        buttons=_buttons(words, proposal, ("approve", "modify", "reject")),
    )


def _standing_card(words: _Words, ledger: Ledger, proposal: Proposal) -> Card:
    """The card of a wish that will stand. A change of mind is said anew, so it has no button to modify."""
    deed = Deed.model_validate(proposal.args)
    lines = list(standing_cards.lines(deed, words.language))
    if deed.subscription is not None:
        clock = ledger.flow.clock
        following = deed.subscription.schedule.following(proposal.created_at, clock.zone, clock.calendar)
        lines.append((standing_cards.word("fields", "next", words.language), words.value("next", following)))
    return Card(
        proposal=proposal.id,
        title=standing_cards.title(deed, words.language),
        lines=(*lines, *_named(words, {"expires_at": proposal.expires_at})),
        buttons=_buttons(words, proposal, ("approve", "reject")),
    )


def _buttons(words: _Words, proposal: Proposal, names: Sequence[str]) -> tuple[Button, ...]:
    return tuple(Button(label=words.word("buttons", name), payload=f"{name}:{proposal.id}") for name in names)


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cards.yml").read_text(encoding="utf-8"))
    return texts


def word(group: str, name: str, language: Language) -> str:
    """A card's word for a field, value, role, button or decision; the name itself where there is none."""
    texts = _texts()[group]
    return str(texts[name][language]) if name in texts else name


@dataclass(frozen=True, slots=True)
class _Words:
    language: Language
    zone: tzinfo

    def word(self, group: str, name: str) -> str:
        return word(group, name, self.language)

    def form(self, name: str, **values: object) -> str:
        return str(_texts()[name][self.language]).format(**values)

    def routed(self, route: Route) -> str:
        why = self.form("routed_by_rule")
        if route.why != "rule":
            level = self.word("levels", route.level)
            why = self.form("routed_by_cases", level=level, of=route.of, cases=route.cases)
        return self.form("routed", who=one_line(route.name), why=why)

    def value(self, name: str, value: object) -> str:
        if isinstance(value, datetime):
            return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M}"
        if name == "passed":
            return self.word("values", "passed" if value else "failed")
        if name == "kind":
            return self.word("values", str(value))
        if isinstance(value, Category):
            return f"{value.major} / {value.minor}（{self.word('values', value.kind)}）"
        if isinstance(value, Place):
            parts = (value.district, value.street, value.community, value.grid, value.address)
            point = f"({value.longitude:.5f}, {value.latitude:.5f})" if value.latitude is not None else None
            return " ".join(filter(None, (*parts, point)))
        # Other people's words: nothing in them may pass for a line of the card.
        return one_line(str(value), LONGEST_VALUE)


def _target(words: _Words, orders: Sequence[WorkOrder]) -> str:
    if not orders:
        return words.form("new_case")
    if len(orders) > 1:
        return words.form("many", count=len(orders))
    return f"{orders[0].case_no} {one_line(orders[0].draft.title)}"


def _named(words: _Words, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is not None and value != "":
            yield words.word("fields", name), words.value(name, value)


def _draft_lines(words: _Words, ledger: Ledger, proposal: Proposal) -> tuple[tuple[str, str], ...]:
    draft: CaseDraft = draft_of(dict(proposal.args))
    clause = ledger.standard.clauses.get(draft.condition or "")
    return tuple(
        _named(
            words,
            {
                "title": draft.title,
                "description": draft.description if draft.description != draft.title else None,
                "category": draft.category,
                "place": draft.place,
                "urgency": words.word("values", "urgent") if draft.urgency == "urgent" else None,
                "condition": clause.condition if clause else draft.condition,
                "department": draft.department,
                "unit": draft.unit,
                "source": draft.source,
                "reporter": draft.reporter,
                "attachments": len(draft.attachments) or None,
                "due_at": draft.due_at,
                "duplicate_of": draft.duplicate_of,
                **_suggested(words, ledger, proposal, draft),
            },
        )
    )


def _step_lines(
    words: _Words, ledger: Ledger, proposal: Proposal, orders: Sequence[WorkOrder]
) -> tuple[tuple[str, str], ...]:
    args = StepArgs.model_validate(proposal.args).given
    if len(orders) > 1:
        listed = [(order.case_no, one_line(order.draft.title)) for order in orders[:_LISTED]]
        more = [("", words.form("more", count=len(orders)))] if len(orders) > _LISTED else []
        return (*listed, *more, *_named(words, args))
    order = orders[0]
    status = getattr(ledger.flow.machine.statuses[order.status], words.language)
    suggested = _suggested(words, ledger, proposal, order.draft) if proposal.action in GOES_TO_A_UNIT else {}
    return tuple(
        _named(words, {"status": status, "place": order.draft.place, "due_at": order.due_at, **args, **suggested}),
    ) + tuple(_named(words, {"new_due_at": _new_deadline(ledger, proposal, order, args)}))


def _suggested(words: _Words, ledger: Ledger, proposal: Proposal, draft: CaseDraft) -> dict[str, str]:
    """Who the city's rules or past cases say it goes to, as far as the asker may see those cases."""
    try:
        router = ledger.router()
    except UnreadableRouting:
        # A card already made stays readable; who reports or dispatches is told of the broken file.
        return {}
    if router is None:
        return {}
    routing = router.route(draft, proposal.asker.scope)
    if routing.unit is not None:
        return {"suggested_unit": words.routed(routing.unit)}
    return {"suggested_department": words.routed(routing.department)} if routing.department is not None else {}


def _new_deadline(ledger: Ledger, proposal: Proposal, order: WorkOrder, args: Mapping[str, Any]) -> datetime | None:
    """The deadline an extension would give."""
    if proposal.action != "extend":
        return None
    step = Step(action="extend", principal=proposal.asker, now=proposal.created_at, args=args)
    return ledger.flow.take(order, step).due_at


def _about(words: _Words, ledger: Ledger, proposal: Proposal) -> tuple[tuple[str, str], ...]:
    values: dict[str, object] = {"asker": proposal.asker.name}
    if proposal.action != REPORT:
        pressers = ledger.flow.machine.action(proposal.action).pressers
        if proposal.asker.role not in pressers:
            values["approver"] = "、".join(words.word("roles", role) for role in sorted(pressers))
    return tuple(_named(words, {**values, "expires_at": proposal.expires_at}))
