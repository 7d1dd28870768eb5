"""Words without a query behind them: questions back, refusals, talk, the catalogue, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from assistant.offline.plan import Call
from assistant.verbalise_cells import Speech, phrases
from knowledge.answer import render
from tools.spec import ToolResult

LISTED = 40


def error_code(result: ToolResult) -> str | None:
    """The code of what went wrong in a tool, if anything did."""
    error = result.facts.get("error")
    if isinstance(error, Mapping):
        error = error.get("code")
    return str(error) if error else None


def trouble(speech: Speech, result: ToolResult) -> list[str] | None:
    """What went wrong, in words; None when nothing did."""
    code = error_code(result)
    if code is None:
        return None
    error = result.facts.get("error")
    facts = {**result.facts, **(error if isinstance(error, Mapping) else {})}
    reason = {"unknown_member": "unknown_value", "metric_unavailable": "unavailable", "not_applicable": "unavailable"}
    if code in reason:
        return _abstain(speech, {"reason": reason[code], "unexplained": [facts.get("value")], "facts": facts})
    key = f"error_{code}"
    if code == "outside_scope":
        return [speech.say(key, values=speech.join(map(str, facts.get("values", ()))))]
    return [speech.say(key if key in phrases(speech.language) else "error_other")]


def reply(speech: Speech, call: Call, result: ToolResult) -> list[str]:
    """A turn that ends without a query."""
    if call.tool == "clarify":
        return _clarify(speech, call.args)
    if call.tool == "abstain":
        return _abstain(speech, call.args)
    if call.tool == "chat":
        key = f"chat_{call.args.get('kind', 'other')}"
        return [speech.say(key if key in phrases(speech.language) else "chat_other")]
    if call.tool == "search_policy":
        return _rules(speech, result)
    if call.tool == "describe_catalog":
        return _catalogue(speech, call.args, result)
    return [result.text] if result.text else [speech.say("error_other")]


def _rules(speech: Speech, result: ToolResult) -> list[str]:
    """What the rules say, quoted and cited by the library itself."""
    if result.found is None:
        return [speech.say("no_library")]
    day = result.facts.get("library_day")
    language: Literal["zh", "en"] = "en" if speech.language == "en" else "zh"
    return render(result.found, language, library_day=date.fromisoformat(day) if day else None).splitlines()


_LEADS = {
    "dimension": "clarify_dimension",
    "metric": "clarify_metric",
    "case": "order_which_case",
    "report": "order_report_or_count",
}


def _clarify(speech: Speech, args: Mapping[str, Any]) -> list[str]:
    about = str(args.get("about", ""))
    lead = speech.say(_LEADS[about]) if about in _LEADS else speech.say("clarify", about=about)
    options = [speech.say("option", n=n, label=o["label"]) for n, o in enumerate(args.get("options", ()), start=1)]
    return [lead, *options]


def _abstain(speech: Speech, args: Mapping[str, Any]) -> list[str]:
    facts = args.get("facts") or {}
    words = speech.join(speech.say("quote", text=w) for w in args.get("unexplained", ()) if w)
    lines = [_why(speech, str(args.get("reason", "")), words, facts)]
    if near := facts.get("near"):
        lines.append(speech.say("abstain_unknown_value_near", items=speech.join(map(str, near))))
    if applicable := facts.get("applicable"):
        lines.append(speech.say("abstain_applicable", items=speech.join(speech.label(str(d)) for d in applicable)))
    if nearest := args.get("nearest"):
        lines.append(speech.say("nearest", items=speech.join(speech.say("quote", text=q) for q in nearest)))
    return lines


def _why(speech: Speech, reason: str, words: str, facts: Mapping[str, Any]) -> str:
    kind = f"abstain_{facts.get('kind', '')}"
    if kind in phrases(speech.language):
        return speech.say(kind)
    if reason == "unavailable":
        metric = speech.label(str(facts.get("metric", "")))
        if facts.get("dimension"):
            return speech.say("abstain_not_applicable", metric=metric, dimension=speech.label(str(facts["dimension"])))
        return speech.say("abstain_unavailable", metric=metric, missing=speech.join(map(str, facts.get("missing", ()))))
    if reason == "time_problem":
        return speech.say(
            "abstain_time_problem" if facts.get("said") else "abstain_time_problem_bare", said=facts.get("said")
        )
    if reason in {"out_of_scope", "future", "unsupported"}:
        return speech.say(f"abstain_{reason}")
    if not words:
        return speech.say("abstain_not_understood_bare")
    return speech.say("abstain_unknown_value" if reason == "unknown_value" else "abstain_not_understood", words=words)


def _catalogue(speech: Speech, args: Mapping[str, Any], result: ToolResult) -> list[str]:
    """The catalogue tool's facts in words; what it did not find out is never made up."""
    facts, topic = result.facts, args.get("topic")
    labels = {key: [speech.label(str(one["id"])) for one in facts.get(key, ())] for key in ("metrics", "dimensions")}
    if topic == "definition":
        return [line for one in facts.get("metrics", ()) for line in _definition(speech, one)] or [
            speech.say("chat_help")
        ]
    if topic == "members":
        return [_members(speech, one) for one in facts.get("members", ())] or [speech.say("chat_help")]
    if topic == "freshness" and facts.get("as_of"):
        return [speech.say("catalog_freshness", moment=_moment(speech, facts["as_of"])), *_feeds(speech, facts)]
    lines = [speech.say("chat_help")] if topic == "can_ask" else []
    lines += [speech.say(f"catalog_{key}", items=speech.join(names)) for key, names in labels.items() if names]
    return lines or [speech.say("chat_help")]


def _definition(speech: Speech, one: Mapping[str, Any]) -> list[str]:
    name, text = speech.label(str(one["id"])), str(one["definition"].get(speech.language, ""))
    lines = [speech.say("catalog_definition", name=name, text=text)]
    if missing := one.get("missing"):
        lines.append(speech.say("abstain_unavailable", metric=name, missing=speech.join(map(str, missing))))
    return lines


def _members(speech: Speech, one: Mapping[str, Any]) -> str:
    values, name = list(one.get("values", ())), str(one["id"])
    shown = speech.join(speech.member(name, value) for value in values[:LISTED])
    text = speech.say("catalog_members", name=speech.label(name), items=shown)
    more = int(one.get("count", len(values))) > min(len(values), LISTED)
    return text + (speech.say("catalog_members_more", n=f"{one['count']:,}") if more else "")


def _feeds(speech: Speech, facts: Mapping[str, Any]) -> list[str]:
    feeds = facts.get("feeds", ())
    return [speech.say("catalog_feed", feed=f["feed"], loaded_at=_moment(speech, f["loaded_at"])) for f in feeds]


def _moment(speech: Speech, written: str) -> str:
    moment = datetime.fromisoformat(written)
    return speech.moment(moment if moment.tzinfo else moment.replace(tzinfo=speech.zone))
