"""Writers that share a transaction: each learns its own end, only after the disk has it, and none undoes another's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection, create_engine, event, text

from tools.work_orders.database import Database
from tools.work_orders.group_commit import GroupCommit

WRITERS = 24


class Refused(Exception):
    """What a writer of these tests fails with."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    with opened.writing() as connection:
        connection.execute(text("CREATE TABLE mark (number INTEGER PRIMARY KEY)"))
    yield opened
    opened.close()


def mark(connection: Connection, number: int) -> None:
    connection.execute(text("INSERT INTO mark VALUES (:number)"), {"number": number})


def marks(database: Database) -> set[int]:
    with database.reading() as connection:
        return set(connection.execute(text("SELECT number FROM mark")).scalars())


def all_at_once(database: Database, refused: frozenset[int]) -> tuple[set[int], set[int]]:
    """Those that were told it is written, having looked at the disk themselves, and those that were told it is not."""
    gate = Barrier(WRITERS)

    def write(number: int) -> bool:
        gate.wait()
        try:
            with database.writing() as connection:
                mark(connection, number)
                if number in refused:
                    raise Refused
        except Refused:
            return False
        assert number in marks(database)
        return True

    with ThreadPoolExecutor(WRITERS) as pool:
        told = dict(enumerate(pool.map(write, range(WRITERS))))
    return {n for n, yes in told.items() if yes}, {n for n, yes in told.items() if not yes}


@pytest.mark.parametrize("step", [2, 3, WRITERS])
def test_who_is_refused_undoes_nobody_elses_work(database: Database, step: int) -> None:
    refused = frozenset(range(0, WRITERS, step))
    written, not_written = all_at_once(database, refused)
    assert not_written == refused
    assert marks(database) == written == set(range(WRITERS)) - refused


def test_writers_that_wait_for_one_another_share_commits(database: Database) -> None:
    commits = []
    event.listen(database.engine, "commit", commits.append)
    all_at_once(database, frozenset())
    assert len(commits) < 2 * WRITERS - 1


def test_a_commit_that_fails_is_told_to_every_writer_in_it() -> None:
    engine = create_engine("sqlite://", connect_args={"check_same_thread": False})
    gate = Barrier(4)

    @contextmanager
    def never_ends_well() -> Iterator[Connection]:
        with engine.connect() as connection:
            yield connection
            raise OSError("disk full")

    group = GroupCommit(never_ends_well)

    def write(_: int) -> str:
        gate.wait()
        try:
            with group.writing():
                pass
        except OSError as problem:
            return str(problem)
        return "written"

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(write, range(4))) == {"disk full"}
