"""A process of its own that presses one button, and may be killed before or after any statement.

usage: pressing.py LEDGER_FOLDER PROPOSAL ROLE KILL_AT   (KILL_AT 0: never; n: after the n-th statement; -1: at commit)
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from tests.tools.work_orders.office import MINUTE, NOW, approve, ledger_at, person
from tools import proposals
from tools.work_orders.errors import WorkOrderError
from tools.work_orders.proposal_rows import ProposalStatus, read


def main(folder: str, proposal: str, role: str, kill_at: int) -> None:
    ledger = ledger_at(Path(folder))
    count = 0

    def die(*_: object) -> None:
        nonlocal count
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with ledger.database.reading() as connection:
        found = read(connection, proposal)
    event.listen(ledger.database.engine, "after_cursor_execute", die)
    if kill_at == -1:
        event.listen(ledger.database.engine, "commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        approve(ledger, found, person(role), NOW + MINUTE)
        sys.stdout.write(f"done {count}\n")
    except WorkOrderError as problem:
        sys.stdout.write(f"{problem.code} {count}\n")
    assert ProposalStatus.PENDING and proposals


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
