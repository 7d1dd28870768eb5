"""A process of its own that confirms every proposal it reads, four at a time, and says which are done.

usage: confirming_all.py LEDGER_FOLDER   (proposal ids on standard input, a line each)
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from tests.tools.work_orders.office import MINUTE, NOW, approve, ledger_at, person
from tools.work_orders.errors import AlreadyDecided
from tools.work_orders.proposal_rows import read

WRITERS = 4


def main(folder: str) -> None:
    ledger = ledger_at(Path(folder))
    out = Lock()

    def confirm(proposal: str) -> None:
        with ledger.database.reading() as connection:
            found = read(connection, proposal)
        try:
            approve(ledger, found, person("acceptor"), NOW + MINUTE, f"press-{proposal}")
        except AlreadyDecided:
            return
        with out:
            sys.stdout.write(f"{proposal}\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(confirm, sys.stdin.read().split()))


if __name__ == "__main__":
    main(sys.argv[1])
