"""Handling limits as standards write them: 「2紧急工作时」, 「5天」, 「4小时」, `2Hu`, `5D`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.work_orders.model import ClockKind, Limit

# In municipal standards a plain 小时 or 天 is working time; what runs on through nights says 紧急 or 自然.
_UNITS: dict[str, ClockKind] = {
    "紧急工作时": "urgent_hour", "紧急工作小时": "urgent_hour", "紧急小时": "urgent_hour", "自然小时": "urgent_hour",
    "紧急工作日": "natural_day", "紧急工作天": "natural_day", "自然日": "natural_day", "日历日": "natural_day",
    "个工作小时": "work_hour", "工作小时": "work_hour", "工作时": "work_hour", "小时": "work_hour", "时": "work_hour",
    "工作日": "work_day", "工作天": "work_day", "天": "work_day", "日": "work_day",
    "Hu": "urgent_hour", "Du": "natural_day", "H": "work_hour", "D": "work_day",
}  # fmt: skip
_DIGITS = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"两": 2}
_LIMIT = re.compile(
    rf"(?P<amount>\d+(?:\.\d+)?|[一二两三四五六七八九]?十?[一二两三四五六七八九]?|半)\s*个?\s*"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})(?P<rest>.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ReadLimit:
    """A limit and what stood behind it (「制止」): a staged limit whose first stage this is."""

    limit: Limit
    remark: str = ""


def read_limit(text: str) -> ReadLimit | None:
    """The limit of a cell, None when it cannot be understood or is not above zero."""
    found = _LIMIT.fullmatch(text.strip())
    amount = _amount(found["amount"]) if found else 0
    if found is None or amount <= 0:
        return None
    return ReadLimit(Limit(amount=amount, clock=_UNITS[found["unit"]]), found["rest"].strip(" \n，,（）()"))


def _amount(text: str) -> float:
    if text == "半":
        return 0.5
    if not text or text[0].isdigit():
        return float(text or 0)
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS[text]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
