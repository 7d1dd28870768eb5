"""The clockwork of `citydesk serve`: whatever comes by itself is looked at twice a minute, one look at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)
EVERY_SECONDS = 20
Look = Callable[[datetime], object]


@contextmanager
def ticking(looks: dict[str, Look], wall: Callable[[], datetime]) -> Iterator[None]:
    """Call each look by its name until the block ends; a look that fails is noted and called again next time.

    The plan itself keeps no state: what was sent and what is owed is in the database, so a look that comes late or twice
    does no harm.
    """
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(len(looks) or 1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for name, look in looks.items():
        scheduler.add_job(
            _looked, "interval", args=(name, look, wall), seconds=EVERY_SECONDS, id=name, next_run_time=wall()
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)


def _looked(name: str, look: Look, wall: Callable[[], datetime]) -> None:
    try:
        look(wall())
    except Exception:  # whatever it is, the next look may work, and the page must go on
        log.exception("%s failed", name)
