"""The chart of an answer: the first of its tables that suits a drawing, titled with what, by what and when."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.offline.plan import Call
from assistant.verbalise_cells import Speech
from tools.charts import Chart, chart_of
from tools.spec import QueryEvidence, ToolResult
from warehouse.table import Table

DRAWN = frozenset({"query_metrics", "draw_chart", "detect_anomalies"})


def charts_of(calls: Sequence[tuple[Call, ToolResult]], speech: Speech) -> tuple[Chart, ...]:
    """At most one chart: none for single numbers, case lists and single rows."""
    for call, result in calls:
        if call.tool not in DRAWN:
            continue
        mark = result.facts.get("mark", "auto")
        for table, evidence in zip(result.tables, result.evidence, strict=False):
            title = _title(speech, table, evidence)
            chart = chart_of(table, language=speech.language, title=title, mark=mark, member=speech.member)
            if chart is not None:
                return (chart,)
    return ()


def _title(speech: Speech, table: Table, evidence: QueryEvidence) -> str:
    cut = [speech.label(c.name) for c in table.columns if c.role == "dimension"]
    what = speech.join(speech.label(metric) for metric in evidence.semantic.metrics)
    what = speech.sentence(speech.say("by", what=what, cut=speech.join(cut)) if cut else what)
    if evidence.window is None:
        return what
    return what + speech.say("title_window", span=speech.span(*evidence.window))
