from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
import uvicorn
from fastapi import FastAPI

from assistant.directory import Directory
from assistant.settings import Settings
from bots.channels import routers
from bots.opening import open_admission, open_reception
from bots.reception import Reception
from bots.switchboard import Switchboard
from bots.web.app import make_app
from bots.web.session import Door
from bots.wecom_app.channel import App, WeComApp
from tests.assistant.agent.desk import NOW, small_city
from tests.bots.conftest import Serving
from tests.bots.wecom_app.emulator import AGENT, CORP, KEY, SECRET, TOKEN, WeCom

PEOPLE = "people:\n  - {name: 王局, role: leader}\n  - {name: 小张, role: collector}\n"
# A desk on the emulated WeCom until the block ends, at this address; may be entered again, as a restart.
Open = Callable[[], AbstractContextManager[str]]
Bind = Callable[[str, str, str], None]


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "never came true"
        sleep(0.02)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """Letters wait in real time; the moment of asking stays the small city's."""
    began = datetime.now(UTC)  # noqa: TID251
    return lambda: NOW + (datetime.now(UTC) - began)  # noqa: TID251


@pytest.fixture
def wecom(clock: Callable[[], datetime]) -> Iterator[WeCom]:
    emulated = WeCom(clock)
    yield emulated
    emulated.line.close()


@pytest.fixture
def api(wecom: WeCom, serving: Serving) -> str:
    return serving(wecom.app)


@pytest.fixture
def app(api: str) -> App:
    return App(corp=CORP, agent=AGENT, secret=SECRET, token=TOKEN, key=KEY, api=api)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = small_city(tmp_path / "home")
    (home / "people.yml").write_text(PEOPLE, encoding="utf-8")
    return home


@pytest.fixture
def reception(home: Path, clock: Callable[[], datetime]) -> Reception:
    return open_reception(Settings(home=home, _env_file=None), city=None, wall=clock)  # type: ignore[call-arg]


@pytest.fixture
def opened(reception: Reception, app: App, clock: Callable[[], datetime], tmp_path: Path) -> Open:
    door = Door(directory=Directory({}), key=b"k" * 32, tokens={})

    @contextmanager
    def desk() -> Iterator[str]:
        channel = WeComApp(app, wall=clock)

        @asynccontextmanager
        async def running(_: FastAPI) -> AsyncIterator[None]:
            async with Switchboard(reception, open_admission(reception), [channel], folder=tmp_path / "leases"):
                yield

        page = make_app(reception, door, routers=routers([channel]), lifespan=running)
        server = uvicorn.Server(uvicorn.Config(page, port=0, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until(lambda: server.started and channel._receive is not None)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(15)

    return desk


@pytest.fixture
def bind(reception: Reception, wecom: WeCom, clock: Callable[[], datetime]) -> Bind:
    admission = open_admission(reception)

    def bound(desk: str, person: str, member: str) -> None:
        before = len(wecom.to(member))
        wecom.say(desk, member, admission.bindings.code(person, clock()))
        until(lambda: len(wecom.to(member)) > before)
        assert person in wecom.words(member)[-1]

    return bound


@pytest.fixture(autouse=True)
def no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.DEBUG):
        yield
    said = "\n".join(record.getMessage() for record in caplog.get_records("call"))
    assert not [secret for secret in (SECRET, KEY, "token-1", "access_token", "key=") if secret in said]
