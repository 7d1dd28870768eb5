"""Putting an intake together from a city's warehouse."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tools.work_orders.classifier_base import Trained, city_classifier, train_city
from tools.work_orders.classifier_city import CityList
from tools.work_orders.classifier_phrases import phrase_book
from tools.work_orders.deadlines import DeadlineClock
from tools.work_orders.gazetteer import LEVELS, Gazetteer, read_polygons
from tools.work_orders.intake import Intake, Policy
from tools.work_orders.intake_assign import by_standard
from tools.work_orders.intake_draft import Assign
from tools.work_orders.intake_duplicates import OpenCases
from tools.work_orders.routing import Router
from tools.work_orders.routing_build import build_router
from tools.work_orders.standard import Standard
from warehouse.past_cases import (
    OpenCase,
    category_rows,
    grid_centres,
    open_cases,
    past_places,
    past_texts,
)
from warehouse.reader import Warehouse


def build_intake(
    home: Path,
    warehouse: Warehouse,
    *,
    standard: Standard | None = None,
    router: Router | None = None,
    more_open_cases: OpenCases | None = None,
    policy: Policy | None = None,
) -> Intake:
    """The intake of a city: its list, its places, its model (the base model where none was trained).

    Args:
        standard: The city's handling standard: clause and deadline, and the department where `router` is not sure.
        router: The city's, where somebody holds it already.
        more_open_cases: Of the ledger, besides the snapshot's.
    """
    book = phrase_book()

    def still_open(minor: str, since: datetime, until: datetime) -> list[OpenCase]:
        found = list(open_cases(warehouse, minor, since=since, until=until))
        return [*(more_open_cases(minor, since, until) if more_open_cases else ()), *found]

    return Intake(
        book,
        city_classifier(home, warehouse.city.id, book),
        CityList(category_rows(warehouse), book),
        city_gazetteer(warehouse),
        assign=_by_standard(warehouse, standard or Standard(), router or build_router(warehouse)),
        open_cases=still_open,
        policy=policy,
    )


def train_intake(home: Path, warehouse: Warehouse, now: datetime) -> Trained:
    """Learn from the city's past cases; a new version every time."""
    book = phrase_book()
    listed = CityList(category_rows(warehouse), book)
    return train_city(home, warehouse.city.id, book, listed, city_gazetteer(warehouse), past_texts(warehouse), now)


def city_gazetteer(warehouse: Warehouse) -> Gazetteer:
    """Area tree, learned landmarks, cell centres and, where the city gives them, polygons (`areas.geojson`)."""
    return Gazetteer(
        {level: warehouse.members(level) for level in LEVELS},
        past_places(warehouse),
        grid_centres(warehouse),
        read_polygons(warehouse.files.get("areas.geojson")),
    )


def _by_standard(warehouse: Warehouse, standard: Standard, router: Router) -> Assign:
    return by_standard(standard, DeadlineClock(warehouse.calendar, warehouse.timezone), router)
