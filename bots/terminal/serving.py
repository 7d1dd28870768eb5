"""`citydesk serve`: the web page and the messengers that are configured."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

import uvicorn
from fastapi import FastAPI

from assistant.directory import Directory
from assistant.errors import UnknownPerson
from assistant.ledger import open_ledger
from assistant.settings import Settings, read_settings
from bots.channels import configured, groups, leases, routers
from bots.opening import open_admission, open_reception
from bots.pictures import missing_glyphs
from bots.port import Channel
from bots.reception import Reception
from bots.standing import standing_desk
from bots.switchboard import Switchboard
from bots.terminal.shared import WRONG_ARGUMENTS, explain, out, problems
from bots.ticking import ticking
from bots.web.app import make_app
from bots.web.guards import LOCAL_HOSTS
from bots.web.session import Door, signing_key
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)


def serve(*, host: str, port: int, demo: str | None, city: str | None, wall: Callable[[], datetime]) -> int:
    """Serve the page and the messengers until stopped."""
    settings = read_settings()
    if demo is not None and host not in LOCAL_HOSTS:
        problems().print("--demo lets anybody in, so it listens on this machine only (127.0.0.1)")
        return WRONG_ARGUMENTS
    channels = configured(settings)
    if demo is None and not settings.web_tokens and settings.web_proxy_header is None and not channels:
        problems().print(
            "Nobody could sign in. Set CITYDESK_WEB_TOKENS='{\"leader\": \"a long secret\"}' or CITYDESK_WEB_PROXY_HEADER, "
            "or a messenger (CITYDESK_TELEGRAM_TOKEN, CITYDESK_WECOM_BOT, …_APP_CORP), or try it on this machine with --demo.", markup=False,
        )  # fmt: skip
        return WRONG_ARGUMENTS
    reception = open_reception(settings, city=city, wall=wall)
    door = door_of(settings, reception.directory, demo)
    if demo is not None:
        try:
            reception.directory.principal(demo)
        except UnknownPerson as problem:
            problems().print(str(problem), markup=False)
            return WRONG_ARGUMENTS
    try:
        city_name = reception.assistant.warehouse.city.name.get("zh", "")
    except WarehouseError as problem:
        return explain(problem)
    ledger = open_ledger(settings, reception.assistant.warehouse)
    desk = standing_desk(reception, ledger, groups(settings))
    out().print(f"{city_name} CityDesk · 城市值班台 → http://{host}:{port}", markup=False)
    for channel in channels:
        out().print(
            f"  + {channel.name} {channel.account}   (`citydesk people code NAME` lets a person in)", markup=False
        )
    with ticking(desk.looks, wall):
        uvicorn.run(
            make_app(
                reception,
                door,
                ledger=lambda: ledger,
                routers=routers(channels),
                lifespan=_messengers(reception, channels, settings),
            ),
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
        )
    ledger.close()
    return 0


def _messengers(
    reception: Reception, channels: Sequence[Channel], settings: Settings
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Runs the channels as long as the server does."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        if not channels:
            yield
            return
        if missing := missing_glyphs():
            log.warning("the font lacks %s: charts and tables would show boxes", missing)
        folder = leases(settings)
        async with Switchboard(reception, open_admission(reception), channels, folder=folder):
            yield

    return running


def door_of(settings: Settings, directory: Directory, demo: str | None) -> Door:
    """The sign-in as configured."""
    return Door(
        directory=directory,
        key=signing_key(settings.home),
        tokens={name: token.get_secret_value() for name, token in settings.web_tokens.items()},
        proxy_header=settings.web_proxy_header,
        trusted_proxies=settings.web_trusted_proxies,
        demo=demo,
    )
