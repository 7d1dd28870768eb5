"""The callback's envelope: who does not know token and key can neither forge a call nor read one.

AES-256-CBC with the key's first half as the vector, padded to 32 bytes; inside lie 16 random bytes, four of length, the
text, and the id of whom it is for (企业微信 · 回调配置 · 加解密方案).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bots.errors import Refused

log = logging.getLogger(__name__)
# Wider than WeCom's three tries and two clocks that disagree; a call noted down and sent again later falls outside.
WINDOW_SECONDS = 300
_BLOCK, _VECTOR, _RANDOM, _LENGTH = 32, 16, 16, 4
_KEY_SIGNS = 43


class Forged(Exception):
    """It was not sealed with our token and key, is not for us, or is too old; which of these is nobody's to know."""


class Envelope:
    """Opens what WeCom sealed for one receiver.

    Args:
        token: As set beside the callback's address.
        key: The EncodingAESKey, 43 characters.
        receiver: The id that must lie inside: a self-built app's is the corporation's.

    Raises:
        Refused: Token or key are none.
    """

    def __init__(self, token: str, key: str, receiver: str) -> None:
        if not token:
            raise Refused("CITYDESK_WECOM_APP_TOKEN is not set")
        try:
            secret = base64.b64decode(f"{key}=", validate=True) if len(key) == _KEY_SIGNS else b""
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != _BLOCK:
            raise Refused("CITYDESK_WECOM_APP_KEY is not an EncodingAESKey: 43 letters and digits")
        self._token, self._secret, self._receiver = token, secret, receiver

    def signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        """What must stand beside a sealed text."""
        whole = "".join(sorted((self._token, timestamp, nonce, sealed)))
        return hashlib.sha1(whole.encode(), usedforsecurity=False).hexdigest()

    def opened(self, sealed: str, *, signature: str, timestamp: str, nonce: str, now: datetime) -> str:
        """The text inside.

        Raises:
            Forged: The signature is not ours, the time is not now, or there is no text for us inside.
        """
        ours = self.signature(timestamp, nonce, sealed)
        if not hmac.compare_digest(ours.encode(), signature.encode("utf-8", "replace")):
            raise Forged
        if not _is_recent(timestamp, now):
            log.warning(
                "a callback signed as WeCom's is not of now: it was sent again, or this machine's clock is wrong"
            )
            raise Forged
        return self._text(sealed)

    def _text(self, sealed: str) -> str:
        try:
            decryptor = Cipher(algorithms.AES(self._secret), modes.CBC(self._secret[:_VECTOR])).decryptor()
            plain = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
        except (binascii.Error, ValueError):
            raise Forged from None
        padding = plain[-1] if plain else 0
        if not 1 <= padding <= _BLOCK or plain[-padding:] != bytes([padding]) * padding:
            raise Forged
        inside = plain[_RANDOM:-padding]
        length = int.from_bytes(inside[:_LENGTH])
        text, receiver = inside[_LENGTH : _LENGTH + length], inside[_LENGTH + length :]
        if len(text) != length or not hmac.compare_digest(receiver, self._receiver.encode()):
            raise Forged
        try:
            return text.decode()
        except UnicodeDecodeError:
            raise Forged from None


def _is_recent(timestamp: str, now: datetime) -> bool:
    return timestamp.isascii() and timestamp.isdigit() and abs(int(timestamp) - now.timestamp()) <= WINDOW_SECONDS
