"""`citydesk serve` itself, as a process: set up by the environment, killed in the middle of an answer, and many at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import httpx
import pytest

from bots.store.bindings import Bindings
from bots.store.database import Database
from tests.bots.conftest import Serving
from tests.bots.wecom_app.conftest import Open, until
from tests.bots.wecom_app.emulator import AGENT, CORP, KEY, SECRET, TOKEN, WeCom, sealed, signed, utc

ROOT = Path(__file__).resolve().parents[3]
WANG = "WangJu"


@pytest.fixture
def real() -> Iterator[WeCom]:
    emulated = WeCom(utc)
    yield emulated
    emulated.line.close()


@contextmanager
def served(home: Path, api: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,  # noqa: TID251  # the process's own, and what is set for it
        "CITYDESK_HOME": str(home), "CITYDESK_WECOM_APP_CORP": CORP, "CITYDESK_WECOM_APP_AGENT": str(AGENT),
        "CITYDESK_WECOM_APP_SECRET": SECRET, "CITYDESK_WECOM_APP_TOKEN": TOKEN, "CITYDESK_WECOM_APP_KEY": KEY,
        "CITYDESK_WECOM_APP_API": api, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "citydesk.py", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
        assert not [secret for secret in (SECRET, TOKEN, KEY, "token-1") if secret in said]


def ready(desk: str) -> None:
    """Wait until WeCom's own way of proving the address succeeds."""

    def proved() -> bool:
        echo = sealed("12")
        try:
            answer = httpx.get(f"{desk}/api/wecom/callback", params={**signed(echo, utc()), "echostr": echo})
        except httpx.HTTPError:
            return False
        return answer.text == "12"

    until(proved, 60)


def test_a_desk_killed_in_mid_answer_answers_once_after_it_is_back(real: WeCom, serving: Serving, home: Path) -> None:
    api = serving(real.app)

    def heard(desk: str, text: str) -> None:
        # Right after the start nobody may be listening yet: WeCom tries again, and so does this.
        until(lambda: real.say(desk, WANG, text, number=str(abs(hash(text)))).status_code == 200)

    database = Database(home / "voices")
    code = Bindings(database).code("王局", utc())
    database.close()
    with served(home, api) as (desk, process):
        ready(desk)
        heard(desk, code)
        until(lambda: len(real.to(WANG)) == 1, 60)
        heard(desk, "11月22日上报多少件")
        process.kill()
        process.wait(10)
    with served(home, api) as (desk, process):
        until(lambda: len(real.words(WANG)) == 2, 60)
        assert "13" in real.words(WANG)[1]
        real.faults["message/send"] = [503] * 100
        heard(desk, "东湖区呢")
        until(lambda: len(real.faults["message/send"]) < 100, 60)
        process.kill()
        process.wait(10)
    real.faults.clear()
    with served(home, api):
        until(lambda: len(real.words(WANG)) == 3, 90)
    assert "7" in real.words(WANG)[2]
    assert len(real.words(WANG)) == 3
    assert real.refused == real.dropped == []


def test_two_hundred_at_once_are_heard_within_wecom_s_five_seconds(opened: Open, wecom: WeCom) -> None:
    took = list[float]()

    def say(number: int) -> int:
        began = monotonic()
        status = wecom.say(desk, f"member{number}", "昨天上报多少件").status_code
        took.append(monotonic() - began)
        return status

    with opened() as desk, ThreadPoolExecutor(50) as people:
        assert set(people.map(say, range(200))) == {200}
        until(lambda: len({one["touser"] for one in wecom.sent}) >= 60, 60)
    assert max(took) < 5
