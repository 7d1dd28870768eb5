"""Group commit: writers that wait for one another share a transaction, and nobody is answered before it is on disk.

A durable commit costs as much as the work it carries. A writer that finds others queued behind it leaves its work in
the open transaction and waits; the last of the queue commits for all. What one of them may not do is undone alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy import Connection

# Nobody waits for more than this many others' work before the commit.
_MOST = 32


class _Shared:
    """One transaction with the writers that are in it."""

    def __init__(self, transaction: AbstractContextManager[Connection]) -> None:
        self.writers = 0
        self.settled = threading.Event()
        self.problem: BaseException | None = None
        self._held = ExitStack()
        self.connection = self._held.enter_context(transaction)

    def commit(self) -> None:
        """End it for all; every writer learns when that fails."""
        try:
            self._held.close()
        except BaseException as problem:
            self.problem = problem
            raise
        finally:
            self.settled.set()

    def fail(self, problem: BaseException) -> None:
        """Undo it; only its first writer was in it."""
        self._held.__exit__(type(problem), problem, problem.__traceback__)
        self.settled.set()


class GroupCommit:
    """Writers of one process, one after another, in as few transactions as they allow.

    Attributes:
        begin: A transaction that commits when it is left and rolls back when left by an error.
    """

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._begin = begin
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._queued = 0
        self._open: _Shared | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The connection, alone; when this returns, what was written is on disk."""
        with self._in_turn():
            shared = self._open
            if shared is None:
                shared = self._open = _Shared(self._begin())
            try:
                yield from self._work(shared)
            finally:
                if self._open is not None and (not self._queued or shared.writers >= _MOST):
                    self._open = None
                    shared.commit()
        shared.settled.wait()
        if shared.problem is not None:
            raise shared.problem

    def _work(self, shared: _Shared) -> Iterator[Connection]:
        if shared.writers:
            with shared.connection.begin_nested():
                yield shared.connection
        else:
            try:
                yield shared.connection
            except BaseException as problem:
                self._open = None
                shared.fail(problem)
                raise
        shared.writers += 1

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        with self._count:
            self._queued += 1
        with self._turn:
            with self._count:
                self._queued -= 1
            yield
