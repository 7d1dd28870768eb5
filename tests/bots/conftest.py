from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import uvicorn
from starlette.types import ASGIApp

from assistant.agent import Agent
from assistant.build import offline_agent
from assistant.directory import Directory, Person
from assistant.settings import Settings
from bots.reception import Reception
from bots.store.database import Database
from tests.assistant.agent.desk import NOW, office, small_city
from tools.principal import Role
from warehouse.reader import Warehouse, open_warehouse


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


PEOPLE = {
    "王局": Person(name="王局", role=Role.LEADER),
    "东湖值班": Person(name="东湖值班", role=Role.SHIFT_LEADER, districts=("东湖区",)),
    "望山值班": Person(name="望山值班", role=Role.SHIFT_LEADER, districts=("望山区",)),
    "李分析": Person(name="李分析", role=Role.ANALYST),
}


@pytest.fixture(scope="session")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="session")
def warehouse(small_home: Path) -> Iterator[Warehouse]:
    opened = open_warehouse(small_home)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def offline(warehouse: Warehouse, small_home: Path) -> Agent:
    return offline_agent(Settings(home=small_home, _env_file=None), warehouse)  # type: ignore[call-arg]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "voices")
    yield opened
    opened.close()


@pytest.fixture
def reception(tmp_path: Path, warehouse: Warehouse, offline: Agent, database: Database, clock: Clock) -> Reception:
    assistant = office(tmp_path, warehouse, offline).assistant
    return Reception(assistant, Directory(PEOPLE), database, clock)


Serving = Callable[[ASGIApp], str]


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Serves applications over real HTTP on this machine until the test ends."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def serve(app: ASGIApp) -> str:
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
        running.append((server, thread))
        port = server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    yield serve
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(10)
