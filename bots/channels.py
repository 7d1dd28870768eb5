"""The messengers that the settings name. Their libraries are imported only where one is configured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.settings import Settings
from bots.port import Channel

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bots.telegram_bot.channel import TelegramChannel


def configured(settings: Settings) -> list[Channel]:
    """Every configured channel, none of them started."""
    telegram = telegram_channel(settings)
    return [] if telegram is None else [telegram]


def telegram_channel(settings: Settings) -> TelegramChannel | None:
    """The Telegram bot of the settings."""
    if settings.telegram_token is None:
        return None
    from bots.telegram_bot.channel import Address, TelegramChannel

    secret = settings.telegram_secret.get_secret_value() if settings.telegram_secret else None
    return TelegramChannel(
        settings.telegram_token.get_secret_value(),
        Address(api=settings.telegram_api, webhook=settings.telegram_webhook, secret=secret),
    )


def routers(channels: Sequence[Channel]) -> tuple[APIRouter, ...]:
    """Routes under /api by which messengers call in."""
    found: list[APIRouter] = []
    for channel in channels:
        if channel.name == "telegram":
            from bots.telegram_bot.channel import TelegramChannel
            from bots.telegram_bot.webhook import webhook_router

            if isinstance(channel, TelegramChannel) and channel.address.webhook is not None:
                found.append(webhook_router(channel))
    return tuple(found)


def checks(settings: Settings) -> dict[str, Callable[[], str]]:
    """By the channel's name: proves its settings without sending anything, and says what it found.

    A check raises ChannelError when they do not work.
    """
    found: dict[str, Callable[[], str]] = {}
    telegram = telegram_channel(settings)
    if telegram is not None:
        from bots.telegram_bot.checking import check

        found["Telegram"] = lambda: check(telegram)
    return found
