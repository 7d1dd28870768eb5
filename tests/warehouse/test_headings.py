"""A header of the export becomes a name of what it fills, unless the name already means something here."""

from __future__ import annotations

import pytest

from warehouse.catalog_load import load_catalog, shipped
from warehouse.headings import HEADINGS_FILE, heading_names, joined, spoken
from warehouse.unified import FACTS

COLUMNS = {"cases": {column.name: "source" for column in FACTS["cases"]}}


def _named(headings: dict[str, dict[str, list[str]]]) -> dict[str, object]:
    metrics, dimensions, _ = shipped()
    return dict(heading_names(headings, dimensions, metrics))


def test_a_header_names_the_dimension_whose_column_it_fills() -> None:
    found = _named({"cases": {"district": ["属地"], "unit": ["OUTFIT_NAME"]}})
    assert found == {"district": {"zh": ("属地",)}, "unit": {"en": ("outfit", "outfits")}}


def test_a_header_that_already_means_something_else_stays_that() -> None:
    assert _named({"cases": {"department": ["街道"]}}) == {}


def test_a_header_of_two_dimensions_names_neither() -> None:
    assert _named({"cases": {"department": ["承接方"], "unit": ["承接方"]}}) == {}


def test_headers_of_columns_that_are_no_cut_name_nothing() -> None:
    assert _named({"cases": {"reported_at": ["接报时刻"], "title": ["事由摘要"]}}) == {}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("所属镇街名称", [("zh", "镇街")]),
        ("crewName", [("en", "crew"), ("en", "crews")]),
        ("OWNER_AGENCY", [("en", "owner agency"), ("en", "owner agencies")]),
        ("X1", []),
        ("区", []),
    ],
)
def test_headers_are_read_as_people_say_them(header: str, said: list[tuple[str, str]]) -> None:
    assert list(spoken(header)) == said


def test_another_feed_adds_headings_and_the_same_one_adds_nothing() -> None:
    once = joined({}, "cases", {"district": "属地"})
    assert joined(once, "cases", {"district": "属地"}) == once
    assert joined(once, "cases", {"district": "辖域"})["cases"]["district"] == ["属地", "辖域"]


def test_the_catalogue_of_a_snapshot_knows_its_headings() -> None:
    files = {HEADINGS_FILE: "cases: {source: [受理途径]}"}
    catalog = load_catalog(files, COLUMNS, "somewhere")
    assert "受理途径" in catalog.dimensions["source"].names["zh"]
