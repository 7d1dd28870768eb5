"""Callbacks of the AI bot as what the desk takes in. Tolerant of the spellings that servers of several ages use."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from bots.channel import (
    Actor,
    Command,
    Document,
    Feedback,
    FileHandle,
    Inbound,
    Part,
    Photo,
    Press,
    Ref,
    Text,
    Voice,
)
from bots.wecom_bot.frames import Frame

_MENTION = re.compile(r"^\s*@\S+\s*")
_SCORES = {1: "up", 2: "down"}


def message_of(frame: Frame, account: str, now: datetime) -> Inbound | None:
    """A message for the desk; None for kinds that say nothing."""
    body = frame.body
    group = body.get("chattype") == "group"
    parts = _parts(str(body.get("msgtype") or ""), body, group)
    if not parts:
        return None
    return Inbound(
        key=f"m:{body.get('msgid') or frame.request}",
        at=now,
        ref=_ref(body, account),
        actor=Actor(id=_sender(body)),
        addressed=True,  # The bot hears of a group only what mentions it.
        parts=parts,
        ticket={"request": frame.request},
    )


def event_of(frame: Frame, account: str, now: datetime) -> Inbound | None:
    """A pressed button or a judgement; None for any other event."""
    body = frame.body
    event = dict(body.get("event") or {})
    kind = str(event.get("eventtype") or "")
    inner = dict(event.get(kind) or event)
    part: Part | None = None
    if kind == "template_card_event":
        token = str(inner.get("event_key") or inner.get("eventkey") or inner.get("EventKey") or "")
        task = str(inner.get("task_id") or inner.get("taskid") or inner.get("TaskId") or "")
        part = Press(token=token, message=task or None) if token else None
    elif kind == "feedback_event":
        score = _SCORES.get(int(inner.get("type") or 0))
        about = str(inner.get("id") or "") or None
        part = Feedback(score=score, reason=str(inner.get("content") or ""), about=about) if score else None
    if part is None:
        return None
    return Inbound(
        key=f"e:{body.get('msgid') or frame.request}", at=now, ref=_ref(body, account), actor=Actor(id=_sender(body)),
        parts=(part,), ticket=None,
    )  # fmt: skip


def _ref(body: dict[str, Any], account: str) -> Ref:
    group = body.get("chattype") == "group" and body.get("chatid")
    chat = str(body["chatid"]) if group else _sender(body)
    return Ref(channel="wecom", account=account, chat=chat, kind="group" if group else "private")


def _sender(body: dict[str, Any]) -> str:
    return str((body.get("from") or {}).get("userid") or "")


def _parts(kind: str, body: dict[str, Any], group: bool) -> tuple[Part, ...]:
    said = dict(body.get(kind) or {})
    if kind == "text":
        return _worded(str(said.get("content") or ""), group)
    if kind == "voice":
        return (Voice(transcript=str(said.get("content") or "") or None),)
    if kind == "image":
        return (Photo(file=_file(said, "image/jpeg")),)
    if kind == "file":
        return (Document(file=_file(said, "")),)
    if kind == "mixed":
        found: list[Part] = []
        for item in said.get("msg_item") or ():
            found += _parts(str(item.get("msgtype") or ""), dict(item), group)
        return tuple(found)
    return ()


def _worded(text: str, group: bool) -> tuple[Part, ...]:
    words = (_MENTION.sub("", text) if group else text).strip()
    if not words:
        return ()
    if words.startswith("/") and len(words) > 1:
        name, _, args = words[1:].partition(" ")
        return (Command(name=name.casefold(), args=args.strip()),)
    return (Text(text=words),)


def _file(said: dict[str, Any], mime: str) -> FileHandle:
    """The address is good for five minutes; the bytes there are encrypted with the message's own key."""
    locator = json.dumps({"url": said.get("url"), "key": said.get("aeskey")})
    return FileHandle(locator=locator, mime=mime, name=str(said.get("name") or ""))
