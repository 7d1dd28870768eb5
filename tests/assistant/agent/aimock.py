"""aimock (an npm package) as a process: another hand's idea of how an OpenAI-compatible endpoint behaves."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.node_packages import installed

VERSION = "1.43.0"


class Aimock:
    """The running server; `url` ends in /v1."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("aimock_server.mjs")
        self._process = subprocess.Popen(
            ["node", str(script), str(installed("@copilotkit/aimock", VERSION, "dist/index.js"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        answer = self._line()
        if not answer:
            self.close()
            pytest.skip("aimock did not start (it needs Node.js 20.15 or newer)")
        self._base = json.loads(answer)["url"]
        self.url = f"{self._base}/v1"

    def script(self, *steps: dict[str, Any]) -> None:
        """What the next requests get, in order; each step is an aimock fixture without its match."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"script": steps}) + "\n")
        self._process.stdin.flush()
        assert json.loads(self._line())["scripted"] == len(steps)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Bodies of the chat requests so far."""
        with urllib.request.urlopen(f"{self._base}/__aimock/journal") as answer:
            return [entry["body"] for entry in json.load(answer) if entry["path"].endswith("/chat/completions")]

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()
