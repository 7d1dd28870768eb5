"""The Telegram adapter: updates in by long polling or webhook, messages out. It translates and decides nothing."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
from telegram import BotCommand, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict, TelegramError
from telegram.ext import AIORateLimiter, ExtBot, Updater
from telegram.request import HTTPXRequest

from bots.channel import FileHandle, Inbound, Ref, Reply
from bots.port import ChannelLimits, Rate, Receive
from bots.telegram_bot.calls import translated
from bots.telegram_bot.drawing import Drawn, draw, png_of
from bots.telegram_bot.reading import Me, inbound_of
from bots.words import say

log = logging.getLogger(__name__)
# Telegram's own: one message a second to a chat with short bursts, 20 a minute to a group, 30 a second in all.
# A full bucket and what flows into it meanwhile stay below that: 6 + 24 a second, 6 + 14 a minute.
LIMITS = ChannelLimits(private=Rate(4, 4.0), group=Rate(6, 26.0), bot=Rate(6, 0.25))
UPDATES = ["message", "callback_query"]
COMMANDS = ("brief", "whoami", "help", "unbind")
# The longest a getUpdates waits for something to happen.
POLL_SECONDS = 25
CONNECTIONS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where Telegram's API lies; tests and self-hosted servers have their own. With `webhook` it is not polled.

    Attributes:
        webhook: Public HTTPS address of /api/telegram/webhook of this desk.
        secret: What Telegram must send along with each update.
    """

    api: str = "https://api.telegram.org"
    webhook: str | None = None
    secret: str | None = None


class _Durable(asyncio.Queue[object]):
    """The library's queue of updates: an update is on disk before the next are asked for, which confirms it."""

    def __init__(self, channel: TelegramChannel) -> None:
        super().__init__()
        self._channel = channel

    async def put(self, item: object) -> None:
        """Take one update."""
        if isinstance(item, Update):
            await self._channel.take(item)


class TelegramChannel:
    """A Telegram bot."""

    name = "telegram"
    limits = LIMITS

    def __init__(self, token: str, address: Address | None = None) -> None:
        self.account = token.partition(":")[0]
        self.address = address or Address()
        self._token = token
        self._me = Me(int(self.account) if self.account.isdigit() else 0, "")
        self._receive: Receive | None = None
        self._bot: ExtBot[Any] | None = None
        self._updater: Updater | None = None
        # One picture at a time: words must never wait for pictures.
        self._pencil = anyio.CapacityLimiter(1)
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def bot(self) -> ExtBot[Any]:
        """The library's bot, made on first use inside the running loop."""
        if self._bot is None:
            self._bot = ExtBot(
                self._token,
                base_url=f"{self.address.api}/bot",
                base_file_url=f"{self.address.api}/file/bot",
                request=HTTPXRequest(connection_pool_size=CONNECTIONS, read_timeout=20.0, pool_timeout=20.0),
                get_updates_request=HTTPXRequest(connection_pool_size=4, read_timeout=POLL_SECONDS + 10.0),
                rate_limiter=AIORateLimiter(max_retries=2),
            )
        return self._bot

    async def start(self, receive: Receive) -> None:
        """Connect, say which commands there are, and listen."""
        self._receive = receive
        async with translated():
            await self.bot.initialize()
            self._me = Me(self.bot.id, self.bot.username)
            self._errand(self._commands())
            if self.address.webhook is not None:
                await self.bot.set_webhook(
                    self.address.webhook,
                    secret_token=self.address.secret,
                    allowed_updates=UPDATES,
                    max_connections=CONNECTIONS,
                )
                return
            self._updater = Updater(self.bot, _Durable(self))
            await self._updater.initialize()
            await self._updater.start_polling(
                timeout=POLL_SECONDS, bootstrap_retries=0, allowed_updates=UPDATES, error_callback=_polling_failed
            )

    async def stop(self) -> None:
        """Stop listening. A webhook stays set: what comes meanwhile waits with Telegram."""
        for errand in self._errands:
            errand.cancel()
        await asyncio.gather(*self._errands, return_exceptions=True)
        updater, bot, self._updater, self._bot = self._updater, self._bot, None, None
        if updater is not None and updater.running:
            await updater.stop()
        if bot is not None:
            await bot.shutdown()

    async def take(self, update: Update) -> None:
        """An update; returns when it is on disk."""
        inbound = inbound_of(update, self._me)
        if inbound is not None and self._receive is not None:
            await self._receive(inbound)
        if update.callback_query is not None:
            self._errand(self._pressed(update))

    def is_genuine(self, secret: str) -> bool:
        """Whether a webhook call knows the secret."""
        return bool(self.address.secret) and hmac.compare_digest(secret.encode(), (self.address.secret or "").encode())

    async def arrived(self, body: dict[str, Any]) -> None:
        """An update by webhook."""
        update = Update.de_json(body, self.bot)
        if update is not None:
            await self.take(update)

    def compose(self, ref: Ref, reply: Reply) -> Sequence[Drawn]:  # noqa: ARG002  # the port's: groups and people are alike
        """The messages of a reply."""
        return draw(reply)

    async def send(self, ref: Ref, message: Drawn, ticket: dict[str, Any] | None) -> str:
        """Send one message, or have it take the place of an earlier one."""
        replaces = (ticket or {}).get("replaces")
        async with translated():
            if replaces is not None and message.kind == "text" and await self._edited(ref, message, int(replaces)):
                return str(replaces)
            try:
                return await self._sent(ref, message)
            except BadRequest as problem:
                # Never the words for the sake of their looks.
                if "entit" not in problem.message.casefold() or not message.entities:
                    raise
                log.warning("entities were refused: %s", problem.message)
                plain = Drawn(kind=message.kind, text=message.text, png=message.png, keyboard=message.keyboard)
                return await self._sent(ref, plain)

    async def _sent(self, ref: Ref, message: Drawn) -> str:
        to: dict[str, Any] = {
            "chat_id": int(ref.chat), "reply_markup": message.keyboard,
            "message_thread_id": int(ref.topic) if ref.topic else None,
        }  # fmt: skip
        if message.kind == "place":
            sent = await self.bot.send_location(latitude=message.latitude, longitude=message.longitude, **to)
        elif message.kind == "photo":
            png = await anyio.to_thread.run_sync(png_of, message, limiter=self._pencil)
            if png is None:
                return "-"
            sent = await self.bot.send_photo(
                photo=png, caption=message.text or None, caption_entities=message.entities or None, **to
            )
        else:
            sent = await self.bot.send_message(text=message.text, entities=message.entities or None, **to)
        return str(sent.message_id)

    async def _edited(self, ref: Ref, message: Drawn, number: int) -> bool:
        try:
            await self.bot.edit_message_text(
                message.text, chat_id=int(ref.chat), message_id=number, entities=message.entities or None,
                reply_markup=message.keyboard,
            )  # fmt: skip
        except BadRequest as problem:
            # The same words again are where they should be; an old or a picture's message cannot be edited.
            return "not modified" in problem.message.casefold()
        return True

    async def progress(self, inbound: Inbound, text: str, shown: str | None) -> str | None:
        """In private a draft, which goes by itself; in groups one message that changes."""
        chat = int(inbound.ref.chat)
        topic = int(inbound.ref.topic) if inbound.ref.topic else None
        if not text:
            await self.bot.send_chat_action(chat, "typing", message_thread_id=topic)
            return None
        if inbound.ref.kind == "private":
            await self.bot.send_message_draft(chat, _draft_of(inbound), text)
            return "draft"
        if shown is None:
            return str((await self.bot.send_message(chat, text, message_thread_id=topic)).message_id)
        try:
            await self.bot.edit_message_text(text, chat_id=chat, message_id=int(shown))
        except BadRequest as problem:
            log.debug("progress was not changed: %s", problem.message)
        return shown

    async def settle(self, inbound: Inbound, shown: str | None) -> None:
        """Take the placeholder of a group away."""
        if shown is not None and shown != "draft":
            await self.bot.delete_message(int(inbound.ref.chat), int(shown))

    async def fetch(self, file: FileHandle) -> bytes:
        """A file's bytes, up to Telegram's 20 MB."""
        async with translated():
            found = await self.bot.get_file(file.locator)
            return bytes(await found.download_as_bytearray())

    def _errand(self, errand: Coroutine[Any, Any, None]) -> None:
        """Do something that nobody waits for and that may fail."""
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _commands(self) -> None:
        try:
            for language in ("zh", "en"):
                menu = [BotCommand(name, say(f"menu_{name}", language)) for name in COMMANDS]
                await self.bot.set_my_commands(menu, language_code=language if language == "zh" else None)
        except TelegramError as problem:
            log.debug("the menu was not set: %s", problem.message)

    async def _pressed(self, update: Update) -> None:
        """End the button's hourglass and take away buttons that are spent."""
        query = update.callback_query
        if query is None:
            return
        try:
            await query.answer()
            markup = getattr(query.message, "reply_markup", None)
            if markup is not None and (left := _left(markup, query.data or "")) is not None:
                await query.edit_message_reply_markup(left)
        except TelegramError as problem:  # the press itself is in the inbox
            log.debug("the button was not answered: %s", problem.message)


def _left(markup: InlineKeyboardMarkup, data: str) -> InlineKeyboardMarkup | None:
    """What remains of a keyboard: of a choice or a judgement nothing, of a decision everything until it is made."""
    purpose = data[:2]
    if purpose == "d:":
        return None

    def gone(other: str) -> bool:
        return other == data if purpose == "f:" else other.startswith(purpose)

    rows = [[button for button in row if not gone(str(button.callback_data))] for row in markup.inline_keyboard]
    return InlineKeyboardMarkup([row for row in rows if row])


def _draft_of(inbound: Inbound) -> int:
    return int(inbound.key) % 2_000_000_000 + 1


def _polling_failed(problem: TelegramError) -> None:
    """Called by the library, which tries again by itself."""
    if isinstance(problem, Conflict):
        log.warning("another process polls for this bot; only one may: %s", problem.message)
    else:
        log.warning("polling failed and goes on: %s", problem.message)
