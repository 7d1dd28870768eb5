"""What comes by itself, put together: the schedule of briefings and the watch over the rules, for one city."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from yaml import YAMLError

from bots.alerting import Watch
from bots.channel import Ref
from bots.parcels import Post
from bots.reception import Reception
from bots.schedule import Schedule
from bots.store.bindings import Bindings
from bots.store.outbox import Outbox
from bots.ticking import Look
from tools.standing.defaults import rules
from tools.standing.wishes import AlertRule
from tools.work_orders.ledger import Ledger
from tools.work_orders.standing_rows import active

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDesk:
    """Both, over the same post."""

    schedule: Schedule
    watch: Watch

    @property
    def looks(self) -> dict[str, Look]:
        """What is to be looked at again and again, by name."""
        return {"briefings": self.schedule.tick, "alerts": self.watch.tick}


def standing_desk(
    reception: Reception, ledger: Ledger, groups: Callable[[str], Sequence[Ref]] = lambda _: ()
) -> StandingDesk:
    """The desk of a city: to the page, and to every chat that somebody is bound in.

    Args:
        groups: Further chats of a name of the directory: groups that are only told.
    """
    bindings, outbox = Bindings(reception.database), Outbox(reception.database)
    post = Post(reception.answers, lambda who: [*(one.ref for one in bindings.all(who)), *groups(who)], outbox)

    def city_rules() -> tuple[AlertRule, ...]:
        try:
            return rules(reception.assistant.warehouse.files.get("alerts.yml", ""))
        except (ValidationError, YAMLError) as problem:
            # A misspelt rule must not silence the shipped ones.
            log.error("alerts.yml cannot be used, the shipped rules hold: %s", problem)
            return rules()

    return StandingDesk(
        schedule=Schedule(reception, post, lambda: active(ledger.database, "subscription")),
        watch=Watch(reception, post, city_rules, lambda: active(ledger.database, "alert_rule")),
    )
