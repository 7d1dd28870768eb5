"""The city's work orders behind a desk: nothing of them is opened before a turn is about them, or a case has changed."""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings
from warehouse.reader import Warehouse

if TYPE_CHECKING:
    from tools.work_orders.facts import Refresher
    from tools.work_orders.intake import Intake
    from tools.work_orders.ledger import Ledger
    from warehouse.past_cases import OpenCase

log = logging.getLogger(__name__)


class Orders:
    """Ledger, intake and the bringing-in of fresh cases, for one opened snapshot; safe for many threads."""

    def __init__(self, settings: Settings, warehouse: Warehouse) -> None:
        self._settings = settings
        self._warehouse = warehouse
        self._lock = threading.RLock()
        self._ledger: Ledger | None = None
        self._intake: Intake | None = None
        self._refresher: Refresher | None = None
        self._seen = 0

    def ledger(self) -> Ledger:
        """The ledger.

        Raises:
            LedgerUnavailable: It cannot be opened.
        """
        with self._lock:
            if self._ledger is None:
                from assistant.ledger import open_ledger

                self._ledger = open_ledger(self._settings, self._warehouse)
            return self._ledger

    def intake(self) -> Intake:
        """What reads a report in plain words."""
        with self._lock:
            if self._intake is None:
                from assistant.ledger import standard_of
                from tools.work_orders.intake_build import build_intake

                self._intake = build_intake(
                    self._settings.home,
                    self._warehouse,
                    standard=standard_of(self._settings, self._warehouse),
                    router=self.ledger().router(),
                    more_open_cases=self._open_cases,
                )
            return self._intake

    def freshen(self, now: datetime) -> None:
        """Have every case that changed since the last look counted in the next query; costs a glance where none did."""
        with self._lock:
            newest = self._newest()
            if newest is not None and newest <= self._seen:
                return
            if self._refresher is None:
                from tools.work_orders.facts import Refresher

                self._refresher = Refresher(self.ledger(), self._warehouse)
            self._refresher.refresh(now)
            self._seen = newest or self._seen

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._ledger is not None:
                self._ledger.close()

    def _newest(self) -> int | None:
        """Number of the newest audit row; 0 where there is no ledger yet, None where only the ledger itself can tell.

        The file is looked at directly: opening the ledger for a question about numbers would take longer than the
        question.
        """
        if self._ledger is not None or self._settings.ledger_url is not None:
            return None
        path = self._settings.ledger_file(self._warehouse.city.id)
        if not path.is_file():
            return 0
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
                found: Any = db.execute("SELECT max(id) FROM event").fetchone()[0]
        except sqlite3.Error as problem:
            log.info("ledger not glanced at: %s", problem)
            return None
        return int(found or 0)

    def _open_cases(self, minor: str, since: datetime, until: datetime) -> list[OpenCase]:
        from tools.work_orders.search import open_of_class

        return open_of_class(self.ledger(), minor, since, until)
