from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.settings import Settings
from bots.admission import Admission
from bots.opening import open_admission, open_reception
from bots.reception import Reception
from bots.switchboard import Switchboard
from bots.wecom_bot.channel import WeComBot
from tests.assistant.agent.desk import NOW, small_city
from tests.bots.wecom_emulator import BOT, SECRET, WeComEmulator

Connect = Callable[[], AbstractAsyncContextManager[Switchboard]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def emulator() -> Iterator[WeComEmulator]:
    running = WeComEmulator()
    running.address = running.begin()
    yield running
    running.end()


@pytest.fixture
def reception(tmp_path: Path) -> Reception:
    home = small_city(tmp_path)
    (home / "people.yml").write_text(
        "people:\n  - {name: 王局, role: leader}\n  - {name: 小张, role: collector}\n", encoding="utf-8"
    )
    began = datetime.now(UTC)  # noqa: TID251  # letters wait in real time; the moment of asking stays the small city's

    def wall() -> datetime:
        return NOW + (datetime.now(UTC) - began)  # noqa: TID251

    return open_reception(Settings(home=home, _env_file=None), city=None, wall=wall)  # type: ignore[call-arg]


@pytest.fixture
def admission(reception: Reception) -> Admission:
    return open_admission(reception)


@pytest.fixture
def connect(reception: Reception, admission: Admission, emulator: WeComEmulator, tmp_path: Path) -> Connect:
    """A desk on the emulated WeCom until the block ends; may be entered again, as a restart."""

    @asynccontextmanager
    async def connected() -> AsyncIterator[Switchboard]:
        channel = WeComBot(BOT, SECRET, emulator.address)
        async with Switchboard(reception, admission, [channel], folder=tmp_path / "leases") as board:
            yield board

    return connected
