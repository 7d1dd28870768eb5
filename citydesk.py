"""The command `citydesk`: the roof over every floor.

Sub-commands only parse arguments here; the module that does the work is imported when its command runs, so that
`citydesk --help` is instant. This is the one place that reads the clock.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from bots.terminal.asking_commands import add_asking_commands
from bots.terminal.feedback_commands import feedback
from bots.terminal.intake_commands import intake_commands
from bots.terminal.messenger_commands import outbox_commands, people_commands
from bots.terminal.options import As, CityName, District, Json, Now, Unit, who_of
from bots.terminal.own_work_commands import add_own_work_commands
from bots.terminal.standing_commands import add_standing_commands

app = typer.Typer(
    name="citydesk",
    help="CityDesk · 城市值班台: ask a city's cases in Chinese or English, get numbers with their evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
feed = typer.Typer(
    help="Get a city's own exports in: draft a feed, check it, load it, replay what was set aside.",
    no_args_is_help=True,
)
city = typer.Typer(help="Cities of this home: set one up, choose one.", no_args_is_help=True)
docs = typer.Typer(
    help="Rules in: laws, procedures and standards, by article and version; ask them.", no_args_is_help=True
)
app.add_typer(feed, name="feed")
app.add_typer(city, name="city")
app.add_typer(docs, name="docs")
app.add_typer(feedback, name="feedback")


def clock() -> datetime:
    """The moment, aware. Nothing below this file reads a clock to decide anything."""
    return datetime.now(UTC)  # noqa: TID251  # the one place


app.add_typer(people_commands(clock), name="people")
app.add_typer(outbox_commands(clock), name="outbox")
app.add_typer(intake_commands(clock), name="intake")


def moment(said: str | None) -> datetime:
    """The moment that was said (naive: the city's wall time), else the clock."""
    return clock() if said is None else datetime.fromisoformat(said)


add_asking_commands(app, clock)


@app.command()
def catalog(
    about: Annotated[Optional[str], typer.Argument(help="A metric or dimension: its definition and names.")] = None,  # noqa: UP045
    city: CityName = None,
    json: Json = False,
) -> None:
    """What can be asked: metrics with their definitions, dimensions, and what this city's sources lack."""
    from bots.terminal import cities

    raise typer.Exit(cities.show_catalog(about, city=city, json=json))


@feed.command("new")
def feed_new(
    files: Annotated[list[Path], typer.Argument(help="Exports to look at.", exists=True)],
    city: Annotated[Optional[str], typer.Option(help="City id, in Latin letters.")] = None,  # noqa: UP045
    name: Annotated[Optional[str], typer.Option(help="The city's name.")] = None,  # noqa: UP045
    out: Annotated[Optional[Path], typer.Option(help="Folder for the drafts (default: beside the first file).")] = None,  # noqa: UP045
) -> None:
    """Draft the feed's YAML by looking at the files."""
    from bots.terminal import feeds

    raise typer.Exit(feeds.new(files, city=city, name=name, out=out, now=clock()))


@feed.command("check")
def feed_check(path: Path, file: Annotated[Optional[Path], typer.Option(help="Use this file instead.")] = None) -> None:  # noqa: UP045
    """Profile a feed and show its first problems; nothing is loaded."""
    from bots.terminal import feeds

    raise typer.Exit(feeds.check(path, file))


@feed.command("load")
def feed_load(
    path: Annotated[list[Path], typer.Argument(help="Feed files.")],
    file: Annotated[Optional[Path], typer.Option(help="Use this file instead (with one feed).")] = None,  # noqa: UP045
) -> None:
    """Load: idempotent, nothing lost, the city becomes the current one."""
    from bots.terminal import feeds

    raise typer.Exit(feeds.load(path, file, now=clock()))


@feed.command("replay")
def feed_replay(path: Path) -> None:
    """Try the quarantined rows again after the mapping was mended."""
    from bots.terminal import feeds

    raise typer.Exit(feeds.replay(path, now=clock()))


@city.command("init")
def city_init(
    folder: Annotated[Path, typer.Argument(help="Where the city's files should be.")],
    files: Annotated[list[Path] | None, typer.Option("--file", help="An export to look at; may be repeated.")] = None,
) -> None:
    """Set up a city by answering a few questions."""
    from bots.terminal import cities

    raise typer.Exit(cities.init(folder, files or [], now=clock()))


@city.command("list")
def city_list() -> None:
    """The cities of this home, the current one marked."""
    from bots.terminal import cities

    raise typer.Exit(cities.show())


@city.command("use")
def city_use(name: str) -> None:
    """Make a city the current one."""
    from bots.terminal import cities

    raise typer.Exit(cities.use(name))


@docs.command("add")
def docs_add(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: Markdown, docx, PDF, HTML, xlsx.")],
    place: Annotated[Optional[str], typer.Option(help="Whose rules: 全国, 浙江省/丽水市 …")] = None,  # noqa: UP045
    department: Annotated[str, typer.Option(help="Who issued them.")] = "",
    reader: Annotated[Optional[list[str]], typer.Option(help="Only these roles or departments may read them.")] = None,  # noqa: UP045
    accept: Annotated[bool, typer.Option("--accept", help="Take in what failed a check: you looked at it.")] = False,
) -> None:
    """Take documents in; what fails a check waits on the review list, the others are not touched."""
    from bots.terminal import documents
    from knowledge.facts import Facts

    given: dict[str, Any] = {"jurisdiction": place, "department": department, "readers": tuple(reader or ())}
    raise typer.Exit(
        documents.add(paths, Facts(**{k: v for k, v in given.items() if v}), clock().date(), accept=accept)
    )


@docs.command("list")
def docs_list(
    as_of: Annotated[Optional[datetime], typer.Option(formats=["%Y-%m-%d"], help="Status on this day.")] = None,  # noqa: UP045
    json: Json = False,
) -> None:
    """Every document and version, with place, level and validity."""
    from bots.terminal import documents

    raise typer.Exit(documents.list_((as_of or clock().astimezone()).date(), json=json))


@docs.command("check")
def docs_check() -> None:
    """What waits for a person, and whether the index is whole."""
    from bots.terminal import documents

    raise typer.Exit(documents.check())


@docs.command("remove")
def docs_remove(name: Annotated[str, typer.Argument(help="A title (all versions) or an id (one).")]) -> None:
    """Forget a document."""
    from bots.terminal import documents

    raise typer.Exit(documents.remove(name))


@docs.command("reindex")
def docs_reindex() -> None:
    """Make the index anew from what is stored."""
    from bots.terminal import documents

    raise typer.Exit(documents.reindex())


@docs.command("ask")
def docs_ask(
    question: Annotated[str, typer.Argument(help="A question about rules, in Chinese or English.")],
    as_of: Annotated[Optional[datetime], typer.Option(formats=["%Y-%m-%d"], help="Rules in force on this day.")] = None,  # noqa: UP045
    place: Annotated[Optional[str], typer.Option(help="Whose rules (default: the current city's).")] = None,  # noqa: UP045
    json: Json = False,
) -> None:
    """Answer from the documents alone: the article, quoted, with its version; or that there is none."""
    from bots.terminal import documents

    raise typer.Exit(documents.ask(question, (as_of or clock().astimezone()).date(), place=place, json=json))


@app.command()
def proposals(
    as_: As = "shift_leader",
    district: District = None,
    unit: Unit = None,
    now: Now = None,
    city: CityName = None,
    json: Json = False,
) -> None:
    """What waits for a person's yes or no."""
    from bots.terminal import approving

    who = who_of(as_, district, unit)
    raise typer.Exit(approving.guarded(lambda: approving.show_pending(who, moment(now), city=city, as_json=json)))


@app.command()
def propose(
    action: Annotated[str, typer.Argument(help="report, register, dispatch, feed_back, check, close, extend …")],
    case: Annotated[Optional[list[str]], typer.Argument(help="Case numbers.")] = None,  # noqa: UP045
    set_: Annotated[Optional[list[str]], typer.Option("--set", help="name=value; may be repeated.")] = None,  # noqa: UP045
    as_: As = "shift_leader",
    district: District = None,
    unit: Unit = None,
    now: Now = None,
    city: CityName = None,
) -> None:
    """Propose a report or a step by hand; nothing happens until somebody approves it."""
    from bots.terminal import approving

    who = who_of(as_, district, unit)
    raise typer.Exit(
        approving.guarded(lambda: approving.propose(who, action, case or [], set_ or [], city=city, now=moment(now)))
    )


@app.command()
def approve(
    proposal: Annotated[str, typer.Argument(help="The id on the card.")],
    reject: Annotated[bool, typer.Option("--reject", help="Drop it instead.")] = False,
    set_: Annotated[Optional[list[str]], typer.Option("--set", help="Change it instead: name=value.")] = None,  # noqa: UP045
    as_: As = "shift_leader",
    district: District = None,
    unit: Unit = None,
    now: Now = None,
    city: CityName = None,
) -> None:
    """Carry out a proposal (or drop or change it), once, whoever presses and however often."""
    from bots.terminal import approving

    who = who_of(as_, district, unit)
    raise typer.Exit(
        approving.guarded(
            lambda: approving.decide(who, proposal, moment(now), city=city, reject=reject, changes=set_ or [])
        )
    )


@app.command("standard")
def standard_(
    path: Annotated[
        Path, typer.Argument(help="The city's workbook or CSV: 小类, 立案条件, 结案条件, 处置时限 …", exists=True)
    ],
    ref: Annotated[str, typer.Option(help="What to call it, e.g. the number of the notice.")] = "local",
    city: CityName = None,
) -> None:
    """Import the city's handling standard: filing conditions with their limits."""
    from bots.terminal import approving, standards

    raise typer.Exit(approving.guarded(lambda: standards.bring_in(path, ref, city=city)))


@app.command()
def brief(
    name: Annotated[str, typer.Argument(help="night, daily, weekly, monthly, scorecard or personal.")] = "night",
    as_: As = "leader",
    district: District = None,
    unit: Unit = None,
    language: Annotated[Optional[Literal["zh", "en"]], typer.Option(help="Default: the city's.")] = None,  # noqa: UP045
    now: Now = None,
    city: CityName = None,
    json: Json = False,
) -> None:
    """Preview a briefing as somebody would get it; nothing is sent."""
    from bots.terminal import briefs

    who = who_of(as_, district, unit)
    raise typer.Exit(briefs.preview(name, who, language=language, now=now, city=city, json=json, wall=clock))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8100,
    demo: Annotated[bool, typer.Option("--demo", help="No sign-in, any role: for trying it on this machine.")] = False,
    as_: As = "leader",
    city: CityName = None,
) -> None:
    """Serve the web page."""
    from bots.terminal import serving

    raise typer.Exit(serving.serve(host=host, port=port, demo=as_ if demo else None, city=city, wall=clock))


@app.command()
def doctor() -> None:
    """What is configured, what is missing, and how to mend it."""
    from bots.terminal import health

    raise typer.Exit(health.doctor(now=clock()))


@app.command()
def demo(
    quiet: Annotated[bool, typer.Option("--quiet", help="Only make the sample city.")] = False,
    end: Annotated[str, typer.Option(help="The moment the sample city's data ends.")] = "2026-11-23T08:30:00+08:00",
) -> None:
    """Make the sample city, load it through ordinary feeds, and ask it a few questions."""
    from bots.terminal import sample

    raise typer.Exit(sample.demo(datetime.fromisoformat(end), quiet=quiet, wall=clock))


@app.command("eval")
def eval_(
    suites: Annotated[Optional[list[Path]], typer.Argument(help="Suite files (default: all shipped).")] = None,  # noqa: UP045
    failures: Annotated[int, typer.Option(help="Show up to this many turns that were not right.")] = 0,
    save: Annotated[Optional[Path], typer.Option(help="Write one JSON line a turn.")] = None,  # noqa: UP045
    baseline: Annotated[Optional[Path], typer.Option(help="Compare with an earlier --save.")] = None,  # noqa: UP045
) -> None:
    """Run question suites: right, confidently wrong, asked back, by slice."""
    from evals import command

    raise typer.Exit(command.run(suites or [], failures=failures, save=save, baseline=baseline))


add_standing_commands(app, moment)
add_own_work_commands(app, moment)


def main() -> None:
    """Entry point: a broken CityDesk exits with 1, wrong arguments with 2."""
    try:
        app()
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
