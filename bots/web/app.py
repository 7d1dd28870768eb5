"""The page's server: static files, sign-in, and an answer as a stream of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC
from pathlib import Path
from typing import Any, Literal

import anyio
from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from assistant.events import Event, FellBack, ToolFinished, ToolStarted
from bots.channel import Actor, Inbound, Press, Ref, TableBlock, Text
from bots.reception import Reception
from bots.store.answers import Given
from bots.web.area_map import map_router
from bots.web.board import board_router, nothing
from bots.web.briefs import briefs_router
from bots.web.exports import as_csv, as_xlsx
from bots.web.guards import LOCAL_HOSTS, Guards
from bots.web.person import Person
from bots.web.session import COOKIE, LASTING_SECONDS, Door
from bots.words import scope_text
from tools.principal import Principal, Role
from tools.work_orders.ledger import Ledger

STATIC = Path(__file__).parent / "static"
FONTS = Path(__file__).parents[1] / "fonts"
# Questions worked on at once; more wait their turn.
AT_ONCE = 8
_LONGEST_BODY = 40_000


class SignIn(BaseModel):
    """A token typed in."""

    token: str = Field(max_length=500)


class Be(BaseModel):
    """In the demo: a role to play."""

    name: str = Field(max_length=100)


class Asked(BaseModel):
    """A question. `key` is made by the page, so that a repeated request is the same question."""

    key: str = Field(pattern=r"^[\w-]{8,64}$")
    thread: str = Field(pattern=r"^[\w-]{1,64}$")
    text: str = Field(max_length=_LONGEST_BODY)
    language: Literal["zh", "en"] | None = None


class Pressed(BaseModel):
    """A button."""

    key: str = Field(pattern=r"^[\w-]{8,64}$")
    thread: str = Field(pattern=r"^[\w-]{1,64}$")
    token: str = Field(max_length=64)
    language: Literal["zh", "en"] | None = None


class Judged(BaseModel):
    """A thumb on an answer."""

    about: str = Field(max_length=200)
    score: str = Field(pattern="^(up|down)$")
    reason: str = Field(default="", max_length=1000)


class Page:
    """The page's requests. Every one but the sign-in names a principal first."""

    def __init__(self, reception: Reception, door: Door) -> None:
        self._reception = reception
        self.door = door
        self._limiter = anyio.CapacityLimiter(AT_ONCE)
        self._busy: dict[str, asyncio.Lock] = {}

    def now(self) -> float:
        """Seconds of the clock."""
        return self._reception.wall().timestamp()

    def me(self, principal: Person) -> dict[str, Any]:
        """Who it is, what they may see, and how fresh the data is."""
        warehouse = self._reception.assistant.warehouse
        return {
            "name": principal.name,
            "role": principal.role,
            "scope": {language: scope_text(principal, language) for language in ("zh", "en")},
            "city": warehouse.city.name,
            "language": warehouse.city.language,
            "as_of": warehouse.as_of.isoformat(timespec="minutes"),
            "starters": {language: self._reception.starters(principal, language) for language in ("zh", "en")},
            "roles": [*Role] if self.door.demo is not None else [],
        }

    def sign_in(self, body: SignIn, request: Request) -> Response:
        """Exchange a token for a cookie."""
        caller = request.client.host if request.client else ""
        name = self.door.sign_in(body.token, caller, self.now())
        if name is None:
            raise HTTPException(403)
        return self._welcome(name, request)

    def be(self, body: Be, request: Request) -> Response:
        """Play another role of the demo."""
        name = self.door.choose(body.name)
        if name is None:
            raise HTTPException(403)
        return self._welcome(name, request)

    def _welcome(self, name: str, request: Request) -> Response:
        response = JSONResponse({"name": name})
        response.set_cookie(
            COOKIE, self.door.cookie(name, self.now()), max_age=LASTING_SECONDS, httponly=True, samesite="strict",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    def sign_out(self) -> Response:
        """Forget the cookie."""
        response = JSONResponse({})
        response.delete_cookie(COOKIE)
        return response

    def ask(self, body: Asked, principal: Person) -> Response:
        """The answer to words, as a stream."""
        return self._streamed(self._inbound(body, principal, Text(text=body.text)), principal, body.thread)

    def press(self, body: Pressed, principal: Person) -> Response:
        """What a button does, as a stream."""
        return self._streamed(self._inbound(body, principal, Press(token=body.token)), principal, body.thread)

    def _inbound(self, body: Asked | Pressed, principal: Principal, part: Text | Press) -> Inbound:
        return Inbound(
            key=f"web:{principal.name}:{body.key}",
            at=self._reception.wall(),
            ref=Ref(channel="web", account="page", chat=principal.name),
            actor=Actor(id=principal.name),
            parts=(part,),
            language=body.language,
        )

    def _streamed(self, inbound: Inbound, principal: Principal, thread: str) -> Response:
        return StreamingResponse(
            self._events(inbound, principal, thread), media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )  # fmt: skip

    async def _events(self, inbound: Inbound, principal: Principal, thread: str) -> AsyncIterator[str]:
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[Any]()

        def tell(event: Event) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, event)

        async def work() -> Given:
            # The same request twice at once: the second one finds the first one's answer.
            async with self._busy.setdefault(inbound.key, asyncio.Lock()):
                return await anyio.to_thread.run_sync(
                    lambda: self._reception.respond(inbound, principal, thread=thread, tell=tell), limiter=self._limiter
                )

        task = asyncio.create_task(work())
        task.add_done_callback(lambda _: queue.put_nowait(None))
        task.add_done_callback(lambda _: self._busy.pop(inbound.key, None))
        # A page that goes away leaves the work to end by itself: the answer is there when it comes back.
        while (event := await queue.get()) is not None:
            if (step := _step(event)) is not None:
                yield _sse("step", step)
        yield _sse("answer", shown(await task))

    def judge(self, body: Judged, principal: Person) -> dict[str, str]:
        """Keep a judgement of an answer of one's own."""
        if self._reception.answers.find(body.about, principal.name) is None:
            raise HTTPException(404)
        self._reception.judgements.give(
            about=body.about, person=principal.name, score="up" if body.score == "up" else "down", reason=body.reason,
            now=self._reception.wall(),
        )  # fmt: skip
        return {}

    def threads(self, principal: Person) -> list[dict[str, str]]:
        """One's own conversations."""
        heads = self._reception.answers.threads(principal.name)
        return [{"thread": head.thread, "title": head.title, "at": head.at.isoformat()} for head in heads]

    def thread(self, thread: str, principal: Person) -> list[dict[str, Any]]:
        """A conversation, oldest first."""
        return [shown(given) for given in self._reception.answers.thread(principal.name, thread)]

    def forget(self, thread: str, principal: Person) -> dict[str, str]:
        """Remove a conversation."""
        self._reception.answers.forget(principal.name, thread)
        return {}

    def export(self, key: str, number: int, kind: str, principal: Person) -> Response:
        """A table of an answer of one's own as a file."""
        given = self._reception.answers.find(key, principal.name)
        tables = [block for block in given.reply.blocks if isinstance(block, TableBlock)] if given else []
        if not 0 <= number < len(tables) or kind not in {"csv", "xlsx"}:
            raise HTTPException(404)
        content = as_csv(tables[number]) if kind == "csv" else as_xlsx(tables[number])
        mime = "text/csv; charset=utf-8" if kind == "csv" else (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )  # fmt: skip
        return Response(
            content, media_type=mime, headers={"Content-Disposition": f'attachment; filename="citydesk.{kind}"'}
        )


def shown(given: Given) -> dict[str, Any]:
    """An answer as the page reads it."""
    return {
        "key": given.key,
        "thread": given.thread,
        "at": given.at.astimezone(UTC).isoformat(),
        "question": given.question,
        "reply": given.reply.model_dump(mode="json"),
        "answer": given.answer,
    }


def _step(event: Event) -> dict[str, Any] | None:
    if isinstance(event, ToolStarted):
        return {"call": event.call_id, "tool": event.call.tool, "done": False}
    if isinstance(event, ToolFinished):
        return {"call": event.call_id, "tool": event.call.tool, "done": True, "rows": event.rows, "error": event.error}
    return {"void": True} if isinstance(event, FellBack) else None


def _sse(name: str, content: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


def make_app(
    reception: Reception, door: Door, *, ledger: Callable[[], Ledger | None] = nothing,
    routers: tuple[APIRouter, ...] = (), lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
) -> FastAPI:  # fmt: skip
    """The application. No documentation pages: they would load from elsewhere.

    Args:
        ledger: Gives the city's work orders.
        routers: Further routes under /api; `Person` gives them the person at the page.
        lifespan: What runs as long as the server does.
    """
    page = Page(reception, door)
    app = FastAPI(title="CityDesk", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.door, app.state.wall = door, reception.wall
    app.add_middleware(Guards, hosts=LOCAL_HOSTS if door.demo is not None else None)
    api = APIRouter()
    for path, endpoint, method in (
        ("/sign-in", page.sign_in, "POST"),
        ("/sign-out", page.sign_out, "POST"),
        ("/be", page.be, "POST"),
        ("/me", page.me, "GET"),
        ("/ask", page.ask, "POST"),
        ("/press", page.press, "POST"),
        ("/judge", page.judge, "POST"),
        ("/threads", page.threads, "GET"),
        ("/threads/{thread}", page.thread, "GET"),
        ("/threads/{thread}", page.forget, "DELETE"),
        ("/export/{key}/{number}.{kind}", page.export, "GET"),
    ):
        api.add_api_route(path, endpoint, methods=[method])
    for router in (api, briefs_router(reception), map_router(reception), board_router(reception, ledger), *routers):
        app.include_router(router, prefix="/api")
    app.add_api_route("/healthz", _healthy, methods=["GET"])
    app.add_api_route("/", _index, methods=["GET"])
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.mount("/fonts", StaticFiles(directory=FONTS), name="fonts")
    return app


def _healthy() -> dict[str, str]:
    """For a watchdog; says nothing about the city."""
    return {"status": "ok"}


def _index() -> FileResponse:
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})
