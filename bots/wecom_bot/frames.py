"""Frames of the long connection: a command, a request id, a body; answers carry the id and an error code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from bots.errors import ChannelError, Refused, TryLater, Unreachable

SUBSCRIBE = "aibot_subscribe"
PING = "ping"
MESSAGE = "aibot_msg_callback"
EVENT = "aibot_event_callback"
RESPOND = "aibot_respond_msg"
WELCOME = "aibot_respond_welcome_msg"
UPDATE_CARD = "aibot_respond_update_msg"
SEND = "aibot_send_msg"
UPLOAD_INIT, UPLOAD_CHUNK, UPLOAD_FINISH = (
    "aibot_upload_media_init",
    "aibot_upload_media_chunk",
    "aibot_upload_media_finish",
)
# Error codes, never messages, tell what happened (error code page of WeCom's documentation).
BUSY, TOO_OFTEN, CONFLICT = -1, 45009, 6000
BAD_REQUEST_ID, STREAM_EXPIRED = 846605, 846608
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame in either direction.

    Attributes:
        command: Empty in an answer.
        error: Code of an answer; 0 is good.
    """

    command: str = ""
    request: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    error: int = 0

    @property
    def is_answer(self) -> bool:
        """Whether it answers a frame of ours."""
        return not self.command


def dumped(frame: Frame) -> str:
    """The text on the wire."""
    return json.dumps(
        {"cmd": frame.command, "headers": {"req_id": frame.request}, "body": frame.body}, ensure_ascii=False
    )


def loaded(text: str | bytes) -> Frame:
    """The frame of a text.

    Raises:
        ValueError: It is none.
    """
    raw = json.loads(text)
    if not isinstance(raw, dict):
        raise ValueError("no frame")
    headers = raw.get("headers") or {}
    return Frame(
        command=str(raw.get("cmd") or ""),
        request=str(headers.get("req_id") or ""),
        body=dict(raw.get("body") or {}),
        error=int(raw.get("errcode") or 0),
    )


def problem_of(error: int) -> ChannelError | None:
    """What an error code means for a letter; None where there is none."""
    if error == 0:
        return None
    if error == TOO_OFTEN:
        return TryLater(_PATIENCE_SECONDS)
    if error in {BUSY, CONFLICT, BAD_REQUEST_ID, STREAM_EXPIRED}:
        return Unreachable(f"errcode {error}")
    return Refused(f"errcode {error}")
