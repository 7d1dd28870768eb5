"""Draft: a feed file for an export that nobody has described yet, with what was unsure said in comments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from warehouse.errors import FeedError
from warehouse.feeds.casting import EPOCH
from warehouse.feeds.headers import LISTS, Seen, by_a_word, fixed_words, matched, status_map, value_map
from warehouse.feeds.looking import Look, look
from warehouse.unified import KEYS, SORTED_BY

FACTS_TRIED = ("cases", "alarms", "callbacks")
MOST_GROUPS = 60
STALE = timedelta(days=14)
FEWEST_TELLING = 2
# Which zone a longitude speaks for, west to east; only ever a guess, and the draft says so.
_ZONES = ((-130.0, -115.0, "America/Los_Angeles"), (-115.0, -102.0, "America/Denver"), (-102.0, -85.5, "America/Chicago"),
          (-85.5, -66.0, "America/New_York"), (-11.0, 2.5, "Europe/London"), (2.5, 16.0, "Europe/Berlin"),
          (73.0, 135.0, "Asia/Shanghai"))  # fmt: skip
_DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")


@dataclass(slots=True)
class Draft:
    """A feed in the making: the YAML's content and what a person should look at."""

    look: Look
    name: str
    kind: str
    content: dict[str, Any]
    placed: dict[str, str]
    doubts: list[str] = field(default_factory=list)

    @property
    def unplaced(self) -> list[str]:
        """Headers that go nowhere."""
        extra = {one["from"] for one in self.content.get("dimensions", ())}
        return [one.header for one in self.look.columns if one.header not in {*self.placed.values(), *extra}]


def draft_feed(path: Path, city: str, folder: Path) -> Draft:
    """Look at an export and describe it.

    Args:
        folder: Where the feed file will lie; the export is named relative to it where it lies below.

    Raises:
        FeedError: The file cannot be read, or holds neither cases nor alarms nor a list that is known.
    """
    seen = look(path)
    kind, placed = _kind(seen)
    made = Draft(look=seen, name=_slug(path.name.split(".")[0]) or kind, kind=kind, content={}, placed=placed)
    made.content = _head(made, city, folder)
    if kind in LISTS:
        made.content["columns"] = dict(placed)
        return made
    if told := by_a_word(kind, placed):
        made.doubts.append("told by a word of the header: " + ", ".join(f"{placed[one]!r} → {one}" for one in told))
    _moment(made)
    _key(made)
    _since_1970(made)
    made.content["columns"] = _columns(made)
    if extra := _dimensions(made):
        made.content["dimensions"] = extra
    if values := _values(made):
        made.content["values"] = values
    return made


def _kind(seen: Look) -> tuple[str, dict[str, str]]:
    """The fact or list whose columns explain the export best."""
    timed = any(one.times >= 0.8 and one.filled > 0.3 for one in seen.columns)
    # Rows with times are cases even where no header is known: what they are is then guessed, and said to be.
    best: tuple[float, str, dict[str, str]] = (-1.0 if timed else 0.0, "", {})
    for kind in FACTS_TRIED if timed else LISTS:
        placed = matched(kind, seen.columns)
        telling = {"alarms": {"alarm_no", "alarm_type", "device_no", "device_type", "is_false"},
                   "callbacks": {"callback_no", "called_at", "reached"}}.get(kind)  # fmt: skip
        if telling is not None and len(telling & set(placed) - set(by_a_word(kind, placed))) < FEWEST_TELLING:
            continue
        # A list is told by its own words: a table of 大类 and 小类 is one of categories, whatever else stands in it.
        score = len(placed) + (2.0 if kind in {"alarms", "callbacks"} else 0.0)
        score += 2.0 * len({"minor", "major"} & set(placed)) + 2.0 * len({"street", "level"} & set(placed)) * (
            not timed
        )
        # One word in common with a list says little of a table whose rows are told apart by a number of their own.
        if (
            kind in LISTS
            and len(placed) < FEWEST_TELLING
            and any(_is_unique(c) for c in seen.columns if c.numbers > 0.9)
        ):
            continue
        if score > best[0]:
            best = (score, kind, placed)
    if not best[1]:
        headers = ", ".join(one.header for one in seen.columns[:12])
        raise FeedError(
            str(seen.path), f"none of its columns is known: {headers} …",
            "write the feed by hand; examples/ shows how, and warehouse/unified.py lists the columns",
        )  # fmt: skip
    return best[1], best[2]


def _head(made: Draft, city: str, folder: Path) -> dict[str, Any]:
    seen = made.look
    path = seen.path.resolve()
    inside = path.is_relative_to(folder.resolve())
    source: dict[str, Any] = {"files": [str(path.relative_to(folder.resolve()) if inside else path)]}
    source["format"] = seen.source.format
    if seen.source.format == "csv":
        source["encoding"] = seen.source.encoding
        if seen.source.delimiter:
            source["delimiter"] = seen.source.delimiter
    if seen.source.header > 1:
        source["header"] = seen.source.header
    if any(_is_day_first(one) for one in seen.columns if one.times < 0.8):
        source["times"] = list(_DAY_FIRST)
        made.doubts.append("dates are read day first (31/12/2026)")
    what = {"members": made.kind} if made.kind in LISTS else {"fact": made.kind}
    return {"feed": made.name, "city": city, **what, "source": source}


def _is_day_first(one: Seen) -> bool:
    days = [re.match(r"(\d{1,2})/(\d{1,2})/\d{4}", text) for text in one.examples]
    return bool(days) and all(days) and any(int(day[1]) > 12 for day in days if day)


def _moment(made: Draft) -> None:
    """Every fact is sorted by one time; where no header is called so, the earliest full one stands for it."""
    wanted = SORTED_BY[made.kind]
    if wanted in made.placed:
        return
    free = [one for one in made.look.columns if one.times >= 0.8 and one.header not in made.placed.values()]
    free = free or [one for one in made.look.columns if one.times >= 0.8]
    if not free:
        raise FeedError(
            str(made.look.path), "no column holds times", f"map {wanted} by hand: every row needs the time it began"
        )  # fmt: skip
    chosen = max(free, key=lambda one: (round(one.filled, 2), [-ord(c) for c in one.earliest]))
    made.placed = {column: header for column, header in made.placed.items() if header != chosen.header}
    made.placed[wanted] = chosen.header
    made.doubts.append(f"{wanted} is guessed to be {chosen.header!r}: no header says so")


def _since_1970(made: Draft) -> None:
    placed = [one for one in made.look.columns if one.header in made.placed.values() and one.times >= 0.8]
    if any(one.numbers >= 0.8 and len(one.examples[0].split(".")[0]) in {10, 13} for one in placed):
        source = made.content["source"]
        source["times"] = [EPOCH, *source.get("times", ())]
        made.doubts.append("numbers of ten or thirteen digits are read as seconds or milliseconds since 1970 (UTC)")


def _key(made: Draft) -> None:
    """The column that tells rows apart."""
    usual = KEYS[made.kind]
    header = made.placed.get(usual)
    if header is not None and _is_unique(made.look.column(header)):
        made.content["key"] = usual
        return
    unique = [one for one in made.look.columns if _is_unique(one) and one.times < 0.8 and one.header != header]
    if unique:
        made.placed = {column: other for column, other in made.placed.items() if other != unique[0].header}
        made.placed[usual] = unique[0].header
        made.doubts.append(f"{usual} is guessed to be {unique[0].header!r}: its values are all different")
    elif header is None:
        raise FeedError(
            str(made.look.path), "no column tells the rows apart", "add a number to each row in the export, or join columns"
        )  # fmt: skip
    else:
        made.doubts.append(f"{header!r} repeats: of rows with one number only the newest is kept")
    made.content["key"] = usual


def _is_unique(one: Seen) -> bool:
    return one.filled > 0.999 and one.distinct >= 0.999 * one.rows


def _columns(made: Draft) -> dict[str, Any]:
    order = [one.header for one in made.look.columns]
    columns: dict[str, Any] = dict(sorted(made.placed.items(), key=lambda item: order.index(item[1])))
    if made.kind == "cases":
        if "updated_at" in columns:
            made.content["updated"] = "updated_at"
        if "registered_at" not in columns:
            columns["registered_at"] = {"same_as": "reported_at"}
            made.doubts.append("no column says when a case was filed (立案): it counts as filed when it was reported")
        status = columns.get("status")
        for column in ("cancelled", "suspended"):
            if status and column not in columns and _status_map(made, column, status):
                columns[column] = {"from": status}
        if "closed_at" not in columns and "disposed_at" in columns:
            columns["closed_at"] = {"same_as": "disposed_at"}
            made.doubts.append(
                "no column says when a case was closed (结案): it counts as closed when it was dealt with"
            )
        if "due_at" not in columns:
            made.doubts.append("no deadline column: nothing about being on time or overdue can be asked")
    return columns


def _dimensions(made: Draft) -> list[dict[str, Any]]:
    """Further columns with few different values, kept as dimensions of their own."""
    found: list[dict[str, Any]] = []
    for one in made.look.columns:
        groups = 2 <= one.distinct <= min(MOST_GROUPS, one.rows * one.filled / 2) and one.filled >= 0.3
        if one.header in made.placed.values() or not groups or one.times >= 0.8 or one.marks >= 0.8:
            continue
        identifier = _slug(one.header) or f"extra_{len(found) + 1}"
        names = {"zh": [one.header]} if not one.header.isascii() else {"en": [one.header.replace("_", " ").lower()]}
        label = one.header if not one.header.isascii() else one.header.replace("_", " ").lower()
        found.append({"id": identifier, "from": one.header, "label": {"zh": label, "en": label}, "names": names})
    return found


def _values(made: Draft) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for column, header in made.placed.items():
        if mapping := value_map(column, made.look.column(header).examples):
            found[column] = mapping
        strange = [text for text in made.look.column(header).examples if text not in found.get(column, {})]
        strange = [text for text in strange if (known := fixed_words(column)) and text not in known]
        if strange:
            made.doubts.append(
                f"values.{column} says nothing of {', '.join(strange[:6])}: such rows count as not given"
            )
    cancelled = made.content["columns"].get("cancelled")
    if isinstance(cancelled, str):
        made.doubts.append(f"a case with a mark in {cancelled!r} counts as cancelled: map it elsewhere if it is not")
    for column in ("cancelled", "suspended"):
        if isinstance(mapped := made.content["columns"].get(column), Mapping):
            found[column] = _status_map(made, column, mapped["from"])
            made.doubts.append(f"which status words mean a {column} case is guessed: see values.{column}")
    return found


def _status_map(made: Draft, column: str, header: str) -> dict[str, str]:
    refused_too = column == "cancelled" and "registered_at" not in made.placed
    return status_map(column, made.look.column(header).examples, refused_too=refused_too)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_") if text.isascii() else ""


def feed_text(made: Draft) -> str:
    """The YAML with its comments."""
    lines = [
        f"# Drafted by looking at {made.look.path.name}: {made.look.rows:,} rows. Look it over, then check and load it."
    ]
    lines += [f"# ? {doubt}" for doubt in made.doubts]
    if made.unplaced:
        lines.append("# Not used: " + ", ".join(made.unplaced))
    return "\n".join(lines) + "\n" + _dumped(made.content)


def city_text(drafts: Sequence[Draft], city: str, name: str | None, now: datetime) -> str:
    """The city's settings: language, zone and clock are guessed from the exports, and said to be."""
    chinese = any(not one.header.isascii() for made in drafts for one in made.look.columns)
    zone = "Asia/Shanghai" if chinese else _zone(drafts)
    newest = max((made.look.column(made.placed[SORTED_BY[made.kind]]).latest for made in drafts if made.kind not in LISTS),
                 default="")  # fmt: skip
    stale = bool(newest) and now.replace(tzinfo=None) - datetime.fromisoformat(newest) > STALE
    shown = name or city
    content: dict[str, Any] = {
        "id": city, "name": {"zh": shown, "en": shown}, "language": "zh" if chinese else "en", "timezone": zone,
        "clock": "data" if stale else "wall", "calendar": "cn" if chinese else "us",
    }  # fmt: skip
    if labels := _labels(drafts):
        content["labels"] = labels
    comment = "# The city. `timezone` is a guess: every local time is read in it.\n"
    comment += "# `clock: data` counts words like 昨天 from the export's last day (an archive), `wall` from now.\n"
    return comment + _dumped(content)


def _labels(drafts: Sequence[Draft]) -> dict[str, dict[str, str]]:
    """Places and kinds are called what the export calls them: a borough is no district."""
    found: dict[str, dict[str, str]] = {}
    for made in drafts:
        for column in ("district", "street", "major_category", "minor_category", "department", "unit"):
            header = made.placed.get(column, "")
            if made.kind == "cases" and header.isascii() and header:
                said = header.replace("_", " ").lower()
                found[column] = {"zh": said, "en": said}
    return found


def _zone(drafts: Sequence[Draft]) -> str:
    for made in drafts:
        if header := made.placed.get("longitude"):
            for text in made.look.column(header).examples[:3]:
                degrees = float(text.replace(",", ""))
                for west, east, zone in _ZONES:
                    if west <= degrees < east:
                        return zone
    return "UTC"


def _dumped(content: Mapping[str, Any]) -> str:
    dumped: str = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=110)
    return dumped
