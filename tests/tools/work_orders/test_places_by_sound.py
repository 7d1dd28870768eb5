"""Places are known in Latin letters and when typed with other characters of the same sound; nothing else becomes one."""

from __future__ import annotations

import pytest

from tools.pinyin import sound
from tools.work_orders.gazetteer import Gazetteer
from tools.work_orders.gazetteer_sound import latin
from warehouse.reader import Member

STREETS = (("湖滨街道", "东湖区"), ("虹桥路街道", "云桥区"), ("江岸街道", "临江区"))


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    streets = [Member(dimension="street", value=name, parent=parent) for name, parent in STREETS]
    districts = [Member(dimension="district", value=parent) for _, parent in STREETS]
    return Gazetteer({"district": districts, "street": streets})


@pytest.mark.parametrize(
    ("said", "street"),
    [
        ("a bin is full at 5 Zhongshan Road, Hubin", "湖滨街道"),
        ("pothole on Hongqiao Rd", "虹桥路街道"),
        ("noise in Jiang'an", "江岸街道"),
        ("noise in Jiangan", "江岸街道"),
        ("虹桥录这边井盖响", "虹桥路街道"),
    ],
)
def test_a_street_is_known_by_its_sound(places: Gazetteer, said: str, street: str) -> None:
    assert places.read(said).place.street == street


@pytest.mark.parametrize("said", ["the hubinator is broken", "路灯不亮", "糊"])
def test_the_inside_of_a_word_and_what_sounds_otherwise_is_no_place(places: Gazetteer, said: str) -> None:
    assert places.read(said).place.street is None


def test_two_characters_are_never_heard_as_a_name(places: Gazetteer) -> None:
    assert places.read("护宾").place.street is None


def test_words_that_are_not_chinese_have_no_sound() -> None:
    assert latin("Hubin") == set()
    assert sound("abc") == ""
