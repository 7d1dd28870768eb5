"""The long connection: subscribed once, kept alive, opened again when it drops; one answer waited for per request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from bots.errors import ChannelError, Refused, Unreachable
from bots.wecom_bot import frames
from bots.wecom_bot.frames import Frame, dumped, loaded, problem_of

log = logging.getLogger(__name__)
OPENED_BY = "wss://openws.work.weixin.qq.com"
PING_SECONDS = 30.0
ANSWER_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
# Another instance took the bot over: coming back at once would throw it out in turn, for ever.
KICKED_SECONDS = 300.0
_LARGEST_FRAME = 32 << 20
Heard = Callable[[Frame], Awaitable[None]]


class Connection:
    """One bot's connection.

    Args:
        heard: Called with every frame that is no answer, in order.
    """

    def __init__(self, bot: str, secret: str, heard: Heard, address: str = OPENED_BY) -> None:
        self._bot, self._secret, self._heard, self._address = bot, secret, heard, address
        self._socket: ClientConnection | None = None
        self._waiting: dict[str, asyncio.Future[Frame]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._kicked = False

    async def open(self) -> None:
        """Connect and subscribe; from then on it is kept open until `close`.

        Raises:
            Unreachable: Nobody answers.
            Refused: The bot's id or secret is wrong.
        """
        await self._connect()
        self._tasks = [asyncio.create_task(self._keep())]

    async def close(self) -> None:
        """Let go of the connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    def kicked(self) -> None:
        """Another instance has the bot now."""
        self._kicked = True

    async def ask(self, command: str, body: dict[str, object], request: str | None = None) -> Frame:
        """Send a frame and wait for its answer.

        Args:
            request: The id of the callback that is answered; None makes a new one.

        Raises:
            ChannelError: There is no connection, no answer, or one with an error code.
        """
        number = request or uuid4().hex
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await self._write(Frame(command=command, request=number, body=dict(body)))
            async with asyncio.timeout(ANSWER_SECONDS):
                frame = await answer
        except TimeoutError:
            raise Unreachable(f"no answer to {command}") from None
        finally:
            self._waiting.pop(number, None)
        if (problem := problem_of(frame.error)) is not None:
            raise problem
        return frame

    async def _write(self, frame: Frame) -> None:
        if self._socket is None:
            raise Unreachable("not connected")
        try:
            await self._socket.send(dumped(frame))
        except ConnectionClosed as problem:
            raise Unreachable(str(problem)) from None

    async def _connect(self) -> None:
        try:
            socket = await connect(self._address, max_size=_LARGEST_FRAME, ping_interval=None, open_timeout=10)
        except (OSError, TimeoutError, InvalidHandshake) as problem:
            raise Unreachable(f"{self._address}: {problem}") from None
        except InvalidURI as problem:
            raise Refused(str(problem)) from None
        self._socket = socket
        reader = asyncio.create_task(self._read(socket))
        try:
            await self.ask(frames.SUBSCRIBE, {"bot_id": self._bot, "secret": self._secret})
        except ChannelError:
            reader.cancel()
            await socket.close()
            self._socket = None
            raise
        self._reader = reader

    async def _keep(self) -> None:
        """Ping while the connection lasts; open another one when it is gone."""
        pause = _FIRST_PAUSE
        while True:
            pinger = asyncio.create_task(self._ping())
            try:
                await self._reader
            finally:
                pinger.cancel()
            self._socket = None
            if self._kicked:
                log.error("another instance runs this WeCom bot; only one may. Trying again in %.0f s", KICKED_SECONDS)
                self._kicked = False
                await asyncio.sleep(KICKED_SECONDS)
            while self._socket is None:
                try:
                    await self._connect()
                    pause = _FIRST_PAUSE
                except ChannelError as problem:
                    log.warning("WeCom is not reachable, next try in %.0f s: %s", pause, problem)
                    await asyncio.sleep(pause)
                    pause = min(_LONGEST_PAUSE, 2 * pause)

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            try:
                await self.ask(frames.PING, {})
            except ChannelError as problem:
                log.warning("ping was not answered: %s", problem)
                if self._socket is not None:
                    await self._socket.close()
                return

    async def _read(self, socket: ClientConnection) -> None:
        """Frames until the connection ends; what cannot be read is logged and passed over."""
        heard: asyncio.Queue[Frame] = asyncio.Queue()
        worker = asyncio.create_task(self._hear(heard))
        try:
            async for text in socket:
                try:
                    frame = loaded(text)
                except ValueError:
                    log.warning("a frame that is none was passed over")
                    continue
                waiting = self._waiting.get(frame.request) if frame.is_answer else None
                if waiting is not None and not waiting.done():
                    waiting.set_result(frame)
                elif not frame.is_answer:
                    heard.put_nowait(frame)
        except ConnectionClosed as problem:
            log.info("connection ended: %s", problem)
        finally:
            worker.cancel()
            for one in self._waiting.values():
                if not one.done():
                    one.set_exception(Unreachable("connection ended"))

    async def _hear(self, heard: asyncio.Queue[Frame]) -> None:
        """In a task of its own, because hearing a frame may ask something over the same connection."""
        while True:
            frame = await heard.get()
            try:
                await self._heard(frame)
            except Exception:  # one frame must not end the connection
                log.exception("a frame was not heard: %s", frame.command)
