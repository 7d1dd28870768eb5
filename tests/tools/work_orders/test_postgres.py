"""The same laws on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from sqlalchemy import text

from tests.tools.work_orders import postgres
from tests.tools.work_orders import test_exactly_once as once
from tests.tools.work_orders import test_order_tools as tools
from tests.tools.work_orders import test_search as searching
from tests.tools.work_orders.office import CALENDAR, NOW, ZONE, act, handled, person
from tools.work_orders.ledger import Ledger
from tools.work_orders.tables import metadata

pytestmark = pytest.mark.skipif(
    postgres.binaries() is None or find_spec("psycopg") is None, reason="no PostgreSQL server or no psycopg here"
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres.server() as found:
        yield found


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    opened = Ledger.open(url, CALENDAR, ZONE)
    with opened.database.writing() as connection:
        connection.execute(text(f"TRUNCATE {NAMES} CASCADE"))
    yield opened
    opened.close()


NAMES = ", ".join(f'"{name}"' for name in metadata.tables)
LAWS = [
    once.test_eight_deliveries_of_one_webhook_get_one_answer,
    once.test_a_replayed_delivery_answers_with_what_it_did,
    once.test_the_same_wish_from_the_same_call_is_one_proposal,
    once.test_an_old_card_cannot_be_pressed,
    once.test_a_case_that_moved_on_makes_its_proposals_stale,
    once.test_being_urged_does_not_make_a_proposal_stale,
    once.test_who_asks_for_an_extension_may_not_grant_it,
    once.test_a_changed_proposal_replaces_the_old_one,
    once.test_a_dropped_proposal_writes_nothing,
    once.test_the_audit_cannot_be_rewritten,
    once.test_the_audit_tells_the_whole_case,
    once.test_a_bulk_act_is_one_proposal_and_skips_what_moved_on,
    tools.test_overdue_means_the_unit_is_late_now,
    tools.test_every_role_finds_what_waits_for_it,
    tools.test_the_reporter_is_told_when_the_case_is_closed,
    searching.test_finding_is_looking_at_every_case,
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law_holds_on_postgresql(ledger: Ledger, law: object) -> None:
    law(ledger)  # type: ignore[operator]


def test_eight_presses_at_once_act_once_on_postgresql(ledger: Ledger) -> None:
    once.test_eight_presses_at_once_act_once(ledger, 0)


def test_a_whole_case_on_postgresql(ledger: Ledger) -> None:
    order = act(ledger, handled(ledger), person("handler"), "feed_back", NOW, result="清了")
    order = act(ledger, order, person("collector"), "check", NOW, passed=True)
    assert act(ledger, order, person("acceptor"), "close", NOW).status == "closed"
