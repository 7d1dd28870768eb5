"""A lexical rule: a pattern and what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assistant.offline.times.here import Here
from assistant.offline.times.values import Value

Build = Callable[["re.Match[str]", Here], Value | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """Whenever the pattern is found, `build` gives its value, or None when it is no time after all."""

    pattern: re.Pattern[str]
    build: Build


def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled so that a word ends where Chinese begins ("q3哪个区")."""
    return re.compile(pattern, re.ASCII)


def rule(pattern: str) -> Callable[[Build], Rule]:
    """Make the decorated function the meaning of the pattern."""

    def wrap(build: Build) -> Rule:
        return Rule(compiled(pattern), build)

    return wrap


def words(pattern: str, value: Value) -> Rule:
    """Words with one fixed meaning."""
    return Rule(compiled(pattern), lambda _match, _here: value)


def one_of(names: Iterable[str]) -> str:
    """An alternation, longest first."""
    return "(?:" + "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) + ")"
