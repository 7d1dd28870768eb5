"""`citydesk demo`: make the sample city's exports, load them as any city's are loaded, ask the first questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from assistant.settings import read_settings
from bots.console import render_answer
from bots.terminal.shared import EXAMPLES, explain, out, progress_bar
from warehouse.errors import WarehouseError

CITY = "lanchuan"
# Lists first: what the rows name is then known when they come.
FEEDS = ("areas", "categories", "departments", "cases", "alarms", "callbacks")
DIALOGUES = (
    ("昨天夜里哪个区域异常最多", "那望山区都是什么问题"),
    ("上个月各区按期结案率排名",),
    ("近三个月哪个街道垃圾箱满溢最多",),
    ("Which department has the most overdue cases?", "and by street?"),
)


def demo(end: datetime, *, quiet: bool, wall: Callable[[], datetime]) -> int:
    """Make and load the sample city (once), then show a conversation."""
    console, home = out(), read_settings().home
    try:
        if not _is_made(home, end):
            console.print(f"Making 澜川市, a sample city whose data end on {end:%Y-%m-%d %H:%M}, in {home}")
            make(home, end)
    except WarehouseError as problem:
        return explain(problem)
    if quiet:
        return 0
    _converse(end, wall)
    console.print(
        "\nGo on yourself:\n"
        f"  export CITYDESK_HOME={home}\n"
        "  .venv/bin/citydesk chat\n"
        '  .venv/bin/citydesk ask "上周各区立案多少件"\n'
        '  .venv/bin/citydesk docs ask "夜间施工扰民归谁管、罚多少"\n'
        "  .venv/bin/citydesk catalog      # everything that can be asked\n",
        markup=False,
    )
    return 0


def make(home: Path, end: datetime) -> None:
    """Generate the exports and load them through their feeds."""
    from bots.terminal.feeds import show
    from warehouse.feeds.load import load
    from warehouse.sample import generate

    exports = home / "sample_exports"
    with progress_bar("making the exports") as report:
        report("cases, alarms, calls back", 0.1)
        generate(exports, end=end)
    for name in FEEDS:
        path = EXAMPLES / "sample_city" / f"{name}.feed.yml"
        with progress_bar(name) as report:
            loaded = load(home, path, exports / _file_of(path), now=end, on_progress=report)
        show(loaded)
    _take_rules_in(home, end)
    (exports / "END").write_text(end.isoformat(), encoding="utf-8")


def _take_rules_in(home: Path, end: datetime) -> None:
    from assistant.policies import mine_links
    from knowledge.library import SHIPPED, Library

    library = Library.of(home)
    with progress_bar("rules") as report:
        library.add([SHIPPED], on_progress=report)
        mine_links(library, end.date())
    articles = sum(library.shelf.counts().values())
    out().print(f"[bold]rules[/] → {len(library.documents)} documents, {articles} articles")
    library.close()


def _file_of(path: Path) -> str:
    from warehouse.feeds.spec import read_feed

    return read_feed(path).source.files[0]


def _is_made(home: Path, end: datetime) -> bool:
    mark = home / "sample_exports" / "END"
    made = mark.is_file() and mark.read_text(encoding="utf-8") == end.isoformat()
    return made and (home / "cities" / CITY / "CURRENT").is_file()


def _converse(end: datetime, wall: Callable[[], datetime]) -> None:
    from bots.terminal.asking import Who, open_desk

    console, desk = out(), open_desk(city=CITY, wall=wall)
    run = f"demo-{wall():%Y%m%dT%H%M%S}"
    for number, turns in enumerate(DIALOGUES):
        for text in turns:
            console.print(f"\n[bold cyan]›[/] {text}")
            question = desk.question(text, Who("leader"), end.isoformat(), f"{run}-{number}")
            render_answer(desk.assistant.ask(question), console)
