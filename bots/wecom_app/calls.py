"""One call of WeCom's HTTP API: what comes back, and what an error code means for a letter."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from bots.errors import ChannelError, Refused, TryLater, Unreachable

OPENED_BY = "https://qyapi.weixin.qq.com"
LARGEST = 20 << 20
CALL_TIMES, MEDIA_TIMES = httpx.Timeout(10.0, connect=5.0), httpx.Timeout(30.0, connect=5.0)
# Error codes, never messages, tell what happened (全局错误码).
EXPIRED = frozenset({40014, 41001, 42001})
_BUSY = frozenset({-1, 6000})
_TOO_OFTEN = frozenset({45009, 45033})
_GONE_MEDIA = 40007
# The settings or the app's own page are wrong: letters wait until somebody has mended them.
_SETTINGS: Mapping[int, str] = {
    40001: "the app's secret is wrong (CITYDESK_WECOM_APP_SECRET)",
    40013: "there is no such corporation (CITYDESK_WECOM_APP_CORP)",
    40056: "there is no such app (CITYDESK_WECOM_APP_AGENT)",
    48002: "the app may not call this",
    60020: "this machine's address is not among the app's trusted ones (企业可信IP)",
    93000: "there is no such robot (CITYDESK_WECOM_ROBOTS)",
    301002: "the secret is another app's (CITYDESK_WECOM_APP_AGENT)",
}
_PATIENCE_SECONDS = 60.0
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class WrongSettings(Unreachable):
    """WeCom does not let this app in. To a letter it is a line that is down: it is sent when that is mended."""


class MediaGone(Unreachable):
    """What was uploaded is no longer there."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came back: the bytes, and their fields where they are an answer and no file."""

    content: bytes
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> int:
        """Its code; 0 is good, or a file."""
        return int(self.fields.get("errcode") or 0)

    @property
    def answer(self) -> dict[str, Any]:
        """The fields.

        Raises:
            Unreachable: It is none of WeCom's answers, such as the page of a proxy.
        """
        if not self.fields:
            raise Unreachable("no answer of WeCom's")
        return self.fields


class _Discreet(logging.Filter):
    """The library logs whole addresses, and WeCom's carry its secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, without what follows the path."""
        if isinstance(record.args, tuple):
            record.args = tuple(one.copy_with(query=None) if isinstance(one, httpx.URL) else one for one in record.args)
        return True


logging.getLogger("httpx").addFilter(_Discreet())


def line() -> httpx.AsyncClient:
    """A client that waits for nobody too long and goes nowhere it is sent to."""
    return httpx.AsyncClient(timeout=CALL_TIMES, follow_redirects=False)


def is_safe(address: str) -> bool:
    """Whether secrets may go there: by HTTPS, or to this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL))


async def called(client: httpx.AsyncClient, method: str, url: str, **more: Any) -> Told:
    """Call and read the answer, whatever its code.

    Raises:
        Unreachable: Nothing came back, or nothing of WeCom's. Says no address, which would have secrets in it.
        Refused: There is no such address, or what came is larger than 20 MB.
    """
    content = bytearray()
    try:
        async with client.stream(method, url, **more) as answer:
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise Refused(f"larger than {LARGEST >> 20} MB")
    except httpx.HTTPError as problem:
        raise Unreachable(type(problem).__name__) from None
    except httpx.InvalidURL:
        raise Refused("no address") from None
    if answer.status_code != httpx.codes.OK:
        raise Unreachable(f"HTTP {answer.status_code}")
    return _read(bytes(content))


def _read(content: bytes) -> Told:
    if not content.lstrip().startswith(b"{"):
        return Told(content=content)
    try:
        fields = json.loads(content)
    except ValueError:
        return Told(content=content)
    return Told(fields=fields if isinstance(fields.get("errcode"), int) else {}, content=content)


def problem_of(error: int) -> ChannelError | None:
    """What an error code means for a letter; None where there is none."""
    if error == 0:
        return None
    if error in _TOO_OFTEN:
        return TryLater(_PATIENCE_SECONDS)
    if error in _SETTINGS:
        return WrongSettings(f"errcode {error}: {_SETTINGS[error]}")
    if error == _GONE_MEDIA:
        return MediaGone(f"errcode {error}")
    if error in _BUSY or error in EXPIRED:
        return Unreachable(f"errcode {error}")
    return Refused(f"errcode {error}")
