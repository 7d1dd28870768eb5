from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.work_orders.office import ledger_at
from tools.work_orders.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = ledger_at(tmp_path)
    yield opened
    opened.close()
