"""The policy library at city size: build, memory, disk, query latency and incremental change, network blocked.

`python -m benchmarks policy` or `python -m benchmarks.policy [--articles 100000]`. The articles are made here from the
words of the shipped rules; nothing is downloaded, and a socket that is opened fails the run.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import socket
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, NoReturn

from assistant.policies import finder_over
from bots.terminal.shared import progress_bar
from knowledge.facts import Facts
from knowledge.library import Library
from knowledge.numerals import write_numeral
from knowledge.passages import Question
from knowledge.reading.marked_text import read
from knowledge.retrieve import Finder

CORPUS = Path(__file__).parents[1] / "knowledge" / "corpus"
PLACES = ("", *(f"省{n:02d}/市{n:02d}" for n in range(30)), *(f"省{n:02d}" for n in range(30)))
PER_DOCUMENT = 50
SUBJECTS = (
    "养犬",
    "噪声",
    "垃圾",
    "停车",
    "绿化",
    "排水",
    "燃气",
    "供水",
    "广告",
    "物业",
    "消防",
    "道路",
    "照明",
    "河道",
    "食品",
)
QUESTIONS = (
    "夜间施工扰民归谁管、罚多少",
    "随地扔烟头罚多少",
    "楼下广场舞太吵几点必须停",
    "狗不拴绳怎么处罚",
    "电动车能不能推进楼道充电",
    "垃圾桶满了多久要清",
    "渣土车一路撒土谁来罚",
    "门口摆摊要不要审批",
    "Can I walk my dog without a leash?",
    "what is the fine for burning leaves",
    "《市03噪声管理条例第7号》第十条",
)
DAY = date(2026, 11, 23)
LIMITS = {"query_p95_ms": 30.0, "change_50_s": 1.0}


def main(argv: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="benchmarks policy", description=__doc__)
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--keep", type=Path, default=None, help="work here and keep it")
    chosen = options.parse_args(argv)
    block_network()
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="policy-"))
    try:
        figures = measure(folder, chosen.articles, chosen.queries)
    finally:
        if chosen.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    for name, value in figures.items():
        limit = LIMITS.get(name)
        verdict = "" if limit is None else f"   (limit {limit:g}: {'ok' if value <= limit else 'MISSED'})"
        print(f"{name:<28}{value:>14,.2f}{verdict}")
    return int(any(figures[name] > limit for name, limit in LIMITS.items()))


def block_network() -> None:
    """Any attempt to reach the network ends the run."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("the network was touched")

    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.getaddrinfo = refuse


def measure(folder: Path, articles: int, queries: int) -> dict[str, float]:
    made = folder / "files"
    make_files(made, articles)
    library = Library(folder / "library")
    started = perf_counter()
    with progress_bar(f"{articles:,} articles") as report:
        library.add([made], Facts(), on_progress=report)
    figures = {"articles": float(library.index.size), "build_s": perf_counter() - started}
    started = perf_counter()
    with progress_bar("reindex") as report:
        library.reindex(report)
    figures["reindex_s"] = perf_counter() - started
    figures["disk_mb"] = sum(f.stat().st_size for f in library.folder.rglob("*") if f.is_file()) / 2**20
    figures |= latency(library, queries)
    figures |= change(library, made)
    figures["rss_peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def latency(library: Library, queries: int) -> dict[str, float]:
    finder = finder_over(library, library.folder)
    rng = random.Random(7)
    for text in QUESTIONS:
        finder.find(Question(text=text, day=DAY, place=PLACES[1]))
    times = []
    for _ in range(queries):
        question = Question(text=rng.choice(QUESTIONS), day=DAY, place=rng.choice(PLACES))
        started = perf_counter()
        finder.find(question)
        times.append(1000 * (perf_counter() - started))
    times.sort()
    return {"query_p50_ms": times[len(times) // 2], "query_p95_ms": times[int(0.95 * len(times))]}


def change(library: Library, made: Path) -> dict[str, float]:
    """One document of 50 articles changes; what is searched afterwards is the new text."""
    path = sorted(made.glob("*.md"))[1]
    path.write_text(
        path.read_text(encoding="utf-8").replace("第二条 ", "第二条 新增紫荆花车试行。", 1), encoding="utf-8"
    )
    started = perf_counter()
    library.add([path])
    spent = perf_counter() - started
    document = next(d for d in library.documents.values() if Path(d.source).name == path.name)
    found = Finder(library).find(Question(text="紫荆花车试行", day=DAY, place=document.jurisdiction))
    assert found.ranked, "the changed article must be found"
    assert found.ranked[0].endswith("#第二条")
    return {"change_50_s": spent}


def make_files(folder: Path, articles: int) -> None:
    """Laws of 50 articles from the shipped rules' sentences, shuffled; every tenth is an older version."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20260101)
    sentences = [
        b.text.partition(" ")[2] for path in sorted(CORPUS.glob("*.md")) for b in read(path)[0] if b.text[0] == "第"
    ]
    sentences = [s for s in sentences if len(s) > 15]
    for number in range(articles // PER_DOCUMENT):
        place, subject = rng.choice(PLACES), rng.choice(SUBJECTS)
        old = number % 10 == 0
        day = date(2010, 1, 1) + timedelta(days=rng.randrange(5000))
        name = f"{place.rpartition('/')[2]}{subject}管理条例第{number}号"
        lines = [f'---\ntitle: {name}\njurisdiction: "{place}"\nlevel: 地方性法规\neffective: {day}\nversion: "{day}"']
        lines.append(f"repealed: {day + timedelta(days=900)}\n---" if old else "---")
        lines.append(f"# {name}")
        for at in range(1, PER_DOCUMENT + 1):
            text = "".join(rng.sample(sentences, 2)).replace("市", subject[0], 1)
            lines.append(f"第{write_numeral(at)}条 {subject}：{text}")
        (folder / f"{number:05d}.md").write_text("\n\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
