"""What came with the words: a place in any system as the pin a report takes, a photo under the hash of its bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.dialogue import Location, Picture, Question
from tools.geodesy import wgs84_of_gcj02

if TYPE_CHECKING:
    from tools.work_orders.intake_draft import Photo, Pin


def pin_of(question: Question) -> Pin | None:
    """The last place that was sent, in WGS-84."""
    from tools.work_orders.intake_draft import Pin

    sent = [one for one in question.attachments if isinstance(one, Location)]
    if not sent:
        return None
    place = sent[-1]
    longitude, latitude = place.longitude, place.latitude
    if place.crs == "gcj02":
        longitude, latitude = wgs84_of_gcj02(longitude, latitude)
    return Pin(longitude=longitude, latitude=latitude, label=place.label or None)


def photos_of(question: Question) -> tuple[Photo, ...]:
    """The photos that were sent, in order."""
    from tools.work_orders.intake_draft import Photo
    from tools.work_orders.model import Attachment

    return tuple(
        Photo(
            attachment=Attachment(sha256=one.sha256, media_type=one.media_type, name=one.name),
            said=one.caption or None,
        )
        for one in question.attachments
        if isinstance(one, Picture)
    )


def keep_bytes(home: Path, content: bytes, *, media_type: str, name: str, caption: str = "") -> Picture:
    """A picture of its bytes, kept in the home under their hash; the same bytes are kept once."""
    digest = hashlib.sha256(content).hexdigest()
    kept = home / "attachments" / digest[:2] / digest
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        writing = kept.with_suffix(".part")
        writing.write_bytes(content)
        writing.replace(kept)
    return Picture(sha256=digest, media_type=media_type, name=name, caption=caption)
