"""The messengers that the settings name. Their libraries are imported only where one is configured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings
from bots.channel import Ref
from bots.port import Channel

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bots.telegram_bot.channel import TelegramChannel
    from bots.wecom_app.channel import WeComApp
    from bots.wecom_bot.channel import WeComBot
    from bots.wecom_robot import WeComRobots


def configured(settings: Settings) -> list[Channel]:
    """Every configured channel, none of them started."""
    makers = (telegram_channel, wecom_bot, wecom_app, wecom_robots)
    return [channel for make in makers if (channel := make(settings)) is not None]


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


def wecom_bot(settings: Settings) -> WeComBot | None:
    """WeCom's AI bot of the settings."""
    if settings.wecom_bot is None:
        return None
    from bots.wecom_bot.channel import WeComBot

    # Without a secret WeCom refuses, and doctor says so: half a configuration must not look like none.
    secret = settings.wecom_secret.get_secret_value() if settings.wecom_secret else ""
    return WeComBot(settings.wecom_bot, secret, settings.wecom_address)


def wecom_app(settings: Settings) -> WeComApp | None:
    """WeCom's self-built app of the settings."""
    if settings.wecom_app_corp is None:
        return None
    from bots.wecom_app.channel import App, WeComApp

    # What is missing is refused by WeCom or by the app itself, and doctor says so.
    secret, token, key = (
        "" if one is None else one.get_secret_value()
        for one in (settings.wecom_app_secret, settings.wecom_app_token, settings.wecom_app_key)
    )
    return WeComApp(
        App(
            corp=settings.wecom_app_corp, agent=settings.wecom_app_agent, secret=secret, token=token, key=key,
            api=settings.wecom_app_api,
        )
    )  # fmt: skip


def wecom_robots(settings: Settings) -> WeComRobots | None:
    """The robots of WeCom's groups."""
    if not settings.wecom_robots:
        return None
    from bots.wecom_robot import WeComRobots

    return WeComRobots({name: address.get_secret_value() for name, address in settings.wecom_robots.items()})


def groups(settings: Settings) -> Callable[[str], Sequence[Ref]]:
    """By a name of the directory: the chats of a group that is only told."""

    def told(name: str) -> Sequence[Ref]:
        if name not in settings.wecom_robots:
            return ()
        from bots.wecom_robot import destination

        return (destination(name),)

    return told


def leases(settings: Settings) -> Path:
    """Where the leases of running channels lie."""
    return settings.home / "voices" / "leases"


def routers(channels: Sequence[Channel]) -> tuple[APIRouter, ...]:
    """Routes under /api by which messengers call in."""
    found: list[APIRouter] = []
    for channel in channels:
        if channel.name == "telegram":
            from bots.telegram_bot.channel import TelegramChannel
            from bots.telegram_bot.webhook import webhook_router

            if isinstance(channel, TelegramChannel) and channel.address.webhook is not None:
                found.append(webhook_router(channel))
        if channel.name == "wecom_app":
            from bots.wecom_app.callback import callback_router
            from bots.wecom_app.channel import WeComApp

            if isinstance(channel, WeComApp):
                found.append(callback_router(channel))
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
    wecom = wecom_bot(settings)
    if wecom is not None:
        from bots.wecom_bot.checking import prove

        found["WeCom"] = lambda: prove(wecom, leases(settings))
    app = wecom_app(settings)
    if app is not None:
        from bots.wecom_app.checking import check as check_app

        found["WeCom app"] = lambda: check_app(app)
    if (robots := wecom_robots(settings)) is not None:
        from bots.wecom_robot import check as check_robot

        for name in robots.names:
            found[f"WeCom robot of {name}"] = partial(check_robot, robots, name, settings.home)
    return found
