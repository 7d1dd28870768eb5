"""The chart of an answer: the first of its tables that suits a drawing, titled with what, by what and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.offline.plan import Call
from assistant.verbalise_cells import Speech
from tools.charts import Chart, Voice, chart_of
from tools.spec import QueryEvidence, ToolResult
from warehouse.table import Column, Table

DRAWN = frozenset({"query_metrics", "draw_chart", "detect_anomalies"})


@dataclass(frozen=True)
class _Spoken(Voice):
    """The city's own words on a chart."""

    speech: Speech

    def label(self, language: str, column: Column) -> str:
        assert language == self.speech.language
        return self.speech.named(column.name if column.role in {"dimension", "metric"} else "", column)

    def unit(self, language: str, column: Column) -> str:
        if column.type == "hours":
            return self.speech.names.unit("hour", language)
        # English names of counts already end in what is counted.
        return self.speech.names.unit(column.unit, language) if language == "zh" and column.type != "ratio" else ""

    def member(self, language: str, column: Column, value: Any) -> str:
        assert language == self.speech.language
        return self.speech.member(column.name, value)


def charts_of(calls: Sequence[tuple[Call, ToolResult]], speech: Speech) -> tuple[Chart, ...]:
    """At most one chart: none for single numbers, case lists and single rows."""
    for call, result in calls:
        if call.tool not in DRAWN:
            continue
        mark = result.facts.get("mark", "auto")
        for table, evidence in zip(result.tables, result.evidence, strict=False):
            shown = _by_observed(table) if call.tool == "detect_anomalies" else table
            chart = chart_of(
                shown, language=speech.language, title=_title(speech, table, evidence), mark=mark, voice=_Spoken(speech),
                subtitle=speech.span(*evidence.window) if evidence.window else "",
            )  # fmt: skip
            if chart is not None:
                return (chart,)
    return ()


def _by_observed(table: Table) -> Table:
    """Bars run from the longest to the shortest, whatever stands out most."""
    place = table.index("observed")
    return replace(table, rows=tuple(sorted(table.rows, key=lambda row: -row[place])))


def _title(speech: Speech, table: Table, evidence: QueryEvidence) -> str:
    cut = [speech.label(c.name) for c in table.columns if c.role == "dimension"]
    what = speech.join(speech.label(metric) for metric in evidence.semantic.metrics)
    return speech.sentence(speech.say("by", what=what, cut=speech.join(cut)) if cut else what)
