"""An Answer as a Reply: words, chart, table, and the buttons that lead on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from assistant.dialogue import Answer, AnswerStatus
from assistant.render import as_json
from bots.cells import block_of
from bots.channel import Action, Block, Card, ChartBlock, Markdown, Reply
from bots.store.buttons import Judge, Say
from bots.words import say
from tools.standing.deeds import ACTIONS

Press = Callable[[Say | Judge], str]
_JUDGED = frozenset({AnswerStatus.ANSWER, AnswerStatus.NO_DATA, AnswerStatus.ABSTAIN, AnswerStatus.CLARIFY})


def tongue(language: str) -> Literal["zh", "en"]:
    """One of the two languages the desk speaks."""
    return "en" if language == "en" else "zh"


def as_shown(answer: Answer) -> dict[str, Any]:
    """The answer as JSON for a page: the contract's, and with each query whose rows it saw and what it compared."""
    shown = as_json(answer)
    for query, evidence in zip(shown["queries"], answer.evidence, strict=True):
        query["scope"] = {name: list(values) for name, values in evidence.scope.items()}
        query["base_window"] = [end.isoformat() for end in evidence.base_window] if evidence.base_window else None
    return shown


def reply_of(answer: Answer, *, key: str, thread: str, button: Press) -> Reply:
    """The answer in blocks.

    Args:
        button: Makes a token for what a button does.
    """
    blocks: list[Block] = [Markdown(text=answer.text)]
    blocks += [ChartBlock(spec=chart.spec, alt=chart.alt) for chart in answer.charts]
    blocks += [block_of(table, answer.language) for table in answer.tables if table.rows]
    blocks += [card for one in answer.proposals if (card := _decision(one, answer.language, thread, button))]
    if answer.clarification is not None:
        choices = [
            Action(token=button(Say(text=option.reply, thread=thread)), label=option.label)
            for option in answer.clarification.options
        ]
        blocks.append(Card(actions=tuple(choices), purpose="choose"))
    elif answer.suggestions:
        follow = [Action(token=button(Say(text=text, thread=thread)), label=text) for text in answer.suggestions]
        blocks.append(Card(actions=tuple(follow), purpose="follow"))
    if answer.status in _JUDGED:
        blocks.append(
            Card(
                actions=(
                    Action(token=button(Judge(about=key, score="up")), label="👍"),
                    Action(token=button(Judge(about=key, score="down")), label="👎"),
                ),
                purpose="judge",
            )
        )
    return Reply(blocks=tuple(blocks), language=tongue(answer.language), about=key)


_STYLES: dict[str, Literal["plain", "good", "bad"]] = {"approve": "good", "reject": "bad"}


def _decision(proposal: dict[str, Any], language: str, thread: str, button: Press) -> Card | None:
    """What waits for a yes or a no as buttons, what was done with a way back; the facts stand in the words."""
    card = proposal["card"][tongue(language)]
    if proposal["status"] == "pending":
        offered = [(str(label), str(payload)) for label, payload in card["buttons"]]
    elif proposal["status"] == "done" and proposal["action"] not in ACTIONS:
        offered = [(say("undo", language), f"undo:{proposal['id']}")]
    else:
        return None
    actions = tuple(
        Action(
            token=button(Say(text=payload, thread=thread, shown=label)), label=label,
            style=_STYLES.get(payload.partition(":")[0], "plain"),
        )
        for label, payload in offered
        if payload.partition(":")[0] in {"approve", "reject", "undo"}
    )  # fmt: skip
    return Card(title=str(card["title"]), actions=actions, purpose="decide") if actions else None
