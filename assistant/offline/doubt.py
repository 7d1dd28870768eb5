"""Honest doubt: what to ask back, and what to decline naming the words."""

from __future__ import annotations

from typing import Any

from assistant.offline.desk import Desk
from assistant.offline.plan import Call
from assistant.offline.vocabulary import Entry

MAX_OPTIONS = 3


def clarify(about: str, options: list[dict[str, Any]], understood: str = "") -> Call:
    """A question back with at most three tappable readings."""
    return Call("clarify", {"about": about, "options": options[:MAX_OPTIONS], "understood": understood})


def option(label: str, reply: str, calls: tuple[Call, ...]) -> dict[str, Any]:
    """One reading: what is shown, what is sent when it is chosen, and the complete calls it stands for."""
    return {"label": label, "reply": reply, "calls": [{"tool": c.tool, "args": c.args} for c in calls]}


def abstain(reason: str, unexplained: tuple[str, ...], nearest: tuple[str, ...] = (), **facts: Any) -> Call:
    """Decline, with the words that were not understood and the nearest questions that can be answered."""
    return Call(
        "abstain", {"reason": reason, "unexplained": list(unexplained), "nearest": list(nearest), "facts": facts}
    )


def entry_label(entry: Entry, desk: Desk, language: str) -> str:
    """What a meaning is called, with its dimension where it is a value."""
    if entry.kind == "value":
        name = desk.value_label(entry.target, entry.value, language)
        dimension = desk.label(entry.target, language)
        return f"{name}（{dimension}）" if language == "zh" else f"{name} ({dimension})"
    return desk.label(entry.target, language)


def nearest_questions(desk: Desk, language: str) -> tuple[str, ...]:
    """Questions that this city's data can answer, as examples."""
    metrics = [
        m
        for m in ("registered_cases", "reported_cases", "closure_rate", "overdue_open", "open_cases")
        if m in desk.catalog.metrics
    ]
    areas = desk.area_levels()
    found = []
    for metric in metrics[:2]:
        label = desk.label(metric, language)
        rate = desk.catalog.metrics[metric].kind == "ratio"
        if areas:
            area = desk.label(areas[0], language)
            found.append(
                f"上周哪个{area}的{label}{'最高' if rate else '最多'}"
                if language == "zh"
                else f"which {area} had the {'highest' if rate else 'most'} {label} last week"
            )
        else:
            found.append(f"上周的{label}是多少" if language == "zh" else f"{label} last week")
    return tuple(found)
