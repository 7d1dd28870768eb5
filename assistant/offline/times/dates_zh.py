"""Chinese names of dates: years, months, days of a month, quarters, halves, ten-day stretches."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.offline.times import cycles
from assistant.offline.times.here import Here
from assistant.offline.times.numbers import HAN, number
from assistant.offline.times.rule import rule
from assistant.offline.times.values import (
    Cycle,
    Span,
    TimeProblem,
    Value,
)
from assistant.offline.times.walls import month_start, step

D = rf"(?:\d{{1,2}}|{HAN})"
# A name of a street or estate that begins with a time word.
PLACE = r"(?:路|街(?!道)|大道|大街|巷|胡同|村|桥|广场|小区|花园|公园|新村|中路|东路|西路|南路|北路)"
# "上周一共" is last week altogether, "上周六个区" six districts, "上周日均" a daily average.
PLAIN_ONE = r"一(?:共|直|般|样|些|定|律|并|起来|致)"
DAY_NAME = rf"(?:(?!{PLAIN_ONE})一|[二三四五六天末]|日(?!均|常))(?!个|件|条|宗|名|项|类|大|起[案投事])"


NOT_NUMBERED = r"(?!线|楼|门|井|桥|院|岗|机|台|令|厂|地块|库|泵|馆|厅|街|路|区|码|文|公路|公寓|[a-z]|\d(?!\d?[点时:]))"


@rule(r"(?<!\d)(\d\d|\d{4}|[一二][〇零九][〇零一二三四五六七八九]{2})年度?(?![龄级代]|来|间|以[上下内])")
def year(match: re.Match[str], here: Here) -> Value | None:
    """2026年, 22年, 二〇二六年; a two-digit year only near the present, so that "10年" stays a duration."""
    digits = int(number(match[1]))
    if digits < 100 and re.match(r"[前后内]|以[来后前]|之[前后内]", match.string[match.end() :]):
        return None
    if digits < 100:
        digits += here.now.year // 100 * 100
        if not here.now.year - 15 <= digits <= here.now.year + 1:
            return None
    if not 1900 <= digits <= 2100:
        return None
    start = month_start(digits)
    return Span(start, step("year", start, 1), "year")


@rule(r"(?<!\d)((?:19|20)\d\d)年?\s*(?:[-~]|到|至)\s*((?:19|20)\d\d)年")
def years(match: re.Match[str], _here: Here) -> Value | None:
    """2024-2026年."""
    first, last = month_start(int(match[1])), month_start(int(match[2]) + 1)
    if last <= first:
        raise TimeProblem("empty_window")
    return Span(first, last, "range", running=False)


@rule(r"开年(?:以来|至今)?|(?:今年)?年内|今年内")
def within_the_year(_match: re.Match[str], here: Here) -> Value | None:
    """开年以来, 年内."""
    return here.this("year")


@rule(rf"(?<![\d一二三四五六七八九十第个])(\d{{1,2}}|{HAN})月份?(?!饼)")
def month(match: re.Match[str], _here: Here) -> Value | None:
    """10月, 十一月; 十月街 is a street."""
    number_ = int(number(match[1]))
    place = not match[1].isdigit() and re.match(PLACE, match.string[match.end() :])
    if number_ > 12 and not match[1].isdigit():
        return None
    lasting_ = not match[1].isdigit() and match.string.startswith("内", match.end())
    return None if place or lasting_ else cycles.month_of_year(number_)


@rule(rf"(?<![\d一二三四五六七八九十第个])({D})月({D})(?:日|号|(?![\d点时个件起条宗项多:月日号]))")
def date_(match: re.Match[str], _here: Here) -> Value | None:
    """10月1号, 十月二十三日."""
    bare = match[0][-1] not in "日号"
    return (
        None
        if bare and not match[2].isdigit() and len(match[2]) == 1
        else cycles.date_of_year(int(number(match[1])), int(number(match[2])))
    )


@rule(rf"(?<![\d一二三四五六七八九十第个])({D})月({D})(?:日|号)?\s*(?:[-~]|到|至)\s*({D})(?:日|号)")
def date_stretch(match: re.Match[str], here: Here) -> Value | None:
    """10月1-7日."""
    month_, first, last = (int(number(match[i])) for i in (1, 2, 3))
    return cycles.between(cycles.date_of_year(month_, first), cycles.date_of_year(month_, last), here)


@rule(rf"(?<![\d.第\-/:])({D})(月|号|日|季度)?\s*(?:[-~]|到|至)\s*第?({D})(月份?|季度|号|日){NOT_NUMBERED}(?!内)")
def stretch(match: re.Match[str], here: Here) -> Value | None:
    """1-10月, 1到7号, 一至三季度."""
    unit = match[4][0].replace("号", "日")
    if match[2] and match[2][0].replace("号", "日") != unit:
        return None
    makers: dict[str, Callable[[int], Cycle]] = {
        "月": cycles.month_of_year,
        "季": cycles.quarter_of_year,
        "日": cycles.day_of_month,
    }
    first, last = (makers[unit](int(number(match[i]))) for i in (1, 3))
    return cycles.between(first, last, here)


@rule(
    rf"(?<![\d第路街巷弄道里院编牌近去周年.\-/])(?<![路道巷弄院楼][\d])(\d{{1,2}}|{HAN})(?:号|日){NOT_NUMBERED}(?!内|之内|以内|游)"
)
def day_of_month(match: re.Match[str], _here: Here) -> Value | None:
    """23号, 二十三日."""
    if match[0].endswith("日") and not match[1].isdigit() and len(match[1]) < 2:
        return None
    return cycles.day_of_month(int(number(match[1]))) if int(number(match[1])) <= 31 else None


@rule(r"(?:第)?([一二三四1-4])个?季度?(?:份)?(?![一二三四五六七八九十])")
def quarter(match: re.Match[str], _here: Here) -> Value | None:
    """三季度, 第4季度."""
    return None if not match[0].endswith(("季度", "季")) else cycles.quarter_of_year(int(number(match[1])))


@rule(r"([上下])半年(?:度)?")
def half(match: re.Match[str], _here: Here) -> Value | None:
    """上半年."""
    return cycles.half_of_year(1 if match[1] == "上" else 2)


@rule(r"([上下])半(个)?月")
def half_month(match: re.Match[str], _here: Here) -> Value | None:
    """上半月: the 1st to the 15th."""
    return cycles.days_of_month(1, 15) if match[1] == "上" else cycles.days_of_month(16, 31)


@rule(r"([上中下])旬")
def ten_days(match: re.Match[str], _here: Here) -> Value | None:
    """上旬, 中旬, 下旬."""
    first = {"上": 1, "中": 11, "下": 21}[match[1]]
    return cycles.days_of_month(first, first + 9 if first < 21 else 31, unit="tenday")


@rule(rf"第({D})个?(?:周|星期|礼拜)(?!{DAY_NAME})")
def nth_week(match: re.Match[str], _here: Here) -> Value | None:
    """第一周 (of a month: days 1 to 7), 第41周 (of a year)."""
    week = int(number(match[1]))
    if week > 5:
        return cycles.week_of_year(week)
    return cycles.days_of_month(week * 7 - 6, week * 7, f"week {week} of the month: days {week * 7 - 6}–{week * 7}")
