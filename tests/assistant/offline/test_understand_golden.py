"""Questions on two made-up cities and the calls they must lead to: to be read, and to be added to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from made_up import NOW, NOW_EN, denver_like, lanzhou_like

from assistant.offline.plan import PastTurn, Turn
from assistant.offline.understand import understand

FOLDER = Path(__file__).parent
DESKS = {"yunhe": (lanzhou_like(), NOW), "port_alder": (denver_like(), NOW_EN)}
DIALOGUES = [
    (city, dialogue)
    for city in DESKS
    for dialogue in yaml.safe_load((FOLDER / f"golden_{city}.yml").read_text(encoding="utf-8"))["dialogues"]
]


def plain(value: Any) -> Any:
    """Calls without what was merely echoed."""
    if isinstance(value, dict):
        return {
            k: plain(v) for k, v in value.items() if k not in {"said", "nearest", "reply", "understood", "unexplained"}
        }
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


@pytest.mark.parametrize(
    ("city", "dialogue"), DIALOGUES, ids=lambda d: d if isinstance(d, str) else " ".join(t["ask"] for t in d)
)
def test_dialogue_leads_to_the_calls_written_beside_it(city: str, dialogue: list[dict[str, Any]]) -> None:
    desk, now = DESKS[city]
    history: tuple[PastTurn, ...] = ()
    for turn in dialogue:
        got = understand(Turn(text=turn["ask"], now=now, history=history), desk)
        if "outcome" in turn:
            assert got.calls[0].tool == turn["outcome"]
        else:
            assert plain([{c.tool: c.args} for c in got.calls]) == turn["calls"]
        history = (*history, PastTurn(text=turn["ask"], calls=got.calls, shown=tuple(turn.get("shown", ()))))
