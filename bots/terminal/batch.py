"""Many questions in one process: a JSON line in, a JSON line out, in the same order.

In: `{"id", "turns": ["…" or {"text": "…"}], "as"?, "now"?}`. `as` is a name or `{"role", "district"?, "unit"?}`.
Out: `{"id", "answers": [Answer, …]}`, with an `error` where the line itself could not be used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from assistant.dialogue import Answer

AskTurn = Callable[[str, "str | dict[str, Any] | None", "str | None", str], Answer]


class BadLine(ValueError):
    """A line that is no dialogue; the message says what is wrong with it."""


def answer_lines(lines: Iterable[str], ask: AskTurn, as_json: Callable[[Answer], dict[str, Any]]) -> Iterator[str]:
    """One output line for every non-empty input line; a bad line never stops the rest.

    Args:
        ask: `(text, as, now, thread)` → Answer; raises ValueError for a bad `as` or `now`.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield json.dumps(_answer_line(number, line, ask, as_json), ensure_ascii=False)


def _answer_line(number: int, line: str, ask: AskTurn, as_json: Callable[[Answer], dict[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {"id": None, "answers": []}
    try:
        asked = _read(line)
        out["id"] = asked.get("id")
        thread = f"batch-{number}-{asked.get('id')}"
        for turn in asked["turns"]:
            out["answers"].append(as_json(ask(_text(turn), asked.get("as"), asked.get("now"), thread)))
    except ValueError as problem:
        out["error"] = f"line {number}: {problem}"
    return out


def _read(line: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError as problem:
        raise BadLine(f"not JSON ({problem.msg} at column {problem.colno})") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("turns"), list) or not asked["turns"]:
        raise BadLine('expected an object with "turns": a non-empty list')
    return asked


def _text(turn: object) -> str:
    text = turn.get("text") if isinstance(turn, dict) else turn
    if not isinstance(text, str):
        raise BadLine("a turn is a text, or an object with a text")
    return text
