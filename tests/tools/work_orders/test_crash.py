"""Two hundred confirmations by a process that is killed again and again: what was said to be done is, and once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from tests.tools.work_orders.office import NOW, file, ledger_at, person, wish
from tools import proposals
from tools.work_orders.ledger import Ledger
from tools.work_orders.model import WorkOrderStatus
from tools.work_orders.proposal_rows import ProposalStatus
from tools.work_orders.records import order_of
from tools.work_orders.tables import case, event, outbox, proposal, stage

ROOT = Path(__file__).resolve().parents[3]
CONFIRMS = 200


def confirming(folder: Path, ids: list[str], kill_after: int) -> list[str]:
    """What the process said was done until it was killed, a moment after that many lines."""
    command = [sys.executable, "-m", "tests.tools.work_orders.confirming_all", str(folder)]
    said = []
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n".join(ids))
        process.stdin.close()
        for line in process.stdout:
            said.append(line.strip())
            if len(said) == kill_after:
                time.sleep(random.Random(kill_after).random() / 200)
                process.kill()
    return said


def agree(ledger: Ledger, said: set[str]) -> int:
    """Hold proposals, cases, audit, stages and outbox against one another; how many are done."""
    with ledger.database.reading() as connection:
        states = {
            row.id: (ProposalStatus(row.status), row.case_nos[0])
            for row in connection.execute(select(proposal).where(proposal.c.action == "register"))
        }
        orders = {one.case_no: one for one in map(order_of, connection.execute(select(case.c.record)).scalars())}
        steps = Counter(connection.execute(select(event.c.proposal).where(event.c.action == "register")).scalars())
        events = Counter(connection.execute(select(event.c.case_no)).scalars())
        messages = Counter(connection.execute(select(outbox.c.proposal).where(outbox.c.kind == "register")).scalars())
        running = Counter(connection.execute(select(stage.c.case_no).where(stage.c.finished_at.is_(None))).scalars())
    done = {id for id, (status, _) in states.items() if status is ProposalStatus.DONE}
    assert said <= done
    assert steps == dict.fromkeys(done, 1)
    assert set(messages.values()) <= {1} and set(messages) <= done
    assert len(messages) in (0, len(done))
    for id, (_, number) in states.items():
        order = orders[number]
        assert (order.status is WorkOrderStatus.REGISTERED) == (id in done)
        assert order.version == events[number] == 1 + (id in done)
        assert running[number] == 1
    return len(done)


def test_audit_state_and_outbox_agree_after_every_kill(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path)
    made = []
    for number in range(CONFIRMS):
        order = file(ledger, title=f"{number}")
        made.append(proposals.propose(ledger, wish("register", order.case_no), person("acceptor"), NOW).id)
    said: set[str] = set()
    chance = random.Random(20261127)
    kills = 0
    done = 0
    while done < CONFIRMS:
        left = [id for id in made if id not in said]
        said |= set(confirming(tmp_path, left, chance.randint(10, 40)))
        done = agree(ledger, said)
        kills += done < CONFIRMS
    assert kills >= 5
    ledger.close()
