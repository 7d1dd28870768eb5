"""Ledger: cases reported and handled per second through proposals, every commit on disk."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from tools import proposals
from tools.principal import Principal, Role
from tools.work_orders.arguments import StepArgs
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor, CaseDraft, Category, Place
from warehouse.working_calendar import WorkingCalendar

START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
# A step is the proposal's commit and its confirmation's.
_COMMITS = 2
_BARE = 300
STEPS = (
    ("acceptor", "register", {}),
    ("dispatcher", "dispatch", {"unit": "U"}),
    ("handler", "feed_back", {"result": "r"}),
)


def main(argv: Sequence[str] = ()) -> int:
    """Print how many reports and steps a second, and how long each took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=200)
    options.add_argument("--url", help="another ledger than a fresh SQLite file")
    chosen = options.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or f"sqlite:///{Path(folder) / 'ledger.db'}"
        ledger = Ledger.open(url, WorkingCalendar.load("cn"), ZoneInfo("Asia/Shanghai"))
        taken = sorted(_case(ledger, START + timedelta(seconds=n)) for n in range(chosen.cases))
        ledger.close()
        bare = None if chosen.url else _bare_commits(Path(folder) / "bare.db")
    steps = 1 + len(STEPS)
    total = sum(taken)
    print(f"{chosen.cases * steps} steps (propose + confirm): {chosen.cases * steps / total:.0f}/s")
    print(
        f"per step: median {taken[len(taken) // 2] / steps * 1000:.1f} ms, worst case {taken[-1] / steps * 1000:.1f} ms"
    )
    if bare is not None:
        share = chosen.cases * steps * _COMMITS / total / bare
        print(f"bare SQLite commits on this disk: {bare:.0f}/s; {_COMMITS} a step, so {share:.0%} of what it can do")
    return 0


def _bare_commits(path: Path) -> float:
    """Durable commits a second of one small row, by SQLite alone with the ledger's own settings."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE t (row TEXT)"):
            db.execute(statement)
        began = perf_counter()
        for _ in range(_BARE):
            db.execute("INSERT INTO t VALUES (?)", ("x" * 500,))
        return _BARE / (perf_counter() - began)


def _case(ledger: Ledger, now: datetime) -> float:
    began = perf_counter()
    category = Category(kind="event", major="M", minor="m")
    draft = CaseDraft(title="t", description="d", category=category, place=Place(district="D", address="a"))
    made = proposals.propose_report(ledger, draft, _actor("collector"), now)
    order = _confirm(ledger, made.id, "collector", now)
    for role, action, args in STEPS:
        wish = proposals.Wish(action=action, case_nos=(order,), args=StepArgs.model_validate(args))
        order = _confirm(ledger, proposals.propose(ledger, wish, _actor(role), now).id, role, now)
    return perf_counter() - began


def _confirm(ledger: Ledger, proposal: str, role: str, now: datetime) -> str:
    press = proposals.Press(proposal=proposal, decision="approve", actor=_actor(role))
    return proposals.decide(ledger, press, now).cases[0].case_no


def _actor(role: str) -> Actor:
    return Actor(principal=Principal(role, Role(role), (), ("U",) if role == "handler" else ()), channel="benchmark")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
