"""`citydesk brief`: a briefing as somebody would get it."""

from __future__ import annotations

import json as json_
import sys
from collections.abc import Callable
from datetime import datetime

from rich.console import Console

from assistant.briefing import Language, brief
from assistant.errors import UnknownBriefing
from assistant.render import as_json
from bots.console import render_answer
from bots.terminal.asking import Who, open_desk
from bots.terminal.shared import WRONG_ARGUMENTS, explain, problems
from warehouse.errors import WarehouseError


def preview(  # noqa: PLR0913  # one argument for each option
    name: str, who: Who, *, language: Language | None, now: str | None, city: str | None, json: bool,
    wall: Callable[[], datetime],
) -> int:  # fmt: skip
    """Print a briefing; nothing is sent."""
    try:
        desk = open_desk(city=city, wall=wall)
        warehouse = desk.assistant.warehouse
        answer = brief(
            name, desk.principal(who), warehouse=warehouse, now=desk.moment(now),
            language=language or warehouse.city.language,
        )  # fmt: skip
    except (UnknownBriefing, ValueError) as problem:
        problems().print(str(problem), markup=False)
        return WRONG_ARGUMENTS
    except WarehouseError as problem:
        return explain(problem)
    if json:
        sys.stdout.write(json_.dumps(as_json(answer), ensure_ascii=False, indent=1) + "\n")
    else:
        render_answer(answer, Console())
    return 0
