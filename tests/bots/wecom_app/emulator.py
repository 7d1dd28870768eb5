"""A strict stand-in for WeCom on loopback: its HTTP API, and the phones that call the desk back. What it refuses, or drops
without a word, the real one does too. Its envelope is written apart from the desk's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from itertools import count
from time import monotonic
from typing import Any
from xml.sax.saxutils import escape

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from fastapi import FastAPI, Request, Response

CORP, AGENT, SECRET = "ww0123456789abcdef", 1000002, "an-app-s-secret"
TOKEN, KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
PNG, JPG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MINUTE, MOST_A_MINUTE = 60.0, 30


def sealed(text: str, receiver: str = CORP, key: str = KEY) -> str:
    secret = base64.b64decode(key + "=")
    plain = os.urandom(16) + struct.pack(">I", len(text.encode())) + text.encode() + receiver.encode()
    padding = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()).decode()


def signed(encrypted: str, at: datetime, *, token: str = TOKEN, nonce: str | None = None) -> dict[str, str]:
    stamp, nonce = str(int(at.timestamp())), nonce or os.urandom(5).hex()
    return {
        "msg_signature": hashlib.sha1("".join(sorted([token, stamp, nonce, encrypted])).encode()).hexdigest(),
        "timestamp": stamp,
        "nonce": nonce,
    }


@dataclass
class WeCom:
    """The API, and the members' phones.

    Attributes:
        sent: Every message that a member got, in order; `card` of a template card as it looks now.
        dropped: Messages that were accepted and shown to nobody, with the reason.
        refused: Requests that were refused for what they were.
        faults: What to answer the next calls of a path with: an error code, or an HTTP status of 500 and above.
    """

    clock: Callable[[], datetime]
    sent: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, list[int]] = field(default_factory=dict)
    tokens: int = 0
    uploads: int = 0
    media: dict[str, bytes] = field(default_factory=dict)
    robots: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _valid: set[str] = field(default_factory=set)
    _issued: set[str] = field(default_factory=set)
    _codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    _tasks: set[str] = field(default_factory=set)
    _times: dict[str, list[float]] = field(default_factory=dict)
    _robot_times: dict[str, list[float]] = field(default_factory=dict)
    _count: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.line = httpx.Client(timeout=5.0, limits=httpx.Limits(max_keepalive_connections=0))
        self.app = FastAPI()
        self.app.add_api_route("/cgi-bin/gettoken", self._gettoken, methods=["GET"])
        self.app.add_api_route("/cgi-bin/webhook/{what}", self._webhook, methods=["POST"])
        self.app.add_api_route("/cgi-bin/{path:path}", self._served, methods=["GET", "POST"])

    # What a test looks at and does.

    def to(self, member: str) -> list[dict[str, Any]]:
        return [one for one in self.sent if one["touser"] == member]

    def words(self, member: str) -> list[str]:
        return [one["markdown"]["content"] for one in self.to(member) if one["msgtype"] == "markdown"]

    def cards(self, member: str) -> list[dict[str, Any]]:
        return [one["template_card"] for one in self.to(member) if one["msgtype"] == "template_card"]

    def pictures(self, member: str) -> list[bytes]:
        return [self.media[one["image"]["media_id"]] for one in self.to(member) if one["msgtype"] == "image"]

    def expire(self) -> None:
        """Every token ends now."""
        self._valid.clear()

    # The phones.

    def say(self, desk: str, member: str, text: str, *, number: str | None = None) -> httpx.Response:
        return self.post(desk, self.message(member, "text", f"<Content><![CDATA[{text}]]></Content>", number))

    def photo(self, desk: str, member: str, content: bytes) -> httpx.Response:
        media = f"phone-{next(self._count)}"
        self.media[media] = content
        # An address that must never be called: only the id counts.
        inner = f"<PicUrl><![CDATA[http://127.0.0.1:9/trap]]></PicUrl><MediaId><![CDATA[{media}]]></MediaId>"
        return self.post(desk, self.message(member, "image", inner))

    def voice(self, desk: str, member: str, words: str = "") -> httpx.Response:
        inner = "<MediaId><![CDATA[v]]></MediaId><Format><![CDATA[amr]]></Format>"
        inner += f"<Recognition><![CDATA[{words}]]></Recognition>" if words else ""
        return self.post(desk, self.message(member, "voice", inner))

    def location(self, desk: str, member: str, latitude: float, longitude: float, label: str) -> httpx.Response:
        inner = f"<Location_X>{latitude}</Location_X><Location_Y>{longitude}</Location_Y><Scale>16</Scale>"
        return self.post(desk, self.message(member, "location", f"{inner}<Label><![CDATA[{label}]]></Label>"))

    def event(self, desk: str, member: str, name: str, inner: str = "") -> httpx.Response:
        return self.post(desk, self._xml(member, "event", f"<Event><![CDATA[{name}]]></Event>{inner}"))

    def press(self, desk: str, member: str, card: dict[str, Any], text: str) -> httpx.Response:
        """A finger on a button; what was pressed once and updated can no longer be pressed."""
        assert "replaced" not in card
        key = next(one["key"] for one in card["button_list"] if one["text"] == text)
        code = f"code-{next(self._count)}"
        self._codes[code] = card
        inner = (
            f"<EventKey><![CDATA[{key}]]></EventKey><TaskId><![CDATA[{card['task_id']}]]></TaskId>"
            f"<CardType><![CDATA[{card['card_type']}]]></CardType><ResponseCode><![CDATA[{code}]]></ResponseCode>"
            "<SelectedItems></SelectedItems>"
        )
        return self.event(desk, member, "template_card_event", inner)

    def message(self, member: str, kind: str, inner: str, number: str | None = None) -> str:
        return self._xml(member, kind, f"{inner}<MsgId>{number or next(self._count)}</MsgId>")

    def _xml(self, member: str, kind: str, inner: str) -> str:
        return (
            f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[{escape(member)}]]></FromUserName>"
            f"<CreateTime>{int(self.clock().timestamp())}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>"
            f"{inner}<AgentID>{AGENT}</AgentID></xml>"
        )

    def post(self, desk: str, text: str, **more: Any) -> httpx.Response:
        """Call the desk back as WeCom does; `seal` and `at` to do it wrong."""
        encrypted = more.get("encrypted") or sealed(text)
        body = (
            f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
            f"<AgentID><![CDATA[{AGENT}]]></AgentID></xml>"
        )
        seal = more.get("seal") or signed(encrypted, more.get("at") or self.clock())
        began = monotonic()
        answer = self.line.post(f"{desk}/api/wecom/callback", params=seal, content=body.encode())
        assert monotonic() - began < 5
        return answer

    # The API.

    def _gettoken(self, corpid: str = "", corpsecret: str = "") -> Response:
        self.tokens += 1
        if (fault := self._fault("gettoken")) is not None:
            return fault
        if corpid != CORP or corpsecret != SECRET:
            return _told(40013 if corpid != CORP else 40001)
        # As the real one: the token that is good is given again.
        token = next(iter(self._valid), None) or f"token-{self.tokens}"
        self._valid = {token}
        self._issued.add(token)
        return _told(access_token=token, expires_in=7200)

    async def _served(self, path: str, request: Request) -> Response:
        token = request.query_params.get("access_token", "")
        if (fault := self._fault(path)) is not None:
            return fault
        if token not in self._valid:
            return _told(42001 if token in self._issued else 40014 if token else 41001)
        if path == "media/upload":
            return await self._upload(request)
        if path == "media/get":
            content = self.media.get(request.query_params.get("media_id", ""))
            return _told(40007) if content is None else Response(content, media_type="image/jpeg")
        if path == "agent/get":
            fits = request.query_params.get("agentid") == str(AGENT)
            return _told(agentid=AGENT, name="城市值班台", close=0) if fits else _told(301002)
        rule = {
            "message/send": self._send,
            "message/update_template_card": self._update,
            "message/recall": self._recall,
        }
        try:
            body = json.loads(await request.body())
            return rule[path](body)
        except (AssertionError, KeyError, TypeError, ValueError) as problem:
            self.refused.append((path, repr(problem)))
            return _told(40058)

    def _fault(self, path: str) -> Response | None:
        waiting = self.faults.get(path)
        if not waiting:
            return None
        code = waiting.pop(0)
        return Response(status_code=code) if 500 <= code < 600 else _told(code)

    async def _upload(self, request: Request) -> Response:
        kind = request.query_params.get("type")
        content = await _file(request)
        if content is None:
            return _told(41005)
        if kind == "image" and (not content.startswith((PNG, JPG)) or not 5 < len(content) <= 10 << 20):
            return _told(40009)
        self.uploads += 1
        media = f"media-{next(self._count)}"
        self.media[media] = content
        return _told(type=kind, media_id=media, created_at="1")

    def _send(self, body: dict[str, Any]) -> Response:
        member = body["touser"]
        assert set(body) <= {"touser", "msgtype", "agentid", body["msgtype"]}, "unknown fields"
        assert body["agentid"] == AGENT, "agentid"
        assert isinstance(member, str) and re.fullmatch(r"[\w.@-]+", member) and member != "@all", "touser"
        if member.startswith("stranger"):
            return _told(81013, invaliduser=member)
        kept = json.loads(json.dumps(body))
        number = f"msg-{next(self._count)}"
        more: dict[str, Any] = {"msgid": number, "invaliduser": ""}
        if body["msgtype"] in {"text", "markdown"}:
            content = body[body["msgtype"]]["content"]
            assert content.strip() and len(content.encode()) <= 2048, "longer than 2048 bytes"
        elif body["msgtype"] == "image":
            if body["image"]["media_id"] not in self.media:
                return _told(40007)
        else:
            assert body["msgtype"] == "template_card", "msgtype"
            _judge_card(body["template_card"])
            if body["template_card"]["task_id"] in self._tasks:
                self.dropped.append(("task_id", kept))
                return _told(**more)
            self._tasks.add(body["template_card"]["task_id"])
            more["response_code"] = f"code-{number}"
            self._codes[more["response_code"]] = kept["template_card"]
        now = monotonic()
        recent = self._times.setdefault(member, [])
        recent[:] = [at for at in recent if now - at < MINUTE] + [now]
        if len(recent) > MOST_A_MINUTE:
            self.dropped.append(("rate", kept))
        else:
            self.sent.append({**kept, "msgid": number})
        return _told(**more)

    def _update(self, body: dict[str, Any]) -> Response:
        assert body["agentid"] == AGENT and body["userids"], "receivers"
        card = self._codes.pop(body["response_code"], None)
        if card is None:
            return _told(42014)
        name = body["button"]["replace_name"]
        assert 0 < len(name) <= 20, "replace_name"
        card["replaced"] = name
        self.updates.append(body)
        return _told(invaliduser=[])

    def _recall(self, body: dict[str, Any]) -> Response:
        self.recalled.append(body["msgid"])
        self.sent[:] = [one for one in self.sent if one["msgid"] != body["msgid"]]
        return _told()

    async def _webhook(self, what: str, request: Request, key: str = "") -> Response:
        if (fault := self._fault(f"webhook/{what}")) is not None:
            return fault
        if key not in self.robots:
            return _told(93000)
        if what == "upload_media":
            content = await _file(request)
            return _told(41005) if content is None or len(content) <= 5 else _told(media_id="m", type="file")
        now = monotonic()
        recent = self._robot_times.setdefault(key, [])
        recent[:] = [at for at in recent if now - at < MINUTE]
        if len(recent) >= 20:
            return _told(45009)
        recent.append(now)
        body = json.loads(await request.body())
        try:
            _judge_push(body)
        except (AssertionError, KeyError, ValueError) as problem:
            self.refused.append((f"webhook/{what}", repr(problem)))
            return _told(40058)
        self.robots[key].append(body)
        return _told()


async def _file(request: Request) -> bytes | None:
    """The file of a form's field `media`; None where there is none, or it has no name."""
    head = b"Content-Type: " + request.headers.get("content-type", "").encode() + b"\r\n\r\n"
    parsed = BytesParser(policy=HTTP).parsebytes(head + await request.body())
    for part in parsed.iter_parts():  # type: ignore[attr-defined]
        if part.get_param("name", header="content-disposition") == "media" and part.get_filename():
            return bytes(part.get_payload(decode=True))
    return None


def _judge_card(card: dict[str, Any]) -> None:
    known = {"card_type", "main_title", "sub_title_text", "horizontal_content_list", "button_list", "task_id"}
    assert set(card) <= known, "unknown fields of a card"
    assert card["card_type"] == "button_interaction", "card_type"
    assert 0 < len(card["main_title"]["title"]) <= 36, "main_title"
    assert len(card.get("sub_title_text", "")) <= 160, "sub_title_text"
    fields = card.get("horizontal_content_list", [])
    assert len(fields) <= 6 and all(0 < len(one["keyname"]) <= 5 and len(one["value"]) <= 30 for one in fields), (
        "fields"
    )
    keys = [button["key"] for button in card["button_list"]]
    assert 1 <= len(keys) <= 6 and len(set(keys)) == len(keys), "buttons"
    assert all(len(key.encode()) <= 1024 for key in keys), "key"
    assert all(0 < len(one["text"]) <= 10 and one["style"] in {1, 2, 3, 4} for one in card["button_list"]), "button"
    assert re.fullmatch(r"[0-9A-Za-z_\-@]{1,128}", card["task_id"]), "task_id"


def _judge_push(body: dict[str, Any]) -> None:
    if body["msgtype"] == "image":
        content = base64.b64decode(body["image"]["base64"], validate=True)
        assert content.startswith((PNG, JPG)) and len(content) <= 2 << 20, "image"
        assert hashlib.md5(content).hexdigest() == body["image"]["md5"], "md5"
        return
    assert body["msgtype"] == "markdown", "msgtype"
    content = body["markdown"]["content"]
    assert content.strip() and len(content.encode()) <= 4096 and "<@" not in content, "markdown"


def _told(code: int = 0, **more: Any) -> Response:
    return Response(json.dumps({"errcode": code, "errmsg": "read the code", **more}), media_type="application/json")


def utc() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the other side of the wire has a clock of its own
