"""Progress: what a person sees while an answer takes longer than they expect."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from types import TracebackType

from assistant.events import Event, FellBack, ToolStarted
from assistant.notices import language_of
from bots.channel import Inbound
from bots.port import Channel
from bots.words import say

log = logging.getLogger(__name__)
# First only a sign that somebody is at it, then words, then what is being done.
SIGN_SECONDS = 1.0
WORDS_SECONDS = 5.0
EVERY_SECONDS = 4.0
_PATIENCE_SECONDS = 5.0


class Progress:
    """Shows progress of one inbound from inside `async with`; best effort."""

    def __init__(self, channel: Channel, inbound: Inbound) -> None:
        self._channel = channel
        self._inbound = inbound
        self._language = language_of(inbound.words) if inbound.words else inbound.language or "zh"
        self._putting = asyncio.Lock()
        self._step = ""
        self._shown: str | None = None
        self._task: asyncio.Task[None] | None = None

    def tell(self, event: Event) -> None:
        """Something happened; called from the answering thread."""
        if isinstance(event, ToolStarted):
            self._step = f"step_{event.call.tool}"
        elif isinstance(event, FellBack):
            self._step = "step_again"

    async def __aenter__(self) -> Progress:
        if self._inbound.addressed:
            self._task = asyncio.create_task(self._show())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if self._task is None:
            return
        # A message that is just being put must be known, or it would stay.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS), self._putting:
                self._task.cancel()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._shown is not None:
            try:
                await self._channel.settle(self._inbound, self._shown)
            except Exception:  # it is only a sign
                log.debug("progress was not taken away", exc_info=True)

    async def _show(self) -> None:
        await asyncio.sleep(SIGN_SECONDS)
        await self._put("")
        await asyncio.sleep(WORDS_SECONDS - SIGN_SECONDS)
        while True:
            await self._put(say("working", self._language, step=self._words()))
            await asyncio.sleep(EVERY_SECONDS)

    def _words(self) -> str:
        try:
            return say(self._step or "step_thinking", self._language)
        except KeyError:
            return say("step_thinking", self._language)

    async def _put(self, text: str) -> None:
        async with self._putting:
            try:
                self._shown = await self._channel.progress(self._inbound, text, self._shown) or self._shown
            except Exception:  # it is only a sign
                log.debug("progress was not shown", exc_info=True)
