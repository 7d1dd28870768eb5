"""Who a case goes to: the city's rule, then what cases like it did, then nobody; and how well that is measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.tiny_snapshot import build
from tools.work_orders.errors import UnreadableRouting
from tools.work_orders.model import CaseDraft, Category, Place
from tools.work_orders.routing import NOBODY, Router, Routing
from tools.work_orders.routing_build import build_router, rules_of
from tools.work_orders.routing_rules import Rules, read_rules
from tools.work_orders.routing_titles import Titles
from tools.work_orders.routing_trial import measure
from warehouse.past_cases import PastRoute, past_routes
from warehouse.reader import Member, Warehouse, open_warehouse
from warehouse.scope import Scope

KNOWN = {
    "minor": ["暴露垃圾", "占道经营"], "major": ["市容环境"], "district": ["东湖区", "高新区"],
    "department": ["环卫中心", "城管局"], "unit": ["一队", "二队", "三队"],
}  # fmt: skip


def past(unit: str, count: int = 1, **more: Any) -> list[PastRoute]:
    told = {"department": "环卫中心", "major_category": "市容环境", "district": "东湖区", **more}
    return [PastRoute("暴露垃圾", unit=unit, **told)] * count


def router(cases: Sequence[PastRoute], rules: str | None = None) -> Router:
    return Router(
        lambda minor: [one for one in cases if one.minor_category == minor], lambda _: (), read_rules(rules, KNOWN)
    )


def draft(minor: str = "暴露垃圾", title: str = "", **place: Any) -> CaseDraft:
    category = Category(kind="event", major="市容环境", minor=minor)
    return CaseDraft(title=title, description="", category=category, place=Place(**{"district": "东湖区", **place}))


def sure(routing: Routing) -> tuple[str | None, str | None]:
    return (routing.department.name if routing.department else None, routing.unit.name if routing.unit else None)


RULE = "rules: [{minor: 暴露垃圾, district: 东湖区, department: 城管局, unit: 三队}]"


def test_a_rule_goes_before_history() -> None:
    found = router(past("一队", 50), RULE).route(draft())
    assert sure(found) == ("城管局", "三队")
    assert found.unit is not None
    assert (found.unit.why, found.unit.confidence) == ("rule", 1.0)


def test_a_rule_speaks_only_of_its_class_and_area() -> None:
    routes = router([*past("一队", 50, district="高新区"), *past("一队", 50)], RULE)
    assert sure(routes.route(draft(district="高新区"))) == ("环卫中心", "一队")
    assert routes.route(draft("占道经营")) == NOBODY


def test_the_first_rule_that_fits_decides() -> None:
    two = "rules: [{minor: 暴露垃圾, unit: 二队}, {district: 东湖区, unit: 三队}]"
    assert sure(router([], two).route(draft()))[1] == "二队"


def test_under_a_ruled_department_only_its_own_cases_tell_the_unit() -> None:
    cases = [*past("一队", 50), *past("二队", 20, department="城管局")]
    found = router(cases, "rules: [{minor: 暴露垃圾, department: 城管局}]").route(draft())
    assert sure(found) == ("城管局", "二队")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [{minor: 暴露拉圾, unit: 一队}]", "near: 暴露垃圾"),
        ("rules: [{minor: 暴露垃圾, unit: 九队}]", "no unit is called '九队'"),
        ("rules: [{minor: 暴露垃圾, district: 月亮区, unit: 一队}]", "no district"),
        ("rules: [{minor: 暴露垃圾}]", "a department or a unit"),
        ("rules: [{unit: 一队}]", "a class or an area"),
        ("rules: [{minors: 暴露垃圾, unit: 一队}]", "rules.0.minors"),
        ("threshold: 2", "threshold"),
        ("rules: [", "routing.yml"),
    ],
)
def test_a_rule_that_names_what_the_city_lacks_is_found_when_it_is_read(text: str, told: str) -> None:
    with pytest.raises(UnreadableRouting, match=told.replace("[", r"\[")):
        read_rules(text, KNOWN)


def test_confidence_falls_with_disagreement_and_with_fewer_cases() -> None:
    shares = [
        router([*past("一队", 20 - n), *past("二队", n)]).route(draft()).units[0].confidence for n in (0, 2, 5, 9)
    ]
    assert shares == sorted(shares, reverse=True)
    few, many = (router(past("一队", n)).route(draft()).units[0].confidence for n in (2, 40))
    assert few < many < 1


def test_who_disagrees_is_a_question_with_candidates() -> None:
    found = router([*past("一队", 12), *past("二队", 9), *past("三队", 1)]).route(draft())
    assert found.unit is None
    assert [one.name for one in found.units] == ["一队", "二队", "三队"]
    assert (found.units[0].cases, found.units[0].of, found.units[0].level) == (12, 22, "district")


def test_an_unknown_class_is_nobodys() -> None:
    assert router(past("一队", 50)).route(draft("占道经营")) == NOBODY
    assert router(past("一队", 50)).route(CaseDraft(title="t", description="d")) == NOBODY


def test_a_new_class_of_a_major_class_that_one_department_has_is_its() -> None:
    routes = Router(lambda _: (), lambda _: [("城管局", None, 98), ("环卫中心", None, 2)])
    found = routes.route(draft())
    assert sure(found) == ("城管局", None)
    assert found.department is not None
    assert found.department.level == "major"


def test_an_area_outweighs_the_rest_of_the_class() -> None:
    routes = router([*past("一队", 200, district="高新区"), *past("二队", 30)])
    assert sure(routes.route(draft()))[1] == "二队"
    assert sure(routes.route(draft(district="高新区")))[1] == "一队"


def test_streets_of_one_name_in_two_districts_are_two() -> None:
    cases = [*past("一队", 30, street="中街"), *past("二队", 30, district="高新区", street="中街")]
    assert sure(router(cases).route(draft(street="中街")))[1] == "一队"


def test_the_nearest_cases_bend_what_the_district_says() -> None:
    west = past("一队", 40, longitude=114.30, latitude=30.50)
    east = past("二队", 40, longitude=114.40, latitude=30.50)
    found = router([*west, *east]).route(draft(longitude=114.399, latitude=30.50))
    assert found.units[0].name == "二队"
    assert found.units[0].confidence > 0.7


def test_a_title_tells_more_than_the_class() -> None:
    cases = [*past("一队", 60, title="垃圾桶满溢"), *past("二队", 30, title="建筑垃圾 12 号")]
    routes = router(cases)
    assert sure(routes.route(draft(title="建筑垃圾 7 号")))[1] == "二队"
    assert routes.route(draft(title="路口建筑垃圾一堆")).units[0].name == "二队"
    assert routes.route(draft(title="完全不同的话")).units[0].name == "一队"


def test_titles_are_the_same_but_for_numbers_else_alike_else_none() -> None:
    titles = Titles(["Graffiti: Ward 4 0407", "Graffiti on pole", "", "Snow"])
    found = titles.alike("Graffiti: Ward 9")
    assert found is not None
    assert found.tolist() == [0]
    assert titles.alike("Noise") is None
    assert titles.alike("") is None


def test_a_unit_that_had_it_is_not_suggested_again() -> None:
    found = router([*past("一队", 50), *past("二队", 30)]).route(draft(), but=["一队"])
    assert [one.name for one in found.units] == ["二队"]


def test_nothing_is_told_of_cases_beyond_the_askers_scope() -> None:
    routes = router([*past("一队", 50, district="高新区"), *past("二队", 3)])
    found = routes.route(draft(), Scope({"district": frozenset({"东湖区"})}))
    assert {one.name for one in found.units} == {"二队"}
    assert routes.route(draft(), Scope({"district": frozenset()})).units == ()
    unit = routes.route(draft(), Scope({"department": frozenset({"一队"})}))
    assert {one.name for one in unit.units} == {"一队"}


def _rows(count: int) -> list[dict[str, Any]]:
    """Until the last fifth unit 一队 has it all, then 二队: what a look ahead would know."""
    start = datetime(2026, 1, 1)
    return [
        {
            "case_no": f"C{n:04}", "reported_at": start + timedelta(hours=n), "minor_category": "暴露垃圾",
            "major_category": "市容环境", "district": "东湖区", "department": "环卫中心",
            "unit": "一队" if n < count * 0.8 else "二队", "cancelled": n == 1,
        }
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Warehouse]:
    build(tmp_path, _rows(100))
    opened = open_warehouse(tmp_path)
    yield opened
    opened.close()


def test_a_split_in_order_of_time_leaks_nothing(city: Warehouse) -> None:
    trial = measure(city, lambda *_: None, baseline=False)
    assert trial is not None
    scores = {(score.target, score.method): score for score in trial.scores}
    assert trial.learned + scores["unit", "routing"].cases == 99
    assert scores["unit", "routing"].accuracy < 0.1
    assert scores["department", "routing"].accuracy == 1.0
    before = past_routes(city, "暴露垃圾", before=trial.split)
    assert {one.unit for one in before} == {"一队"}


def test_cancelled_cases_teach_nothing(city: Warehouse) -> None:
    assert len(past_routes(city, "暴露垃圾")) == 99


def test_the_linear_model_stands_beside_it(tmp_path: Path) -> None:
    rows = _rows(60)
    for n, row in enumerate(rows):
        row |= {"unit": "一队" if n % 2 else "二队", "title": "桶满了" if n % 2 else "渣土堆"}
    build(tmp_path, rows)
    opened = open_warehouse(tmp_path)
    trial = measure(opened, lambda *_: None)
    opened.close()
    assert trial is not None
    found = {score.method: score for score in trial.scores if score.target == "unit"}
    assert found["linear n-grams"].accuracy == found["routing"].accuracy == 1.0
    assert found["class majority"].accuracy < 0.7
    assert found["majority"].covered is None


def test_a_case_of_a_minute_ago_counts(city: Warehouse) -> None:
    routes = build_router(city)
    assert routes.route(draft()).units[0].name == "一队"
    fresh = [{**row, "case_no": f"N{row['case_no']}", "unit": "二队"} for row in _rows(200)]
    city.refresh("cases", fresh, city.as_of + timedelta(hours=1))
    assert routes.route(draft()).units[0].name == "二队"


def test_the_rules_of_a_city_lie_beside_its_other_files(city: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rules_of(city) == Rules()
    monkeypatch.setattr(city, "members", lambda level: (Member(dimension=level, value="二队"),))
    city.files["routing.yml"] = "threshold: 0.6\nrules: [{minor: 暴露垃圾, unit: 二队}]"
    assert build_router(city).threshold == 0.6
    assert sure(build_router(city).route(draft()))[1] == "二队"
    city.files["routing.yml"] = "rules: [{minor: 暴露垃圾, unit: 九队}]"
    with pytest.raises(UnreadableRouting):
        build_router(city)
