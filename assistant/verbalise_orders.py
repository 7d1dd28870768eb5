"""What the work-order tools say: cards put together by code, lists, the course of a case, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.offline.plan import Call
from assistant.order_words import card_text, named, say, two
from tools.spec import ToolResult
from warehouse.table import Table

SHOWN = 20
TOOLS = frozenset({
    "find_work_orders", "work_order_timeline", "my_tasks", "report_problem", "propose_work_order", "propose_transition",
    "propose_subscription", "propose_alert_rule", "my_subscriptions",
})  # fmt: skip


def order_lines(call: Call, result: ToolResult, language: str) -> list[str]:
    """A result of one of the work-order tools in words."""
    refusal = result.facts.get("sentence")
    if refusal is not None:
        return _refused(result.facts, two(language))
    if result.facts.get("error") == "no_case":
        return [say("no_case", language)]
    made = proposals_of(result)
    if made:
        return _cards(made, result, language)
    return _SAYS[call.tool](result, language) if call.tool in _SAYS else [result.text]


def proposals_of(result: ToolResult) -> list[dict[str, Any]]:
    """The proposals of a result, as facts."""
    one = result.facts.get("proposal")
    return [one] if one else list(result.facts.get("proposals", ())) if "lead" in result.facts else []


def _refused(facts: Mapping[str, Any], language: str) -> list[str]:
    """What is missing is asked for, one thing at a time; anything else is told with its reason."""
    missing = facts.get("missing") or ()
    asked = f"ask_{missing[0]}" if missing else ""
    if facts["error"] == "missing_argument" and facts.get("action") != "report" and asked in _ASKED:
        likely = [f"{n}. {option['label']}" for n, option in enumerate(facts.get("options", ()), start=1)]
        return [say(asked, language, action=_label(str(facts["action"]), language)), *likely]
    return [facts["sentence"][language]]


_ASKED = frozenset({f"ask_{n}" for n in ("reason", "unit", "result", "passed", "until", "requirement", "kind")})


def _label(action: str, language: str) -> str:
    from tools.work_orders.machine import load_machine

    spec = load_machine().actions.get(action)
    return str(getattr(spec.label, two(language))) if spec else action


def _cards(made: Sequence[Mapping[str, Any]], result: ToolResult, language: str) -> list[str]:
    lead = result.facts.get("lead")
    lines = [str(lead)] if lead else []
    for one in made:
        lines += [*([] if lead else [say("confirm", language)]), *card_text(one, language)]
        if one.get("left_out"):
            lines.append(say("left_out", language, n=one["left_out"]))
        if one["action"] == "extend":
            lines.append(say("extension_rule", language))
    return [*lines, say("confirm_how", language)]


def _list(table: Table, language: str) -> list[str]:
    shown = named(table, language)
    names = [column.name for column in shown.columns]
    lines = []
    for row in shown.rows[:SHOWN]:
        cells = dict(zip(names, row, strict=True))
        cells["due_at"] = f"{cells['due_at']:%m-%d %H:%M}" if cells.get("due_at") else None
        cells.pop("overdue", None)
        lines.append("· " + " · ".join(str(cell) for cell in cells.values() if cell))
    return lines


def _tasks(result: ToolResult, language: str) -> list[str]:
    total, waiting = int(result.facts["total"]), result.facts["waiting"]
    head = say("tasks", language, n=total) if total else say("no_tasks", language)
    lines = [head, *_list(result.tables[0], language)]
    if result.facts["proposals"]:
        lines.append(say("waiting", language, n=len(result.facts["proposals"])))
        lines += [say("waiting_one", language, title=one[two(language)], id=one["id"]) for one in waiting]
    return lines


def _found(result: ToolResult, language: str) -> list[str]:
    total = int(result.facts["total"])
    if not total:
        return [say("found_none", language)]
    return [say("found", language, n=total), *_list(result.tables[0], language)]


def _timeline(result: ToolResult, language: str) -> list[str]:
    *status, steps = (named(table, language) for table in result.tables)
    number = result.facts["case_no"]
    lines = [say("timeline", language, number=number, status=status[0].rows[0][1])] if status else []
    lines = lines or [say("timeline_outside", language, number=number)]
    for at, step, by, why in steps.rows:
        lines.append(
            say(
                "timeline_step", language, at=_moment(at), step=step, by=say("timeline_by", language, by=by) if by else "",
                why=say("timeline_why", language, why=why) if why else "",
            )
        )  # fmt: skip
    return lines


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _report(result: ToolResult, language: str) -> list[str]:
    told = result.facts["report"]
    if told["kind"] == "joined" and not told.get("followed"):
        return [say("joined_elsewhere", language, number=told["case_no"])]
    options = [f"{n}. {option['label']}" for n, option in enumerate(told.get("options", ()), start=1)]
    return [*str(told["text"]).splitlines(), *options]


def _standing(result: ToolResult, language: str) -> list[str]:
    rows = result.tables[0].rows
    if not rows:
        return [say("standing_none", language)]
    # One row is no table to anybody.
    alone = [f"· {rows[0][0]} · {rows[0][1]}"] if len(rows) == 1 else []
    return [say("standing", language, n=len(rows)), *alone]


_SAYS: dict[str, Callable[[ToolResult, str], list[str]]] = {
    "my_tasks": _tasks,
    "find_work_orders": _found,
    "work_order_timeline": _timeline,
    "report_problem": _report,
    "my_subscriptions": _standing,
}
