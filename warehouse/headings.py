"""What a city's own exports call its columns, as names of the dimensions they fill: 按属地, by crew.

People who work with an export say its headers. A header that already means something else here stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from warehouse.catalog import Dimension, Metric, Names
from warehouse.unified import FACTS

HEADINGS_FILE = "headings.yml"
Headings = Mapping[str, Mapping[str, Sequence[str]]]
_CHINESE = re.compile("[㐀-鿿]")
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# What headers say besides the thing: 处置单位名称, 所属街道, crew_name.
_BEFORE = ("所属", "所在", "是否")
_AFTER = ("名称", "代码", "编码", "标记", "标志", "标识", "次数")
_AFTER_WORDS = frozenset({"name", "id", "code", "cd", "no", "desc", "description", "flag", "count"})
# What Chinese headers say of who does it, and people leave out: 承办科室, 诉求分类.
_DOING = (
    "承办",
    "经办",
    "主办",
    "责任",
    "处置",
    "处理",
    "办理",
    "牵头",
    "受理",
    "诉求",
    "案件",
    "事项",
    "问题",
    "工单",
)
_LONGEST = 24


def joined(headings: Headings, fact: str, headers: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """The headings with one more feed's: fact to column to headers, each once, the oldest first."""
    known = {name: {column: list(listed) for column, listed in columns.items()} for name, columns in headings.items()}
    for column, header in headers.items():
        listed = known.setdefault(fact, {}).setdefault(column, [])
        if header not in listed:
            listed.append(header)
    return known


def heading_names(
    headings: Headings, dimensions: Mapping[str, Dimension], metrics: Mapping[str, Metric]
) -> dict[str, Names]:
    """Further names by dimension id and language; of a mark, of its being so ("rush": the urgent ones).

    A name that anything else goes by, or that heads two dimensions, is left out.
    """
    taken = {name.casefold() for entry in (*dimensions.values(), *metrics.values()) for name in _names(entry)}
    offered: dict[str, set[tuple[str, str]]] = {}
    for fact, columns in headings.items():
        for dimension in dimensions.values():
            column = _column_of(dimension, columns)
            if column is None or fact not in (dimension.facts or (fact,)):
                continue
            for header in columns[column]:
                for language, name in spoken(str(header)):
                    offered.setdefault(name, set()).add((dimension.id, language))
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, meant in offered.items():
        if name in taken or len({dimension for dimension, _ in meant}) > 1:
            continue
        dimension_id, language = next(iter(meant))
        names = found.setdefault(dimension_id, {})
        names[language] = (*names.get(language, ()), name)
    return found  # type: ignore[return-value]  # languages are zh and en


# The steps of a case: the column that tells when each was taken, and the metric that counts them by it.
_STEPS = {
    "reported_at": "reported_cases",
    "registered_at": "registered_cases",
    "dispatched_at": "dispatched_cases",
    "disposed_at": "disposed_cases",
    "closed_at": "closed_cases",
}
_WHEN = re.compile(r"(?:时间|时刻|日期|时|日)$")
_WHEN_WORDS = frozenset({"on", "at", "date", "time", "dt", "utc", "datetime", "when"})


def step_names(
    headings: Headings, dimensions: Mapping[str, Dimension], metrics: Mapping[str, Metric]
) -> dict[str, Names]:
    """Further names of the metrics that count a step, by the headers of its times: 销件时间 is when cases are 销件."""
    taken = {name.casefold() for entry in (*dimensions.values(), *metrics.values()) for name in _names(entry)}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for column, metric in _STEPS.items():
        for header in headings.get("cases", {}).get(column, ()) if metric in metrics else ():
            language, name = _step(str(header))
            if name and name not in taken:
                names = found.setdefault(metric, {})
                names[language] = (*names.get(language, ()), name)
                taken.add(name)
    return found  # type: ignore[return-value]  # languages are zh and en


def _step(header: str) -> tuple[str, str]:
    """Language and verb of a time's header; no verb where it says none."""
    if _CHINESE.search(header):
        name = _WHEN.sub("", re.sub(r"[\s_\-()（）:：]+", "", header))
        return "zh", name if 2 <= len(name) <= 4 and name != header else ""
    words = [word.casefold() for word in _WORDS.findall(header)]
    while words and words[-1] in _WHEN_WORDS:
        words.pop()
    return "en", " ".join(words) if words and words[-1].endswith(("ed", "off", "out", "done")) else ""


def _column_of(dimension: Dimension, columns: Mapping[str, Sequence[str]]) -> str | None:
    """The headed column that a text dimension shows, or that alone decides a mark of yes and no."""
    if dimension.kind == "text":
        return dimension.column if dimension.column in columns else None
    if dimension.kind != "mark" or {value.id for value in dimension.values} != {"yes", "no"}:
        return None
    used = set(re.findall(r"[a-z_]+", dimension.expression or "")) & {c.name for fact in FACTS.values() for c in fact}
    return next(iter(used)) if len(used) == 1 and used <= set(columns) else None


def spoken(header: str) -> Iterator[tuple[str, str]]:
    """Language and words of a header as people say it; none for what nobody says.

    >>> list(spoken("所属镇街名称")), list(spoken("CREW_NAME")), list(spoken("X1"))
    ([('zh', '镇街')], [('en', 'crew'), ('en', 'crews')], [])
    """
    if _CHINESE.search(header):
        name = re.sub(r"[\s_\-()（）:：]+", "", header)
        for ending in _AFTER:
            name = name.removesuffix(ending)
        for opening in _BEFORE:
            name = name.removeprefix(opening)
        bare = next((name.removeprefix(one) for one in _DOING if name.startswith(one)), name)
        for said in dict.fromkeys((name, bare)):
            if 2 <= len(said) <= _LONGEST:
                yield "zh", said.casefold()
        return
    words = [word.casefold() for word in _WORDS.findall(header)]
    while len(words) > 1 and words[-1] in _AFTER_WORDS:
        words.pop()
    name = " ".join(words)
    if 3 <= len(name) <= _LONGEST and not any(word.isdigit() for word in words):
        yield "en", name
        yield "en", _plural(name)


def _plural(name: str) -> str:
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"


def _names(entry: Any) -> Iterator[str]:
    yield from entry.label.values()
    for listed in entry.names.values():
        yield from listed
    for value in getattr(entry, "values", ()):
        yield from value.label.values()
        for listed in value.names.values():
            yield from listed
