"""Composition root of the voices: settings → Reception."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from assistant.build import build_assistant
from assistant.directory import LiveDirectory
from assistant.settings import Settings
from bots.admission import Admission
from bots.reception import Reception
from bots.store.database import Database


def open_reception(settings: Settings, *, city: str | None, wall: Callable[[], datetime]) -> Reception:
    """The desk of the current (or the named) city of the configured home."""
    return Reception(
        build_assistant(settings, city=city), LiveDirectory(settings.home), Database(settings.home / "voices"), wall,
        home=settings.home,
    )  # fmt: skip


def open_admission(reception: Reception) -> Admission:
    """The door of the messengers before a reception."""

    def districts() -> list[str]:
        return [member.value for member in reception.assistant.warehouse.members("district")]

    return Admission(
        reception.directory, reception.database, districts=districts,
        language=lambda: reception.assistant.warehouse.city.language,
    )  # fmt: skip
