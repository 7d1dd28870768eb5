"""Casting: text columns to the unified types, with the reason for every value that is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from warehouse.feeds.landing import literal, quoted
from warehouse.feeds.spec import FeedSpec, Mapped
from warehouse.unified import FACTS, KEYS, SORTED_BY, SqlType, UnifiedColumn

TRUE = ("是", "y", "yes", "true", "t", "1", "1.0", "对", "有", "on", "已督办", "已挂账", "x", "√", "✓")
FALSE = ("否", "n", "no", "false", "f", "0", "0.0", "不是", "无", "没有", "off", "未督办", "未挂账", "×")
NULLS = ("", "null", "none", "nan", "n/a", "na", "nil", "-", "--", "\\n", "无数据", "未知", "暂无", "(空)", "空",
         "未办结", "未结案", "未完成", "未处理", "/")  # fmt: skip
TIMES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H时%M分", "%Y年%m月%d日",
    "%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y.%m.%d", "%Y%m%d%H%M%S", "%Y%m%d",
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
)  # fmt: skip
# Seconds or milliseconds since 1970, as some systems export times: ten digits or thirteen, from 2001 to 2036.
EPOCH = "epoch"
IS_EPOCH = "regexp_full_match({text}, '(1\\d|20)\\d{{8}}(\\.\\d+|\\d{{3}})?')"
# What a column means where the source has no such thing: nothing is suspended, nothing is exempt, no clock stood still.
NEUTRAL = {
    "suspended": "FALSE",
    "cancelled": "FALSE",
    "timeout_exempt": "FALSE",
    "is_false": "FALSE",
    "paused_hours": "0",
}
# Longest span a time may lie from the load, so that 1900-01-00 and 9999-12-31 are seen for what they are.
EARLIEST, LATEST = "1970-01-02", "2100-01-01"


@dataclass(frozen=True, slots=True)
class CastColumn:
    """A stored column: how it is read from the file, if it is, and where it comes from.

    Attributes:
        text: SQL of the trimmed text over the landed headers; null for what is not read.
        mapped: SQL over that text (called `t_<name>`) where written values mean others, else empty.
        typed: SQL of the value over that text (called `t`), before it is checked.
        final: SQL of the value as stored, over the typed values by column name.
    """

    name: str
    type: str
    origin: str
    text: str | None = None
    mapped: str = ""
    typed: str = ""
    final: str = ""


def cast_columns(spec: FeedSpec, headers: Iterable[str], city_zone: str) -> list[CastColumn]:
    """Every column of the fact (then the extra ones); what nothing maps is null, or neutral where that has a meaning."""
    present = set(headers)
    columns = [_column(spec, column, present, city_zone) for column in FACTS[spec.fact or ""]]
    read = {column.name for column in columns if column.origin == "source"}
    columns = [_stand_in(spec, column, read) for column in columns]
    for extra in spec.dimensions:
        if extra.header in present:
            kind: SqlType = "DOUBLE" if extra.kind == "number" else "VARCHAR"
            columns.append(_read(spec, UnifiedColumn(f"x_{extra.id}", kind, ""), extra.header, city_zone, extra.id))
    return columns


def _column(spec: FeedSpec, column: UnifiedColumn, present: set[str], city_zone: str) -> CastColumn:
    mapped, header = spec.columns.get(column.name), spec.header_of(column.name)
    if header is not None and header in present:
        return _read(spec, column, header, city_zone, column.name)
    if isinstance(mapped, Mapped) and mapped.constant is not None:
        return CastColumn(
            column.name, column.type, "source", final=f"CAST({literal(mapped.constant)} AS {column.type})"
        )
    if column.name in NEUTRAL:
        return CastColumn(column.name, column.type, "default", final=NEUTRAL[column.name])
    return CastColumn(column.name, column.type, "missing", final=f"CAST(NULL AS {column.type})")


def _stand_in(spec: FeedSpec, column: CastColumn, read: set[str]) -> CastColumn:
    mapped = spec.columns.get(column.name)
    if isinstance(mapped, Mapped) and mapped.same_as in read:
        return CastColumn(column.name, column.type, "same_as", final=_checked(mapped.same_as or "", column.type))
    return column


def _read(spec: FeedSpec, column: UnifiedColumn, header: str, city_zone: str, key: str) -> CastColumn:
    name, mapped = quoted(f"t_{column.name}"), ""
    if mapping := spec.values.get(key):
        cases = " ".join(f"WHEN {literal(written)} THEN {literal(meant)}" for written, meant in mapping.items())
        mapped = f"(CASE {name} {cases} ELSE {name} END)"
    return CastColumn(
        column.name, column.type, "source", text=text_of(header, (*NULLS, *spec.ignore_values.get(key, ()))),
        mapped=mapped, typed=_typed(spec, column, name, city_zone), final=_checked(column.name, column.type),
    )  # fmt: skip


def _checked(name: str, kind: str) -> str:
    value = quoted(f"v_{name}")
    if kind == "TIMESTAMP":
        return f"(CASE WHEN {value} BETWEEN TIMESTAMP '{EARLIEST}' AND TIMESTAMP '{LATEST}' THEN {value} END)"
    return f"coalesce({value}, {NEUTRAL[name]})" if name in NEUTRAL else value


def text_of(header: str, nulls: Iterable[str]) -> str:
    """The trimmed text of a header, null where it says nothing.

    Trimming a set of characters costs ten times what a look at both ends does, so only texts that need it are trimmed.
    """
    name, tokens = quoted(header), [token.lower() for token in dict.fromkeys(nulls)]
    trimmed = f"trim({name}, ' \t\r\n　')"
    # Below '!' are the space and the control characters; '、' is the character behind the ideographic space.
    ragged = f"{name} < '!' OR ({name} >= '　' AND {name} < '、') OR {name}[-1] <= ' ' OR {name}[-1] = '　'"
    longest = max((len(token.encode()) for token in tokens), default=0)
    return (
        f"(CASE WHEN {ragged} THEN CASE WHEN {_is_one_of(f'lower({trimmed})', tokens)} THEN NULL ELSE {trimmed} END "
        f"WHEN strlen({name}) <= {longest} AND {_is_one_of(f'lower({name})', tokens)} THEN NULL ELSE {name} END)"
    )


def _is_one_of(text: str, words: Iterable[str]) -> str:
    """Membership without IN or list_contains, which DuckDB turns into a join of the whole table for every column."""
    return f"list_position([{', '.join(literal(word) for word in words)}]::VARCHAR[], {text}) > 0"


def _typed(spec: FeedSpec, column: UnifiedColumn, text: str, city_zone: str) -> str:
    if column.type == "TIMESTAMP":
        return _timestamp(spec, text, city_zone)
    if column.type == "BOOLEAN":
        true, false = (_is_one_of(f"lower({text})", words) for words in (TRUE, FALSE))
        return f"(CASE WHEN {true} THEN TRUE WHEN {false} THEN FALSE END)"
    if column.type == "INTEGER":
        return f"TRY_CAST(TRY_CAST(replace({text}, ',', '') AS DOUBLE) AS INTEGER)"
    if column.type == "DOUBLE":
        return f"TRY_CAST(replace({text}, ',', '') AS DOUBLE)"
    return text


def _timestamp(spec: FeedSpec, text: str, city_zone: str) -> str:
    """Local wall time. A text with an offset or Z is converted; one without is in the source's zone."""
    times = tuple(one for one in spec.source.times if one != EPOCH)
    formats = ", ".join(literal(one) for one in (times or TIMES))
    parsed = f"try_strptime({text}, [{formats}])"
    iso = f"TRY_CAST({text} AS TIMESTAMP)"
    # ISO times are cast ten times faster than they are parsed; formats that read the same text otherwise must win.
    plain = parsed if times and times != ("%Y-%m-%d %H:%M:%S",) else f"coalesce({iso}, {parsed})"
    zone = spec.source.timezone or city_zone
    naive = plain if zone == city_zone else f"timezone({literal(city_zone)}, timezone({literal(zone)}, {plain}))"
    offset = f"timezone({literal(city_zone)}, TRY_CAST({text} AS TIMESTAMPTZ))"
    has_offset = f"length({text}) > 19 AND regexp_matches({text}, '\\d(Z|[+-]\\d\\d:?\\d\\d)$')"
    if EPOCH in spec.source.times:
        naive = f"CASE WHEN {IS_EPOCH.format(text=text)} THEN {_since_1970(text, city_zone)} ELSE {naive} END"
    return f"(CASE WHEN {has_offset} THEN {offset} ELSE {naive} END)"


def _since_1970(text: str, city_zone: str) -> str:
    seconds = (
        f"(TRY_CAST({text} AS DOUBLE) / CASE WHEN strpos({text}, '.') = 0 AND strlen({text}) > 11 THEN 1000 ELSE 1 END)"
    )
    return f"timezone({literal(city_zone)}, to_timestamp({seconds}))"


def staging_sql(spec: FeedSpec, columns: list[CastColumn], relation: str, *, numbered: bool = True) -> str:
    """The rows with `line` (where the relation is numbered), `_reason` ("" when the row is good), the stored columns, and `_hash` over them.

    In layers, so that each text is trimmed once, each value cast once, and each checked once.
    """
    fact = spec.fact or ""
    required = {spec.key or KEYS[fact], SORTED_BY[fact]}
    read = [column for column in columns if column.text is not None]
    texts = ", ".join(f"{column.text} AS {quoted(f't_{column.name}')}" for column in read)
    values = ", ".join(f"{column.typed} AS {quoted(f'v_{column.name}')}" for column in read)
    kept = ", ".join(quoted(f"t_{column.name}") for column in read)
    finals = ", ".join(f"{column.final} AS {quoted(column.name)}" for column in columns)
    reasons = [
        f"CASE WHEN {column.final} IS NULL THEN 'no {column.name}; ' ELSE '' END"
        for column in columns
        if column.name in required
    ]
    for column in read:
        if column.type != "VARCHAR" and column.name not in required:
            checked = quoted(f"v_{column.name}") if column.name in NEUTRAL else column.final
            reasons.append(
                f"CASE WHEN {quoted(f't_{column.name}')} IS NOT NULL AND {checked} IS NULL THEN 'bad {column.name}; ' ELSE '' END"
            )
    mapped = ", ".join(f"{column.mapped} AS {quoted(f't_{column.name}')}" for column in read if column.mapped)
    replaced = f" REPLACE ({mapped})" if mapped else ""
    line = "line, " if numbered else ""
    hashed = ", ".join(quoted(column.name) for column in columns)
    return (
        f"SELECT *, hash({hashed}) AS _hash FROM (SELECT {line}{' || '.join(reasons)} AS _reason, {finals} FROM "
        f"(SELECT {line}{kept}, {values} FROM (SELECT *{replaced} FROM (SELECT {line}{texts} FROM ({relation})))))"
    )
