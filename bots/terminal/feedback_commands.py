"""`citydesk feedback …`: the arguments; what is done is in `feedback.py`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Optional

import typer

from bots.terminal.options import As, CityName, Json, who_of

feedback = typer.Typer(help="Judged answers: make a verified question or an eval sample of them.", no_args_is_help=True)


@feedback.command("list")
def feedback_list(city: CityName = None, json: Json = False) -> None:
    """Thumbs that wait for a review: down first, the oldest first."""
    from bots.terminal import feedback as reviewing

    raise typer.Exit(reviewing.show_queue(city=city, json=json))


@feedback.command("review")
def feedback_review(
    number: Annotated[int, typer.Argument(help="The id in the list.")],
    verify: Annotated[bool, typer.Option("--verify", help="Make it a verified question of the city.")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="Make it an eval sample.")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="Nothing is to be done.")] = False,
    question: Annotated[Optional[str], typer.Option(help="Words to use instead of those asked.")] = None,  # noqa: UP045
    like: Annotated[Optional[str], typer.Option(help="Words the desk reads rightly: their query is right.")] = None,  # noqa: UP045
    time: Annotated[str, typer.Option(help="Time that holds where the verified question names none.")] = "",
    expect: Annotated[
        Literal["answer", "clarify", "abstain", "no_data", "denied"], typer.Option(help="What would have been right.")
    ] = "answer",
    as_: As = "analyst",
    city: CityName = None,
) -> None:
    """Look at a judged answer; with --verify, --sample or --dismiss settle it, once."""
    from bots.terminal import feedback as reviewing

    if verify + sample + dismiss > 1:
        raise typer.BadParameter("only one of --verify, --sample and --dismiss")
    outcome: Any = "verified" if verify else "sample" if sample else "dismissed" if dismiss else None
    verdict = reviewing.Verdict(outcome=outcome, question=question, like=like, when=time, expect=expect)
    raise typer.Exit(reviewing.settle(number, who_of(as_, None, None), verdict, city=city))
