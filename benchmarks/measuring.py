"""What a fresh process measures about itself: `python -m benchmarks.measuring TASK …` prints one JSON line.

Every measurement has its own process, so that none inherits another's memory or caches.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import psutil

from benchmarks.city import END, LISTS, Exports

# A machine that loads ten million rows should have this much to spare.
MEMORY = "2GB"
Statement = tuple[str, tuple[Any, ...]]


def plain_load(exports: Exports, target: Path) -> dict[str, float]:
    """What DuckDB alone needs: `read_csv` into a table of the same types, at its own defaults but for the memory."""
    target.unlink(missing_ok=True)
    connection = duckdb.connect(str(target), config={"memory_limit": MEMORY, "preserve_insertion_order": "false"})
    started = perf_counter()
    source = f"read_csv('{exports.cases}', sample_size = 200000)"
    connection.execute(f"CREATE TABLE cases AS SELECT * FROM {source} LIMIT 0")
    connection.execute(f"INSERT INTO cases SELECT * FROM {source}")
    connection.close()
    seconds = perf_counter() - started
    size = target.stat().st_size
    target.unlink()
    return {"seconds": seconds, "peak_mb": _peak_mb(), "file_mb": size / 2**20}


def own_load(exports: Exports, home: Path) -> dict[str, float]:
    """What CityDesk needs for the same file: read, checked, cast, merged, sorted, published."""
    from warehouse.feeds.load import load

    for name in LISTS:
        load(home, exports.folder / f"{name}.feed.yml", None, now=END)
    started = perf_counter()
    report = load(home, exports.feed, None, now=END)
    seconds = perf_counter() - started
    if report.rows_in != exports.rows or not report.adds_up:
        raise SystemExit(f"not all rows arrived: {report}")
    snapshots = sorted((home / "cities").glob("*/snapshots/*.duckdb"), key=lambda path: path.stat().st_mtime)
    return {"seconds": seconds, "peak_mb": _peak_mb(), "file_mb": snapshots[-1].stat().st_size / 2**20}


def asking(home: Path, rounds: int) -> dict[str, Any]:
    """Every question through the whole agent, and the statements it ran once more without anything around them."""
    os.environ["CITYDESK_HOME"] = str(home)
    from assistant.build import build_assistant
    from assistant.dialogue import Question
    from assistant.settings import read_settings
    from tools.principal import Principal

    started = perf_counter()
    assistant = build_assistant(read_settings())
    warehouse = assistant._desk().warehouse
    built, idle = perf_counter() - started, _resident_mb()
    asked: list[Statement] = []
    fetch: Callable[..., Any] = warehouse.fetch

    def noting(sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        asked.append((sql, parameters))
        return fetch(sql, parameters)

    warehouse.fetch = noting  # type: ignore[method-assign]
    turns: list[dict[str, Any]] = []
    who = Principal(name="bench", role="leader")
    for number in range(rounds):
        for place, dialogue in enumerate(questions()):
            for text in dialogue:
                asked.clear()
                began = perf_counter()
                answer = assistant.ask(Question(text=text, principal=who, now=END, thread=f"{number}-{place}"))
                whole = (perf_counter() - began) * 1000
                bare = [_bare(fetch, statement) for statement in tuple(asked)]
                turns.append({"text": text, "round": number, "status": str(answer.status), "ms": whole,
                              "bare_ms": sum(bare), "statements": len(bare)})  # fmt: skip
    return {"turns": turns, "build_s": built, "idle_mb": idle, "after_mb": _resident_mb(), "peak_mb": _peak_mb()}


def questions() -> list[list[str]]:
    """The dialogues of `questions.txt`: one a line, its turns parted by a bar."""
    text = (Path(__file__).parent / "questions.txt").read_text(encoding="utf-8")
    return [line.split(" | ") for line in text.splitlines()]


def _bare(fetch: Callable[..., Any], statement: Statement) -> float:
    """The quicker of two runs of a statement, in milliseconds."""
    best = float("inf")
    for _ in range(2):
        began = perf_counter()
        fetch(*statement)
        best = min(best, (perf_counter() - began) * 1000)
    return best


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


def _peak_mb() -> float:
    """The highest resident memory of this process; what `getrusage` tells includes the parent's at the fork."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="ascii").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(task: str, *arguments: str) -> dict[str, Any]:
    """Run one task by its name."""
    match task:
        case "plain_load":
            return plain_load(Exports(Path(arguments[0]), int(arguments[1])), Path(arguments[2]))
        case "own_load":
            return own_load(Exports(Path(arguments[0]), int(arguments[1])), Path(arguments[2]))
        case "asking":
            return asking(Path(arguments[0]), int(arguments[1]))
    raise SystemExit(f"no task {task}")


if __name__ == "__main__":
    found = main(*sys.argv[1:])
    print(json.dumps(found))
