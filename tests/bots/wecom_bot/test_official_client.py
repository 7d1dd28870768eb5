"""The stand-in is true enough that WeCom's own client takes it for genuine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from tests.bots.wecom_emulator import BOT, WeComEmulator

VERSION = "1.0.7"
FOLDER = Path(__file__).resolve().parents[3] / ".cache" / "node" / f"aibot-{VERSION}"
MODULE = FOLDER / "node_modules" / "@wecom" / "aibot-node-sdk" / "dist" / "index.esm.js"
INSTALL_SECONDS = 60


def _installed() -> Path:
    """The module, installed on first use; skips the test where that cannot be done."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("WeCom's client needs Node.js with npm")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with FileLock(FOLDER / ".lock"):
        if not MODULE.is_file():
            command = ["npm", "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", "--ignore-scripts",
                       "--fetch-retries=0", f"@wecom/aibot-node-sdk@{VERSION}"]  # fmt: skip
            try:
                subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=False)
            except subprocess.TimeoutExpired:
                pytest.skip(f"WeCom's client could not be installed in {INSTALL_SECONDS} s")
    if not MODULE.is_file():
        pytest.skip("WeCom's client could not be installed")
    return MODULE


def test_the_official_client_subscribes_streams_sends_and_uploads(emulator: WeComEmulator) -> None:
    script = Path(__file__).with_name("sdk.mjs")
    process = subprocess.Popen(
        ["node", str(script), str(_installed()), BOT, emulator.address], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "subscribed"
    emulator.say("zhang", "hello")
    assert process.stdout.readline().startswith("uploaded")
    process.wait(timeout=10)
    process.stdout.close()
    assert emulator.words() == ["heard hello", "pushed"]
