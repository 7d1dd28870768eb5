"""The phrases a classifier starts from: what people say for every class, for what is not ours, and in chit-chat.

One YAML file per major class under `phrases/classes/`; `classes.yml` has codes and names, `not_ours.yml` whom to call
instead. A phrase holds no place; `{p}` marks where one may stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from tools.work_orders.model import CaseKind

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, Language] = ("zh", "en")
FOLDER = Path(__file__).parent / "phrases"
NOT_OURS = "not_ours:"
CHAT = "chit_chat"
SLOT = "{p}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemClass:
    """A class that intake can tell apart.

    Attributes:
        codes: Standard to its codes; several codes mean the class stands for all of them together.
        names: Official and municipal spellings, its own name first, both languages together.
        label: Its own name by language.
    """

    id: str
    kind: CaseKind
    label: dict[str, str]
    codes: dict[str, tuple[str, ...]]
    names: tuple[str, ...]

    @property
    def is_national(self) -> bool:
        """Whether a national standard has it."""
        return bool(self.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Something that others do.

    Attributes:
        call: Whom to call, by language.
        urgent: Somebody may be in danger: said before anything else.
        classes: What it is called where a city does see to it itself.
    """

    id: str
    call: dict[str, str]
    urgent: bool = False
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseBook:
    """All phrases with their labels.

    Attributes:
        phrases: Label to language to phrases. Labels are class ids, `not_ours:<id>` and `chit_chat`.
        subjects: Class to code to words that tell the code apart inside the class (污水 of 井盖).
        digest: Of every file; another digest needs another model.
    """

    classes: Mapping[str, ProblemClass]
    referrals: Mapping[str, Referral]
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]]
    subjects: Mapping[str, Mapping[str, tuple[str, ...]]]
    digest: str


@lru_cache(maxsize=1)
def phrase_book(folder: Path = FOLDER) -> PhraseBook:
    """The shipped phrases."""
    files = sorted(folder.rglob("*.yml"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
    classes = {raw["id"]: _class(raw) for raw in _read(folder / "classes.yml")["classes"]}
    phrases: dict[str, dict[str, tuple[str, ...]]] = {id: {} for id in classes}
    for path in sorted((folder / "classes").glob("*.yml")):
        for id, said in _read(path).items():
            phrases[id] = {language: tuple(said.get(language) or ()) for language in LANGUAGES}
    referrals = {}
    for id, raw in _read(folder / "not_ours.yml").items():
        classes_of = tuple(raw.get("classes") or ())
        referrals[id] = Referral(id=id, call=raw["call"], urgent=bool(raw.get("urgent")), classes=classes_of)
        phrases[NOT_OURS + id] = {language: tuple(raw[language]) for language in LANGUAGES}
    chat = _read(folder / "chit_chat.yml")
    phrases[CHAT] = {language: tuple(chat[language]) for language in LANGUAGES}
    return PhraseBook(
        classes=classes, referrals=referrals, phrases=phrases, subjects=_read(folder / "subjects.yml"), digest=digest
    )


def _class(raw: Mapping[str, Any]) -> ProblemClass:
    names = raw.get("names") or {}
    spelled = (*raw["name"].values(), *(name for language in LANGUAGES for name in names.get(language) or ()))
    codes = {standard: tuple(values) for standard, values in (raw.get("codes") or {}).items()}
    return ProblemClass(
        id=raw["id"], kind=raw["kind"], label=raw["name"], codes=codes, names=tuple(dict.fromkeys(spelled))
    )


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded
