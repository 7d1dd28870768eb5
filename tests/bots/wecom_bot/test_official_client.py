"""The stand-in is true enough that WeCom's own client takes it for genuine."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.bots.wecom_emulator import BOT, WeComEmulator
from tests.node_packages import installed

VERSION = "1.0.7"


def test_the_official_client_subscribes_streams_sends_and_uploads(emulator: WeComEmulator) -> None:
    module = installed("@wecom/aibot-node-sdk", VERSION, "dist/index.esm.js")
    script = Path(__file__).with_name("sdk.mjs")
    process = subprocess.Popen(
        ["node", str(script), str(module), BOT, emulator.address], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "subscribed"
    emulator.say("zhang", "hello")
    assert process.stdout.readline().startswith("uploaded")
    process.wait(timeout=10)
    process.stdout.close()
    assert emulator.words() == ["heard hello", "pushed"]
