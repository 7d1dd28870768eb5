"""What came with the words, as the assistant takes it: places as they were measured, photos kept under their hash."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from assistant import dialogue
from assistant.attachments import keep_bytes
from bots.channel import FileHandle, Inbound, Location, Photo
from bots.errors import ChannelError

log = logging.getLogger(__name__)


def attachments_of(
    inbound: Inbound, fetch: Callable[[FileHandle], bytes], home: Path | None
) -> tuple[dialogue.Location | dialogue.Picture, ...]:
    """Places and photos of an inbound, in order; a photo that the channel does not give is left out and logged.

    Args:
        home: Where photos are kept; None keeps none.
    """
    found: list[dialogue.Location | dialogue.Picture] = []
    for part in inbound.parts:
        if isinstance(part, Location):
            found.append(
                dialogue.Location(latitude=part.latitude, longitude=part.longitude, crs=part.crs, label=part.label)
            )
        if isinstance(part, Photo) and home is not None:
            try:
                content = fetch(part.file)
            except ChannelError as problem:
                log.warning("a photo of %s was not had: %s", inbound.key, problem)
                continue
            media_type = part.file.mime or "image/jpeg"
            found.append(
                keep_bytes(home, content, media_type=media_type, name=part.file.name or "photo", caption=part.caption)
            )
    return tuple(found)
