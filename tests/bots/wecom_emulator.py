"""A strict stand-in for WeCom's long connection on loopback: what the real one refuses, it refuses."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

BOT, SECRET = "bot-1", "a-secret"
LONGEST = 20_480


@dataclass
class WeComEmulator:
    """Serves in a thread of its own.

    Attributes:
        sent: Every body that was accepted, in order, with its command.
        faults: Error codes to answer the next sends with, first to last.
    """

    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    subscriptions: int = 0
    streams: dict[str, dict[str, Any]] = field(default_factory=dict)
    _open: list[ServerConnection] = field(default_factory=list)
    _callbacks: set[str] = field(default_factory=set)
    _tasks: set[str] = field(default_factory=set)
    _uploads: dict[str, list[str]] = field(default_factory=dict)
    _count: int = 0

    def begin(self) -> str:
        """Serve; returns the address."""
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self._loop)

            async def opened() -> None:
                self._server: Server = await serve(self._talk, "127.0.0.1", 0, max_size=32 << 20)
                ready.set()

            self._loop.run_until_complete(opened())
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert ready.wait(5)
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def end(self) -> None:
        async def closed() -> None:
            self._server.close()
            await self._server.wait_closed()

        asyncio.run_coroutine_threadsafe(closed(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def say(self, user: str, text: str, *, group: str | None = None, msgid: str | None = None) -> str:
        return self.push(user, {"msgtype": "text", "text": {"content": text}}, group=group, msgid=msgid)

    def press(self, user: str, token: str, task: str) -> None:
        event = {"eventtype": "template_card_event", "template_card_event": {"event_key": token, "task_id": task}}
        self.push(user, {"msgtype": "event", "event": event}, command="aibot_event_callback")

    def push(
        self, user: str, body: dict[str, Any], *, command: str = "aibot_msg_callback", group: str | None = None,
        msgid: str | None = None,
    ) -> str:  # fmt: skip
        self._count += 1
        number = f"req-{self._count}"
        self._callbacks.add(number)
        whole = {
            "msgid": msgid or f"msg-{self._count}", "aibotid": BOT, "from": {"userid": user},
            "chattype": "group" if group else "single", **({"chatid": group} if group else {}), **body,
        }  # fmt: skip
        self._broadcast({"cmd": command, "headers": {"req_id": number}, "body": whole})
        return number

    def drop(self) -> None:
        """Cut every connection."""
        for one in list(self._open):
            asyncio.run_coroutine_threadsafe(one.close(), self._loop).result(5)

    def words(self) -> list[str]:
        """What was said to people, in order; of a stream its end."""
        ended = [body["stream"]["content"] for command, body in self.sent
                 if command == "aibot_respond_msg" and body["stream"]["finish"]]  # fmt: skip
        apart = [body["markdown"]["content"] for command, body in self.sent
                 if command == "aibot_send_msg" and body["msgtype"] == "markdown"]  # fmt: skip
        return ended + apart

    def cards(self) -> list[dict[str, Any]]:
        return [body["template_card"] for command, body in self.sent if body.get("msgtype") == "template_card"]

    def _broadcast(self, frame: dict[str, Any]) -> None:
        for one in self._open:
            asyncio.run_coroutine_threadsafe(one.send(json.dumps(frame)), self._loop).result(5)

    async def _talk(self, socket: ServerConnection) -> None:
        async for text in _until_closed(socket):
            frame = json.loads(text)
            command, body, number = frame["cmd"], frame.get("body") or {}, frame["headers"]["req_id"]
            error, given = self._judge(command, body, number, socket)
            answer = {"headers": {"req_id": number}, "errcode": error, "errmsg": "", "body": given}
            await socket.send(json.dumps(answer))
        if socket in self._open:
            self._open.remove(socket)

    def _judge(
        self, command: str, body: dict[str, Any], number: str, socket: ServerConnection
    ) -> tuple[int, dict[str, Any]]:
        if command == "aibot_subscribe":
            if (body.get("bot_id"), body.get("secret")) != (BOT, SECRET):
                return 40001, {}
            self.subscriptions += 1
            self._open.append(socket)
            return 0, {}
        if socket not in self._open:
            return 846606, {}
        if command == "ping":
            return 0, {}
        if self.faults:
            return self.faults.pop(0), {}
        error, given = _RULES.get(command, lambda *_: (40058, {}))(self, body, number)
        if error == 0:
            self.sent.append((command, body))
        return error, given

    def _stream(self, body: dict[str, Any], number: str) -> tuple[int, dict[str, Any]]:
        if number not in self._callbacks:
            return 846605, {}
        stream = body["stream"]
        if len(stream["content"].encode()) > LONGEST:
            return 40058, {}
        if self.streams.get(stream["id"], {}).get("finish"):
            return 846608, {}
        self.streams[stream["id"]] = stream
        return 0, {}

    def _message(self, body: dict[str, Any], _number: str) -> tuple[int, dict[str, Any]]:
        if not body.get("chatid"):
            return 40058, {}
        if body["msgtype"] == "markdown" and len(body["markdown"]["content"].encode()) > LONGEST:
            return 40058, {}
        if body["msgtype"] == "template_card":
            card = body["template_card"]
            keys = [button["key"] for button in card["button_list"]]
            if not 1 <= len(keys) <= 6 or len(set(keys)) < len(keys) or card["task_id"] in self._tasks:
                return 40058, {}
            self._tasks.add(card["task_id"])
        if body["msgtype"] == "image" and body["image"]["media_id"] not in self._uploads:
            return 40007, {}
        return 0, {}

    def _welcome(self, _body: dict[str, Any], number: str) -> tuple[int, dict[str, Any]]:
        return (0, {}) if number in self._callbacks else (846605, {})

    def _upload(self, body: dict[str, Any], _number: str) -> tuple[int, dict[str, Any]]:
        if "filename" in body:
            name = f"up-{len(self._uploads)}"
            self._uploads[name] = [""] * body["total_chunks"]
            return 0, {"upload_id": name}
        pieces = self._uploads[body["upload_id"]]
        if "chunk_index" in body:
            pieces[body["chunk_index"]] = body["base64_data"]
            return 0, {}
        return (0, {"media_id": body["upload_id"]}) if all(pieces) else (40004, {})


async def _until_closed(socket: ServerConnection) -> AsyncIterator[str | bytes]:
    """What arrives; a line that is cut is only an end."""
    with suppress(ConnectionClosed):
        async for text in socket:
            yield text


_RULES: dict[str, Any] = {
    "aibot_respond_msg": WeComEmulator._stream,
    "aibot_send_msg": WeComEmulator._message,
    "aibot_respond_welcome_msg": WeComEmulator._welcome,
    "aibot_upload_media_init": WeComEmulator._upload,
    "aibot_upload_media_chunk": WeComEmulator._upload,
    "aibot_upload_media_finish": WeComEmulator._upload,
}
