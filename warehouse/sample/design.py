"""The invented city behind the sample data: places, categories, departments and sources, read from the files beside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

_FOLDER = Path(__file__).parent
_CELLS_PER_COMMUNITY = 4


@dataclass(frozen=True, slots=True)
class Design:
    """What the city is made of.

    Attributes:
        prefix: First letters of a case number.
        cells: One row per grid cell: district, street, community, grid, weight, longitude, latitude.
        areas: One row per place above the cells: level, name, code, parent, aliases (joined by 、).
        categories: One row per minor category: code, kind, major, name, department, limit, share, night, season, seen.
        departments: name, code, aliases, on_time, unit.
        sources: name, share, hours, saturday, sunday, holiday, only.
        devices: category, type, device, share, wrong.
        hours: Weight per hour of the day, by profile.
        seasons: Factor per month, by season.
        roads: Road names used in addresses.
    """

    prefix: str
    cells: pd.DataFrame
    areas: pd.DataFrame
    categories: pd.DataFrame
    departments: pd.DataFrame
    sources: pd.DataFrame
    devices: pd.DataFrame
    hours: dict[str, list[float]]
    seasons: dict[str, list[float]]
    roads: tuple[str, ...]

    def category(self, code: str) -> int:
        """Row number of the category with that code."""
        return int(np.flatnonzero((self.categories["code"] == code).to_numpy())[0])

    def source(self, name: str) -> int:
        """Row number of the source with that name."""
        return int(np.flatnonzero((self.sources["name"] == name).to_numpy())[0])


def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def design() -> Design:
    """The sample city, read once."""
    places, categories, sources = _read("places.yml"), _read("categories.yml"), _read("sources.yml")
    cells, areas = _places(places)
    majors = categories["majors"]
    table = pd.DataFrame(categories["categories"])
    table["kind"] = [majors[code[:2]]["kind"] for code in table["code"]]
    table["major"] = [majors[code[:2]]["name"] for code in table["code"]]
    return Design(
        prefix=places["prefix"],
        cells=cells,
        areas=areas,
        categories=table,
        departments=pd.DataFrame(_read("departments.yml")["departments"]),
        sources=pd.DataFrame(sources["sources"]),
        devices=pd.DataFrame(sources["devices"]),
        hours=sources["hours"],
        seasons=categories["seasons"],
        roads=tuple(places["roads"]),
    )


def _places(places: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = iter([first + second for second in places["second"] for first in places["first"]])
    cells: list[dict[str, Any]] = []
    areas: list[dict[str, Any]] = []
    for district in places["districts"]:
        areas.append(_area("区", district["name"], district["code"], places["city"], district["aliases"]))
        for number, (street, aliases) in enumerate(district["streets"].items(), 1):
            code = f"{district['code']}{100 + number if street.endswith('镇') else number:03d}"
            areas.append(_area("街道", street, code, district["name"], aliases))
            # Streets differ in size, and a district's first streets are its busy centre.
            weight = district["share"] / (1 + 0.35 * number)
            for index in range(1, 4 + number % 2):
                community = next(names) + ("村" if street.endswith("镇") else "社区")
                areas.append(_area("社区", community, f"{code}{index:03d}", street, []))
                cells += _cells(district, (street, community), f"{code}{index:03d}", (number, index, weight))
    table = pd.DataFrame(cells)
    shares = {district["name"]: district["share"] for district in places["districts"]}
    totals = table.groupby("district")["weight"].transform("sum")
    table["weight"] = table["weight"] / totals * table["district"].map(shares)
    return table, pd.DataFrame(areas)


def _area(level: str, name: str, code: str, parent: str, aliases: list[str]) -> dict[str, Any]:
    return {"level": level, "name": name, "code": code, "parent": parent, "aliases": "、".join(aliases)}


def _cells(
    district: dict[str, Any], names: tuple[str, str], code: str, place: tuple[int, int, float]
) -> list[dict[str, Any]]:
    number, index, weight = place
    longitude, latitude = district["centre"]
    return [
        {
            "district": district["name"],
            "street": names[0],
            "community": names[1],
            "grid": f"{code}{cell:03d}",
            "weight": weight / index,
            "longitude": longitude + 0.011 * ((number * 7) % 5 - 2) + 0.003 * cell,
            "latitude": latitude + 0.009 * ((number * 3) % 5 - 2) + 0.002 * index,
        }
        for cell in range(1, _CELLS_PER_COMMUNITY + 1)
    ]
