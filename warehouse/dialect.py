"""What differs between engines, one primitive each. A second engine is a second class with the same methods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlglot import exp

from warehouse.semantic import Grain
from warehouse.zone import Stretch


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


class DuckDb:
    """Primitives for DuckDB. Every method returns a new expression and leaves its arguments alone."""

    name = "duckdb"

    def __init__(self, clocks: Sequence[Stretch] = ()) -> None:
        """`clocks`: when the city's clocks are changed, so that hours between wall times are hours gone by."""
        self._clocks = tuple(clocks)

    def sql(self, tree: exp.Expr) -> str:
        """The statement's text."""
        return tree.sql(dialect=self.name)

    def timestamp(self, moment: datetime) -> exp.Expr:
        """A naive wall time as a literal."""
        return exp.cast(exp.Literal.string(moment.isoformat(sep=" ")), "timestamp")

    def day(self, day: date) -> exp.Expr:
        """A date literal."""
        return exp.cast(exp.Literal.string(day.isoformat()), "date")

    def parameter(self, position: int) -> exp.Expr:
        """The bound value at a position, counted from 1."""
        return exp.Parameter(this=exp.Literal.number(position))

    def trunc(self, grain: Grain, moment: exp.Expr) -> exp.Expr:
        """Start of the bucket, a timestamp; weeks start on Monday."""
        return exp.cast(_call("DATE_TRUNC", exp.Literal.string(grain.value), moment), "timestamp")

    def hour_of(self, moment: exp.Expr) -> exp.Expr:
        """Hour of the day, 0 to 23."""
        return _call("HOUR", moment)

    def weekday_of(self, moment: exp.Expr) -> exp.Expr:
        """1 for Monday to 7."""
        return _call("ISODOW", moment)

    def date_of(self, moment: exp.Expr) -> exp.Expr:
        """Calendar day."""
        return exp.cast(moment.copy(), "date")

    def second_of_day(self, moment: exp.Expr) -> exp.Expr:
        """Whole seconds since midnight of the wall clock."""
        hours = exp.Mul(this=_call("HOUR", moment), expression=exp.Literal.number(3600))
        minutes = exp.Mul(this=_call("MINUTE", moment), expression=exp.Literal.number(60))
        return exp.paren(exp.Add(this=exp.Add(this=hours, expression=minutes), expression=_call("SECOND", moment)))

    def hours_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Elapsed hours with fractions; null when either end is."""
        elapsed = exp.paren(exp.Sub(this=_call("EPOCH_US", end), expression=_call("EPOCH_US", start)))
        hours = exp.paren(exp.Div(this=elapsed, expression=exp.Literal.number("3600000000.0")))
        if len(self._clocks) < 2:
            return hours
        turned = exp.paren(exp.Sub(this=self._offset(end), expression=self._offset(start)))
        return exp.paren(exp.Sub(this=hours, expression=exp.Div(this=turned, expression=exp.Literal.number("3600.0"))))

    def _offset(self, moment: exp.Expr) -> exp.Expr:
        """Seconds ahead of UTC on the city's clock."""
        case = exp.Case()
        for stretch in self._clocks[:-1]:
            assert stretch.until is not None
            before = exp.LT(this=moment.copy(), expression=self.timestamp(stretch.until))
            case = case.when(before, exp.Literal.number(stretch.offset))
        return case.else_(exp.Literal.number(self._clocks[-1].offset))

    def count_if(self, condition: exp.Expr) -> exp.Expr:
        """Rows for which it is true, as an integer; 0 over none."""
        case = exp.Case().when(condition.copy(), exp.Literal.number(1)).else_(exp.Literal.number(0))
        return exp.cast(exp.Coalesce(this=exp.Sum(this=case), expressions=[exp.Literal.number(0)]), "bigint")

    def quantile(self, value: exp.Expr, fraction: float) -> exp.Expr:
        """Exact interpolated quantile."""
        return _call("QUANTILE_CONT", value, exp.Literal.number(str(fraction)))

    def text(self, value: exp.Expr) -> exp.Expr:
        """The value as text, blank as null."""
        return _call("NULLIF", _call("TRIM", exp.cast(value.copy(), "varchar")), exp.Literal.string(""))

    def contains(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Whether the text holds the part, whatever the case."""
        return _call("CONTAINS", exp.Lower(this=value.copy()), exp.Lower(this=part.copy()))
