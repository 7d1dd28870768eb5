"""A city's own category list: which class each of its categories is, and which category a reading means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tools.work_orders.classifier_phrases import PhraseBook, ProblemClass
from tools.work_orders.classifier_text import cleaned
from tools.work_orders.model import CaseKind, Category
from warehouse.past_cases import CategoryRow

CITY = "city:"
NATIONAL = "GB/T 47678.5-2026"
_MAJORS = {
    "06": "市容环境", "07": "宣传广告", "08": "施工管理", "09": "街面秩序", "10": "其他事项",
    "01": "市政公用设施", "02": "交通设施", "03": "市容环卫设施", "04": "园林绿化设施", "05": "其他管理部件",
}  # fmt: skip
_STANDARDS = (("47678", "gbt47678"), ("30428", "gbt30428"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A category of the city's list.

    Attributes:
        label: The classifier's label for it: a class id, or `city:<minor>` where no class is it alone.
        code: Its national code inside the class, where one can be told.
    """

    category: Category
    label: str
    code: str | None
    names: tuple[str, ...]


class CityList:
    """The city's categories by label and by name."""

    def __init__(self, rows: Iterable[CategoryRow], book: PhraseBook) -> None:
        self._book = book
        self._names: dict[str, ProblemClass] = {
            _bare(name): item for item in reversed(list(book.classes.values())) for name in item.names
        }
        found = [(row, self._class_of(row)) for row in rows]
        several = _several([item.id for _, item in found if item is not None]) - set(book.subjects)
        self.listed = tuple(self._listed(row, item, several) for row, item in found)
        self._by_label: dict[str, list[Listed]] = {}
        for one in self.listed:
            self._by_label.setdefault(one.label, []).append(one)
        for row, item in found:
            if item is not None and item.id in several:
                alone = next(one for one in self.listed if one.category.minor == row.minor)
                self._by_label.setdefault(item.id, []).append(alone)
        self.label_of: Mapping[str, str] = {one.category.minor: one.label for one in self.listed}

    def meant(self, label: str, text: str) -> tuple[Category, ...]:
        """The categories that a label means for this text: one, or several that the text does not tell apart.

        A class that the city does not list comes back as the national one.
        """
        listed = self._by_label.get(label)
        if not listed:
            return (_national(self._book.classes[label]),) if label in self._book.classes else ()
        if len(listed) == 1 and label not in self._book.subjects:
            return (listed[0].category,)
        return self._told_apart(label, listed, cleaned(text))

    def family(self, label: str) -> Category:
        """The national class as a whole, whatever the city tells apart inside it."""
        return _national(self._book.classes[label])

    def lists(self, label: str) -> bool:
        """Whether the city has a category of that label."""
        return label in self._by_label

    def named(self, text: str) -> Category | None:
        """The category whose name, alias or code is exactly what was said."""
        said = _bare(text)
        for one in self.listed:
            if said and (said in {_bare(name) for name in one.names} or said == one.category.code):
                return one.category
        return None

    def _told_apart(self, label: str, listed: Sequence[Listed], text: str) -> tuple[Category, ...]:
        words = self._book.subjects.get(label, {})
        hit = [code for code, said in words.items() if any(word in text for word in said)]
        of_code = [one.category for one in listed if one.code in hit]
        if of_code or (hit and len(listed) > 0 and not of_code and label in self._book.subjects):
            return tuple(of_code) or tuple(_national(self._book.classes[label], code) for code in hit[:1])
        named = [one.category for one in listed if any(_bare(name) in _bare(text) for name in one.names)]
        return tuple(named) or tuple(one.category for one in listed)

    def _listed(self, row: CategoryRow, item: ProblemClass | None, several: set[str]) -> Listed:
        kind: CaseKind = "component" if row.kind == "component" else "event"
        if row.kind is None and item is not None:
            kind = item.kind
        category = Category(
            kind=kind, major=row.major or "", minor=row.minor, code=row.code, standard_ref=row.standard_ref
        )
        label = item.id if item is not None and item.id not in several else CITY + row.minor
        names = (row.minor, *row.aliases)
        return Listed(category=category, label=label, code=self._code(row, item), names=names)

    def _code(self, row: CategoryRow, item: ProblemClass | None) -> str | None:
        if item is None or item.id not in self._book.subjects:
            return row.code
        if row.code in item.codes.get("gbt47678", ()):
            return row.code
        words = self._book.subjects[item.id].items()
        return next((code for code, said in words if any(word in row.minor.casefold() for word in said)), None)

    def _class_of(self, row: CategoryRow) -> ProblemClass | None:
        by_code = self._by_code(row)
        if by_code is not None:
            return by_code
        for name in (row.minor, *row.aliases):
            if _bare(name) in self._names:
                return self._names[_bare(name)]
        return self._book.classes.get("manhole_cover") if row.minor.endswith("井盖") else None

    def _by_code(self, row: CategoryRow) -> ProblemClass | None:
        standard = next((key for digits, key in _STANDARDS if digits in (row.standard_ref or "")), None)
        if standard is None or row.code is None:
            return None
        items = (one for one in self._book.classes.values() if row.kind in (None, one.kind))
        return next((one for one in items if row.code in one.codes.get(standard, ())), None)


def _national(item: ProblemClass, code: str | None = None) -> Category:
    codes = item.codes.get("gbt47678", ())
    code = code or (codes[0] if len(codes) == 1 else None)
    return Category(
        kind=item.kind,
        major=_MAJORS.get((codes or ("",))[0][:2], ""),
        minor=item.label["zh"],
        code=code,
        standard_ref=NATIONAL if code else None,
    )


def _several(ids: Sequence[str]) -> set[str]:
    return {id for id in ids if ids.count(id) > 1}


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", re.sub(r"[（(][^）)]*[）)]", "", name)).casefold()
