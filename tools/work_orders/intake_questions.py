"""The one thing to ask next, if anything: what, which class, where, or whether it is the same as an open case."""

from __future__ import annotations

from tools.work_orders.intake_draft import Duplicate, IntakeItem, IntakeQuestion, IntakeSession, Option
from tools.work_orders.intake_words import words

NONE = "none_of_these"
UNSURE = "not_sure"
DUPLICATE_NO = "not_same"
SEND_PIN = "send_pin"
# Below this the classes offered would be guesses: ask in open words instead.
_WORTH_OFFERING = 0.04
_MOST_OPTIONS = 4


def next_question(
    items: tuple[IntakeItem, ...], state: IntakeSession, accept: float, language: str
) -> IntakeQuestion | None:
    """One question, or None when nothing that can be asked is missing."""
    if not items:
        told = words(language)["ask_what_photo" if state.photos else "ask_what"]
        return None if _asked(state, "what", 0) else IntakeQuestion(about="what", text=told)
    for at, item in enumerate(items):
        question = (
            _what(item, at, state, accept, len(items) > 1, language)
            or _where(item, at, state, len(items) > 1, language)
            or _same(item, at, state, language)
        )
        if question is not None:
            return question
    return None


def _what(  # an item in its surroundings
    item: IntakeItem, at: int, state: IntakeSession, accept: float, many: bool, language: str
) -> IntakeQuestion | None:
    if item.confidence >= accept or _asked(state, "category", at) or item.emergency:
        return None
    said = words(language)
    offered = [category for category, chance in item.alternatives if chance >= _WORTH_OFFERING][:_MOST_OPTIONS]
    if not offered:
        if _asked(state, "what", at) or state.asked:
            return None
        return IntakeQuestion(about="what", text=said["ask_what_photo" if state.photos else "ask_what"], item=at)
    options = tuple(Option(label=one.minor, reply=one.minor) for one in offered)
    text = said["ask_category_of"].format(what=item.draft.title) if many else said["ask_category"]
    none = Option(label=said["none_of_these"], reply=NONE)
    return IntakeQuestion(about="category", text=text, options=(*options, none), item=at)


def _where(item: IntakeItem, at: int, state: IntakeSession, many: bool, language: str) -> IntakeQuestion | None:
    place = item.draft.place
    known = place.address or place.community or place.grid or place.street or place.latitude is not None
    if known or any(key.startswith("place") for key in state.answers):
        return None
    said = words(language)
    options = (Option(label=said["send_pin"], reply=SEND_PIN), Option(label=said["not_sure"], reply=UNSURE))
    text = said["ask_place_of"].format(what=item.draft.title) if many and at else said["ask_place"]
    return IntakeQuestion(about="place", text=text, options=options, item=at)


def _same(item: IntakeItem, at: int, state: IntakeSession, language: str) -> IntakeQuestion | None:
    if not item.duplicates or _asked(state, "duplicate", at):
        return None
    said = words(language)
    one = item.duplicates[0]
    text = said["ask_duplicate"].format(case_no=one.case_no, where=_away(one, language), hours=_age(one, language))
    options = (
        Option(label=said["join"], reply=one.case_no),
        Option(label=said["not_same"], reply=DUPLICATE_NO),
    )
    return IntakeQuestion(about="duplicate", text=text, options=options, item=at)


def _asked(state: IntakeSession, about: str, at: int) -> bool:
    return f"{about}:{at}" in state.answers


def _away(one: Duplicate, language: str) -> str:
    return words(language)["metres"].format(metres=round(one.metres)) if one.metres is not None else ""


def _age(one: Duplicate, language: str) -> str:
    said = words(language)
    if one.hours < 48:
        return said["hours"].format(hours=max(1, round(one.hours)))
    return said["days"].format(days=round(one.hours / 24))
