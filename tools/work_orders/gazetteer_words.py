"""How people write places: roads with numbers, crossings, named spots and what stands beside them."""

from __future__ import annotations

import re

_HAN = r"[㐀-鿿]"
_ROAD_END = r"(?:大道|大街|路|街|巷|胡同|里弄|弄|公路|环线)"
_SPOT_END = (
    r"(?:小区|花园|家园|公寓|广场|大厦|写字楼|商场|超市|菜市场|农贸市场|市场|夜市|公园|学校|小学|中学|大学|幼儿园|医院|卫生院|诊所|"
    r"地铁站|公交站|火车站|高铁站|汽车站|车站|加油站|停车场|体育馆|图书馆|博物馆|电影院|酒店|宾馆|银行|派出所|社区|村|家属院|"
    r"立交桥|立交|天桥|大桥|桥|隧道|码头|工业园|产业园|工地|湖|河|酒吧街|步行街|商业街|美食街|小吃街|苑|府|城)"
)
_BESIDE = (
    r"(?:[东南西北]{1,2}(?:大?门|侧|边|头|口)|正门|后门|侧门|大门|门口|门前|路口|交叉口|交汇处|十字路口|转角|拐角|拐弯处|桥下|桥头|"
    r"对面|对过|旁边|旁|附近|附近处|周边|路段|中段|[东南西北]段|楼下|出口|入口|[A-Da-d]口|里面|内|沿线|后面|前面)"
)
_NUMBER = r"(?:[0-9０-９一二三四五六七八九十百]+(?:-[0-9]+)?(?:号楼?|弄|栋|幢|单元|楼|期|米))"
# A place name never begins or contains these: they end the words before it.
_LEAD = re.compile(
    r".*(?:在|从|到|往|至|是|有|了|和|与|跟|的|把|被|向|就|来|去|过|说|叫|看见|看到|发现|路过|经过|走到|开到|位于|靠近|靠|离|倒|扔|洒|泼|堆|摆|停|掉|我们?|你们?|他们?|"
    r"倒|扔|洒|泼|堆|摆|停|掉|咱们?|这|那|个|条|家|栋|座|整|全|每|一|两|几|多|都|也|还|又|很|太|好|不|没|让|请|给|对|着|啊|吧|呢|吗|晚上|早上|今天|昨天|昨晚|下午|中午|"
    r"居民|市民|反映|投诉|举报|上报|旁边|门口|附近|对面|里面|楼下|前面|后面)"
)
_TOO_GENERAL = frozenset(
    [
        "小区",
        "花园",
        "学校",
        "小学",
        "中学",
        "大学",
        "幼儿园",
        "医院",
        "超市",
        "菜市场",
        "市场",
        "农贸市场",
        "公园",
        "广场",
        "大厦",
        "商场",
        "地铁站",
        "公交站",
        "车站",
        "加油站",
        "停车场",
        "酒店",
        "银行",
        "社区",
        "村",
        "工地",
        "桥",
        "河",
        "湖",
        "天桥",
        "隧道",
        "马路",
        "道路",
        "公路",
        "大街",
        "大道",
        "街",
        "路",
        "巷",
        "立交",
        "大桥",
        "步行街",
        "小吃街",
        "夜市",
        "城",
        "府",
        "苑",
        "派出所",
        "体育馆",
        "图书馆",
        "老小区",
        "大马路",
        "小路",
        "人行道",
        "主路",
        "辅路",
        "半路",
        "走路",
        "小巷",
        "大路",
        "建筑工地",
        "施工工地",
        "城市",
        "进城",
        "火车站",
        "主干道",
        "后街",
        "上街",
        "逛街",
        "沿街",
        "临街",
        "当街",
        "占道",
        "铺路",
        "修路",
        "掘路",
        "挖路",
        "堵路",
        "占路",
        "让路",
        "下河",
        "护城",
    ]
)
_ROAD = re.compile(rf"({_HAN}{{1,6}}?{_ROAD_END})(?:{_NUMBER})?")
_SPOT = re.compile(rf"({_HAN}{{1,8}}?{_SPOT_END})(?:{_NUMBER})*")
_TAIL = re.compile(rf"^(?:[、,，和与跟至到\-—]?{_NUMBER}|{_BESIDE}|[和与跟、至到]?(?=\Z))+")
_JOINERS = re.compile(r"^(?:[和与跟、至到交\-—/]|交叉|靠近|近|的|,|，|\s)*$")
_EN_TYPE = r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|place|pl|square|sq|court|ct|way|highway|hwy|parkway|pkwy|terrace|ter|bridge)"
_EN_NAME = r"(?:(?!The\b|This\b|My\b|Our\b|A\b)[A-Z][\w'.]*|\d+(?:st|nd|rd|th))"
_EN = (
    re.compile(rf"\b\d+[A-Za-z]?\s+(?:{_EN_NAME}\s+){{1,3}}(?i:{_EN_TYPE})\b\.?"),
    re.compile(
        rf"\b(?i:corner of|intersection of|between)\s+(?:{_EN_NAME}\s*){{1,3}}(?:(?i:{_EN_TYPE})\b\.?)?\s*(?:and|&)\s+(?:{_EN_NAME}\s*){{1,3}}"
    ),
    re.compile(rf"\b(?:{_EN_NAME}\s+){{1,3}}(?i:{_EN_TYPE})\b\.?(?:\s*(?:and|&)\s*(?:{_EN_NAME}\s*){{1,3}})?"),
    re.compile(
        rf"\b(?i:in front of|next to|near|at|outside|behind|opposite|by|across from)\s+(?:the\s+)?(?:{_EN_NAME}\s*){{1,4}}"
    ),
    re.compile(r"\b\d+\s+[a-z]+\s+" + _EN_TYPE + r"\b"),
    re.compile(
        r"\b(?:in front of|next to|near|outside|behind|opposite|across from|at|by)\s+(?:the\s+)?(?:[a-z']+\s+){0,2}"
        r"(?:school|library|station|park|hospital|church|market|supermarket|mall|bridge|bus stop|playground|post office|gas station|bank)\b",
        re.I,
    ),
)


def written_places(text: str) -> list[tuple[int, int]]:
    """Spans that read like a place though no list has them; sorted, not overlapping."""
    spans = [*_chinese(text), *(match.span() for pattern in _EN for match in pattern.finditer(text))]
    return merged(text, spans)


def merged(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans joined where they touch or only a joining word stands between; each takes 门口, 3号楼 … after it along."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        tail = _TAIL.match(text[end:])
        end += tail.end() if tail else 0
        if found and (start <= found[-1][1] or _JOINERS.match(text[found[-1][1] : start])):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _chinese(text: str) -> list[tuple[int, int]]:
    spans = []
    for pattern in (_ROAD, _SPOT):
        at = 0
        while match := pattern.search(text, at):
            at = match.end(1)
            start = match.start() + _begin(match.group(1))
            name = text[start : match.end(1)]
            if len(name) >= 3 and name not in _TOO_GENERAL:
                spans.append((start, match.end()))
    return spans


def _begin(name: str) -> int:
    lead = _LEAD.match(name[:-1])
    return lead.end() if lead else 0
