"""Keeping what was said between two messages, and reading an answer to the question that waits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from tools.work_orders.classifier_city import CityList
from tools.work_orders.gazetteer import Gazetteer
from tools.work_orders.intake_draft import IntakeSession, Photo, Pin
from tools.work_orders.intake_questions import DUPLICATE_NO, NONE, UNSURE
from tools.work_orders.model import Attachment

_CANCEL = frozenset(
    {"取消", "算了", "不报了", "不用了", "没事了", "cancel", "stop", "forget it", "never mind", "nevermind"}
)
_YES = re.compile(r"^(?:是|是的|对|对的|同一件|嗯|yes|y|yeah|same)[。.!！]?$", re.I)
_NO = re.compile(r"^(?:不是|不|否|另一件|不同|no|n|nope|different)[。.!！]?$", re.I)
_UNSURE = re.compile(r"^(?:不知道|不清楚|说不清|不确定|忘了|跳过|i don'?t know|not sure|no idea|skip)[。.!！]?$", re.I)


def is_cancelled(message: str) -> bool:
    """Whether the reporter gives up."""
    return message.strip(" 。.!！").casefold() in _CANCEL


def opened(state: IntakeSession, message: str, pin: Pin | None, photos: Sequence[Photo]) -> IntakeSession:
    """The session with a new pin and new photos; a photo's own GPS counts where no pin was sent."""
    pin = pin or next((photo.pin for photo in photos if photo.pin is not None), None)
    update: dict[str, object] = {}
    if pin is not None and (state.latitude is None or pin.label is not None or not photos):
        update |= {"longitude": pin.longitude, "latitude": pin.latitude, "pin_label": pin.label}
    if photos:
        update["photos"] = (*state.photos, *(_kept(photo.attachment) for photo in photos))
        seen = tuple(photo.said for photo in photos if photo.said)
        update["seen"] = (*state.seen, *seen)
        if not message.strip() and not state.said:
            update["said"] = seen
    return state.model_copy(update=update)


def answered(state: IntakeSession, message: str, listed: CityList, gazetteer: Gazetteer) -> IntakeSession:
    """The session after the message: an answer to what was asked, or more words about the problem."""
    said = message.strip()
    waiting, replies = state.pending, state.replies
    state = state.model_copy(update={"pending": None, "replies": ()})
    if not said:
        return state
    if waiting is None:
        return state.model_copy(update={"said": (*state.said, said)})
    about, _, _ = waiting.partition(":")
    chosen = _chosen(said, waiting, replies, listed)
    reply = chosen if chosen is not None else _free(about, said, gazetteer)
    if reply is None:
        return state.model_copy(update={"said": (*state.said, said)})
    return state.model_copy(update={"answers": {**state.answers, waiting: reply}})


def pin_of(state: IntakeSession) -> Pin | None:
    """The point that was sent, if any."""
    if state.longitude is None or state.latitude is None:
        return None
    return Pin(longitude=state.longitude, latitude=state.latitude, label=state.pin_label)


def attachments_of(state: IntakeSession) -> tuple[Attachment, ...]:
    """The photos as the draft carries them: the first shows the scene, the second is the close-up."""
    kept = []
    for at, raw in enumerate(state.photos):
        taken = datetime.fromisoformat(raw["taken_at"]) if raw.get("taken_at") else None
        role = "scene" if at == 0 else "close_up"
        kept.append(
            Attachment(
                sha256=raw["sha256"],
                media_type=raw["media_type"],
                name=raw["name"],
                role="scene" if role == "scene" else "close_up",
                taken_at=taken,
            )
        )
    return tuple(kept)


def _kept(one: Attachment) -> dict[str, str]:
    return {
        "sha256": one.sha256,
        "media_type": one.media_type,
        "name": one.name,
        "taken_at": one.taken_at.isoformat() if one.taken_at else "",
    }


def _chosen(said: str, waiting: str, replies: Sequence[str], listed: CityList) -> str | None:
    """The reply that was pressed, numbered or named."""
    folded = said.casefold()
    for reply in replies:
        if folded == reply.casefold():
            return reply
    number = re.fullmatch(r"第?([1-9一二三四五六])[个种.。、)）]?", said)
    if number:
        digit = number.group(1)
        at = int(digit) if digit.isdigit() else "一二三四五六".index(digit) + 1
        return replies[at - 1] if at <= len(replies) else None
    about = waiting.partition(":")[0]
    if about == "duplicate":
        if _YES.match(said):
            return replies[0] if replies else None
        return DUPLICATE_NO if _NO.match(said) else None
    if about == "category":
        named = listed.named(said)
        return (
            named.minor
            if named is not None
            else NONE
            if _UNSURE.match(said) or said in ("都不是", "None of these")
            else None
        )
    return UNSURE if _UNSURE.match(said) else None


def _free(about: str, said: str, gazetteer: Gazetteer) -> str | None:
    """Free words as an answer: a place when asked where; None when they say more about the problem."""
    if about == "place":
        return said
    if about == "duplicate":
        return DUPLICATE_NO
    del gazetteer
    return None
