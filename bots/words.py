"""What the desk itself says in its channels, in both languages; answers are the assistant's."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from tools.principal import Principal


@cache
def _words() -> dict[str, dict[str, str]]:
    text = (files("bots") / "words.yml").read_text(encoding="utf-8")
    return {language: dict(words) for language, words in yaml.safe_load(text).items()}


def say(key: str, language: str, **fields: object) -> str:
    """The words of a key with their fields filled."""
    return _words()["en" if language == "en" else "zh"][key].format(**fields)


def scope_text(principal: Principal, language: str) -> str:
    """What a person may see, in words."""
    limits = (*principal.districts, *principal.departments)
    return ("、" if language == "zh" else ", ").join(limits) if limits else say("scope_city", language)


def introduced(principal: Principal, key: str, language: str) -> str:
    """A sentence about a person: name, role, scope."""
    return say(
        key, language, name=principal.name, role=say(f"role_{principal.role}", language),
        scope=scope_text(principal, language),
    )  # fmt: skip
