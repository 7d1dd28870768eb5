"""From one message to its problems: several in one message become several items, a complaint about one stays one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tools.work_orders.classifier_phrases import CHAT, NOT_OURS
from tools.work_orders.gazetteer import Gazetteer, PlaceReading

Ranking = list[tuple[str, float]]
Rank = Callable[[str], Ranking]
# How sure a part must be to become a problem of its own: after a full stop or 「还有」, and after a mere comma.
_SURE_APART = 0.6
_SURE_BY_COMMA = 0.85
_STRONG = re.compile(
    r"[。；;！!？?\n]+|(?<=[a-z])\.\s+|"
    r"(?:^|(?<=[\s,，。；;：:]))(?:[一二三四五]是|第[一二三四五][,，、]?|[1-9][.、)）]|[①②③④⑤])|"
    r"[,，、]?\s*(?:另外|还有就是|还有|此外|再有|再就是|顺便说一下|顺便|除此之外|同时|而且|并且)[,，、]?|"
    r"[,，]?\s*\b(?:also|in addition|additionally|besides|plus|and there(?:'s| is| are)?|another thing|on top of that|as well as)\b[,，]?",
    re.I,
)
# 「一是…二是…」, "1) … 2) …": who counts their problems has as many.
_COUNTED = re.compile(
    r"(?:^|(?<=[\s,，。；;：:、]))(?:[一二三四五六]是|第[一二三四五六](?:个|件)?[,，、是]?|[1-9](?:[.、)）]|\)\s)|[①②③④⑤⑥])"
)
_WEAK = re.compile(r"[,，、]|\s+\band\b\s+", re.I)
# What a problem brings with it; behind a comma these describe the problem before, they are none of their own.
_CONSEQUENCES = frozenset(
    [
        "odor",
        "general_comment",
        "traffic_jam",
        "pest_insects",
        "pest_rodent",
        "drugs_disorder",
        "property_management",
        "housing_conditions",
        "dirty_road",
        "noise_nuisance",
        "traffic_request",
        "air_pollution",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItem:
    """One problem as read: its words, its place and what it may be, likeliest first."""

    text: str
    place: PlaceReading
    ranking: Ranking

    @property
    def label(self) -> str:
        """The likeliest label."""
        return self.ranking[0][0]

    @property
    def chance(self) -> float:
        """Its probability."""
        return self.ranking[0][1]

    @property
    def is_ours(self) -> bool:
        """Whether the likeliest reading is the city's business."""
        return self.label != CHAT and not self.label.startswith(NOT_OURS)


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    is_strong: bool


def read_items(text: str, gazetteer: Gazetteer, rank: Rank) -> tuple[ReadItem, ...]:
    """The problems of a message in their order; at least one."""
    groups = _counted(text) or _groups(_parts(text), gazetteer, rank)
    if len(groups) <= 1:
        return (_item(text, gazetteer, rank),)
    items = tuple(_item(group, gazetteer, rank) for group in groups)
    return _sharing_place(items)


def _counted(text: str) -> list[str]:
    """The problems as their sender counted them; what stands before the first number goes with it."""
    marks = list(_COUNTED.finditer(text))
    if len(marks) < 2:
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    parts = [text[mark.end() : end].strip(" ,，。；;、") for mark, end in zip(marks, ends, strict=True)]
    before = text[: marks[0].start()].strip(" ,，。；;：:、")
    return [f"{before}，{parts[0]}" if before else parts[0], *parts[1:]] if all(parts) else []


def _parts(text: str) -> list[_Part]:
    parts: list[_Part] = []
    for strong in _STRONG.split(text):
        pieces = [piece.strip() for piece in _WEAK.split(strong or "") if piece and piece.strip()]
        parts += [_Part(piece, at == 0) for at, piece in enumerate(pieces)]
    return parts


def _groups(parts: list[_Part], gazetteer: Gazetteer, rank: Rank) -> list[str]:
    """Neighbouring parts about the same problem, joined again."""
    groups: list[list[str]] = []
    labels: list[str | None] = []
    for part in parts:
        label = _own_problem(part, gazetteer, rank)
        if not groups:
            groups.append([part.text])
            labels.append(label)
        elif labels[-1] is None or label is None or label in labels:
            groups[-1].append(part.text)
            labels[-1] = labels[-1] or label
        else:
            groups.append([part.text])
            labels.append(label)
    return [
        "，".join(group) if any("㐀" <= c <= "鿿" for c in "".join(group)) else ", ".join(group) for group in groups
    ]


def _own_problem(part: _Part, gazetteer: Gazetteer, rank: Rank) -> str | None:
    rest = gazetteer.read(part.text).rest
    if len(rest) < 2:
        return None
    label, chance = rank(rest)[0]
    if label == CHAT or label.startswith(NOT_OURS) or (label in _CONSEQUENCES and not part.is_strong):
        return None
    return label if chance >= (_SURE_APART if part.is_strong else _SURE_BY_COMMA) else None


def _item(text: str, gazetteer: Gazetteer, rank: Rank) -> ReadItem:
    place = gazetteer.read(text)
    return ReadItem(text=text.strip(), place=place, ranking=rank(place.rest or text))


def _sharing_place(items: tuple[ReadItem, ...]) -> tuple[ReadItem, ...]:
    """A place said once holds for what follows, and the first one for what came before it."""
    known = next((item.place for item in items if item.place.is_somewhere), None)
    if known is None:
        return items
    shared = []
    for item in items:
        if item.place.is_somewhere:
            known = item.place
        shared.append(ReadItem(text=item.text, place=known, ranking=item.ranking))
    return tuple(shared)
