"""The app's API: its token, kept in this one place, and the calls that need it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from bots.errors import Refused, TryLater, Unreachable
from bots.wecom_app.calls import EXPIRED, MEDIA_TIMES, OPENED_BY, Told, called, is_safe, line, problem_of

# A token is fetched anew this long before it ends.
_MARGIN_SECONDS = 120.0
# Fetching tokens too often locks the app out for all.
_REST_SECONDS = 2.0
# What was uploaded lies there for three days.
_MEDIA_LASTS_SECONDS = 2 * 86_400.0
_MEDIA_KEPT = 256
_PAUSES = (0.3, 1.0, 2.5)
Call = Callable[[str], Awaitable[Told]]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: float


class Api:
    """One app of one corporation. Its seconds are the event loop's.

    Args:
        address: Where the API lies; a private deployment has its own.
    """

    def __init__(self, corp: str, secret: str, address: str = OPENED_BY) -> None:
        self._corp, self._secret, self._address = corp, secret, address.rstrip("/")
        self._line: httpx.AsyncClient | None = None
        self._token: _Token | None = None
        self._refreshing = asyncio.Lock()
        self._rests_until = 0.0
        self._uploaded: dict[str, _Token] = {}

    async def close(self) -> None:
        """Let go of the connections; the next call opens others."""
        client, self._line = self._line, None
        if client is not None:
            await client.aclose()

    async def prove(self) -> None:
        """Have a token: the corporation and the secret are right and WeCom is there.

        Raises:
            ChannelError: They are not, or it is not.
        """
        await self._fresh(None)

    async def ask(self, path: str, body: dict[str, Any] | None = None, **query: str) -> dict[str, Any]:
        """Call and take the answer's fields; without a body it is a question only.

        Raises:
            ChannelError: It did not work.
        """

        async def call(token: str) -> Told:
            method = "GET" if body is None else "POST"
            return await self._called(method, path, {**query, "access_token": token}, json=body)

        return (await self._with_token(call)).answer

    async def upload(self, picture: bytes, name: str = "picture.png") -> str:
        """The media id of a picture; the same picture is not sent up again within two days.

        Raises:
            ChannelError: It cannot be sent.
        """
        digest, now = hashlib.sha256(picture).hexdigest(), anyio.current_time()
        known = self._uploaded.get(digest)
        if known is not None and now < known.until:
            return known.text

        async def call(token: str) -> Told:
            return await self._called(
                "POST", "media/upload", {"access_token": token, "type": "image"},
                files={"media": (name, picture, "image/png")}, timeout=MEDIA_TIMES,
            )  # fmt: skip

        media = str((await self._with_token(call)).answer.get("media_id") or "")
        if len(self._uploaded) >= _MEDIA_KEPT:
            del self._uploaded[next(iter(self._uploaded))]
        self._uploaded[digest] = _Token(media, now + _MEDIA_LASTS_SECONDS)
        return media

    def forget(self, media: str) -> None:
        """An uploaded picture is no longer there."""
        self._uploaded = {digest: one for digest, one in self._uploaded.items() if one.text != media}

    async def download(self, media: str) -> bytes:
        """The bytes of a file by its id; nobody tries again for this one, so a line that is down is tried again here.

        Raises:
            ChannelError: It cannot be had.
        """

        async def call(token: str) -> Told:
            query = {"access_token": token, "media_id": media}
            return await self._called("GET", "media/get", query, timeout=MEDIA_TIMES)

        for pause in _PAUSES:
            try:
                return (await self._with_token(call)).content
            except Unreachable:
                await asyncio.sleep(pause)
            except TryLater as problem:
                if problem.seconds > _REST_SECONDS:
                    raise
                await asyncio.sleep(problem.seconds)
        return (await self._with_token(call)).content

    async def _with_token(self, call: Call) -> Told:
        token = await self._fresh(None)
        told = await call(token)
        if told.error in EXPIRED:
            told = await call(await self._fresh(token))
        if (problem := problem_of(told.error)) is not None:
            raise problem
        return told

    async def _fresh(self, spent: str | None) -> str:
        """A token that is good, as far as is known; `spent` is not. Whoever comes during a refresh takes its outcome."""
        async with self._refreshing:
            now, known = anyio.current_time(), self._token
            if known is not None and known.text != spent and now < known.until:
                return known.text
            if now < self._rests_until:
                raise TryLater(self._rests_until - now)
            self._rests_until = now + _REST_SECONDS
            told = await self._called("GET", "gettoken", {"corpid": self._corp, "corpsecret": self._secret})
            problem = problem_of(told.error)
            if isinstance(problem, TryLater):
                self._rests_until = now + problem.seconds
            if problem is not None:
                raise problem
            lasts = float(told.answer.get("expires_in") or 0)
            self._token = _Token(str(told.answer.get("access_token") or ""), now + max(lasts - _MARGIN_SECONDS, 1.0))
            return self._token.text

    async def _called(self, method: str, path: str, query: dict[str, str], **more: Any) -> Told:
        if not is_safe(self._address):
            raise Refused("CITYDESK_WECOM_APP_API is no https:// address")
        self._line = self._line or line()
        return await called(self._line, method, f"{self._address}/cgi-bin/{path}", params=query, **more)
