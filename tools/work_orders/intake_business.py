"""Whose business a problem is: what one city's list has and another's leaves to somebody else is said in the same words.

Unpaid wages are a class of a 12345 list and nothing for a 城管 desk. Whichever of both the city is, all that the model
holds for the one is meant for the other.
"""

from __future__ import annotations

from tools.work_orders.classifier_city import CityList
from tools.work_orders.classifier_phrases import NOT_OURS, PhraseBook
from tools.work_orders.intake_items import Rank, Ranking


def by_business(rank: Rank, listed: CityList, book: PhraseBook) -> Rank:
    """The ranking with each class that the city does not list counted for whoever does it, and the other way round."""
    meant: dict[str, str] = {}
    for id, referral in book.referrals.items():
        ours = [one for one in referral.classes if listed.lists(one)]
        if ours:
            meant[NOT_OURS + id] = ours[0]
        meant |= {one: NOT_OURS + id for one in referral.classes if not ours}

    def ranked(text: str) -> Ranking:
        chances: dict[str, float] = {}
        for label, chance in rank(text):
            whose = meant.get(label, label)
            chances[whose] = chances.get(whose, 0.0) + chance
        return sorted(chances.items(), key=lambda pair: -pair[1])

    return ranked
