"""Callbacks of a self-built app as what the desk takes in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bots.channel import Actor, Command, Document, FileHandle, Inbound, Location, Part, Photo, Press, Ref, Text, Voice
from bots.wecom_app.crypto import Forged

# A member's id as WeCom defines it. `touser` takes several ids joined by | and `@all` for everybody, so nothing else
# may ever become an address.
MEMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")
# Of a button: its card's purpose in one letter, its token, and its label, which WeCom gives back with the press.
_KEY = re.compile(r"(?P<purpose>[a-z]):(?P<token>[\w-]{1,64}):(?P<label>.*)", re.DOTALL)
_GREETED = frozenset({"subscribe", "enter_agent"})


@dataclass(frozen=True, slots=True)
class Callback:
    """An opened callback; what it lacks is empty."""

    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


def callback_of(text: str | bytes) -> Callback:
    """The fields of a callback's XML, which is flat but for parts that nobody here reads.

    Raises:
        Forged: It is no XML, or XML that defines entities or loads something.
    """
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):  # the last: an encoding that nobody knows
        raise Forged from None
    return Callback({child.tag: (child.text or "").strip() for child in root})


def inbound_of(callback: Callback, account: str, now: datetime) -> Inbound | None:
    """The callback for the desk; None for what is none of its business."""
    sender = callback["FromUserName"]
    if not MEMBER.fullmatch(sender):
        return None
    parts, ticket = _event(callback) if callback["MsgType"] == "event" else (_message(callback), None)
    if not parts:
        return None
    return Inbound(
        key=_key(callback), at=_moment(callback, now), ref=Ref(channel="wecom_app", account=account, chat=sender),
        actor=Actor(id=sender), parts=parts, ticket=ticket,
    )  # fmt: skip


def _message(callback: Callback) -> tuple[Part, ...]:
    kind = callback["MsgType"]
    if kind == "text":
        return _worded(callback["Content"])
    if kind == "image":
        # By its id only: the address that comes along could be anybody's.
        return (Photo(file=FileHandle(locator=callback["MediaId"], mime="image/jpeg")),)
    if kind == "voice":
        file = FileHandle(locator=callback["MediaId"], mime=f"audio/{callback['Format'] or 'amr'}")
        return (Voice(file=file, transcript=callback["Recognition"] or None),)
    if kind == "location":
        return _placed(callback)
    if kind in {"video", "file"}:
        return (Document(file=FileHandle(locator=callback["MediaId"])),)
    # Somebody said something: they are told how to say it so that it is understood.
    return (Text(text=""),) if kind else ()


def _event(callback: Callback) -> tuple[tuple[Part, ...], dict[str, str] | None]:
    kind = callback["Event"].casefold()
    if kind in _GREETED:
        return (Command(name="start"),), None
    if kind == "click":
        # The app's own menu: its keys are questions or commands.
        return _worded(callback["EventKey"]), None
    pressed = _KEY.fullmatch(callback["EventKey"]) if kind == "template_card_event" else None
    if pressed is None:
        return (), None
    ticket = {"code": callback["ResponseCode"], **pressed.groupdict()}
    return (Press(token=ticket.pop("token"), message=callback["TaskId"] or None),), ticket


def _key(callback: Callback) -> str:
    """Equal for the same thing delivered again. The number of a message alone was seen to repeat among members."""
    sender = callback["FromUserName"]
    if callback["MsgId"]:
        return f"m:{sender}:{callback['MsgId']}"
    kind = callback["Event"].casefold()
    if kind in _GREETED:
        # Said each time the app is opened: the inbox remembers it for 72 hours, and so greets no oftener.
        return f"e:{sender}:greeted"
    told = "|".join(f"{name}={text}" for name, text in sorted(callback.fields.items()))
    return f"e:{sender}:{blake2b(told.encode(), digest_size=12).hexdigest()}"


def _worded(text: str) -> tuple[Part, ...]:
    words = text.strip()
    if words.startswith("/") and len(words) > 1:
        name, _, args = words[1:].partition(" ")
        return (Command(name=name.casefold(), args=args.strip()),)
    return (Text(text=words),)


def _placed(callback: Callback) -> tuple[Part, ...]:
    try:
        latitude, longitude = float(callback["Location_X"]), float(callback["Location_Y"])
    except ValueError:
        return ()
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return ()
    # WeCom's maps are Chinese ones; the attachment is turned into WGS-84 where the report takes it.
    return (Location(latitude=latitude, longitude=longitude, crs="gcj02", label=callback["Label"]),)


def _moment(callback: Callback, now: datetime) -> datetime:
    said = callback["CreateTime"]
    return datetime.fromtimestamp(int(said), UTC) if said.isascii() and said.isdigit() and len(said) < 12 else now
