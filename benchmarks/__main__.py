"""`python -m benchmarks`: make a city, load it, ask it, start it cold; every claim beside its figure, ratios in one run."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.city import Exports, make
from benchmarks.report import Claim, show

ROOT = Path(__file__).parent.parent
COLD_QUESTION = "昨天各区上报多少件"
NOW = "2026-11-23T08:30:00+08:00"
STEPS = 5


def measured(task: str, *arguments: str | Path) -> dict[str, Any]:
    """One task in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.measuring", task, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{task} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def cold_asks(home: Path, times: int) -> list[float]:
    """Seconds of the whole process `citydesk ask`, from nothing to the printed answer."""
    found = []
    for _ in range(times):
        started = perf_counter()
        subprocess.run(
            [sys.executable, "citydesk.py", "ask", COLD_QUESTION, "--now", NOW],
            cwd=ROOT, check=True, capture_output=True, env={**os.environ, "CITYDESK_HOME": str(home)},
        )  # fmt: skip
        found.append(perf_counter() - started)
    return found


def share(values: Sequence[float], part: float) -> float:
    """The value that the part of all stays at or below (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-round(part * 100) * len(ordered) // 100) - 1))]


def loading_claims(exports: Exports, plain: dict[str, Any], own: dict[str, Any]) -> list[Claim]:
    megabytes = exports.cases.stat().st_size / 2**20
    rate, own_rate = exports.rows / plain["seconds"], exports.rows / own["seconds"]
    return [
        Claim("DuckDB read_csv + insert", f"{rate:,.0f} rows/s", f"{megabytes:,.0f} MB, peak {plain['peak_mb']:,.0f} MB"),
        Claim("citydesk feed load", f"{own_rate:,.0f} rows/s",
              f"peak {own['peak_mb']:,.0f} MB, snapshot {own['file_mb']:,.0f} MB"),
        Claim("  of DuckDB's speed", f"{own_rate / rate:.0%}", target=">= 50 %", held=own_rate / rate >= 0.5),
        Claim("  memory while loading", f"{own['peak_mb']:,.0f} MB", "bounded, whatever the file's size",
              target="<= 4,096 MB", held=own["peak_mb"] <= 4096),
    ]  # fmt: skip


def asking_claims(found: dict[str, Any]) -> list[Claim]:
    warm = [turn for turn in found["turns"] if turn["round"] > 0]
    first = [turn["ms"] for turn in found["turns"] if turn["round"] == 0]
    over = [turn["ms"] - turn["bare_ms"] for turn in warm]
    bare = [turn["bare_ms"] for turn in warm]
    answered = sum(turn["status"] == "answer" for turn in warm)
    half, most = share(over, 0.5), share(over, 0.95)
    spread = f"{len(first)} turns, zh and en, {answered / len(warm):.0%} answered with figures"
    return [
        Claim("bare SQL of the same statements", f"p50 {share(bare, 0.5):.0f} ms, p95 {share(bare, 0.95):.0f} ms", spread),
        Claim("the whole agent, SQL included", f"p50 {share([t['ms'] for t in warm], 0.5):.0f} ms, "
              f"p95 {share([t['ms'] for t in warm], 0.95):.0f} ms", f"first time: p95 {share(first, 0.95):.0f} ms"),
        Claim("  beyond the SQL, p50", f"{half:.0f} ms", target="<= 60 ms", held=half <= 60),
        Claim("  beyond the SQL, p95", f"{most:.0f} ms", target="<= 200 ms", held=most <= 200),
        Claim("memory of the idle service", f"{found['idle_mb']:.0f} MB",
              f"after {len(found['turns'])} questions {found['after_mb']:,.0f} MB", target="<= 350 MB",
              held=found["idle_mb"] <= 350),
    ]  # fmt: skip


def cold_claim(seconds: list[float]) -> Claim:
    middle = statistics.median(seconds)
    told = f"median of {len(seconds)}, quickest {min(seconds):.2f} s"
    return Claim("cold `citydesk ask`, whole process", f"{middle:.2f} s", told, target="<= 2.5 s", held=middle <= 2.5)


def run(folder: Path, rows: int, rounds: int, *, reload: bool) -> int:
    """All of it; 1 when a claim does not hold here."""
    claims: list[Claim] = []
    home = folder / f"home_{rows}"
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(f"making {rows:,} cases", total=STEPS)
        exports = make(folder, rows)
        progress.update(task, advance=1, description="DuckDB alone")
        if reload or not (home / "current_city").is_file():
            shutil.rmtree(home, ignore_errors=True)
            plain = measured("plain_load", exports.folder, rows, folder / "plain.duckdb")
            progress.update(task, advance=1, description="loading through the feed")
            claims += loading_claims(exports, plain, measured("own_load", exports.folder, rows, home))
        progress.update(task, completed=3, description="asking")
        found = measured("asking", home, rounds)
        claims += asking_claims(found)
        progress.update(task, completed=4, description="starting cold")
        claims.append(cold_claim(cold_asks(home, 7)))
        progress.update(task, completed=STEPS, description="done")
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    show(claims, rows, machine, found["turns"])
    record = {"rows": rows, "machine": machine, "claims": [claim.record() for claim in claims], "turns": found["turns"]}
    (folder / f"results_{rows}.json").write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    return int(any(claim.held is False for claim in claims))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="cases to make and load (1000000 for a quick run)")
    parser.add_argument("--rounds", type=int, default=4, help="how often the questions are asked; the first warms up")
    parser.add_argument("--folder", type=Path, default=ROOT / ".bench", help="where exports and homes are made")
    parser.add_argument(
        "--keep", action="store_true", help="use the city loaded by an earlier run; loading is left out"
    )
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    return run(given.folder.resolve(), given.rows, max(given.rounds, 2), reload=not given.keep)


if __name__ == "__main__":
    sys.exit(main())
