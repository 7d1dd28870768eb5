"""What a person reads: tool results in words, the conclusion first, every number from a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.offline.plan import Call
from assistant.verbalise_cells import Speech, account
from assistant.verbalise_orders import TOOLS as ORDER_TOOLS
from assistant.verbalise_orders import order_lines
from assistant.verbalise_replies import error_code, reply, trouble
from assistant.verbalise_tables import excess_sentences, record_sentences, sentences
from tools.spec import ToolResult
from warehouse.catalog import City


def verbalise(
    results: Sequence[tuple[Call, ToolResult]],
    *,
    language: str,
    readings: Sequence[Mapping[str, Any]] = (),
    now: datetime,
    city: City,
    catalog: Any = None,
) -> str:
    """The answer to one turn, in `zh` or `en`.

    Args:
        readings: How ambiguous words were read; printed where the reader should know.
        catalog: The city's own names; without it the shipped ones are used.
    """
    speech = Speech.of(language, city, now, catalog)
    head: list[str] = []
    foot: list[str] = []
    for call, result in results:
        head += _conclusions(speech, call, result)
        for evidence in result.evidence:
            foot += [line for line in account(speech, evidence) if line not in foot]
    head += _top_differs(speech, results)
    notes = [note for one in readings if (note := _reading(speech, one))]
    return "\n".join([*head, *dict.fromkeys(notes), *foot])


def _conclusions(speech: Speech, call: Call, result: ToolResult) -> list[str]:
    if call.tool in ORDER_TOOLS and (result.facts.get("sentence") or error_code(result) in {None, "no_case"}):
        return order_lines(call, result, speech.language)
    if (failed := trouble(speech, result)) is not None:
        return failed
    if not result.evidence:
        return reply(speech, call, result)
    found: list[str] = []
    for table, evidence in zip(result.tables, result.evidence, strict=False):
        if call.tool == "detect_anomalies":
            found += excess_sentences(speech, table)
        elif call.tool == "list_cases":
            found += record_sentences(speech, table, evidence, call.args.get("case_no"))
        else:
            found += sentences(speech, table, evidence)
    return found


def _top_differs(speech: Speech, results: Sequence[tuple[Call, ToolResult]]) -> list[str]:
    """When the place with the most is not the place with the most beyond its usual level, it is said."""
    tops = {call.tool: result.tables[0] for call, result in results if result.tables and result.tables[0].rows}
    counted, unusual = tops.get("query_metrics"), tops.get("detect_anomalies")
    if counted is None or unusual is None or counted.columns[0].name != unusual.columns[0].name:
        return []
    first, second = counted.rows[0][0], unusual.rows[0][0]
    if first == second or not excess_sentences(speech, unusual, only_found=True):
        return []
    name = counted.columns[0].name
    return [speech.say("top_differs", first=speech.member(name, first), second=speech.member(name, second))]


def _reading(speech: Speech, reading: Mapping[str, Any]) -> str:
    fields = {key: value for key, value in reading.items() if key != "key"}
    if "value" in fields and "dimension" in fields:
        fields["value"] = speech.member(str(fields["dimension"]), fields["value"])
    for name in ("metric", "dimension"):
        if name in fields:
            fields[name] = speech.label(str(fields[name]))
    fields.setdefault("value", fields.get("metric", ""))
    try:
        return speech.say(f"reading_{reading['key']}", **fields)
    except KeyError:
        return ""
