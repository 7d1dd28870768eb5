"""Calls of the Bot API with its failures as the desk's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from bots.errors import Refused, TryLater, Unreachable


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Failures of the library become ours. Its words name no token.

    Raises:
        TryLater: 429 with the seconds to wait.
        Unreachable: No connection, a timeout, 5xx, or another process polls for the same bot.
        Refused: Anything that will never work.
    """
    try:
        yield
    except RetryAfter as problem:
        wait = problem.retry_after
        raise TryLater(wait.total_seconds() if hasattr(wait, "total_seconds") else float(wait)) from problem
    except (InvalidToken, Forbidden, BadRequest, ChatMigrated) as problem:
        raise Refused(problem.message) from problem
    except (NetworkError, Conflict) as problem:
        raise Unreachable(problem.message) from problem
