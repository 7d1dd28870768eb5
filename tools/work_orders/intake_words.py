"""The sentences of intake, from `phrases/intake.yml`."""

from __future__ import annotations

from functools import lru_cache

import yaml

from tools.work_orders.classifier_phrases import FOLDER
from tools.work_orders.intake_draft import IntakeItem
from tools.work_orders.model import Place


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "intake.yml").read_text(encoding="utf-8"))
    return loaded


def words(language: str) -> dict[str, str]:
    """Sentences by key."""
    return _all()[language]


def ready_text(items: tuple[IntakeItem, ...], call: str | None, hurt: bool, language: str) -> str:
    """The confirmation a person reads before pressing the button; danger first."""
    said = words(language)
    head = [said["hurt"]] if hurt else []
    head += list(dict.fromkeys(item.advice for item in items if item.advice))
    head += [said["danger_call"].format(call=call)] if call and any(item.emergency for item in items) else []
    emergency = said["emergency"] if any(item.emergency for item in items) else ""
    if len(items) == 1:
        body = said["ready_one"].format(
            emergency=emergency,
            what=_what(items[0], language),
            where=_where(items[0], language),
            who=_who(items[0], language),
        )
    else:
        lines = [
            said["one_of_many"].format(number=at, what=_what(item, language), where=_where(item, language))
            for at, item in enumerate(items, 1)
        ]
        body = said["ready_many"].format(emergency=emergency, count=len(items), list="\n" + "\n".join(lines))
    return "\n".join(part for part in (" ".join(head), body.strip()) if part)


def shown_place(place: Place) -> str:
    """A place as a person would say it, coarse to fine, nothing twice."""
    parts = [part for part in (place.district, place.street, place.community) if part]
    if place.address:
        parts = [part for part in parts if part not in place.address] + [place.address]
    return "".join(parts) if any("㐀" <= c <= "鿿" for c in "".join(parts)) else ", ".join(parts)


def _what(item: IntakeItem, language: str) -> str:
    category = item.draft.category
    return category.minor if category is not None else f"{item.draft.title} ({words(language)['no_category']})"


def _where(item: IntakeItem, language: str) -> str:
    place = item.draft.place
    if place.latitude is not None and not place.district and not place.address:
        return f"{place.latitude:.5f}, {place.longitude:.5f}"
    return shown_place(place) or words(language)["no_place"]


def _who(item: IntakeItem, language: str) -> str:
    said = words(language)
    found = item.assignment
    unit = found.unit or found.department
    if not unit:
        return ""
    due = said["due"].format(due=f"{found.due_at:%m-%d %H:%M}") if found.due_at else ""
    clause = said["clause"].format(clause=found.clause) if found.clause else ""
    return said["who"].format(unit=unit, due=due, clause=clause)
