"""Directory: names to principals, from `people.yml` in the home and the built-in roles."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.errors import UnknownPerson
from tools.principal import Principal, Role

log = logging.getLogger(__name__)


class Person(BaseModel):
    """An entry of people.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    role: Role
    districts: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


class Directory:
    """Who may ask. `people.yml` holds `people: [{name, role, districts?, departments?}]`."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        self._people = people

    @classmethod
    def read(cls, home: Path) -> Directory:
        """The directory of a home; without people.yml only the built-in roles.

        Raises:
            ValueError: An entry is misspelt, or a name is listed twice.
        """
        path = home / "people.yml"
        listed = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("people", []) if path.is_file() else []
        people: dict[str, Person] = {}
        for person in map(Person.model_validate, listed):
            if person.name in people:
                # Which of two entries counts would be chance, and with it somebody's rights.
                raise ValueError(f"{path}: {person.name} is listed twice")
            people[person.name] = person
        return cls(people)

    def named(self, role: Role) -> tuple[str, ...]:
        """Everybody of a role; where nobody is listed, the role's own built-in principal."""
        return tuple(person.name for person in self._people.values() if person.role is role) or (str(role),)

    def principal(
        self, who: str | Mapping[str, Any], districts: tuple[str, ...] = (), units: tuple[str, ...] = ()
    ) -> Principal:
        """The principal of a name, a role, or `{"role", "district"?, "unit"?}`.

        Raises:
            UnknownPerson: Neither a listed name nor a role.
        """
        if not isinstance(who, str):
            return self.principal(str(who.get("role", "")), _many(who.get("district")), _many(who.get("unit")))
        person = self._people.get(who)
        if person is None:
            if who not in set(Role):
                raise UnknownPerson(who, (*self._people, *Role))
            return Principal(who, Role(who), districts, units)
        return Principal(
            who, person.role, _narrowed(who, person.districts, districts), _narrowed(who, person.departments, units)
        )


class LiveDirectory(Directory):
    """The directory of a home as it is now: who was taken off people.yml may no longer ask, without a restart."""

    def __init__(self, home: Path) -> None:
        self._path = home / "people.yml"
        self._home = home
        self._written = self._stamp()
        super().__init__(Directory.read(home)._people)

    def principal(
        self, who: str | Mapping[str, Any], districts: tuple[str, ...] = (), units: tuple[str, ...] = ()
    ) -> Principal:
        """As of a directory.

        Raises:
            UnknownPerson: Neither a listed name nor a role, or people.yml cannot be used any more.
        """
        if (written := self._stamp()) != self._written:
            try:
                self._people = Directory.read(self._home)._people
            except (ValueError, OSError, yaml.YAMLError) as problem:
                # A half-written file must neither keep somebody's rights alive nor end the desk.
                log.error("%s cannot be used: %s", self._path, problem)
                raise UnknownPerson(str(who), ()) from problem
            self._written = written
        return super().principal(who, districts, units)

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def _narrowed(who: str, allowed: tuple[str, ...], wished: tuple[str, ...]) -> tuple[str, ...]:
    """What is seen: a listed person may be narrowed further, never widened."""
    if allowed and not set(wished) <= set(allowed):
        raise UnknownPerson(f"{who} in {', '.join(wished)}", allowed)
    return wished or allowed


def _many(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(map(str, value))  # type: ignore[call-overload]  # a JSON list
