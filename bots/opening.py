"""Composition root of the voices: settings → Reception."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from assistant.build import build_assistant
from assistant.directory import Directory
from assistant.settings import Settings
from bots.reception import Reception
from bots.store.database import Database


def open_reception(settings: Settings, *, city: str | None, wall: Callable[[], datetime]) -> Reception:
    """The desk of the current (or the named) city of the configured home."""
    return Reception(
        build_assistant(settings, city=city), Directory.read(settings.home), Database(settings.home / "voices"), wall
    )
