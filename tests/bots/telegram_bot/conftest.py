from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.agent import Agent
from assistant.directory import Directory
from bots.admission import Admission
from bots.reception import Reception
from bots.store.database import Database
from bots.switchboard import Switchboard
from bots.telegram_bot.channel import Address, TelegramChannel
from tests.assistant.agent.desk import office
from tests.bots.conftest import PEOPLE, Clock, Serving
from tests.bots.telegram_emulator import TOKEN, TelegramEmulator
from warehouse.reader import Warehouse


@pytest.fixture
def reception(tmp_path: Path, warehouse: Warehouse, offline: Agent, database: Database, clock: Clock) -> Reception:
    assistant = office(tmp_path, warehouse, offline).assistant
    return Reception(assistant, Directory(PEOPLE), database, clock, home=tmp_path / "home")


Connect = Callable[[], AbstractAsyncContextManager[Switchboard]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def emulator() -> TelegramEmulator:
    return TelegramEmulator()


@pytest.fixture
def api(emulator: TelegramEmulator, serving: Serving) -> str:
    return serving(emulator.app)


@pytest.fixture
def admission(reception: Reception) -> Admission:
    return Admission(reception.directory, reception.database, districts=lambda: ("东湖区", "望山区", "高新区"))


@pytest.fixture
def connect(reception: Reception, admission: Admission, api: str, tmp_path: Path) -> Connect:
    """A desk on the emulated Telegram until the block ends; may be entered again, as a restart."""

    @asynccontextmanager
    async def connected() -> AsyncIterator[Switchboard]:
        channel = TelegramChannel(TOKEN, Address(api=api))
        async with Switchboard(reception, admission, [channel], folder=tmp_path / "leases") as board:
            yield board

    return connected


Bind = Callable[[str, int], Awaitable[None]]


@pytest.fixture
def bind(admission: Admission, emulator: TelegramEmulator, clock: Clock) -> Bind:
    async def bound(person: str, user: int) -> None:
        before = len(emulator.to(user))
        emulator.say(user, admission.bindings.code(person, clock.now))
        async with asyncio.timeout(10):
            while len(emulator.to(user)) == before:  # noqa: ASYNC110  # the other side is HTTP
                await asyncio.sleep(0.01)

    return bound


@pytest.fixture(autouse=True)
def _real_clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters wait in real time here; the moment of asking stays the small city's."""
    start, began = clock.now, datetime.now(UTC)  # noqa: TID251
    monkeypatch.setattr(Clock, "__call__", lambda self: start + (datetime.now(UTC) - began))  # noqa: TID251
