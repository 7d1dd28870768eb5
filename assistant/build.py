"""Composition root: settings → Assistant. The only place that knows how the parts fit."""

from __future__ import annotations

import atexit
import gc
import os
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.agent import Agent
from assistant.ask import Assistant, Desk
from assistant.job import Limits
from assistant.memory import Memory
from assistant.model import language_model
from assistant.offline.chat_model import OfflineChatModel
from assistant.offline.desk import Desk as Vocabulary
from assistant.orders import Orders
from assistant.prompt import system_prompt
from assistant.settings import Settings
from assistant.trace import Trace
from warehouse.reader import Warehouse, open_warehouse

if TYPE_CHECKING:
    from knowledge.retrieve import Finder

# A few queries, each up to the warehouse's own time limit.
ENGINE_SECONDS = 120.0


def build_assistant(settings: Settings, *, city: str | None = None) -> Assistant:
    """An assistant over the current (or the named) city of the configured home."""
    # No telemetry, whatever the surroundings say: an isolated network must stay silent.
    os.environ.update(  # noqa: TID251  # written, not read
        {"LANGSMITH_TRACING": "false", "LANGCHAIN_TRACING_V2": "false", "LANGGRAPH_STRICT_MSGPACK": "true"}
    )
    memory = Memory(settings.home, remembered=settings.remembered_turns, idle=timedelta(hours=settings.idle_hours))
    hidden = (settings.model_key.get_secret_value(),) if settings.model_key else ()
    return Assistant(Desks(settings, city).current, memory, Trace(settings.home / "trace", hidden=hidden))


class Desks:
    """The desk of the newest snapshot, built once per snapshot."""

    def __init__(self, settings: Settings, city: str | None) -> None:
        self._settings = settings
        self._city = city
        self._lock = threading.Lock()
        self._desk: Desk | None = None
        self._published: tuple[str, ...] = ()
        self._finder: Finder | None = None

    def current(self) -> Desk:
        """The desk, rebuilt when another snapshot was published.

        Raises:
            NoSnapshot: Nothing has been loaded yet.
        """
        with self._lock:
            published = _published(self._settings.home, self._city)
            if self._desk is None or published != self._published:
                first = self._desk is None
                if self._desk is not None and self._desk.orders is not None:
                    self._desk.orders.close()
                gc.unfreeze()
                self._desk, self._published = self._build(open_warehouse(self._settings.home, self._city)), published
                if first:
                    # The desk lives as long as the process: every later search for garbage would walk through it.
                    gc.freeze()
                    atexit.register(gc.unfreeze)
            return self._desk

    def _build(self, warehouse: Warehouse) -> Desk:
        return Desk(
            warehouse=warehouse,
            offline=offline_agent(self._settings, warehouse),
            llm=llm_agent(self._settings, warehouse),
            model=self._settings.model,
            policies=self._policies,
            place=self._settings.place(warehouse.city),
            orders=Orders(self._settings, warehouse),
        )

    def _policies(self) -> Finder | None:
        """The policy library of the home; None where no document was ever added."""
        if self._finder is None:
            from assistant.policies import policy_finder

            self._finder = policy_finder(self._settings)
        return self._finder if self._finder.library.documents else None


def offline_agent(settings: Settings, warehouse: Warehouse) -> Agent:
    """The embedded model with the tools. It waits for no endpoint, so only the engine's own time limits stop it."""
    limits = replace(_limits(settings), seconds=ENGINE_SECONDS)
    return Agent(OfflineChatModel(desk=Vocabulary.of(warehouse)), limits=limits)


def llm_agent(settings: Settings, warehouse: Warehouse) -> Agent | None:
    """The configured language model with the tools, held to its budget; None where none is configured."""
    model = language_model(settings)
    if model is None:
        return None
    return Agent(model, limits=_limits(settings), strict=True, system_prompt=system_prompt(warehouse))


def _limits(settings: Settings) -> Limits:
    return Limits(
        model_calls=settings.steps,
        tool_calls=settings.tool_calls,
        seconds=settings.question_seconds,
        retries=settings.model_retries,
    )


def _published(home: Path, city: str | None) -> tuple[str, ...]:
    """What the pointers and the city's own catalogue say: another text means another desk."""
    chosen = home / "current_city"
    name = city or (chosen.read_text(encoding="utf-8").strip() if chosen.is_file() else "")
    pointer = home / "cities" / name / "CURRENT"
    current = pointer.read_text(encoding="utf-8").strip() if name and pointer.is_file() else ""
    # The city's own catalogue counts too: a verified question holds from the next question on.
    own = sorted((home / "cities" / name / "catalog").glob("*.yml")) if name else []
    return (name, current, *(f"{path.name} {path.stat().st_mtime_ns}" for path in own))
