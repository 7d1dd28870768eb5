"""What a run found, for the terminal, for a file, and against a baseline."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from evals.runner import Tally, TurnResult, tally
from evals.scorers import Verdict


def print_report(results: Sequence[TurnResult], console: Console, *, failures: int = 0) -> None:
    """Per-slice table; then up to `failures` turns that were not right, worst first."""
    grid = Grid(title=results[0].suite if results else "no turns", title_justify="left")
    for name in ("slice", "turns", "right", "95 % interval", "wrong", "unsure", "error"):
        grid.add_column(name, justify="left" if name == "slice" else "right")
    for name, counted in sorted(tally(results).items(), key=lambda item: (item[0] != "all", item[0])):
        grid.add_row(name, *_cells(counted))
    console.print(grid)
    _print_ranks(results, console)
    times = sorted(result.milliseconds for result in results)
    if times:
        console.print(
            f"p50 {times[len(times) // 2]:.0f} ms   p95 {times[int(len(times) * 0.95)]:.0f} ms   {len(times)} turns"
        )
    worst = sorted((r for r in results if r.verdict is not Verdict.RIGHT), key=lambda r: r.verdict is not Verdict.WRONG)
    for result in worst[:failures]:
        console.print(f"[bold]{result.verdict}[/] {result.dialogue}#{result.turn} {result.ask}", highlight=False)
        console.print(
            f"   expected {'/'.join(result.expected)} {result.gold or ''}", style="dim", highlight=False, markup=False
        )
        console.print(f"   got {result.status} {list(result.rows[:6])}", style="dim", highlight=False, markup=False)
        console.print(f"   {result.said[:300]}", style="dim", highlight=False, markup=False)


def _print_ranks(results: Sequence[TurnResult], console: Console) -> None:
    """How often an expected article is found at all, whether or not it was shown as the answer."""
    slices = sorted({name for r in results if r.rank is not None for name in r.slices})
    if not slices:
        return
    grid = Grid(title="expected article found", title_justify="left")
    for name in ("slice", "turns", "first", "in 5", "in 10"):
        grid.add_column(name, justify="left" if name == "slice" else "right")
    for name in slices:
        ranks = [r.rank for r in results if r.rank is not None and name in r.slices]
        shares = (sum(0 < rank <= most for rank in ranks) / len(ranks) for most in (1, 5, 10))
        grid.add_row(name, str(len(ranks)), *(f"{share:.1%}" for share in shares))
    console.print(grid)


def _cells(counted: Tally) -> tuple[str, ...]:
    low, high = counted.interval(Verdict.RIGHT)
    shares = {verdict: f"{counted.share(verdict):.1%}" for verdict in Verdict}
    return (
        str(counted.total),
        shares[Verdict.RIGHT],
        f"{low:.1%} – {high:.1%}",
        shares[Verdict.WRONG],
        shares[Verdict.UNSURE],
        shares[Verdict.ERROR],
    )


def write_results(results: Sequence[TurnResult], path: Path) -> None:
    """One JSON line a turn, for comparing runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        json.dumps(
            {
                "id": f"{r.suite}/{r.dialogue}/{r.turn}",
                "ask": r.ask,
                "verdict": r.verdict,
                "status": r.status,
                "expected": r.expected,
                "ms": round(r.milliseconds, 1),
                "said": r.said,
                "rows": r.rows,
                "gold": r.gold,
                "rank": r.rank,
            },
            ensure_ascii=False,
            default=str,
        )
        for r in results
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def flips(results: Sequence[TurnResult], baseline: Path) -> tuple[list[str], list[str]]:
    """Turns that were right in the baseline and are not now, and the other way round."""
    before = {}
    for line in baseline.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        before[entry["id"]] = entry["verdict"]
    lost, gained = [], []
    for result in results:
        key = f"{result.suite}/{result.dialogue}/{result.turn}"
        if key not in before:
            continue
        if before[key] == Verdict.RIGHT and result.verdict is not Verdict.RIGHT:
            lost.append(key)
        if before[key] != Verdict.RIGHT and result.verdict is Verdict.RIGHT:
            gained.append(key)
    return lost, gained
