"""Encoding: which one a text file is in, found by reading it, and the file in UTF-8."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from warehouse.errors import FeedError

ENCODINGS = ("utf-8-sig", "utf-8", "gb18030", "big5", "cp1252")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CHUNK = 1 << 22


def detect_encoding(path: Path, wanted: str = "auto") -> str:
    """The first encoding of the ladder that reads the whole file.

    Raises:
        FeedError: None does, or the wanted one does not.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if b"\0" in start and not start.startswith(UTF_16):
        raise FeedError(str(path), "is no text file", "export it as CSV, or set source.format")
    ladder: tuple[str, ...] = ENCODINGS if wanted == "auto" else (wanted,)
    if wanted == "auto" and start.startswith(UTF_16):
        ladder = ("utf-16",)
    if wanted == "auto" and not start.startswith(codecs.BOM_UTF8):
        ladder = tuple(name for name in ladder if name != "utf-8-sig")
    problem = ""
    for name in ladder:
        try:
            _decode(path, name)
        except UnicodeDecodeError as error:
            problem = f"{name} cannot read it: {error.reason}"
            continue
        except LookupError as error:
            raise FeedError(str(path), str(error), "set source.encoding to a known encoding") from error
        else:
            return "cp1252" if wanted == "auto" and name in {"gb18030", "big5"} and _is_western(path) else name
    raise FeedError(
        str(path), f"is in none of {', '.join(ladder)} ({problem})", "save it as UTF-8, or set source.encoding"
    )


def _is_western(path: Path) -> bool:
    """Whether the bytes beyond ASCII stand alone between Latin letters (Café), as they never do in Chinese text."""
    with path.open("rb") as file:
        start = file.read(CHUNK)
    beyond = re.findall(rb"[\x80-\xff]+", start)
    alone = re.findall(rb"(?<=[A-Za-z ])[\xc0-\xff](?=[a-z ,.'\"\r\n])", start)
    return len(beyond) > 0 and len(alone) >= 0.8 * len(beyond)


def claims_utf8(path: Path, wanted: str = "auto") -> str:
    """The name under which the file would be read as UTF-8 by its first bytes; empty where it cannot be that."""
    with path.open("rb") as file:
        start = file.read(4096)
    if b"\0" in start or start.startswith(UTF_16) or wanted not in {"auto", "utf-8", "utf-8-sig"}:
        return ""
    if wanted != "auto":
        return wanted
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def _decode(path: Path, encoding: str) -> None:
    """Read the whole file; that it ends in the middle of a character, as one still being written does, is no error.

    Raises:
        UnicodeDecodeError: It is not in this encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)


def as_utf8(path: Path, encoding: str, scratch: Path) -> Path:
    """The file in UTF-8; itself where it is so already and ends with a whole character."""
    if encoding in {"utf-8", "utf-8-sig"} and not _ends_inside_a_character(path):
        return path
    target = scratch / f"{path.stem}.utf8"
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as text:
        while chunk := source.read(CHUNK):
            text.write(decoder.decode(chunk))
    return target


def _ends_inside_a_character(path: Path) -> bool:
    """Whether the last bytes of a UTF-8 file are the beginning of a character (RFC 3629)."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 3))
        ending = file.read()
    for back, byte in enumerate(reversed(ending), start=1):
        if byte & 0xC0 != 0x80:
            wanted = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
            return wanted > back
    return False
