"""Chinese time words."""

from __future__ import annotations

import re
from datetime import timedelta

from assistant.offline.times import cycles
from assistant.offline.times.dates_zh import (
    DAY_NAME,
    PLACE,
    PLAIN_ONE,
    date_,
    date_stretch,
    day_of_month,
    half,
    half_month,
    month,
    nth_week,
    quarter,
    stretch,
    ten_days,
    within_the_year,
    year,
    years,
)
from assistant.offline.times.digits import at
from assistant.offline.times.here import Here
from assistant.offline.times.numbers import HAN, ZH, is_vague, number
from assistant.offline.times.rule import Rule, rule, words
from assistant.offline.times.values import (
    Against,
    Cycle,
    DayKind,
    Hours,
    Length,
    Mark,
    Moment,
    Problem,
    Series,
    Shift,
    Slice,
    Span,
    TimeProblem,
    Value,
)
from assistant.offline.times.walls import floor, step
from warehouse.semantic import Grain

UNITS = {
    "分钟": "minute", "小时": "hour", "钟头": "hour", "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week",
    "月": "month", "季度": "quarter", "季": "quarter", "年度": "year", "年": "year",
}  # fmt: skip
_UNIT = "(?:分钟|小时|钟头|天|日|周|星期|礼拜|月|季度|季|年度|年)"
_BEFORE = {"大前": -3, "前": -2, "昨": -1, "今": 0, "当": 0, "明": 1, "后": 2, "大后": 3}
_NAMED_YEARS = {"大前": -3, "前": -2, "去": -1, "上": -1, "今": 0, "本": 0, "当": 0, "明": 1, "来": 1, "后": 2}
_WEEKDAYS = {**dict(zip("一二三四五六日", range(1, 8), strict=True)), "天": 7, "末": 6}
# More of a unit than this is a year's name or a code, no duration.
_MANY = 1000
_COUNTED = rf"(?!{PLAIN_ONE})[一二三四五六七八九十两几\d]"
_NOT_PLACE = rf"(?!{PLACE})"


def _offset(steps: str) -> int:
    """How many units on: 上上 is two back, and so is 再上 ("the one before last")."""
    return {"上": -1, "下": 1, "再": -1}.get(steps[:1], 0) * len(steps)


@rule(r"(大前|前|昨|今|(?<![^,.?!\s])当|明|大后|后)(?:天|日|儿)(?!年|期)")
def named_day(match: re.Match[str], here: Here) -> Value | None:
    """昨天, 大前天, 今日."""
    return here.this("day", _BEFORE[match[1]])


@rule(r"(昨|今|当|明|前)(早|晨|晚|夜)(?:里|间|上(?!报|班|周|月|个|星期|礼拜|半|传|午|一|访|门|路|街))?(?!高峰)")
def day_and_part(match: re.Match[str], here: Here) -> Value | None:
    """昨晚, 今早: the night is the one that begins that day; before it ends, tonight is the running one."""
    today = floor("day", here.now)
    day = step("day", today, _BEFORE[match[1]])
    night = here.policies.parts["night"]
    if match[2] in "早晨":
        return here.policies.parts["early_morning"].on(day)
    if match[1] not in "今当":
        return night.on(day)
    if night.on(step("day", today, -1)).end > here.now:
        return night.on(step("day", today, -1))
    return here.policies.parts["evening" if match[2] == "晚" else "night"].on(day)


@rule(rf"(再上|上{{1,3}}|下{{1,2}}|本|这|当|今)(?:一)?个?(?:(周|星期|礼拜)(?!{DAY_NAME})|(月|季度|季|年度)(?!度))")
def relative_unit(match: re.Match[str], here: Here) -> Value | None:
    """上周, 上上个月, 本季度."""
    return here.this(UNITS[match[2] or match[3]], _offset(match[1]))


@rule(r"(大前|前|去|今|本|当|明|来|后|上一?)年(?!级|度|[龄轻])")
def relative_year(match: re.Match[str], here: Here) -> Value | None:
    """去年, 前年."""
    return here.this("year", _NAMED_YEARS[match[1].rstrip("一")])


@rule(rf"(再上|上{{1,3}}|下{{1,2}}|本|这|当)(?:一)?个?(?:周|星期|礼拜)?(?:的)?(?:周|星期|礼拜)({DAY_NAME})")
def relative_weekday(match: re.Match[str], here: Here) -> Value | None:
    """上周三, 这礼拜五, 上上周末."""
    week = here.this("week", _offset(match[1])).start
    cycle: Cycle = cycles.weekend() if match[2] == "末" else cycles.weekday(_WEEKDAYS[match[2]])
    return cycle.at(week)


@rule(r"刚刚?(?:过去|过完|结束)的?(?:这|那|上)?(?:一|1)?个?(周末|周|星期|礼拜|月|季度)")
def just_past(match: re.Match[str], here: Here) -> Value | None:
    """刚过去的这个周末: the latest that is over."""
    if match[1] != "周末":
        return here.this(UNITS[match[1]], -1)
    weekends = [cycles.weekend().at(here.this("week", offset).start) for offset in (0, -1)]
    return next((one for one in weekends if one is not None and one.end <= here.now), None)


@rule(rf"(?:最近|上|过去)的?({ZH})?个?(?:完整|整|自然)的?(?:自然)?({_UNIT})")
def whole_units(match: re.Match[str], here: Here) -> Value | None:
    """最近一个完整的周, 最近三个自然月: calendar units that are over."""
    count, unit = int(number(match[1] or "1")), UNITS[match[2]]
    end = here.this(unit).start
    return Span(step(unit, end, -count), end, unit if count == 1 else "range", running=False)


@rule(r"(?:本|这个?|当前)半年度?")
def this_half(_match: re.Match[str], here: Here) -> Value | None:
    """本半年: from January or July to now."""
    return here.this("half")


@rule(rf"(每个?|各个?|逐个?|按)?(?:周|星期|礼拜)(?!末)({DAY_NAME})(?![周年月天])")
def weekday(match: re.Match[str], _here: Here) -> Value | None:
    """周三; every Wednesday is a filter on weekdays, no window."""
    if match[1]:
        raise TimeProblem("recurring_weekday")
    return cycles.weekday(_WEEKDAYS[match[2]])


@rule(r"(?<![上下本这每按])周末(?!愉快|快乐)|周六,?周日|周六日|星期六,?星期[日天]")
def weekend(_match: re.Match[str], _here: Here) -> Value | None:
    """周末, 周六周日."""
    return cycles.weekend()


@rule(rf"(?:最近|近|过去|这|以往)的?({ZH})(?:个半)?个?(半)?({_UNIT})(?!级)(?:内|以内|之内|里|以来|来|间)?")
def rolling(match: re.Match[str], here: Here) -> Value | None:
    """近7天, 最近半小时, 过去三个月, 这两天."""
    count = number(match[1]) + (0.5 if "个半" in match[0] or match[2] else 0)
    return last_units(count, UNITS[match[3]], here, vague=is_vague(match[1]), so_far=match[0].startswith("这"))


@rule(rf"(?:最近|近|过去)的?(?={PLAIN_ONE}|$|[^一二两三四五六七八九十几数半\d年期日来的处似乎义些])")
def recently(match: re.Match[str], here: Here) -> Value | None:
    """最近, alone."""
    return recent(here) if match[0].startswith("最近") else None


@rule(r"近期|近来|近日|近些天|前段时间|前一段时间|最近一段时间|这段时间|这阵子|最近一阵")
def recently_too(_match: re.Match[str], here: Here) -> Value | None:
    """近期."""
    return recent(here)


@rule(rf"({ZH})(个?(?:分钟|小时|钟头|天|周|星期|礼拜|季度)|个月|年)(?:以)?来(?!自|电|访|信|件)")
def lasting(match: re.Match[str], here: Here) -> Value | None:
    """一个月来, 半年以来."""
    count = number(match[1])
    return last_units(count, UNITS[match[2].lstrip("个")], here) if count < _MANY else None


@rule(
    rf"(?<![提以之在])(?:那)?(?:再)?(前|头|(?<![早晚网线街路以马])上|往前|向前|前面|再前)(?:推)?({ZH})个?({_UNIT}|半年)(?:里|内)?"
)
def first_units(match: re.Match[str], _here: Here) -> Value | None:
    """前三季度, 前两周, 前一天; 再往前一个月."""
    count, unit = number(match[2]), UNITS.get(match[3], "half")
    if count != int(count):
        return None
    if match[1] == "上" and count == 1:
        return None
    if match[1] not in {"前", "头", "上"} or (count == 1 and match[1] == "前"):
        return Shift(int(count), unit)
    return Slice(int(count), unit, alone=True)


@rule(rf"(?:后|往后|向后)({ZH})个?(天|日|周|星期|礼拜|月|季度|年)(?:里|内)?")
def next_units(match: re.Match[str], _here: Here) -> Value | None:
    """后一周."""
    return Shift(-int(number(match[1])), UNITS[match[2]])


@rule(rf"最后({ZH})个?({_UNIT})")
def last_slice(match: re.Match[str], _here: Here) -> Value | None:
    """(10月)最后一周."""
    return Slice(int(number(match[1])), UNITS[match[2]], last=True)


@rule(rf"({ZH})(个?(?:分钟|小时|钟头|天|周|星期|礼拜|季度)|个月|日|年|半年)")
def length(match: re.Match[str], _here: Here) -> Value | None:
    """三天: only a duration."""
    count = number(match[1])
    return Length(count, UNITS.get(match[2].lstrip("个"), "half")) if count < _MANY else None


@rule(rf"(?<![\d第几多些小:])(\d{{1,2}}|{HAN})(点钟?|时)(半|一刻|三刻|(\d{{1,2}}|{HAN})分)?(?![\d件建意米处候间段])")
def clock(match: re.Match[str], _here: Here) -> Value | None:
    """8点, 二十二时, 三点半; needs company, since 点 also means other things."""
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(match[3] or "", 0) or (int(number(match[4])) if match[4] else 0)
    return at(int(number(match[1])), minute, loose=True) if int(number(match[1])) <= 24 else None


@rule(r"上班时间|工作时间|上班时段|工作时段|办公时间")
def working_hours(_match: re.Match[str], here: Here) -> Value | None:
    """上班时间: on workdays, from the first slot's start to the last slot's end."""
    slots = here.calendar.slots
    return DayKind("workday", Hours(slots[0][0], slots[-1][1], "working hours"))


@rule(rf"(?:春夏秋冬|春|夏|秋|冬|雨|旱)(?:天|季){_NOT_PLACE}|汛期|入冬以来|入夏以来|入秋以来|入春以来")
def season(_match: re.Match[str], _here: Here) -> Value | None:
    """夏天: its bounds are not agreed on."""
    raise TimeProblem("vague_season")


def recent(here: Here) -> Span:
    """The policy for "recently"."""
    days = here.policies.recent_days
    return last_units(days, "day", here).noting(f"recently: last {days} whole days")


def last_units(count: float, unit: str, here: Here, *, vague: bool = False, so_far: bool = False) -> Span:
    """The last so many units: whole days before today for days, otherwise rolling to now.

    `so_far` ("这两天") counts today among the days.
    """
    today = floor("day", here.now)
    if unit == "day" and so_far:
        span = Span(step("day", today, 1 - count), step("day", today, 1), "rolling")
    elif unit == "day" and count > 1:
        span = Span(today - timedelta(days=count), today, "rolling", policies=("whole days before today",))
    else:
        span = Span(here.back(count, unit), here.now, "rolling")
    return span.noting(f"few: {count:g}") if vague else span


_COMPARING = r"(?:对比|相比|相较|较之|比较|而言)"
RULES: tuple[Rule, ...] = (
    named_day, day_and_part, relative_unit, just_past, whole_units, this_half, relative_year, relative_weekday, weekday, weekend, year, years, within_the_year, month, date_,
    date_stretch, stretch, day_of_month, quarter, half, half_month, ten_days, nth_week, rolling, recently, recently_too, lasting,
    first_units, next_units, last_slice, length, clock, working_hours, season,
    words(r"工作日|平日|平时工作日", DayKind("workday")),
    words(r"双休日", DayKind("weekend")),
    words(r"节假日|法定假日|法定节假日|放假期间", DayKind("holiday")),
    words(r"休息日|非工作日", DayKind("restday")),
    words(r"(?:按|逐|每)个?小时|分小时|[分各按]时段|分时(?!租)|各小时", Series(Grain.HOUR)),
    words(r"(?:按|逐|每)一?[天日]|天天|日度|分日", Series(Grain.DAY)),
    words(r"(?:按|逐|每)一?个?(?:周|星期|礼拜)(?![一二三四五六日天末])|周度|分周|各周(?!边)", Series(Grain.WEEK)),
    words(r"(?:按|逐|每|各)一?个?月|月度|分月", Series(Grain.MONTH)),
    words(r"(?:按|逐|每|各)一?个?季度?|季度(?=的?趋势|变化)|分季度", Series(Grain.QUARTER)),
    words(r"(?:按|逐|每|各|历)一?年度?|分年", Series(Grain.YEAR)),
    words(r"每(?:天|日|个|一)?(?=早|凌|上午|中午|下午|午|傍|晚|夜|深|半夜|白天|\d)|每[天日]|天天", Mark("every")),
    words(r"每(?:个|一)?(?=工作日|周末|节假日)", Mark("every")),
    words(r"每晚|夜夜", Mark("every_night")),
    words(r"次日|第二天|翌日|隔天", Mark("tomorrow")),
    words(r"(?:到|截至|截止|至)?(?:现在|目前|当前|此刻|眼下|眼前|此时|这会儿|当下)(?:为止)?|实时", Moment()),
    words(r"以来|至今|起(?![数诉案降伏源点码])|开始|以后|之后|到(?:现在|目前)(?:为止)?", Mark("onward")),
    words(r"(?<=[时点分半天日号月周末年季旬\d初底])后(?![一二三四五六七八九十两几\d续台来期])", Mark("onward")),
    words(r"自从|自(?![动行然治来查助主])", Mark("since")),
    words(r"截至|截止到?|截至到", Mark("until")),
    words(r"为止|(?<=[日号底])止(?!血|损)", Mark("until_then")),
    words(r"前后", Mark("around")),
    words(r"(?<=年)来(?!自|电|访|信|件)", Mark("onward")),
    words(r"早晚高峰(?:期|时段)?", Problem("ambiguous_rush_hour")),
    words(r"(?<![春秋午明庆旦动])节[前后](?:一|几|两|三)?(?:天|周|个月)?", Problem("which_holiday")),
    words(rf"以前|之前|(?<=[时点分半号日月年节旦明午秋庆])前(?!半|后|{_COUNTED}|[名列往台])", Mark("before")),
    words(rf"(?<=[天日周月年期拜度时钟])(?:以|之)?前(?!半|后|{_COUNTED}|[名列往台])", Mark("ago")),
    words(r"(?<![占同环对相无])比(?![例率重分特亚较])|(?<![比])较(?![多少大高低小为之])|高于|低于|超过|多于|少于|不如|相比于?|相较于?|对比", Mark("against")),
    words(rf"(?:的?(?:数量|情况|水平))?(?:相比?{_COMPARING}|{_COMPARING}|相比|比(?=[,.?？增下上多少怎如变有]|$))", Mark("compared")),
    words(r"(?:的|所在的?)?(?:这|那|当)(?:一)?(?:周|个?星期)|当周", Mark("week_of")),
    words(r"当[天日]", Mark("the_day")),
    words(r"环比(?!例)(?:上期)?|较上期|与上期|上期", Against("previous")),
    words(r"同比(?!例)", Against("same_period_last_year")),
    words(r"(?:去年|上年|上一年|前一年)(?:的)?(?:同期|同时期|同一时期|这个时候|此时|同时段)", Against("same_period_last_year", alone=True)),
    words(r"(?<![年月周季天])同期(?!案卷|率)", Against("same_period_last_year", alone=True)),
    words(r"(?:上个?月|上一个月)(?:的)?(?:同期|同时期|同时段)", Against("window", shift=Shift(1, "month"), alone=True)),
    words(r"(?:上个?(?:周|星期)|上一周)(?:的)?(?:同期|同时期|同时段)", Against("window", shift=Shift(1, "week"), alone=True)),
    words(r"(?:昨天|前一天|昨日)(?:的)?(?:同期|同时期|同时段|同一?时间)", Against("window", shift=Shift(1, "day"), alone=True)),
    words(r"(?<![上本这一二三四\d去今])(?:日|月|周|季度|季|年)环比", Against("previous")),
    words(r"(?<![上本这一二三四\d去今])(?:日|月|周|季度|季|年)同比", Against("same_period_last_year")),
)  # fmt: skip
