"""`python -m benchmarks.telegram HOME`: 200 people chat at once with `citydesk serve` through an emulated Telegram.

Both sides share this machine's processors: the desk in a process of its own, Telegram and the people here.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep

import uvicorn

from benchmarks.report import Claim
from bots.channel import Actor, Ref
from bots.store.bindings import Bindings
from bots.store.database import Database
from tests.bots.telegram_emulator import BOT, TOKEN, TelegramEmulator

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "昨天各区上报多少件", "那立案呢", "上个月各区按期结案率排名", "目前超期未结最多的五个街道", "昨天立案多少件",
    "上个月各区各大类上报数", "东湖区今年一共办结了多少案件", "How many cases were reported yesterday?", "and by district?",
    "本月处置时长中位数",
)  # fmt: skip
P95_SECONDS = 1.5


class Crowd:
    """People who ask, read what comes, think, and ask again."""

    def __init__(self, emulator: TelegramEmulator, people: int, think: float) -> None:
        self._emulator, self._think = emulator, think
        self._asked: dict[int, float] = {}
        self._due = {user: perf_counter() + random.uniform(0, think) for user in range(1, people + 1)}
        self.taken: list[float] = []
        self.questions = 0
        emulator.on_sent = self._came

    def _came(self, message: dict[str, object]) -> None:
        user = int(message["chat"]["id"])  # type: ignore[index]
        asked = self._asked.pop(user, None)
        if asked is not None:
            self.taken.append(perf_counter() - asked)
            self._due[user] = perf_counter() + random.uniform(0.75, 1.25) * self._think

    def run(self, seconds: float) -> float:
        """Chat for so long; returns how long it took until the last answer came."""
        started = perf_counter()
        while perf_counter() - started < seconds:
            now = perf_counter()
            for user in [user for user, due in self._due.items() if due <= now and user not in self._asked]:
                self._asked[user] = now
                self.questions += 1
                self._emulator.say(user, QUESTIONS[(user + self.questions) % len(QUESTIONS)])
            sleep(0.01)
        while self._asked and perf_counter() - started < seconds + 60:
            sleep(0.05)
        return perf_counter() - started


@contextmanager
def _served(emulator: TelegramEmulator, home: Path) -> Iterator[None]:
    config = uvicorn.Config(emulator.app, port=0, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = free.getsockname()[1]
    environment = {
        **os.environ, "CITYDESK_HOME": str(home), "CITYDESK_TELEGRAM_TOKEN": TOKEN,
        "CITYDESK_TELEGRAM_API": f"http://127.0.0.1:{port}", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    desk = subprocess.Popen([sys.executable, "citydesk.py", "serve", "--port", str(own)], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        desk.send_signal(signal.SIGTERM)
        desk.wait(30)
        server.should_exit = True


def chat(home: Path, people: int, seconds: float, think: float) -> tuple[Crowd, TelegramEmulator, float]:
    """Bind everybody, warm the desk up, and let them chat."""
    emulator = TelegramEmulator(rates=True)
    bindings, now = Bindings(Database(home / "voices")), datetime.now(UTC)
    for user in range(1, people + 1):
        ref = Ref(channel="telegram", account=str(BOT["id"]), chat=str(user))
        bindings.bind(bindings.code("leader", now), ref, Actor(id=str(user)), now)
    with _served(emulator, home):
        for warm in range(len(QUESTIONS)):
            emulator.say(1, QUESTIONS[warm])
        while len({id(m) for m in emulator.to(1)}) < len(QUESTIONS):
            sleep(0.1)
        sleep(3)
        emulator.sent.clear()
        crowd = Crowd(emulator, people, think)
        took = crowd.run(seconds)
        sleep(1)
    bindings.unbind_person("leader")
    return crowd, emulator, took


def claims(home: Path, people: int = 200, seconds: float = 60.0, think: float = 20.0) -> list[Claim]:
    """The claims of one run."""
    crowd, emulator, took = chat(home, people, seconds, think)
    ordered = sorted(crowd.taken)
    p95 = ordered[int(len(ordered) * 0.95)] if ordered else float("inf")
    lost = crowd.questions - len(ordered)
    refused = [words for method, words in emulator.refused if method != "sendChatAction"]
    pictures = sum("photo" in message for message in emulator.sent)
    return [
        Claim(f"{people} people on Telegram at once", f"{len(ordered) / took:.1f} answers/s",
              f"{crowd.questions} questions in {took:.0f} s, a thought of {think:g} s each, {pictures} pictures"),
        Claim("  from sent to answered, p50", f"{statistics.median(ordered or [0]):.2f} s"),
        Claim("  from sent to answered, p95", f"{p95:.2f} s", target=f"<= {P95_SECONDS} s", held=p95 <= P95_SECONDS),
        Claim("  unanswered or refused", f"{lost + len(refused)}", "; ".join(sorted(set(refused)))[:80], target="0",
              held=not lost and not refused),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.telegram", description=__doc__)
    parser.add_argument("home", type=Path, help="a home with a loaded city, such as .demo")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=20.0, help="seconds between an answer and the next question")
    given = parser.parse_args()
    found = claims(given.home.resolve(), given.people, given.seconds, given.think)
    for claim in found:
        print(claim.record())
    return int(any(claim.held is False for claim in found))


if __name__ == "__main__":
    sys.exit(main())
