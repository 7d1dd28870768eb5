"""Casting: text columns to the unified types, with the reason for every value that is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from warehouse.feeds.landing import literal, quoted
from warehouse.feeds.spec import FeedSpec, Mapped
from warehouse.unified import FACTS, KEYS, SORTED_BY, UnifiedColumn

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
# What a column means where the source has no such thing: nothing is suspended, nothing is exempt, no clock stood still.
NEUTRAL = {"suspended": "FALSE", "cancelled": "FALSE", "timeout_exempt": "FALSE", "is_false": "FALSE", "paused_hours": "0"}
# Longest span a time may lie from the load, so that 1900-01-00 and 9999-12-31 are seen for what they are.
EARLIEST, LATEST = "1970-01-02", "2100-01-01"


@dataclass(frozen=True, slots=True)
class CastColumn:
    """A stored column: its SQL, why a value may fail (None: it cannot), and where it comes from."""

    name: str
    type: str
    sql: str
    fault: str | None
    origin: str


def cast_columns(spec: FeedSpec, headers: Iterable[str], city_zone: str) -> list[CastColumn]:
    """Every column of the fact (then the extra ones) as an expression over the landed headers.

    Columns that nothing maps are null, or neutral where that has a meaning; those are not `origin` source.
    """
    present = set(headers)
    found = {}
    unified = {column.name: column for column in FACTS[spec.fact or ""]}
    for name, column in unified.items():
        mapped = spec.columns.get(name)
        header = spec.header_of(name)
        if header is not None and header in present:
            found[name] = _from_header(spec, column, header, city_zone)
        elif isinstance(mapped, Mapped) and mapped.constant is not None:
            found[name] = CastColumn(name, column.type, f"CAST({literal(mapped.constant)} AS {column.type})", None, "source")
    for name, column in unified.items():
        mapped = spec.columns.get(name)
        if name in found:
            continue
        if isinstance(mapped, Mapped) and mapped.same_as in found:
            found[name] = CastColumn(name, column.type, found[mapped.same_as or ""].sql, None, "same_as")
        elif name in NEUTRAL:
            found[name] = CastColumn(name, column.type, NEUTRAL[name], None, "default")
    columns = [found.get(name) or CastColumn(name, c.type, f"CAST(NULL AS {c.type})", None, "missing") for name, c in unified.items()]
    for extra in spec.dimensions:
        if extra.header in present:
            kind = "DOUBLE" if extra.kind == "number" else "VARCHAR"
            pseudo = UnifiedColumn(f"x_{extra.id}", kind, "")
            columns.append(_from_header(spec, pseudo, extra.header, city_zone, values_key=extra.id))
    return columns


def _from_header(spec: FeedSpec, column: UnifiedColumn, header: str, city_zone: str, values_key: str = "") -> CastColumn:
    text = text_of(header, (*NULLS, *spec.ignore_values.get(values_key or column.name, ())))
    if mapping := spec.values.get(values_key or column.name):
        cases = " ".join(f"WHEN {literal(written)} THEN {literal(meant)}" for written, meant in mapping.items())
        text = f"(CASE {text} {cases} ELSE {text} END)"
    sql = _typed(spec, column, text, city_zone)
    if column.name in NEUTRAL:
        fault = f"{text} IS NOT NULL AND ({sql}) IS NULL"
        return CastColumn(column.name, column.type, f"coalesce({sql}, {NEUTRAL[column.name]})", fault, "source")
    fault = None if column.type == "VARCHAR" else f"{text} IS NOT NULL AND ({sql}) IS NULL"
    return CastColumn(column.name, column.type, sql, fault, "source")


def text_of(header: str, nulls: Iterable[str]) -> str:
    """The trimmed text of a header, null where it says nothing."""
    trimmed = f"trim({quoted(header)}, ' \t\r\n　')"
    listed = ", ".join(literal(token.lower()) for token in dict.fromkeys(nulls))
    return f"(CASE WHEN lower({trimmed}) IN ({listed}) THEN NULL ELSE {trimmed} END)"


def _typed(spec: FeedSpec, column: UnifiedColumn, text: str, city_zone: str) -> str:
    if column.type == "TIMESTAMP":
        return _timestamp(spec, text, city_zone)
    if column.type == "BOOLEAN":
        true, false = (", ".join(literal(word) for word in words) for words in (TRUE, FALSE))
        return f"(CASE WHEN lower({text}) IN ({true}) THEN TRUE WHEN lower({text}) IN ({false}) THEN FALSE END)"
    if column.type == "INTEGER":
        return f"TRY_CAST(TRY_CAST(replace({text}, ',', '') AS DOUBLE) AS INTEGER)"
    if column.type == "DOUBLE":
        return f"TRY_CAST(replace({text}, ',', '') AS DOUBLE)"
    return text


def _timestamp(spec: FeedSpec, text: str, city_zone: str) -> str:
    """Local wall time. A text with an offset or Z is converted; one without is in the source's zone."""
    formats = ", ".join(literal(one) for one in (spec.source.times or TIMES))
    plain = f"TRY_CAST({text} AS TIMESTAMP)" if not spec.source.times else f"try_strptime({text}, [{formats}])"
    naive = plain if spec.source.times else f"coalesce({plain}, try_strptime({text}, [{formats}]))"
    zone = spec.source.timezone or city_zone
    if zone != city_zone:
        naive = f"timezone({literal(city_zone)}, timezone({literal(zone)}, {naive}))"
    offset = f"timezone({literal(city_zone)}, TRY_CAST({text} AS TIMESTAMPTZ))"
    has_offset = f"regexp_matches({text}, '\\d(Z|[+-]\\d\\d:?\\d\\d)$') AND length({text}) > 16"
    moment = f"(CASE WHEN {has_offset} THEN {offset} ELSE {naive} END)" if not spec.source.times else naive
    return f"(CASE WHEN {moment} BETWEEN TIMESTAMP '{EARLIEST}' AND TIMESTAMP '{LATEST}' THEN {moment} END)"


def reasons_sql(spec: FeedSpec, columns: list[CastColumn]) -> str:
    """Why a row cannot be loaded, "" when it can: no key, no time to count by, a value of the wrong kind."""
    fact = spec.fact or ""
    key, moment = spec.key or KEYS[fact], SORTED_BY[fact]
    by_name = {column.name: column for column in columns}
    parts = [f"CASE WHEN ({by_name[key].sql}) IS NULL THEN 'no {key}; ' ELSE '' END"]
    parts.append(f"CASE WHEN ({by_name[moment].sql}) IS NULL THEN 'no {moment}; ' ELSE '' END")
    for column in columns:
        if column.fault is not None and column.name not in {key, moment}:
            parts.append(f"CASE WHEN {column.fault} THEN 'bad {column.name}; ' ELSE '' END")
    return " || ".join(parts)
