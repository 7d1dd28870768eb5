"""What a document says of itself: title, level, place, department, dates. The explicit beats the read, the read beats the guessed."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from knowledge.articles import Level
from knowledge.structure import Structure

DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
ADOPTED = re.compile(r"通过|修订|修正|公布|发布|颁布|印发|修改|批准")
EFFECTIVE = re.compile(r"自\s*(\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*起(?:施行|实施|执行|生效)")
# Where a title begins with the name of a place that makes rules.
PLACE = re.compile(
    r"(?P<province>[一-龥]{2,8}?(?:省|自治区))?(?P<city>[一-龥]{2,6}?(?:市|自治州|自治县))?(?P<district>[一-龥]{1,6}?(?:区|县))?"
)
LEVELS = (
    (re.compile(r"法$|法典"), Level.LAW),
    (re.compile(r"条例$"), Level.REGULATION),
    (re.compile(r"标准$|规范$|导则$|清单$"), Level.STANDARD),
    (re.compile(r"规程$|流程$|手册$|指南$|作业指导书$"), Level.PROCEDURE),
)
MANIFEST = "manifest.csv"


class Facts(BaseModel):
    """Facts given by a person: YAML at the top of a file, or a line of `manifest.csv` beside it. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str = ""
    part: str = ""
    level: Level | None = None
    jurisdiction: str | None = None
    department: str = ""
    promulgated: date | None = None
    effective: date | None = None
    repealed: date | None = None
    withdrawn: bool = False
    version: str = ""
    readers: tuple[str, ...] = Field(default=())


def manifest(folder: Path) -> dict[str, Facts]:
    """Facts by file name relative to the folder, from its `manifest.csv`; empty where there is none.

    Columns: file, and any of title, version_date, level, jurisdiction, status (现行/废止), department, effective,
    repealed, readers.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {line["file"]: _of_line(line) for line in csv.DictReader(lines)}


def _of_line(line: Mapping[str, str]) -> Facts:
    given: dict[str, Any] = {
        "title": line.get("title", ""),
        "level": line.get("level") or None,
        "jurisdiction": line.get("jurisdiction"),
        "department": line.get("department", ""),
        "version": line.get("version_date", ""),
        "effective": line.get("effective") or None,
        "repealed": line.get("repealed") or None,
        "withdrawn": line.get("status", "") in {"废止", "已废止", "已修改", "失效"},
        "readers": tuple(filter(None, line.get("readers", "").split(";"))),
    }
    return Facts(**given)


def completed(given: Facts, structure: Structure, name: str) -> Facts:
    """The facts, filled from what the text and the file name tell."""
    title = given.title or structure.title.split(" ")[0] or name
    part = given.part or " ".join(structure.title.split(" ")[1:] if structure.title.startswith(title + " ") else [])
    promulgated = given.promulgated or _adopted(structure.front) or _named_day(given.version or name)
    version_day = _named_day(given.version) or _named_day(name) or promulgated
    return given.model_copy(
        update={
            "title": title,
            "part": part,
            "level": given.level or level_of(title),
            "jurisdiction": _place(title) if given.jurisdiction is None else _finer(given.jurisdiction, title),
            "promulgated": promulgated,
            "effective": given.effective or _effective(structure, version_day),
            "version": given.version or (version_day.isoformat() if version_day else ""),
        }
    )


def level_of(title: str) -> Level:
    """The level that a title alone suggests; a place in front of 条例 makes it local."""
    if _place(title) and title.endswith("条例"):
        return Level.LOCAL_REGULATION
    return next((level for pattern, level in LEVELS if pattern.search(title)), Level.NORMATIVE)


def _place(title: str) -> str:
    match = PLACE.match(title)
    return "/".join(filter(None, match.groups())) if match else ""


def _finer(given: str, title: str) -> str:
    """The given place, or the city within it that the title names: a list by province says 浙江省 for 丽水市 too."""
    named = _place(title)
    if given.endswith(("省", "自治区")) and named and given not in named:
        return f"{given}/{named}"
    return given


def _adopted(front: Sequence[str]) -> date | None:
    days = [_day(m) for line in front if ADOPTED.search(line) for m in DAY.finditer(line)]
    return max(filter(None, days), default=None)


def _effective(structure: Structure, version_day: date | None) -> date | None:
    """The later of the day named in the last articles and the version's own day.

    An amended law keeps the day of its first text (自2009年…起施行); this version cannot be older than its amendment.
    """
    tail = [piece.text for piece in structure.pieces[-3:]] + list(structure.front)
    named = [_day(m) for text in tail for e in EFFECTIVE.finditer(text) if (m := DAY.search(e[1]))]
    days = [day for day in (*named, version_day) if day]
    return max(days, default=None)


def _named_day(text: str) -> date | None:
    match = ISO.search(text) or DAY.search(text)
    return _day(match) if match else None


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
