"""What a load or a check found. Everything the command line prints is in here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason rows were set aside: how many, and the first of them."""

    reason: str
    rows: int
    line: int
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """The outcome of one feed's load.

    `rows_in` = `loaded` + `unchanged` + `quarantined` + `duplicates`, always. `superseded` of the loaded rows replaced an
    older version. `snapshot` is None when nothing had to change.
    """

    feed: str
    city: str
    files: tuple[Path, ...]
    encoding: str
    rows_in: int = 0
    loaded: int = 0
    unchanged: int = 0
    quarantined: int = 0
    duplicates: int = 0
    superseded: int = 0
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    snapshot: str | None = None
    seconds: float = 0.0

    @property
    def adds_up(self) -> bool:
        """Whether every row that came in is accounted for."""
        return self.rows_in == self.loaded + self.unchanged + self.quarantined + self.duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """A header of the export: where it goes, how full it is, what is in it."""

    header: str
    column: str | None
    filled: float
    distinct: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """A look at a feed without loading it.

    Attributes:
        broken: Lines that are no records.
        missing: Mapped headers that the file does not have.
        lacking: Metrics that cannot be asked, with the columns they would need.
    """

    feed: str
    city: str
    encoding: str
    rows: int
    broken: int
    columns: tuple[ColumnProfile, ...]
    missing: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    lacking: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
