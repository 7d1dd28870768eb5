"""A case filed a minute ago is in the next answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.assistant.agent.desk import small_city
from tests.tools.work_orders.office import MINUTE, NOW, ZONE, act, file, handled, person
from tools.work_orders.facts import Refresher
from tools.work_orders.ledger import Ledger
from warehouse.reader import Warehouse, open_warehouse
from warehouse.scope import CITY_WIDE, Scope
from warehouse.semantic import SemanticQuery, TimeRange

TODAY = TimeRange(start=NOW - timedelta(days=2), end=NOW + timedelta(days=1))
SOON = NOW + timedelta(minutes=20)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    opened = open_warehouse(small_city(tmp_path / "city"))
    yield opened
    opened.close()


def counted(warehouse: Warehouse, metric: str = "reported_cases", scope: Scope = CITY_WIDE) -> int:
    query = SemanticQuery(metrics=(metric,), time=TODAY)
    return int(warehouse.run(query, scope=scope, now=SOON).table.rows[0][0])


def test_a_case_filed_a_minute_ago_is_counted(ledger: Ledger, warehouse: Warehouse) -> None:
    refresher = Refresher(ledger, warehouse)
    before = counted(warehouse)
    assert refresher.refresh(SOON) == 0
    assert counted(warehouse) == before
    file(ledger, NOW)
    assert (refresher.refresh(SOON), counted(warehouse)) == (1, before + 1)
    assert (refresher.refresh(SOON), counted(warehouse)) == (0, before + 1)
    assert warehouse.as_of == SOON.astimezone(ZONE)


def test_a_case_that_moves_is_counted_once_as_it_stands(ledger: Ledger, warehouse: Warehouse) -> None:
    refresher = Refresher(ledger, warehouse)
    before, registered = counted(warehouse), counted(warehouse, "registered_cases")
    order = handled(ledger)
    refresher.refresh(SOON)
    act(ledger, order, person("handler"), "feed_back", NOW + 9 * MINUTE, result="清了")
    assert refresher.refresh(SOON) == 1
    assert (counted(warehouse), counted(warehouse, "registered_cases")) == (before + 1, registered + 1)


def test_fresh_rows_obey_the_scope(ledger: Ledger, warehouse: Warehouse) -> None:
    scopes = [Scope({"district": frozenset({name})}) for name in ("高新区", "东湖区")]
    before = [counted(warehouse, scope=scope) for scope in scopes]
    file(ledger, NOW)
    Refresher(ledger, warehouse).refresh(SOON)
    assert [counted(warehouse, scope=scope) for scope in scopes] == [before[0] + 1, before[1]]


def test_a_fresh_row_stands_for_the_snapshots_row_of_the_same_number(warehouse: Warehouse) -> None:
    before = counted(warehouse)
    known = warehouse.fetch("SELECT case_no, reported_at, district FROM cases ORDER BY case_no LIMIT 1")[0]
    warehouse.refresh("cases", [{"case_no": known[0], "reported_at": known[1], "district": known[2]}], NOW)
    assert counted(warehouse) == before


def test_two_readers_of_one_file_keep_their_fresh_rows_apart(ledger: Ledger, tmp_path: Path) -> None:
    home = small_city(tmp_path / "two")
    one, other = open_warehouse(home), open_warehouse(home)
    file(ledger, NOW)
    before = counted(other)
    Refresher(ledger, one).refresh(SOON)
    assert (counted(one), counted(other)) == (before + 1, before)
    one.close()
    assert counted(other) == before
    other.close()
