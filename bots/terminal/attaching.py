"""What a person at the terminal sends beside the words: a pin and photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from assistant.attachments import keep_bytes
from assistant.dialogue import Location, Picture
from bots.terminal.intaking import pin_at

# As much as a messenger hands over.
LARGEST = 20 << 20
_HEIF = {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}
# How a picture begins. The name is not asked: a photo may be called anything.
_KINDS: dict[str, Callable[[bytes], bool]] = {
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "image/heic": lambda head: head[4:8] == b"ftyp" and head[8:12] in _HEIF,
}

Attached = tuple[Location | Picture, ...]


def attached(at: str | None, photos: Sequence[Path], home: Path) -> Attached:
    """The pin of `LAT,LON` in WGS-84 and the photos, kept in the home. Nothing is kept unless all of it can be used.

    Raises:
        typer.BadParameter: It is no place, or a file is no photo that can be read.
    """
    pin = pin_at(at)
    place = () if pin is None else (Location(latitude=pin.latitude, longitude=pin.longitude),)
    read = [(path, *_photo(path)) for path in photos]
    return (*place, *(keep_bytes(home, content, media_type=kind, name=path.name) for path, content, kind in read))


def _photo(path: Path) -> tuple[bytes, str]:
    """The bytes of a photo and their media type."""
    try:
        if not path.is_file():
            raise typer.BadParameter(f"no such file: {path}")
        size = path.stat().st_size
        if size > LARGEST:
            raise typer.BadParameter(f"{path} has {size / (1 << 20):.1f} MB; a photo may have {LARGEST >> 20} MB")
        content = path.read_bytes()
    except OSError as problem:
        raise typer.BadParameter(f"{path} cannot be read: {problem.strerror}") from problem
    kind = next((kind for kind, fits in _KINDS.items() if fits(content[:16])), None)
    if kind is None:
        raise typer.BadParameter(f"{path} is no photo: a JPEG, PNG, WebP or HEIC is expected")
    return content, kind
