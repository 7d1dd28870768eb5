"""Catalogue formulas as checked syntax trees: one fact's columns, a few functions, four moments, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from warehouse.errors import CatalogError
from warehouse.unified import FACTS

MOMENTS = frozenset({"start", "end", "until", "now"})
_ALLOWED: tuple[type[exp.Expr], ...] = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In,
    exp.Between, exp.Null, exp.Boolean, exp.Literal, exp.Column, exp.Identifier, exp.Placeholder, exp.Case, exp.If,
    exp.Coalesce, exp.Lower, exp.Upper, exp.Trim, exp.Abs, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg,
    exp.Greatest, exp.Least, exp.Nullif, exp.Like,
)  # fmt: skip


@lru_cache(maxsize=2048)
def parse(text: str, fact: str, extra: frozenset[str] = frozenset()) -> exp.Expr:
    """The formula as a tree; copy it before changing it.

    Args:
        text: SQL expression over the fact's columns, `hours(a, b)` and `:start :end :until :now`.
        fact: Whose columns may be named.
        extra: Further columns (a city's `x_…`).

    Raises:
        CatalogError: It cannot be parsed, or names a column, function or moment that is not allowed.
    """
    try:
        tree = parse_one(text, read="duckdb")
    except SqlglotError as error:
        raise CatalogError(fact, f"cannot read {text!r}: {error}") from error
    columns = {column.name for column in FACTS.get(fact, ())} | extra
    for node in tree.walk():
        _check(node, text, columns)
    return tree


def _check(node: exp.Expr, text: str, columns: set[str] | frozenset[str]) -> None:
    if isinstance(node, exp.Anonymous):
        if node.name.lower() != "hours" or len(node.expressions) != 2:
            raise CatalogError(text, f"function {node.name} is not allowed")
    elif not isinstance(node, _ALLOWED):
        raise CatalogError(text, f"{type(node).__name__} is not allowed")
    elif isinstance(node, exp.Column) and (node.name not in columns or node.table):
        raise CatalogError(text, f"no column {node.sql()}")
    elif isinstance(node, exp.Placeholder) and node.name not in MOMENTS:
        raise CatalogError(text, f"no moment :{node.name}; there are {', '.join(sorted(MOMENTS))}")


def columns_of(text: str | None, fact: str, extra: frozenset[str] = frozenset()) -> frozenset[str]:
    """The fact columns that the formula reads."""
    if text is None:
        return frozenset()
    return frozenset(column.name for column in parse(text, fact, extra).find_all(exp.Column))


def bind(tree: exp.Expr, moments: Mapping[str, exp.Expr]) -> exp.Expr:
    """A copy in parentheses with every moment replaced by its expression."""

    def replace(node: exp.Expr) -> exp.Expr:
        return moments[node.name].copy() if isinstance(node, exp.Placeholder) else node

    return exp.paren(tree.copy().transform(replace), copy=False)
