"""Who is at the page: a token typed in, a reverse proxy's word, or the local demo's free choice of a role."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from assistant.directory import Directory
from assistant.errors import UnknownPerson
from tools.principal import Principal

COOKIE = "citydesk"
LASTING_SECONDS = 12 * 3600
_WRONG_TRIES = 10
_TRIES_SECONDS = 300.0


def signing_key(home: Path) -> bytes:
    """The home's own key for cookies, made on first use, readable by its owner only."""
    path = home / "web.key"
    if not path.is_file():
        home.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was faster
            return path.read_bytes()
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


@dataclass(slots=True, kw_only=True)
class Door:
    """Decides who a request is from.

    Attributes:
        tokens: Name of a person or role to their token.
        demo: The role that the local demo begins with; None outside of it. Then anybody may choose any role.
    """

    directory: Directory
    key: bytes
    tokens: Mapping[str, str] = field(default_factory=dict)
    proxy_header: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    demo: str | None = None
    _wrong: dict[str, deque[float]] = field(default_factory=dict)

    def who(self, request: Request, now: float) -> Principal | None:
        """The person, or None: then nothing but the sign-in is shown."""
        name = self._by_proxy(request) or self._by_cookie(request.cookies.get(COOKIE, ""), now) or self.demo
        if name is None:
            return None
        try:
            return self.directory.principal(name)
        except UnknownPerson:
            return None

    def sign_in(self, token: str, caller: str, now: float) -> str | None:
        """The name whose token it is; None when it is nobody's, or the caller guessed too often."""
        wrong = self._wrong.setdefault(caller, deque(maxlen=_WRONG_TRIES))
        if len(wrong) == _WRONG_TRIES and now - wrong[0] < _TRIES_SECONDS:
            return None
        # Every token is compared, so that the time taken tells nothing.
        found = [name for name, known in self.tokens.items() if hmac.compare_digest(known.encode(), token.encode())]
        if not found:
            wrong.append(now)
            return None
        return found[0]

    def choose(self, name: str) -> str | None:
        """In the demo: be somebody else."""
        if self.demo is None:
            return None
        try:
            return self.directory.principal(name).name
        except UnknownPerson:
            return None

    def cookie(self, name: str, now: float) -> str:
        """A signed cookie that names somebody until it runs out."""
        body = f"{name.encode().hex()}.{int(now) + LASTING_SECONDS}"
        return f"{body}.{self._signed(body)}"

    def _by_cookie(self, cookie: str, now: float) -> str | None:
        body, _, signature = cookie.rpartition(".")
        if not body or not hmac.compare_digest(self._signed(body), signature):
            return None
        name, _, ends = body.partition(".")
        return bytes.fromhex(name).decode() if int(ends) > now else None

    def _by_proxy(self, request: Request) -> str | None:
        if self.proxy_header is None or request.client is None or request.client.host not in self.trusted_proxies:
            return None
        return request.headers.get(self.proxy_header) or None

    def _signed(self, body: str) -> str:
        return hmac.new(self.key, body.encode(), hashlib.sha256).hexdigest()
