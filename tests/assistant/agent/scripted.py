"""An OpenAI-compatible endpoint that says exactly the bytes it is told, also those no honest server would send."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Step:
    """One response. `raw` replaces the JSON body; `pieces` are sent as server-sent events with pauses in between."""

    body: Any = None
    raw: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pieces: tuple[str, ...] = ()
    pause: float = 0.0
    drop: bool = False


def message(content: str | None = None, calls: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A chat completion. `finish` says why it ended; other keywords go into the message."""
    finish = more.pop("finish", "tool_calls" if calls else "stop")
    said: dict[str, Any] = {"role": "assistant", "content": content, **more}
    if calls is not None:
        said["tool_calls"] = calls
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "message": said, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }  # fmt: skip


def call(name: str, args: Any, call_id: str = "call_1") -> dict[str, Any]:
    """A tool call; a text as arguments is sent as it is."""
    text = args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": text}}


def text(content: str, **more: Any) -> Step:
    """The model says something."""
    return Step(body=message(content, **more))


def calls(*made: dict[str, Any], **more: Any) -> Step:
    """The model calls tools."""
    return Step(body=message(more.pop("content", None), list(made), **more))


def error(status: int, said: str = "no", **headers: str) -> Step:
    """The endpoint refuses."""
    return Step(status=status, body={"error": {"message": said, "type": "error", "code": None}}, headers=headers)


def streamed(*deltas: dict[str, Any], finish: str | None = "tool_calls", done: bool = True) -> Step:
    """A stream of deltas; without `finish` and `done` it just ends."""
    chunks = [{"delta": delta, "finish_reason": None} for delta in deltas]
    if finish:
        chunks.append({"delta": {}, "finish_reason": finish})
    pieces = [
        "data: " + json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
                               "choices": [{"index": 0, **chunk}]}) + "\n\n"
        for chunk in chunks
    ]  # fmt: skip
    return Step(pieces=(*pieces, "data: [DONE]\n\n") if done else tuple(pieces))


class Endpoint:
    """A server on a free port. The last step of the script is said again and again."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._script: list[Step] = []
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                endpoint._answer(self, body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def script(self, *steps: Step) -> None:
        """What the next requests get, in order."""
        with self._lock:
            self._script = list(steps)
            self.requests.clear()
            self.headers.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        with self._lock:
            self.requests.append(body)
            self.headers.append(dict(handler.headers))
            step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        time.sleep(step.delay)
        if step.drop:
            handler.connection.close()
            return
        with suppress(OSError):  # a client that has gone is what some tests are about
            _send(handler, step)


def _send(handler: BaseHTTPRequestHandler, step: Step) -> None:
    data = step.raw if step.raw is not None else json.dumps(step.body, ensure_ascii=False).encode()
    handler.send_response(step.status)
    if step.pieces:
        handler.send_header("Content-Type", "text/event-stream")
    else:
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
    for name, value in step.headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    for piece in step.pieces:
        handler.wfile.write(piece.encode())
        handler.wfile.flush()
        time.sleep(step.pause)
    if not step.pieces:
        handler.wfile.write(data)
