"""Media of the AI bot: what is sent up in pieces, and what comes down encrypted with the message's own key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import TYPE_CHECKING

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bots.channel import FileHandle
from bots.errors import Refused, Unreachable
from bots.wecom_bot import frames

if TYPE_CHECKING:
    from bots.wecom_bot.connection import Connection

CHUNK = 512 * 1024
LARGEST = 20 << 20
_BLOCK = 32


async def upload(connection: Connection, content: bytes, name: str = "picture.png", kind: str = "image") -> str:
    """The media id of the bytes, good for three days.

    Raises:
        ChannelError: It cannot be sent.
    """
    pieces = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)] or [b""]
    begun = await connection.ask(
        frames.UPLOAD_INIT,
        {
            "type": kind,
            "filename": name,
            "total_size": len(content),
            "total_chunks": len(pieces),
            "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        },
    )
    upload_id = str(begun.body.get("upload_id") or "")
    for number, piece in enumerate(pieces):
        await connection.ask(
            frames.UPLOAD_CHUNK,
            {"upload_id": upload_id, "chunk_index": number, "base64_data": base64.b64encode(piece).decode()},
        )
    done = await connection.ask(frames.UPLOAD_FINISH, {"upload_id": upload_id})
    return str(done.body.get("media_id") or "")


async def download(file: FileHandle) -> bytes:
    """The bytes of a file that came with a message.

    Raises:
        Unreachable: Nobody answers.
        Refused: It is gone, too large, or cannot be decrypted.
    """
    told = json.loads(file.locator)
    try:
        async with (
            httpx.AsyncClient(timeout=20.0, follow_redirects=True) as client,
            client.stream("GET", told["url"]) as answer,
        ):
            answer.raise_for_status()
            content = b""
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise Refused(f"larger than {LARGEST >> 20} MB")
    except httpx.HTTPStatusError as problem:
        raise Refused(f"HTTP {problem.response.status_code}") from None
    except httpx.HTTPError as problem:
        raise Unreachable(type(problem).__name__) from None
    return decrypted(content, told["key"]) if told.get("key") else content


def decrypted(content: bytes, key: str) -> bytes:
    """AES-256-CBC with the key's first sixteen bytes as the vector, padded to 32 (PKCS#7).

    Raises:
        Refused: Key or content are not of that kind.
    """
    try:
        secret = base64.b64decode(key + "=" * (-len(key) % 4))
        decryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
        plain = decryptor.update(content) + decryptor.finalize()
    except (ValueError, binascii.Error):
        raise Refused("cannot be decrypted") from None
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= _BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise Refused("cannot be decrypted")
    return plain[:-padding]
