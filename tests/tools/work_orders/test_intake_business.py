"""What a city lists is its own; what it does not list is whoever's business the words say it is."""

from __future__ import annotations

import pytest

from tools.work_orders.classifier_city import CityList
from tools.work_orders.classifier_phrases import NOT_OURS, phrase_book
from tools.work_orders.intake_business import by_business
from tools.work_orders.intake_items import Ranking
from warehouse.past_cases import CategoryRow

SAID: Ranking = [("wages", 0.5), (f"{NOT_OURS}wages", 0.3), ("street_lamp", 0.2)]


@pytest.mark.parametrize(("minor", "first"), [("拖欠工资", "wages"), ("暴露垃圾", f"{NOT_OURS}wages")])
def test_the_list_says_whose_business_it_is(minor: str, first: str) -> None:
    book = phrase_book()
    listed = CityList([CategoryRow(minor=minor, aliases=book.classes["wages"].names if first == "wages" else ())], book)
    ranking = by_business(lambda _: SAID, listed, book)("老板不发工资")
    assert ranking[0] == (first, pytest.approx(0.8))
    assert sum(chance for _, chance in ranking) == pytest.approx(1.0)


def test_every_class_a_referral_names_is_one() -> None:
    book = phrase_book()
    named = [one for referral in book.referrals.values() for one in referral.classes]
    assert set(named) <= set(book.classes)
    assert len(named) == len(set(named))
