"""A city's own rules on who gets what: `routing.yml` in its folder, class × area → department and unit.

    threshold: 0.8                  # how sure past cases must be where no rule speaks
    rules:                          # the first that fits
      - {minor: 暴露垃圾, district: [东湖区, 高新区], department: 环境卫生中心, unit: 环卫一队}
      - {major: 街面秩序, department: 城管局}

Every name must be one of the city's, so that a misspelt rule is found when it is read and not by a case that lies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from tools.work_orders.errors import UnreadableRouting
from tools.work_orders.model import CaseDraft

FILE = "routing.yml"
AREAS = ("district", "street", "community", "grid")
THRESHOLD = 0.8
_CLASSES = ("major", "minor")


def _several(said: object) -> object:
    return (said,) if isinstance(said, str) else said


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]


class Rule(BaseModel):
    """Cases of these classes in these areas (none named: any) go to this department, this unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    major: Names = ()
    minor: Names = ()
    district: Names = ()
    street: Names = ()
    community: Names = ()
    grid: Names = ()
    department: str | None = None
    unit: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Rule:
        if not (self.department or self.unit):
            raise ValueError("a rule names a department or a unit")
        if not any(getattr(self, name) for name in (*_CLASSES, *AREAS)):
            raise ValueError("a rule names a class or an area")
        return self

    def fits(self, draft: CaseDraft) -> bool:
        """Whether the rule speaks of this case."""
        if draft.category is None:
            return False
        told = {name: getattr(draft.category, name) for name in _CLASSES}
        told |= {name: getattr(draft.place, name) for name in AREAS}
        return all(not getattr(self, name) or value in getattr(self, name) for name, value in told.items())


class Rules(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    threshold: float = Field(default=THRESHOLD, gt=0, le=1)
    rules: tuple[Rule, ...] = ()

    def of(self, draft: CaseDraft) -> Rule | None:
        """The first rule that fits."""
        return next((rule for rule in self.rules if rule.fits(draft)), None)


def read_rules(text: str | None, known: Mapping[str, Collection[str]]) -> Rules:
    """The rules of a city; none where it has no file.

    Args:
        known: Field of a rule to the city's names.

    Raises:
        UnreadableRouting: Not YAML, not such a file, or a name that the city does not have.
    """
    if not text:
        return Rules()
    try:
        loaded: Any = yaml.safe_load(text) or {}
        rules = Rules.model_validate(loaded)
    except yaml.YAMLError as problem:
        raise UnreadableRouting(file=FILE, problem=str(problem)) from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableRouting(file=FILE, problem=f"{where}: {first['msg']}") from problem
    for number, rule in enumerate(rules.rules, 1):
        _check(number, rule, known)
    return rules


def _check(number: int, rule: Rule, known: Mapping[str, Collection[str]]) -> None:
    for field in (*_CLASSES, *AREAS, "department", "unit"):
        said = getattr(rule, field) or ()
        for name in (said,) if isinstance(said, str) else said:
            if name not in known.get(field, ()):
                near = ", ".join(get_close_matches(name, list(known.get(field, ())), n=3, cutoff=0.4))
                problem = f"rule {number}: no {field} is called {name!r}" + (f"; near: {near}" if near else "")
                raise UnreadableRouting(file=FILE, problem=problem)
