"""What can go wrong with numbers.

WarehouseError
├── CatalogError            a catalogue file is wrong: names the file, the key and what is allowed
│   └── UnknownName         no such metric or dimension; carries the nearest names
├── QueryError              a semantic query cannot be answered as asked (the asker or the model may mend it)
│   ├── UnknownMember       a filter names a value that this city does not have; carries the nearest values
│   ├── MetricUnavailable   the city's sources lack a column the metric needs; names the columns
│   ├── NotApplicable       dimension and metric do not meet (e.g. alarms by department); carries what would do
│   ├── EmptyWindow         the window ends before it starts, or lies wholly in the future
│   └── QueryTimeout        stopped after the time limit
├── ScopeDenied             the asker's scope cannot be applied to this fact: nothing is shown
│   └── OutsideScope        what is asked about lies outside the asker's scope: said, never counted as zero
├── NoSnapshot              nothing has been loaded for this city yet
└── FeedError               a feed or its file cannot be used; nothing was changed
"""

from __future__ import annotations

from collections.abc import Mapping


class WarehouseError(Exception):
    """Base of everything the warehouse raises. Fields carry facts; sentences are made by whoever shows them."""

    code: str = "warehouse_error"

    @property
    def facts(self) -> dict[str, object]:
        """The error's fields, JSON-able, for phrases and for the model."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


class CatalogError(WarehouseError):
    """A catalogue file breaks its contract."""

    code = "catalog_error"

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem


class UnknownName(CatalogError):
    """A metric or dimension id that the catalogue does not have."""

    code = "unknown_name"

    def __init__(self, name: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(name, f"not in the catalogue; near: {', '.join(near) or 'none'}")
        self.name = name
        self.near = near


class QueryError(WarehouseError):
    """A well-formed query that this city's data cannot answer as asked."""

    code = "query_error"


class UnknownMember(QueryError):
    """A filter value that is not a known member of its dimension: never compiled to an empty result."""

    code = "unknown_member"

    def __init__(self, dimension: str, value: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(f"{dimension}: {value!r} is unknown; near: {', '.join(near) or 'none'}")
        self.dimension = dimension
        self.value = value
        self.near = near


class MetricUnavailable(QueryError):
    """The sources lack columns that the metric needs: an answer of zero would be a lie."""

    code = "metric_unavailable"

    def __init__(self, metric: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{metric} needs {', '.join(missing)}")
        self.metric = metric
        self.missing = missing


class NotApplicable(QueryError):
    """A dimension that the metric's fact does not have."""

    code = "not_applicable"

    def __init__(self, metric: str, dimension: str, applicable: tuple[str, ...] = ()) -> None:
        super().__init__(f"{metric} cannot be seen by {dimension}")
        self.metric = metric
        self.dimension = dimension
        self.applicable = applicable


class EmptyWindow(QueryError):
    """A time window with nothing in it by construction."""

    code = "empty_window"

    def __init__(self, start: str, end: str, reason: str = "") -> None:
        super().__init__(f"[{start}, {end}) {reason}".strip())
        self.start = start
        self.end = end
        self.reason = reason


class QueryTimeout(QueryError):
    """The engine was stopped after the time limit, in seconds."""

    code = "query_timeout"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after {seconds:g} s")
        self.seconds = seconds


class ScopeDenied(WarehouseError):
    """The asker's row scope cannot be applied here, so nothing is shown (fail closed)."""

    code = "scope_denied"

    def __init__(self, fact: str, dimension: str) -> None:
        super().__init__(f"{fact} has no {dimension} to limit by")
        self.fact = fact
        self.dimension = dimension


class OutsideScope(ScopeDenied):
    """Every value asked for lies outside the asker's scope."""

    code = "outside_scope"

    def __init__(self, dimension: str, values: tuple[str, ...], limits: Mapping[str, frozenset[str]]) -> None:
        super().__init__(", ".join(values), dimension)
        self.values = values
        self.limits = {name: sorted(allowed) for name, allowed in limits.items()}


class NoSnapshot(WarehouseError):
    """Nothing has been loaded for the city yet."""

    code = "no_snapshot"

    def __init__(self, city: str) -> None:
        super().__init__(f"{city}: no data loaded yet")
        self.city = city


class FeedError(WarehouseError):
    """A feed file, or the source it names, cannot be used. Nothing was changed.

    Args:
        where: File, and line or key where known.
        problem: What is wrong.
        remedy: What to do about it.
    """

    code = "feed_error"

    def __init__(self, where: str, problem: str, remedy: str = "") -> None:
        super().__init__(f"{where}: {problem}" + (f" → {remedy}" if remedy else ""))
        self.where = where
        self.problem = problem
        self.remedy = remedy
