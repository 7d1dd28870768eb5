"""Cells, names and windows in words: the only place where a value becomes text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from assistant.names import Names
from tools.spec import QueryEvidence
from warehouse.catalog import City
from warehouse.semantic import Filter, SemanticQuery, TimeRange
from warehouse.table import Column, Table

LONG_HOURS = 48.0
NAMED_DAYS = 14
# What a column beside its metric tells about it; its name is the metric's, a dot, and the role.
_DERIVED = frozenset({"base", "change", "change_ratio", "share", "rank", "sample"})


@cache
def phrases(language: str) -> dict[str, str]:
    """The phrases of a language, by key."""
    text = (files("assistant") / "phrases" / f"{language}.yml").read_text(encoding="utf-8")
    return {key: str(value) for key, value in yaml.load(text, Loader=yaml.CSafeLoader).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How one answer speaks: its language, the names of things, the city's clock."""

    language: str
    names: Names
    zone: ZoneInfo
    now: datetime

    @classmethod
    def of(cls, language: str, city: City, now: datetime, catalog: Any = None) -> Speech:
        """Speech for a city; without its catalogue the shipped names are used."""
        zone = ZoneInfo(city.timezone)
        return cls(language=language, names=Names.of(city, catalog), zone=zone, now=now.astimezone(zone))

    def say(self, key: str, **fields: object) -> str:
        """The phrase of a key with its fields filled."""
        return phrases(self.language)[key].format(**fields)

    def join(self, parts: Iterable[str]) -> str:
        """An enumeration."""
        return self.say("join").join(parts)

    def sentence(self, text: str) -> str:
        """The text with a capital where its language begins sentences with one."""
        return text[:1].upper() + text[1:]

    def label(self, name: str) -> str:
        """What a metric (with its statistic) or dimension is called."""
        if name == "case_no":
            return self.say("label_case_no")
        base, _, statistic = name.partition(".")
        text = self.names.label(base, self.language)
        known = self.names.metric(base)
        if known is not None and known.kind == "duration":
            statistic = statistic or (known.statistics or ("mean",))[0]
            if statistic in {"mean", "median"}:
                return self.say(f"{statistic}_of", label=text)
            return self.say("percentile_of", label=text, p=statistic)
        return text

    def member(self, dimension: str, value: Any) -> str:
        """A dimension's value as people call it; a missing one is said to be missing."""
        if value is None:
            return self.say("null_member")
        if dimension == "hour_of_day":
            return self.say("hour_of_day", n=value)
        if dimension == "weekday" and str(value) in "1234567":
            return self.say(f"weekday_{value}")
        spec = self.names.dimensions.get(dimension)
        for known in spec.values if spec else ():
            if known.id == str(value):
                return known.label.get(self.language, str(value))  # type: ignore[call-overload,no-any-return]  # a language
        return str(value)

    def table(self, table: Table) -> Table:
        """The table with coded values (state, kind, marks) as people call them, and every column told apart."""
        coded = {i: c.name for i, c in enumerate(table.columns) if self._is_coded(c)}
        rows = table.rows
        if coded:
            rows = tuple(
                tuple(self.member(coded[i], cell) if i in coded and cell is not None else cell
                      for i, cell in enumerate(row))
                for row in rows
            )  # fmt: skip
        alone = sum(c.role == "metric" for c in table.columns) <= 1
        columns = tuple(replace(c, label={**c.label, self.language: self.head(c, alone=alone)}) for c in table.columns)
        return replace(table, columns=columns, rows=rows)

    def _is_coded(self, column: Column) -> bool:
        spec = self.names.dimensions.get(column.name)
        return bool(spec and spec.values) and column.name != "weekday" and column.role in {"dimension", "detail"}

    def head(self, column: Column, *, alone: bool = True) -> str:
        """The head of a column: what stands in it, as the city calls it.

        Args:
            alone: Only one metric is in the table, so that what is derived from it need not repeat its name.
        """
        owner, _, part = column.name.rpartition(".")
        if column.role not in _DERIVED or not owner:
            return self.named(column.name if column.role in {"dimension", "metric"} else "", column)
        metric = self.names.metric(owner.partition(".")[0])
        part = "sample_ratio" if part == "sample" and metric is not None and metric.kind == "ratio" else part
        head = self.say(f"head_{part}")
        return head if alone else f"{self.named(owner, column)} · {head[:1].lower()}{head[1:]}"

    def named(self, name: str, column: Column) -> str:
        """What a metric or dimension is called, with a capital; where the city knows no such name, the column's label."""
        known = name in self.names.dimensions or self.names.metric(name.partition(".")[0]) is not None
        return self.sentence(self.label(name)) if known else column.label.get(self.language, column.name)

    def moment(self, moment: datetime) -> str:
        """A moment on the city's clock, to the minute; the zone is said only where clocks were just turned back."""
        local = moment.astimezone(self.zone)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return local.strftime("%Y-%m-%d %H:%M") + (f" {local.tzname()}" if twice else "")

    def day(self, day: datetime, *, named: bool) -> str:
        """A day, with its weekday where that helps."""
        text = day.strftime("%Y-%m-%d")
        return self.say("day_named", day=text, weekday=self.say(f"weekday_short_{day.isoweekday()}")) if named else text

    def span(self, start: datetime, end: datetime) -> str:
        """A half-open window as people say it: whole days by their first and last one, other times by the clock."""
        start, end = start.astimezone(self.zone), end.astimezone(self.zone)
        midnight = (end.hour, end.minute, end.second) == (0, 0, 0)
        last = end - timedelta(days=1) if midnight else end
        if midnight and (start.hour, start.minute, start.second) == (0, 0, 0):
            named = (last - start).days < NAMED_DAYS
            first = self.day(start, named=named)
            return first if last <= start else self.say("span", start=first, end=self.day(last, named=named))
        clock = "24:00" if midnight else end.strftime("%H:%M")
        if start.date() == last.date() and self.moment(end).endswith(end.strftime("%H:%M")):
            return self.say("span", start=self.moment(start), end=clock)
        return self.say("span", start=self.moment(start), end=self.moment(end))

    def bucket(self, start: Any, grain: str) -> str:
        """A bucket of a series."""
        if not isinstance(start, date):
            return self.say("null_member") if start is None else str(start)
        if grain == "hour":
            return start.strftime("%m-%d %H:%M")
        if grain == "week":
            return self.say("week_of", day=start.strftime("%Y-%m-%d"))
        if grain == "quarter":
            return self.say("quarter", year=start.year, n=(start.month + 2) // 3)
        return start.strftime({"month": "%Y-%m", "year": "%Y"}.get(grain, "%Y-%m-%d"))

    def count(self, number: float, unit: str) -> str:
        """A number with its unit."""
        text = f"{number:,.1f}" if number % 1 else f"{int(number):,}"
        word = self.names.unit(unit, self.language) if unit != "percent" else ""
        if self.language == "en" and abs(number) == 1:
            word = word.removesuffix("s")
        return f"{text} {word}".strip()

    def hours(self, number: float) -> str:
        """A length of time in hours, with days when it is long."""
        if abs(number) >= LONG_HOURS:
            return self.say("hours_days", n=f"{number:,.1f}", days=f"{number / 24:,.1f}")
        return self.say("hours", n=f"{number:,.1f}")

    def value(self, column: Column, cell: Any) -> str:
        """A cell with its unit."""
        if column.role == "dimension":
            return self.member(column.name, cell)
        if cell is None:
            return self.say("null_value")
        if isinstance(cell, datetime):
            return self.moment(cell)
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            return str(cell)
        if column.type == "ratio" and column.role == "change":
            return self.say("points", n=f"{cell * 100:.1f}")
        if column.type == "ratio":
            return f"{cell * 100:.1f}%"
        if column.type == "hours":
            return self.hours(float(cell))
        return self.count(cell, "" if column.role == "rank" else column.unit)


def filters_text(speech: Speech, filters: Iterable[Filter]) -> str:
    """Filters as they were applied."""
    parts = []
    for one in filters:
        values = speech.join(speech.member(one.dimension, v) for v in one.values)
        values = one.said if one.dimension == "case_no" and one.said else values
        parts.append(speech.say(f"filter_{one.op}", dimension=speech.label(one.dimension), values=values))
    return speech.join(parts)


def _window_lines(speech: Speech, evidence: QueryEvidence) -> list[str]:
    query: SemanticQuery = evidence.semantic
    known = [speech.names.metric(m) for m in query.metrics]
    grain = query.time.grain if query.time else None
    if not grain and query.metrics and all(m is not None and m.snapshot for m in known):
        end = min(speech.now, evidence.window[1] if evidence.window else speech.now)
        return [speech.say("window_moment", moment=speech.moment(end))]
    if evidence.window is None:
        return [speech.say("window_all")]
    lines = [speech.say("window", span=speech.span(*evidence.window))]
    if evidence.window[0] <= speech.now < evidence.window[1]:
        lines[0] += speech.say("bracket", text=speech.say("so_far", moment=speech.moment(speech.now)))
    if query.time:
        lines += _parts_of_window(speech, query.time)
    if evidence.base_window:
        lines.append(speech.say("base_window", span=speech.span(*evidence.base_window)))
    return lines


def _parts_of_window(speech: Speech, time: TimeRange) -> list[str]:
    parts = []
    if time.daily_window:
        ends = [t.strftime("%H:%M") for t in (time.daily_window.start, time.daily_window.end)]
        parts.append(speech.say("window_daily", start=ends[0], end=ends[1]))
    if time.day_type:
        parts.append(speech.say(f"window_{time.day_type}"))
    return parts


def is_before_data(evidence: QueryEvidence) -> bool:
    """Whether the window ends before the first record: nothing is known of it, which does not mean zero."""
    return evidence.window is not None and evidence.since is not None and evidence.window[1] <= evidence.since


def account(speech: Speech, evidence: QueryEvidence) -> list[str]:
    """What stands under every number: window, limits, definition, and how fresh the data is."""
    lines = [" · ".join(_window_lines(speech, evidence))]
    limits = []
    if evidence.semantic.filters:
        limits.append(speech.say("filters", text=filters_text(speech, evidence.semantic.filters)))
    if evidence.scope:
        text = speech.join(
            f"{speech.label(name)}={speech.join(values) or speech.say('null_member')}"
            for name, values in evidence.scope.items()
        )
        limits.append(speech.say("scope", text=text))
    lines += [" · ".join(limits)] if limits else []
    definition = evidence.definition.get(speech.language, "")
    as_of = speech.say("as_of", moment=speech.moment(evidence.as_of))
    lines.append(" · ".join(filter(None, (definition and speech.say("definition", text=definition), as_of))))
    return lines
