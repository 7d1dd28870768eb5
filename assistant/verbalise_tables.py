"""The shapes of a result in sentences: one number, groups, a series, a comparison, single cases, excess."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from assistant.verbalise_cells import Speech, filters_text, is_before_data
from tools.spec import QueryEvidence
from warehouse.semantic import SemanticQuery
from warehouse.table import Column, Table

SHOWN = 10
# A first record this long after the window's start tells that the data begin inside the window.
NOTICED_GAP = timedelta(days=2)
SMALLEST_ABNORMAL = 5
_COMPARED = {"previous": "how_previous", "same_period_last_year": "how_year", "window": "how_window"}


def sentences(speech: Speech, table: Table, evidence: QueryEvidence) -> list[str]:
    """The conclusion of an aggregate result, then its details."""
    query = evidence.semantic
    if evidence.window and evidence.window[0] >= evidence.as_of:
        return [speech.say("after_data", as_of=speech.moment(evidence.as_of))]
    if is_before_data(evidence):
        return [speech.say("before_data", since=speech.moment(evidence.since or evidence.as_of))]
    if query.having:
        return _having(speech, table, query)
    if not table.rows:
        what = filters_text(speech, query.filters)
        return [speech.say("no_rows", what=speech.say("no_rows_for", what=what) if what else "")]
    found = [line for name in query.metrics for line in _metric_sentences(speech, table, query, name)]
    if evidence.window and evidence.window[0] < evidence.as_of < min(evidence.window[1], speech.now):
        found.append(speech.say("partly_after", as_of=speech.moment(evidence.as_of)))
    if evidence.window and evidence.since and evidence.since - evidence.window[0] > NOTICED_GAP:
        found.append(speech.say("partly_before", since=speech.moment(evidence.since)))
    return [*found, *_notes(speech, table, query)]


def _metric_sentences(speech: Speech, table: Table, query: SemanticQuery, metric: str) -> list[str]:
    roles = {column.role for column in table.columns}
    if "time" in roles:
        return _series(speech, table, query, metric)
    if "dimension" in roles:
        return _groups(speech, table, query, metric)
    if query.compare:
        return [_compared_one(speech, table, query, metric)]
    value = table.rows[0][table.index(metric)]
    if value is None:
        return [speech.say("number_null", metric=speech.label(metric))]
    return [speech.say("number", metric=speech.label(metric), value=_with_sample(speech, table, table.rows[0], metric))]


def _column(table: Table, name: str) -> Column | None:
    return next((column for column in table.columns if column.name == name), None)


def _cell(table: Table, row: Sequence[Any], name: str) -> Any:
    return row[table.index(name)] if _column(table, name) else None


def _with_sample(speech: Speech, table: Table, row: Sequence[Any], metric: str) -> str:
    column, cell = table.columns[table.index(metric)], _cell(table, row, metric)
    text = speech.value(column, cell)
    whole = _cell(table, row, f"{metric}.sample")
    if cell is None or whole is None:
        return text
    if column.type == "ratio":
        sample = speech.say("sample", part=f"{round(cell * whole):,}", whole=f"{whole:,}")
    else:
        sample = speech.say("sample_n", whole=f"{whole:,}")
    return text + speech.say("bracket", text=sample)


def _name(speech: Speech, table: Table, row: Sequence[Any]) -> str:
    pairs = zip(table.columns, row, strict=True)
    return " · ".join(speech.member(c.name, v) for c, v in pairs if c.role == "dimension")


def _item(speech: Speech, table: Table, row: Sequence[Any], metric: str) -> str:
    return speech.say("pair", name=_name(speech, table, row), value=_with_sample(speech, table, row, metric))


def _change(speech: Speech, table: Table, row: Sequence[Any], metric: str) -> str:
    column = _column(table, f"{metric}.change")
    change = _cell(table, row, f"{metric}.change")
    if column is None or change is None:
        return speech.say("change_no_base")
    if change == 0:
        return speech.say("change_none")
    words = ("rise", "fall") if column.type in {"ratio", "hours"} else ("change_up", "change_down")
    text = speech.say(words[change < 0], change=speech.value(column, abs(change)))
    ratio = _cell(table, row, f"{metric}.change_ratio")
    return text + ("" if ratio is None else speech.say("change_ratio", ratio=f"{ratio * 100:+.1f}%"))


def _verdict(speech: Speech, table: Table, row: Sequence[Any], metric: str) -> str:
    change, better = _cell(table, row, f"{metric}.change"), table.columns[table.index(metric)].better
    if not change or better is None:
        return ""
    return speech.say("verdict_good" if (change > 0) == (better == "up") else "verdict_bad")


def _compare_fields(
    speech: Speech, table: Table, row: Sequence[Any], query: SemanticQuery, metric: str
) -> dict[str, str]:
    mode = "window" if query.compare and query.compare.window else query.compare.mode if query.compare else "previous"
    base = speech.value(table.columns[table.index(metric)], _cell(table, row, f"{metric}.base"))
    return {
        "value": _with_sample(speech, table, row, metric),
        "how": speech.say(_COMPARED[mode]) + (" " if speech.language == "zh" else ""),
        "base": base,
        "change": _change(speech, table, row, metric),
    }


def _compared_one(speech: Speech, table: Table, query: SemanticQuery, metric: str) -> str:
    row = table.rows[0]
    fields = _compare_fields(speech, table, row, query, metric)
    return speech.say("compare", metric=speech.label(metric), verdict=_verdict(speech, table, row, metric), **fields)


def _extreme(speech: Speech, table: Table, query: SemanticQuery, metric: str) -> str:
    up = not any(o.by == metric and o.direction == "asc" for o in query.order)
    kind = table.columns[table.index(metric)].type
    words = {"ratio": ("highest", "lowest"), "hours": ("longest", "shortest")}.get(kind, ("most", "least"))
    return speech.say(words[0 if up else 1])


def _best(table: Table, query: SemanticQuery, metric: str) -> list[tuple[Any, ...]]:
    """Rows with the extreme value, whatever order they came in."""
    cells = [c for row in table.rows if (c := _cell(table, row, metric)) is not None]
    if not cells:
        return []
    lowest = any(o.by == metric and o.direction == "asc" for o in query.order)
    best = min(cells) if lowest else max(cells)
    return [row for row in table.rows if _cell(table, row, metric) == best]


def _groups(speech: Speech, table: Table, query: SemanticQuery, metric: str) -> list[str]:
    if query.compare:
        return _compared_groups(speech, table, query, metric)
    if query.limit_per:
        return _per_group(speech, table, query, metric)
    if len(table.rows) == 1 and query.calc in {"share", "rank"}:
        return [_only(speech, table, query, metric)]
    best = _best(table, query, metric)
    if not best:
        return [speech.say("number_null", metric=speech.label(metric))]
    dimensions = speech.join(c.label[speech.language] for c in table.columns if c.role == "dimension")
    names = speech.join(_name(speech, table, row) for row in best[:SHOWN])
    value = _with_sample(speech, table, best[0], metric) if len(best) == 1 else _plain(speech, table, best[0], metric)
    fields = {
        "metric": speech.label(metric),
        "dimension": dimensions,
        "extreme": _extreme(speech, table, query, metric),
    }
    if query.calc == "share" and len(best) == 1:
        share = _plain(speech, table, best[0], f"{metric}.share")
        lead = speech.say("share_top", name=names, share=share, value=value, **fields)
    elif len(best) == 1:
        lead = speech.say("ranking", name=names, value=value, **fields)
    else:
        lead = speech.say("ranking_tie", names=names, value=value, **fields)
    return [lead, *_listing(speech, table, metric)]


def _plain(speech: Speech, table: Table, row: Sequence[Any], name: str) -> str:
    return speech.value(table.columns[table.index(name)], _cell(table, row, name))


def _only(speech: Speech, table: Table, query: SemanticQuery, metric: str) -> str:
    row = table.rows[0]
    key = "share_one" if query.calc == "share" else "rank_one"
    fields = {query.calc: _plain(speech, table, row, f"{metric}.{query.calc}")}
    value = _plain(speech, table, row, metric)
    return speech.say(key, name=_name(speech, table, row), metric=speech.label(metric), value=value, **fields)


def _listing(speech: Speech, table: Table, metric: str) -> list[str]:
    if len(table.rows) < 2:
        return []
    share = _column(table, f"{metric}.share")
    items = []
    for row in table.rows[:SHOWN]:
        text = _item(speech, table, row, metric)
        items.append(text + (speech.say("bracket", text=_plain(speech, table, row, share.name)) if share else ""))
    more = [speech.say("more_rows")] if len(table.rows) > SHOWN or table.truncated else []
    return [speech.say("listing", items=speech.join(items)), *more]


def _per_group(speech: Speech, table: Table, query: SemanticQuery, metric: str) -> list[str]:
    groups: dict[tuple[str, ...], list[str]] = {}
    inner = [c for c in table.columns if c.role == "dimension" and c.name not in query.limit_per]
    for row in table.rows:
        key = tuple(speech.member(d, _cell(table, row, d)) for d in query.limit_per)
        name = " · ".join(speech.member(c.name, _cell(table, row, c.name)) for c in inner)
        value = _with_sample(speech, table, row, metric)
        groups.setdefault(key, []).append(speech.say("pair", name=name, value=value))
    lines = [speech.say("per_group", name=" · ".join(k), items=speech.join(v)) for k, v in groups.items()]
    return [*lines[:SHOWN], *([speech.say("more_rows")] if len(lines) > SHOWN else [])]


def _compared_groups(speech: Speech, table: Table, query: SemanticQuery, metric: str) -> list[str]:
    by_change = query.order and query.order[0].by.rpartition(".")[2] in {"change", "change_ratio"}
    items = [
        speech.say("compare_group", name=_name(speech, table, r), **_compare_fields(speech, table, r, query, metric))
        for r in table.rows[:SHOWN]
    ]
    more = [speech.say("more_rows")] if len(table.rows) > SHOWN else []
    if not by_change:
        return [speech.say("per_group", name=speech.label(metric), items=speech.join(items)), *more]
    way = "up" if query.order[0].direction == "desc" else "down"
    change = _cell(table, table.rows[0], f"{metric}.change")
    dimension = table.columns[0].label[speech.language]
    if change is None or (change <= 0 if way == "up" else change >= 0):
        lead = speech.say(f"change_top_none_{way}", metric=speech.label(metric), dimension=dimension)
        return [lead, speech.say("listing", items=speech.join(items)), *more]
    lead = speech.say(f"change_top_{way}", metric=speech.label(metric), dimension=dimension, item=items[0])
    return [lead, *([speech.say("listing", items=speech.join(items[1:]))] if items[1:] else []), *more]


def _series(speech: Speech, table: Table, query: SemanticQuery, metric: str) -> list[str]:
    grain = str(query.time.grain) if query.time and query.time.grain else "day"
    known = [row for row in table.rows if _cell(table, row, metric) is not None]
    if not known:
        return [speech.say("number_null", metric=speech.label(metric))]
    place = table.index("time")
    running = query.time is not None and query.time.end > speech.now
    last_start = max(row[place] for row in known)
    whole = [row for row in known if not running or row[place] != last_start] or known

    def at(row: Sequence[Any]) -> str:
        return " · ".join(filter(None, (_name(speech, table, row), speech.bucket(row[place], grain))))

    high, low = max(known, key=lambda r: _cell(table, r, metric)), min(whole, key=lambda r: _cell(table, r, metric))
    values = [_plain(speech, table, row, metric) for row in (high, low)]
    label = speech.label(metric)
    if _cell(table, high, metric) == _cell(table, low, metric):
        return [speech.say("trend_flat", metric=label, high=values[0])]
    lines = [speech.say("trend", metric=label, peak=at(high), high=values[0], trough=at(low), low=values[1])]
    if not any(c.role == "dimension" for c in table.columns):
        ends = {"first": at(known[0]), "first_value": _plain(speech, table, known[0], metric)}
        ends |= {"last": at(known[-1]), "last_value": _plain(speech, table, known[-1], metric)}
        lines.append(speech.say("trend_ends", **ends))
    return [*lines, *([speech.say("trend_partial")] if len(whole) < len(known) else [])]


def _having(speech: Speech, table: Table, query: SemanticQuery) -> list[str]:
    one = query.having[0]
    column = _column(table, one.metric)
    known = speech.names.metric(one.metric)
    ratio = known is not None and known.kind == "ratio"
    value = f"{one.value * 100:.1f}%" if ratio else speech.value(column, one.value) if column else f"{one.value:g}"
    dimension = speech.join(c.label[speech.language] for c in table.columns if c.role in {"dimension", "time"})
    fields = {
        "metric": speech.label(one.metric),
        "op": speech.say(f"op_{one.op}"),
        "value": value,
        "dimension": dimension,
    }
    if not table.rows:
        return [speech.say("having_none", **fields)]
    shown = one.metric if column else query.metrics[0]
    items = speech.join(_item(speech, table, row, shown) for row in table.rows[:SHOWN])
    more = [speech.say("more_rows")] if len(table.rows) > SHOWN else []
    return [speech.say("having", n=f"{len(table.rows):,}", items=items, **fields), *more, *_notes(speech, table, query)]


def _notes(speech: Speech, table: Table, query: SemanticQuery) -> list[str]:
    found = []
    dimension = speech.join(speech.label(d) for d in query.dimensions)
    for note in table.notes:
        kind, _, rest = note.partition(":")
        if kind == "unknown_group" and query.metrics:
            column = table.columns[table.index(query.metrics[0])]
            counted = column.type == "integer"
            key = "unknown_group" if counted else "unknown_group_rate"
            number = speech.count(int(float(rest)), column.unit) if counted else ""
            found.append(speech.say(key, n=number, dimension=dimension))
        if kind == "below_minimum":
            number, _, names = rest.partition(":")
            listed = names.split(", ")
            key = "below_minimum" if int(number) <= len(listed) else "below_minimum_more"
            found.append(speech.say(key, n=number, names=speech.join(listed)))
        if kind == "left_out":
            found.append(speech.say("left_out", metric=speech.label(rest.strip())))
    return found


def record_sentences(speech: Speech, table: Table, evidence: QueryEvidence, case_no: str | None) -> list[str]:
    """A list of single cases, or one case looked up by its number."""
    if not table.rows:
        if case_no:
            return [speech.say("case_missing", number=case_no)]
        return sentences(speech, table, evidence)
    if case_no and len(table.rows) == 1:
        pairs = zip(table.columns, table.rows[0], strict=True)
        fields = [f"{c.label[speech.language]}{speech.say('colon')}{_detail(speech, c, v)}" for c, v in pairs]
        return [speech.say("case_one", number=case_no), *fields]
    metrics = evidence.semantic.metrics or ("reported_cases",)
    known = speech.names.metric(metrics[0])
    unit = known.unit if known else "case"
    notes = dict(note.split(":", 1) for note in table.notes if ":" in note)
    total, listed = int(notes.get("total", len(table.rows))), len(table.rows)
    numbers = {"total": speech.count(total, unit), "shown": speech.count(listed, unit)}
    lines = [speech.say("cases_total" if total > listed else "cases_all", **numbers)]
    lines += [_record(speech, table, row) for row in table.rows[:SHOWN]]
    return [*lines, *([speech.say("more_rows")] if listed > SHOWN else [])]


def _detail(speech: Speech, column: Column, cell: Any) -> str:
    return speech.say("null_member") if cell is None else speech.value(column, cell)


def _record(speech: Speech, table: Table, row: Sequence[Any]) -> str:
    pairs = zip(table.columns, row, strict=True)
    dated = {"timestamp", "date"}
    said = [
        (c.label[speech.language] + " " if c.type in dated else "") + _detail(speech, c, v)
        for c, v in pairs
        if v is not None
    ]
    return "· " + " · ".join(said)


def excess_sentences(speech: Speech, table: Table, *, only_found: bool = False) -> list[str]:
    """Places clearly above their usual level; below five nothing is ever called abnormal."""
    names = {column.name for column in table.columns}
    observed = "observed" if "observed" in names else next((c.name for c in table.columns if c.role == "metric"), "")
    base = next((c.name for c in table.columns if c.name == "expected" or c.role == "base"), "")
    limit = next((c.name for c in table.columns if "upper" in c.name or c.name == "limit"), "")
    above = []
    for row in table.rows:
        count, top = _cell(table, row, observed), _cell(table, row, limit)
        if count is not None and count >= SMALLEST_ABNORMAL and top is not None and count > top:
            above.append(row)
    if not above:
        dimension = table.columns[0].label[speech.language]
        return [] if only_found else [speech.say("excess_none", dimension=dimension)]
    fields = [
        {
            "name": _name(speech, table, r),
            "value": _plain(speech, table, r, observed),
            "expected": _plain(speech, table, r, base),
        }
        for r in above[:SHOWN]
    ]
    rest = speech.join(speech.say("excess_item", **f) for f in fields[1:])
    return [speech.say("excess_top", **fields[0]), *([speech.say("excess_more", items=rest)] if rest else [])]
