"""What differs between engines: a handful of primitives. A second engine is one more class of this shape."""

from __future__ import annotations

from datetime import datetime

from sqlglot import exp

from warehouse.semantic import Grain


class DuckDb:
    """DuckDB 2.0, and SQL that runs on 1.5 too."""

    name = "duckdb"

    def timestamp(self, moment: datetime) -> exp.Expr:
        """A naive local timestamp literal."""
        text = moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        return exp.cast(exp.Literal.string(text), exp.DataType.Type.TIMESTAMP)

    def truncated(self, column: exp.Expr, grain: Grain) -> exp.Expr:
        """The beginning of the bucket, as a timestamp; weeks begin on Monday."""
        return exp.cast(
            exp.func("date_trunc", exp.Literal.string(grain.value), column, dialect="duckdb"),
            exp.DataType.Type.TIMESTAMP,
        )

    def hour_of_day(self, column: exp.Expr) -> exp.Expr:
        """0 to 23."""
        return exp.Anonymous(this="hour", expressions=[column])

    def weekday(self, column: exp.Expr) -> exp.Expr:
        """1 Monday to 7 Sunday."""
        return exp.Anonymous(this="isodow", expressions=[column])

    def second_of_day(self, column: exp.Expr) -> exp.Expr:
        """Seconds since local midnight."""
        parts = [exp.Anonymous(this=part, expressions=[column.copy()]) for part in ("hour", "minute", "second")]
        return exp.Add(this=exp.Add(this=exp.Mul(this=parts[0], expression=exp.Literal.number(3600)),
                                    expression=exp.Mul(this=parts[1], expression=exp.Literal.number(60))), expression=parts[2])  # fmt: skip

    def day(self, column: exp.Expr) -> exp.Expr:
        """The local date."""
        return exp.cast(column, exp.DataType.Type.DATE)

    def hours_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Elapsed hours as a double; null when either end is."""
        micros = exp.Anonymous(this="date_diff", expressions=[exp.Literal.string("microsecond"), start, end])
        return exp.Div(this=exp.cast(micros, exp.DataType.Type.DOUBLE), expression=exp.Literal.number("3600000000.0"))

    def quantile(self, value: exp.Expr, share: float) -> exp.Expr:
        """Exact, linearly interpolated quantile."""
        return exp.Anonymous(this="quantile_cont", expressions=[value, exp.Literal.number(share)])
