from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.assistant.agent.desk import small_city
from warehouse.reader import Warehouse, open_warehouse


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    opened = open_warehouse(small_city(tmp_path_factory.mktemp("city")))
    yield opened
    opened.close()
