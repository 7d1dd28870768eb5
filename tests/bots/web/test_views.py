"""The page's other views: a map by area, tasks, and the board of work orders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.area_map import METRICS, area_map
from bots.reception import Reception
from bots.web.app import make_app
from bots.web.session import Door
from tests.assistant.agent.desk import COUNTS, NOW
from tests.bots.conftest import Serving
from tests.bots.web.test_page_server import TOKENS, signed_in
from tests.tools.work_orders.office import ledger_at
from tools import proposals
from tools.principal import Principal, Role
from tools.work_orders.arguments import StepArgs
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor, CaseDraft, Category, Place
from warehouse.errors import WarehouseError
from warehouse.reader import Warehouse

LEADER = Principal("leader", Role.LEADER)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = ledger_at(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def url(reception: Reception, serving: Serving, ledger: Ledger) -> str:
    door = Door(directory=reception.directory, key=b"k" * 32, tokens=TOKENS)
    return serving(make_app(reception, door, ledger=lambda: ledger))


def reported(ledger: Ledger, district: str, title: str = "井盖缺失") -> str:
    actor = Actor(principal=Principal("acceptor", Role.ACCEPTOR), channel="test")
    category = Category(kind="component", major="公用设施", minor="道路井盖")
    draft = CaseDraft(
        title=title, description=title, category=category, place=Place(district=district, address="路 1 号")
    )
    made = proposals.propose_report(ledger, draft, actor, NOW)
    did = proposals.decide(ledger, proposals.Press(proposal=made.id, decision="approve", actor=actor), NOW)
    return did.cases[0].case_no


def points(chart: dict[str, Any]) -> dict[str, float]:
    layers = [chart["spec"], *chart["spec"]["layer"]]
    values = next(one["data"]["values"] for one in reversed(layers) if "data" in one)
    return {one["name"]: one["value"] for one in values}


def test_map_shows_the_numbers_of_its_table(url: str) -> None:
    with signed_in(url) as page:
        blocks = page.get("/api/map?metric=registered_cases&window=yesterday").json()["reply"]["blocks"]
        chart, table = (next(b for b in blocks if b["kind"] == kind) for kind in ("chart", "table"))
        assert points(chart) == COUNTS
        assert {row[0]: row[1] for row in table["values"]} == COUNTS


def test_map_holds_no_other_area_than_the_persons(url: str) -> None:
    with signed_in(url, "东湖值班") as page:
        shown = page.get("/api/map?metric=registered_cases&window=yesterday").json()
        assert "望" not in json.dumps(shown["reply"], ensure_ascii=False)
        assert shown["answer"]["queries"][0]["scope"] == {"district": ["东湖区"]}


@pytest.mark.parametrize("query", ["metric=salary", "metric=registered_cases&window=tomorrow", "metric=anomalies"])
def test_map_of_what_there_is_not_is_not_found(url: str, query: str) -> None:
    with signed_in(url) as page:
        expected = 200 if query == "metric=anomalies" else 404
        assert page.get(f"/api/map?{query}").status_code == expected


@pytest.mark.parametrize("path", ["/api/map?metric=anomalies", "/api/map/choices", "/api/tasks", "/api/board"])
def test_views_are_for_who_is_signed_in(url: str, path: str) -> None:
    assert httpx.get(url + path).status_code == 401


def test_every_choice_can_be_drawn(url: str) -> None:
    with signed_in(url) as page:
        known = page.get("/api/map/choices?language=en").json()
        assert {metric for metric, _ in known["metrics"]} <= set(METRICS)
        for metric, _ in known["metrics"]:
            for window, _ in known["windows"]:
                assert page.get(f"/api/map?metric={metric}&window={window}&language=en").status_code == 200


def test_outlines_are_drawn_where_the_city_gives_all_of_them(warehouse: Warehouse) -> None:
    square = [[[0, 30], [1, 30], [1, 31], [0, 31], [0, 30]]]
    features = [
        {"type": "Feature", "properties": {"level": "district", "name": name}, "geometry": {"type": "Polygon", "coordinates": square}}
        for name in COUNTS
    ]  # fmt: skip

    def drawn(some: list[dict[str, Any]]) -> dict[str, Any]:
        warehouse.files["areas.geojson"] = json.dumps({"type": "FeatureCollection", "features": some})
        try:
            answer = area_map("registered_cases", "yesterday", LEADER, warehouse=warehouse, now=NOW, language="zh")
        finally:
            del warehouse.files["areas.geojson"]
        return answer.charts[0].spec

    assert drawn(features)["projection"] == {"type": "identity", "reflectY": True}
    # Half a map would hide the other areas.
    assert "projection" not in drawn(features[:1])


def test_map_of_a_metric_the_city_lacks_says_so(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError):
        area_map("satisfaction", "yesterday", LEADER, warehouse=warehouse, now=NOW, language="zh")


def test_board_has_a_column_for_each_status_and_nothing_out_of_scope(url: str, ledger: Ledger) -> None:
    mine, other = reported(ledger, "东湖区"), reported(ledger, "望山区")
    with signed_in(url) as page:
        columns = page.get("/api/board").json()
        assert [(column["status"], column["total"]) for column in columns] == [("reported", 2)]
        assert {order["case_no"] for order in columns[0]["orders"]} == {mine, other}
    with signed_in(url, "东湖值班") as page:
        assert [order["case_no"] for order in page.get("/api/board").json()[0]["orders"]] == [mine]


def test_tasks_are_what_waits_for_the_role(url: str, ledger: Ledger) -> None:
    number = reported(ledger, "东湖区")
    with signed_in(url, "东湖值班") as page:
        assert [order["case_no"] for order in page.get("/api/tasks").json()["orders"]] == [number]
    with signed_in(url) as page:
        assert page.get("/api/tasks").json() == {"orders": [], "total": 0, "waiting": []}


def test_what_waits_for_a_yes_is_a_card_for_who_may_give_it(url: str, ledger: Ledger) -> None:
    number = reported(ledger, "东湖区")
    asker = Actor(principal=Principal("东湖值班", Role.SHIFT_LEADER, ("东湖区",)), channel="test")
    wish = proposals.Wish(action="register", case_nos=(number,), args=StepArgs())
    proposals.propose(ledger, wish, asker, NOW)
    with signed_in(url, "东湖值班") as page:
        [card] = page.get("/api/tasks").json()["waiting"]
        assert number in card["title"]
        assert [action["style"] for action in card["actions"]] == ["good", "bad"]
    with signed_in(url) as page:
        assert page.get("/api/tasks").json()["waiting"] == []


def test_city_without_a_ledger_has_an_empty_board(reception: Reception, serving: Serving) -> None:
    bare = serving(make_app(reception, Door(directory=reception.directory, key=b"k" * 32, tokens=TOKENS)))
    with signed_in(bare) as page:
        assert page.get("/api/board").json() == []
        assert page.get("/api/tasks").json() == {"orders": [], "total": 0, "waiting": []}
