"""`python -m benchmarks.ledger`: confirmations a second, all on disk, and finding cases in a ledger of a million."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.report import Claim, show
from tools import proposals
from tools.principal import Principal, Role
from tools.work_orders import search
from tools.work_orders.arguments import StepArgs
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import Actor, CaseDraft, Category, Place, WorkOrder, WorkOrderStatus
from tools.work_orders.records import columns_of
from tools.work_orders.tables import case
from warehouse.working_calendar import WorkingCalendar

ROOT = Path(__file__).parent.parent
START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
WRITERS = 8
DISTRICTS = tuple(f"D{n}" for n in range(8))
UNITS = tuple(f"U{n}" for n in range(60))
_BARE = 300
# What a ledger of years looks like: nearly all closed, a few thousand waiting for somebody.
_OPEN_SHARE = 0.02


def opened(url: str) -> Ledger:
    """The ledger that the benchmark writes to."""
    return Ledger.open(url, WorkingCalendar.load("cn"), ZoneInfo("Asia/Shanghai"))


def prepared(ledger: Ledger, count: int) -> list[str]:
    """Proposals to register, each of a case of its own, waiting for their press."""
    ids = []
    for _ in range(count):
        made = proposals.propose_report(ledger, _draft(), _actor("collector"), START)
        order = press(ledger, made.id, "collector")
        wish = proposals.Wish(action="register", case_nos=(order,), args=StepArgs.model_validate({}))
        ids.append(proposals.propose(ledger, wish, _actor("acceptor"), START).id)
    return ids


def press(ledger: Ledger, proposal: str, role: str) -> str:
    """Confirm; the case's number."""
    pressed = proposals.Press(proposal=proposal, decision="approve", actor=_actor(role))
    return proposals.decide(ledger, pressed, START + timedelta(minutes=1)).cases[0].case_no


def timed(ledger: Ledger, ids: Sequence[str]) -> list[float]:
    """Seconds of each confirmation, one after another."""
    taken = []
    for proposal in ids:
        began = perf_counter()
        press(ledger, proposal, "acceptor")
        taken.append(perf_counter() - began)
    return taken


def by_threads(ledger: Ledger, ids: Sequence[str]) -> tuple[float, list[float]]:
    """Wall seconds and the seconds of each, eight writers of one process at once."""
    began = perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        parts = list(pool.map(lambda part: timed(ledger, part), [ids[n::WRITERS] for n in range(WRITERS)]))
    return perf_counter() - began, [one for part in parts for one in part]


def by_processes(url: str, ids: Sequence[str]) -> tuple[float, list[float]]:
    """The same with eight processes, each with its own ledger object."""
    with ProcessPoolExecutor(WRITERS) as pool:
        list(pool.map(_elsewhere, [(url, [])] * WRITERS))
        began = perf_counter()
        parts = list(pool.map(_elsewhere, [(url, list(ids[n::WRITERS])) for n in range(WRITERS)]))
    return perf_counter() - began, [one for part in parts for one in part]


def _elsewhere(work: tuple[str, list[str]]) -> list[float]:
    url, ids = work
    ledger = opened(url)
    try:
        return timed(ledger, ids)
    finally:
        ledger.close()


def writing_claims(engine: str, url: str, count: int) -> list[Claim]:
    """One writer, eight threads and eight processes, on one ledger."""
    ledger = opened(url)
    ids = prepared(ledger, 3 * count)
    timed(ledger, ids[: count // 5])
    alone = timed(ledger, ids[count // 5 : count])
    threads, each = by_threads(ledger, ids[count : 2 * count])
    ledger.close()
    apart, every = by_processes(url, ids[2 * count :])
    rate, together = len(alone) / sum(alone), len(each) / threads
    best = max(rate, together)
    return [
        Claim(f"{engine}: one writer", f"{rate:,.0f} confirms/s", f"p95 {_ms(alone):.1f} ms, one commit each"),
        Claim(f"{engine}: {WRITERS} writers, threads", f"{together:,.0f} confirms/s", f"p95 {_ms(each):.1f} ms"),
        Claim(f"{engine}: {WRITERS} writers, processes", f"{len(every) / apart:,.0f} confirms/s",
              f"p95 {_ms(every):.1f} ms"),
        Claim("  confirms a second, one process", f"{best:,.0f}", target=">= 500", held=best >= 500),
        Claim(f"  p95 with {WRITERS} writers", f"{_ms(each):.1f} ms", target="<= 20 ms", held=_ms(each) <= 20),
    ]  # fmt: skip


def finding_claims(engine: str, url: str, rows: int) -> list[Claim]:
    """Finding in a ledger of that many cases: by number, a person's tasks, what is overdue."""
    ledger = opened(url)
    numbers = _filled(ledger, rows)
    some = random.Random(7)
    leader, now = Principal("leader", Role.LEADER), START
    looks: dict[str, Callable[[], object]] = {
        "find by number": lambda: search.timeline(ledger, some.choice(numbers), leader, now),
        "a handler's tasks": lambda: search.tasks(ledger, Principal("h", Role.HANDLER, (), (some.choice(UNITS),)), now),
        "a dispatcher's tasks": lambda: search.tasks(ledger, Principal("d", Role.DISPATCHER), now),
        "overdue, whole city": lambda: search.find(ledger, search.Search(overdue=True), leader, now),
        "overdue, one district": lambda: search.find(
            ledger, search.Search(overdue=True, district=some.choice(DISTRICTS)), leader, now
        ),
    }
    claims = []
    for what, look in looks.items():
        taken = []
        for _ in range(60):
            began = perf_counter()
            look()
            taken.append(perf_counter() - began)
        figure = f"p95 {_ms(taken):.1f} ms"
        claims.append(Claim(f"{engine}, {rows:,} cases: {what}", figure, target="<= 20 ms", held=_ms(taken) <= 20))
    ledger.close()
    return claims


def _filled(ledger: Ledger, rows: int) -> list[str]:
    """Cases as they would stand after years; their numbers."""
    some = random.Random(5)
    numbers = []
    with ledger.database.writing() as connection:
        for start in range(0, rows, 5000):
            part = [columns_of(_old(start + n, rows, some)) for n in range(min(5000, rows - start))]
            connection.execute(insert(case), part)
            numbers += [str(one["case_no"]) for one in part]
        if not ledger.database.is_sqlite:
            # What PostgreSQL does by itself within a minute, and no city files a million cases in less.
            connection.execute(text("ANALYZE"))
    return numbers


def _old(number: int, rows: int, some: random.Random) -> WorkOrder:
    at = START - timedelta(minutes=2 * (rows - number))
    is_open = number > rows * (1 - _OPEN_SHARE)
    waiting = (WorkOrderStatus.REGISTERED, WorkOrderStatus.DISPATCHED, WorkOrderStatus.HANDLING)
    unit = some.choice(UNITS)
    return WorkOrder(
        case_no=f"CD{number:09d}",
        version=5,
        status=some.choice(waiting) if is_open else WorkOrderStatus.CLOSED,
        draft=_draft(district=some.choice(DISTRICTS), unit=unit),
        reported_at=at,
        updated_at=at,
        due_at=at + timedelta(hours=some.choice((4, 24, 24 * 30))),
    )


def bare_claim(folder: Path) -> Claim:
    """What the disk allows: durable commits of one small row, by SQLite alone with the ledger's own settings."""
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as db:
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE t (row TEXT)"):
            db.execute(statement)
        began = perf_counter()
        for _ in range(_BARE):
            db.execute("INSERT INTO t VALUES (?)", ("x" * 500,))
        return Claim("bare SQLite commits on this disk", f"{_BARE / (perf_counter() - began):,.0f}/s")


def _draft(district: str = "D", unit: str | None = None) -> CaseDraft:
    category = Category(kind="event", major="M", minor="m")
    place = Place(district=district, address="a")
    return CaseDraft(title="t", description="d", category=category, place=place, unit=unit, reporter="collector")


def _actor(role: str) -> Actor:
    return Actor(principal=Principal(role, Role(role), (), ("U",) if role == "handler" else ()), channel="benchmark")


def _ms(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1] * 1000


@contextmanager
def _postgres(url: str | None) -> Iterator[str | None]:
    """The given server, or one started for the run where its programs are installed, or none."""
    try:
        from tests.tools.work_orders import postgres
    except ImportError:
        yield url
        return
    starting = postgres.server() if url is None and postgres.binaries() is not None else nullcontext(url)
    with starting as found:
        yield found


def main(argv: Sequence[str] | None = None) -> int:
    """All of it; 1 when a claim does not hold here."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    options.add_argument("--confirms", type=int, default=400)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--postgres", help="URL of an empty database; without it a server is started if one is here")
    options.add_argument("--folder", type=Path, default=ROOT / ".bench", help="where the SQLite files are made")
    chosen = options.parse_args(argv)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    told = Console(stderr=True)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as made, _postgres(chosen.postgres) as server:
        folder = Path(made)
        engines = [("SQLite", f"sqlite:///{folder / 'ledger.db'}", f"sqlite:///{folder / 'large.db'}")]
        engines += [("PostgreSQL", server, server)] if server else []
        claims = [bare_claim(folder)]
        for engine, small, large in engines:
            try:
                with told.status(f"{engine}: confirming"):
                    claims += writing_claims(engine, small, chosen.confirms)
                with told.status(f"{engine}: filling {chosen.rows:,} cases and finding among them"):
                    claims += finding_claims(engine, large, chosen.rows)
            except SQLAlchemyError as problem:
                raise SystemExit(f"{engine} at {large}: {problem}") from problem
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    show(claims, chosen.rows, machine, [])
    record = {"machine": machine, "claims": [claim.record() for claim in claims]}
    (chosen.folder / "results_ledger.json").write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
    return int(any(claim.held is False for claim in claims))


if __name__ == "__main__":
    sys.exit(main())
