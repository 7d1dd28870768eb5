"""A strict stand-in for Telegram's Bot API on this machine: it refuses what Telegram refuses, and fails on demand."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

TOKEN = "123456:AAtest-token_of-the-emulator"
BOT = {"id": 123456, "is_bot": True, "first_name": "值班台", "username": "citydesk_bot"}
Json = dict[str, Any]


class Refusal(Exception):
    def __init__(self, code: int, words: str, **parameters: Any) -> None:
        self.code, self.words, self.parameters = code, words, parameters


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass
class Fault:
    """What goes wrong with the next calls of a method.

    Attributes:
        kind: `429`, `5xx`, `400`, `403`, `drop` (the connection ends before anything happened), `slow`.
    """

    method: str
    kind: str
    times: int = 1
    seconds: float = 1.0
    words: str = ""


@dataclass
class TelegramEmulator:
    """Telegram's side. Talk through `say`, `press` and the like; look at `sent`."""

    rates: bool = False
    sent: list[Json] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    drafts: list[Json] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    webhook: Json = field(default_factory=dict)
    redeliver: bool = False

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._updates: list[Json] = []
        self._next_update, self._next_message = 1000, 1
        self._messages: dict[tuple[int, int], Json] = {}
        self._queries: dict[str, float] = {}
        self._files: dict[str, bytes] = {}
        self._poller = 0
        self._recent: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self.on_sent: Callable[[Json], None] = lambda _: None
        self.app = FastAPI()
        self.app.add_api_route("/bot{token}/{method}", self._called, methods=["GET", "POST"])
        self.app.add_api_route("/file/bot{token}/{path:path}", self._download, methods=["GET"])

    # What people do

    def user(self, number: int, language: str = "zh-hans") -> Json:
        return {"id": number, "is_bot": False, "first_name": f"人{number}", "language_code": language}

    def say(self, user: int, text: str, *, chat: int | None = None, **more: Any) -> int:
        """A message with its entities as a client would mark them; the update's id."""
        entities = [
            {"type": "bot_command", "offset": units(text[: m.start()]), "length": units(m.group())}
            for m in re.finditer(r"(?<!\S)/\w+(@\w+)?", text)
        ] + [
            {"type": "mention", "offset": units(text[: m.start()]), "length": units(m.group())}
            for m in re.finditer(r"(?<![\w/])@\w+", text)
        ]  # fmt: skip
        return self.send(user, {"text": text, **({"entities": entities} if entities else {})}, chat=chat, **more)

    def photo(
        self, user: int, content: bytes, *, caption: str = "", chat: int | None = None, album: str | None = None
    ) -> int:
        name = f"file{len(self._files)}"
        self._files[name] = content
        sizes = [{"file_id": f"small-{name}", "file_unique_id": f"s{name}", "width": 90, "height": 60},
                 {"file_id": name, "file_unique_id": f"u{name}", "width": 900, "height": 600, "file_size": len(content)}]  # fmt: skip
        body: Json = {"photo": sizes, **({"caption": caption} if caption else {})}
        return self.send(user, {**body, **({"media_group_id": album} if album else {})}, chat=chat)

    def location(self, user: int, latitude: float, longitude: float) -> int:
        return self.send(user, {"location": {"latitude": latitude, "longitude": longitude}})

    def voice(self, user: int) -> int:
        self._files["voice"] = b"ogg"
        return self.send(
            user, {"voice": {"file_id": "voice", "file_unique_id": "v", "duration": 2, "mime_type": "audio/ogg"}}
        )

    def send(self, user: int, body: Json, *, chat: int | None = None, **more: Any) -> int:
        with self._lock:
            place = self._chat(user if chat is None else chat)
            message = {
                "message_id": self._number(),
                "date": int(datetime.now(UTC).timestamp()),
                "from": self.user(user),
                "chat": place,
                **body,
                **more,
            }  # a client's clock
            self._messages[place["id"], message["message_id"]] = message
            return self.update({"message": message})

    def update(self, body: Json) -> int:
        """Queue an update; the same one again through `again`."""
        with self._lock:
            self._next_update += 1
            self._updates.append({"update_id": self._next_update, **body})
            return self._next_update

    def press(self, user: int, message: Json, label: str, *, stale: bool = False) -> int:
        """Press a button of a message that was sent."""
        with self._lock:
            now = self._messages[message["chat"]["id"], message["message_id"]]
            buttons = [b for row in now.get("reply_markup", {}).get("inline_keyboard", []) for b in row]
            found = next(b for b in buttons if b["text"] == label)
            query = f"q{len(self._queries)}"
            self._queries[query] = time.monotonic() - (3600 if stale else 0)
            return self.update({"callback_query": {
                "id": query, "from": self.user(user), "chat_instance": "1", "data": found["callback_data"], "message": _clean(now),
            }})  # fmt: skip

    def labels(self, message: Json) -> list[str]:
        now = self._messages[message["chat"]["id"], message["message_id"]]
        return [b["text"] for row in now.get("reply_markup", {}).get("inline_keyboard", []) for b in row]

    def current(self, message: Json) -> Json:
        return self._messages[message["chat"]["id"], message["message_id"]]

    def to(self, chat: int) -> list[Json]:
        with self._lock:
            return [message for message in self.sent if message["chat"]["id"] == chat]

    def words(self, chat: int) -> list[str]:
        return [
            self.current(message).get("text") or self.current(message).get("caption", "") for message in self.to(chat)
        ]

    def fail(self, method: str, kind: str, times: int = 1, **more: Any) -> None:
        self.faults.append(Fault(method, kind, times, **more))

    @property
    def unconfirmed(self) -> int:
        with self._lock:
            return len(self._updates)

    async def push_to(self, app: Any, path: str, *, secret: str | None = None) -> list[int]:
        """Deliver what waits to a webhook, twice when `redeliver`, and keep what was not taken; the statuses."""
        with self._lock:
            waiting, self._updates = self._updates, []
        headers = {
            "X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "") if secret is None else secret
        }
        statuses: list[int] = []
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
            for update in waiting:
                for _ in range(2 if self.redeliver else 1):
                    statuses.append((await client.post(path, json=update, headers=headers)).status_code)
                if statuses[-1] != 200:
                    self._updates.append(update)
        return statuses

    # What the bot does

    async def _called(self, token: str, method: str, request: Request) -> Response:
        if token != TOKEN:
            return _failed(Refusal(401, "Unauthorized"))
        said = await _parameters(request)
        with self._lock:
            self.calls.append((method, said))
            fault = next((f for f in self.faults if f.method in {method, "*"}), None)
            if fault is not None:
                fault.times -= 1
                self.faults = [f for f in self.faults if f.times > 0]
        if fault is not None and (broken := await _faulty(fault)) is not None:
            return broken
        try:
            done = await self._get_updates(said) if method == "getUpdates" else self._do(method, said)
        except Refusal as refusal:
            if method != "getUpdates":  # the last one of a bot that stops ends the one before
                self.refused.append((method, refusal.words))
            return _failed(refusal)
        return JSONResponse({"ok": True, "result": done})

    def _do(self, method: str, said: Json) -> Any:
        doing = getattr(self, f"_m_{method}", None)
        if doing is None:
            raise Refusal(404, f"Not Found: {method}")
        with self._lock:
            return doing(said)

    async def _get_updates(self, said: Json) -> list[Json]:
        if self.webhook.get("url"):
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._poller += 1
        mine, ends = self._poller, time.monotonic() + float(said.get("timeout", 0))
        offset = int(said.get("offset", 0) or 0)
        while True:
            with self._lock:
                if not self.redeliver:
                    self._updates = [update for update in self._updates if update["update_id"] >= offset]
                found = self._updates[: int(said.get("limit", 100))]
            if mine != self._poller:
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            if found or time.monotonic() >= ends:
                self.redeliver = False
                return found
            await asyncio.sleep(0.005)

    def _m_getMe(self, said: Json) -> Json:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _m_setMyCommands(self, said: Json) -> bool:
        for command in said["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    def _m_setWebhook(self, said: Json) -> bool:
        self.webhook = said
        return True

    def _m_deleteWebhook(self, said: Json) -> bool:
        self.webhook = {}
        return True

    def _m_getWebhookInfo(self, said: Json) -> Json:
        return {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }

    def _m_sendChatAction(self, said: Json) -> bool:
        return True

    def _m_sendMessageDraft(self, said: Json) -> bool:
        if int(said["chat_id"]) < 0 or not int(said["draft_id"]):
            raise Refusal(400, "Bad Request: DRAFT_INVALID")
        self.drafts.append(said)
        return True

    def _m_sendMessage(self, said: Json) -> Json:
        _checked_text(said.get("text", ""), said.get("entities", []), 4096, "message is too long")
        if not said["text"].strip():
            raise Refusal(400, "Bad Request: message text is empty")
        return self._out(said, {"text": said["text"], "entities": said.get("entities", [])})

    def _m_sendPhoto(self, said: Json) -> Json:
        _checked_text(said.get("caption", ""), said.get("caption_entities", []), 1024, "message caption is too long")
        png = said["photo"]
        if not isinstance(png, bytes) or not png.startswith(b"\x89PNG") or len(png) > 10 * 2**20:
            raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
        width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        size = {"file_id": f"p{len(png)}", "file_unique_id": "p", "width": width, "height": height}
        return self._out(said, {"photo": [size], "caption": said.get("caption", "")})

    def _m_sendLocation(self, said: Json) -> Json:
        return self._out(
            said, {"location": {"latitude": float(said["latitude"]), "longitude": float(said["longitude"])}}
        )

    def _m_editMessageText(self, said: Json) -> Json:
        _checked_text(said["text"], said.get("entities", []), 4096, "message is too long")
        message = self._known(said)
        if "text" not in message:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        markup = _checked_markup(said.get("reply_markup"))
        if message["text"] == said["text"] and message.get("reply_markup", {}) == markup:
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
            )
        message.update(text=said["text"], reply_markup=markup)
        return _clean(message)

    def _m_editMessageReplyMarkup(self, said: Json) -> Json:
        message, markup = self._known(said), _checked_markup(said.get("reply_markup"))
        if message.get("reply_markup", {}) == markup:
            raise Refusal(400, "Bad Request: message is not modified")
        message["reply_markup"] = markup
        return _clean(message)

    def _m_deleteMessage(self, said: Json) -> bool:
        self._known(said)
        del self._messages[int(said["chat_id"]), int(said["message_id"])]
        self.sent = [
            m
            for m in self.sent
            if (m["chat"]["id"], m["message_id"]) != (int(said["chat_id"]), int(said["message_id"]))
        ]
        return True

    def _m_answerCallbackQuery(self, said: Json) -> bool:
        at = self._queries.get(said["callback_query_id"])
        if at is None or time.monotonic() - at > 60:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        return True

    def _m_getFile(self, said: Json) -> Json:
        if said["file_id"] not in self._files:
            raise Refusal(400, "Bad Request: invalid file_id")
        return {"file_id": said["file_id"], "file_unique_id": "u", "file_path": f"photos/{said['file_id']}"}

    async def _download(self, token: str, path: str) -> Response:
        name = path.rpartition("/")[2]
        return Response(self._files[name]) if token == TOKEN and name in self._files else Response(status_code=404)

    def _out(self, said: Json, body: Json) -> Json:
        chat = int(said["chat_id"])
        self._limited(chat)
        message = {
            "message_id": self._number(), "date": int(datetime.now(UTC).timestamp()), "chat": self._chat(chat), "from": BOT, **body,
            "reply_markup": _checked_markup(said.get("reply_markup")),
        }  # fmt: skip
        self._messages[chat, message["message_id"]] = message
        self.sent.append(message)
        self.on_sent(message)
        return _clean(message)

    def _limited(self, chat: int) -> None:
        if not self.rates:
            return
        now = time.monotonic()
        group = self._groups.setdefault(chat, deque())
        for times, most, seconds in ((self._recent, 35, 1.0), *(((group, 20, 60.0),) if chat < 0 else ())):
            while times and now - times[0] > seconds:
                times.popleft()
            if len(times) >= most:
                raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
            times.append(now)

    def _known(self, said: Json) -> Json:
        try:
            return self._messages[int(said["chat_id"]), int(said["message_id"])]
        except KeyError:
            raise Refusal(400, "Bad Request: message to edit not found") from None

    def _chat(self, number: int) -> Json:
        if number < 0:
            return {"id": number, "type": "supergroup", "title": "值班群"}
        return {"id": number, "type": "private", "first_name": f"人{number}"}

    def _number(self) -> int:
        self._next_message += 1
        return self._next_message


def _clean(message: Json) -> Json:
    return {name: value for name, value in message.items() if value not in ([], {}, "")}


def _checked_text(text: str, entities: list[Json], most: int, words: str) -> None:
    if units(text) > most:
        raise Refusal(400, f"Bad Request: {words}")
    if len(entities) > 100:
        raise Refusal(400, "Bad Request: too many entities")
    for entity in entities:
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > units(text):
            raise Refusal(400, "Bad Request: can't parse entities: entity is out of the text")


def _checked_markup(markup: Json | None) -> Json:
    if not markup or not any(markup["inline_keyboard"]):
        return {}
    for row in markup["inline_keyboard"]:
        for button in row:
            if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
            if not button["text"]:
                raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    return markup


async def _faulty(fault: Fault) -> Response | None:
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return None
    if fault.kind == "429":
        return _failed(
            Refusal(429, f"Too Many Requests: retry after {fault.seconds:g}", retry_after=int(fault.seconds))
        )
    if fault.kind == "5xx":
        return Response("<html>502 Bad Gateway</html>", 502)
    if fault.kind == "drop":
        return _Dropped()
    return _failed(Refusal(int(fault.kind), fault.words or "Forbidden: bot was blocked by the user"))


class _Dropped(Response):
    """Ends the connection in the middle of the head."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


def _failed(refusal: Refusal) -> JSONResponse:
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.words}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return JSONResponse(body, refusal.code)


async def _parameters(request: Request) -> Json:
    body, kind = await request.body(), request.headers.get("content-type", "")
    pairs: list[tuple[str, Any]] = list(request.query_params.items())
    if kind.startswith("multipart/"):
        parsed = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        for part in parsed.iter_parts():  # type: ignore[attr-defined]
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            is_file = part.get_filename() is not None
            pairs.append((str(name), content if is_file else content.decode()))
    elif kind.startswith("application/json"):
        return dict(json.loads(body or b"{}"))
    else:
        pairs += parse_qsl(body.decode(), keep_blank_values=True)
    said = {
        name: _loaded(value) if name not in {"text", "caption", "url", "secret_token"} else value
        for name, value in pairs
    }
    for name, value in list(said.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            said[name] = said[value.removeprefix("attach://")]
    return said


def _loaded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value
