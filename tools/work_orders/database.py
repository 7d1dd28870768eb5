"""The ledger's database: SQLite (WAL, every commit on disk) by default, PostgreSQL by URL; one writer at a time on both.

One writer at a time is a decision: without it four busy SQLite processes kept each other waiting for six seconds, and
PostgreSQL would number the audit out of the order in which it commits, so that a reader behind a cursor misses rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from tools.work_orders.errors import LedgerUnavailable
from tools.work_orders.group_commit import GroupCommit

# The newest migration; test_migrations holds it to the scripts.
HEAD = "0004"
_MIGRATIONS = Path(__file__).parent / "migrations"
_WAIT_SECONDS = 30.0
_POLL_SECONDS = 0.001
# Any number will do, as long as nothing else in that database uses it.
_WRITER = 0x63697479


class Database:
    """Connections to one ledger; safe to share between threads.

    Raises:
        LedgerUnavailable: It cannot be opened, or was written by a newer CityDesk.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writers = GroupCommit(self._transaction)
        self._lock: FileLock | None = None
        options: dict[str, Any] = {}
        if self.is_sqlite:
            file = Path(self.url.database or "")
            file.parent.mkdir(parents=True, exist_ok=True)
            # Not a thread's own: the last of a group of writers lets go of what the first took.
            self._lock = FileLock(
                file.with_name(f"{file.name}.lock"),
                timeout=_WAIT_SECONDS,
                poll_interval=_POLL_SECONDS,
                thread_local=False,
            )
        else:
            options = {"pool_pre_ping": True}
        self.engine = create_engine(self.url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _tune)
            event.listen(self.engine, "begin", _begin)
        self._prepare()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction, alone: it happens wholly or not at all, and is on disk when this ends.

        Raises:
            LedgerUnavailable: Nobody let go of the ledger in time.
        """
        with self._writers.writing() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of what was committed."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._alone(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER})
            yield connection

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self._lock or nullcontext():
                yield
        except Timeout as waited:
            raise LedgerUnavailable(problem=f"another process writes for over {_WAIT_SECONDS:g} s") from waited

    def _prepare(self) -> None:
        """Bring the tables to the newest migration."""
        try:
            if self._version() == HEAD:
                return
            with self.writing() as connection:
                _upgrade(connection)
        except OperationalError as problem:
            raise LedgerUnavailable(problem=str(problem.orig)) from problem

    def _version(self) -> str | None:
        with self.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found is not None and found > HEAD:
            raise LedgerUnavailable(problem=f"written by a newer CityDesk (migration {found}, this one knows {HEAD})")
        return found


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _tune(connection: Any, _: object) -> None:
    """WAL lets readers go on while one writes; FULL keeps every commit through a power cut."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: one that starts as a reader could find it taken half-way."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
