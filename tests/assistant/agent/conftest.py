from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import discipline
from assistant.agent import Agent
from assistant.build import offline_agent
from assistant.settings import Settings
from tests.assistant.agent.aimock import Aimock
from tests.assistant.agent.desk import Office, OfficeOf, office, small_city
from tests.assistant.agent.scripted import Endpoint
from warehouse.reader import Warehouse, open_warehouse


@pytest.fixture(scope="session")
def city_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="session")
def warehouse(city_home: Path) -> Iterator[Warehouse]:
    opened = open_warehouse(city_home)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def offline(warehouse: Warehouse, city_home: Path) -> Agent:
    return offline_agent(Settings(home=city_home, _env_file=None), warehouse)  # type: ignore[call-arg]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    yield server
    server.close()


@pytest.fixture(scope="session")
def aimock() -> Iterator[Aimock]:
    server = Aimock()
    yield server
    server.close()


@pytest.fixture
def office_of(tmp_path: Path, warehouse: Warehouse, offline: Agent, monkeypatch: pytest.MonkeyPatch) -> OfficeOf:
    monkeypatch.setattr(discipline, "_FIRST_WAIT", 0.01)

    def make(url: str | None = None, **settings: Any) -> Office:
        return office(tmp_path, warehouse, offline, url, **settings)

    return make
