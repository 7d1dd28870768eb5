"""Chinese numerals as articles are numbered: 第一百零三条, 第二十条之一, also 第35条."""

from __future__ import annotations

DIGITS = {d: i for i, d in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "[〇零一二三四五六七八九十百千两0-9０-９]+"


def read_numeral(text: str) -> int:
    """The number; 0 where the text is none.

    >>> [read_numeral(t) for t in ("七", "十二", "一百零三", "一千二百六十", "35")]
    [7, 12, 103, 1260, 35]
    """
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for character in text:
        if character in UNITS:
            total += (digit or 1) * UNITS[character]
            digit = 0
        elif character in DIGITS:
            digit = DIGITS[character]
        else:
            return 0
    return total + digit


def write_numeral(number: int) -> str:
    """The number as articles are numbered, 1 to 9999.

    >>> [write_numeral(n) for n in (7, 10, 12, 103, 110, 1260)]
    ['七', '十', '十二', '一百零三', '一百一十', '一千二百六十']
    """
    digits = "零一二三四五六七八九"
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            out += ("零" if gap and out else "") + digits[digit] + name
        gap = bool(out) and not digit
    return out.removeprefix("一") if out.startswith("一十") else out
