"""What is remembered: by person and thread, one turn at a time, whole turns or none, whatever happens."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.memory import Memory, ThreadBusy
from assistant.offline.plan import Call, PastTurn

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def memory_at(folder: Path, remembered: int = 12, patience: float = 5.0) -> Memory:
    return Memory(folder, remembered=remembered, idle=timedelta(hours=12), patience=patience)


def turn(text: str) -> PastTurn:
    return PastTurn(text=text, calls=(Call("query_metrics", {"metrics": ["x"]}),), shown=("东湖区",))


def texts(memory: Memory, principal: str = "a", thread: str = "t", now: datetime = NOW) -> list[str]:
    return [one.text for one, _ in memory.recall(principal, thread, now)]


def test_a_turn_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    memory = memory_at(tmp_path)
    memory.keep("a", "t", NOW, turn("问"), "答")
    assert memory_at(tmp_path).recall("a", "t", NOW) == ((turn("问"), "答"),)


def test_somebody_else_s_thread_of_the_same_name_is_another(tmp_path: Path) -> None:
    memory = memory_at(tmp_path)
    memory.keep("a", "t", NOW, turn("问"), "答")
    assert memory.recall("b", "t", NOW) == ()
    assert memory.recall("a", "u", NOW) == ()


def test_only_the_latest_turns_are_kept(tmp_path: Path) -> None:
    memory = memory_at(tmp_path, remembered=3)
    for n in range(50):
        memory.keep("a", "t", NOW, turn(str(n)), "答")
    assert texts(memory) == ["47", "48", "49"]


def test_a_long_conversation_stays_cheap(tmp_path: Path) -> None:
    memory = memory_at(tmp_path)
    for _ in range(300):
        memory.keep("a", "t", NOW, turn("长" * 500), "答" * 2000)
    size = sum(path.stat().st_size for path in tmp_path.glob("memory.sqlite*"))
    assert size < 8 << 20


def test_after_a_long_pause_nothing_older_comes_back(tmp_path: Path) -> None:
    memory = memory_at(tmp_path)
    memory.keep("a", "t", NOW, turn("昨天"), "答")
    later = NOW + timedelta(days=1)
    assert texts(memory, now=later) == []
    memory.keep("a", "t", later, turn("今天"), "答")
    assert texts(memory, now=later + timedelta(minutes=5)) == ["今天"]


def test_two_turns_of_one_thread_never_overlap(tmp_path: Path) -> None:
    memory = memory_at(tmp_path)
    inside, most = 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(5):
            with memory.holding("a", "t"):
                with guard:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.002)
                with guard:
                    inside -= 1

    workers = [threading.Thread(target=work) for _ in range(8)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert most == 1


def test_a_turn_that_does_not_end_makes_the_next_one_say_so(tmp_path: Path) -> None:
    memory = memory_at(tmp_path, patience=0.05)
    with memory.holding("a", "t"), pytest.raises(ThreadBusy), memory.holding("a", "t"):
        pass
    with memory.holding("a", "t"):
        pass


def test_different_threads_do_not_wait_for_each_other(tmp_path: Path) -> None:
    memory = memory_at(tmp_path, patience=0.05)
    with memory.holding("a", "t"), memory.holding("a", "u"), memory.holding("b", "t"):
        pass


WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from assistant.memory import Memory
from assistant.offline.plan import Call, PastTurn
memory = Memory(Path(sys.argv[1]), remembered=5, idle=timedelta(hours=12))
now = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
print("ready", flush=True)
n = 0
while True:
    n += 1
    with memory.holding("a", "t"):
        memory.keep("a", "t", now, PastTurn(text=str(n), calls=(Call("x", {"n": n}),), shown=(str(n),)), "答" * 3000)
"""


def test_a_process_killed_while_writing_leaves_whole_turns(tmp_path: Path) -> None:
    for round_ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(0.05 + 0.03 * round_)
            os.kill(writer.pid, signal.SIGKILL)
        memory = memory_at(tmp_path)
        past = memory.recall("a", "t", NOW)
        numbers = [int(one.text) for one, _ in past]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
        assert all(one.calls == (Call("x", {"n": int(one.text)}),) and answer == "答" * 3000 for one, answer in past)
        with memory.holding("a", "t"):  # the dead process holds nothing
            memory.keep("a", "t", NOW, PastTurn(text="0", calls=(Call("x", {"n": 0}),), shown=()), "答" * 3000)
        with sqlite3.connect(tmp_path / "memory.sqlite") as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            db.execute("DELETE FROM turns")
        db.close()


def test_an_unreadable_memory_starts_afresh_and_keeps_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "memory.sqlite").write_bytes(b"this is no database" * 100)
    memory = memory_at(tmp_path)
    memory.keep("a", "t", NOW, turn("问"), "答")
    assert texts(memory) == ["问"]
    assert (tmp_path / "memory.broken").read_bytes().startswith(b"this is no database")


def test_many_processes_may_begin_at_once(tmp_path: Path) -> None:
    code = WRITER.partition("n = 0")[0]
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(4)
    ]
    assert [process.communicate()[0] for process in started] == ["ready\n"] * 4


def test_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    memory_at(tmp_path)
    assert (tmp_path / "memory.sqlite").stat().st_mode & 0o077 == 0
