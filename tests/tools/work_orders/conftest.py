from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.tools.work_orders.office import ledger_at
from tools.work_orders.ledger import Ledger


def _hurry(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger that does not wait for the disk: what is lost with the power is another test's question."""
    opened = ledger_at(tmp_path)
    event.listen(opened.database.engine, "connect", _hurry)
    opened.database.engine.dispose()
    yield opened
    opened.close()
