"""Catalogue formulas: SQL expressions over one fact's own columns, parsed and checked, never executed as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from warehouse.errors import CatalogError

PARAMETERS = frozenset({"start", "end", "now", "until"})
_ALLOWED = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Placeholder, exp.And, exp.Or, exp.Not, exp.Paren,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Case, exp.If, exp.Add, exp.Sub, exp.Mul,
    exp.Neg, exp.Coalesce, exp.Anonymous,
)  # fmt: skip


@lru_cache(maxsize=1024)
def parse(text: str, where: str) -> exp.Expr:
    """The formula's tree.

    Args:
        where: File and entry, for the error.

    Raises:
        CatalogError: It does not parse, or uses anything but comparisons, logic, CASE, arithmetic and `hours(a, b)`.
    """
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as problem:
        raise CatalogError(where, f"cannot read {text!r}: {problem}") from problem
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            raise CatalogError(where, f"{text!r} uses {type(node).__name__}, which a formula may not")
        if isinstance(node, exp.Anonymous) and node.name.lower() != "hours":
            raise CatalogError(where, f"{text!r} calls {node.name}; only hours(from, to) may be called")
        if isinstance(node, exp.Placeholder) and node.name not in PARAMETERS:
            raise CatalogError(where, f"{text!r}: unknown parameter :{node.name}")
    return tree


def columns_of(tree: exp.Expr) -> frozenset[str]:
    """The columns a formula reads."""
    return frozenset(column.name for column in tree.find_all(exp.Column))


def bound(
    tree: exp.Expr,
    moments: Mapping[str, exp.Expr],
    hours: Callable[[exp.Expr, exp.Expr], exp.Expr],
    table: str,
) -> exp.Expr:
    """A copy with parameters put in, `hours` spelled for the engine, and columns qualified by their table."""

    def replace(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            return moments[node.name].copy()
        if isinstance(node, exp.Column):
            return exp.column(node.name, table=table, quoted=True)
        if isinstance(node, exp.Anonymous):
            first, second = (part.transform(replace) for part in node.expressions)
            return hours(first, second)
        return node

    return tree.transform(replace)
