"""What kind of value does a question ask for, and does a sentence hold one? A rule on the subject without it is no answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from knowledge.articles import paragraphs

D = r"[0-9０-９〇零一二三四五六七八九十百千万亿两]+(?:\.[0-9]+)?"
SENTENCE = re.compile(r"[^。；\n]+")
NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind of value: how it is asked for, and what a sentence that holds one contains.

    Attributes:
        fined: Whether an amount in a sentence about a fine is one; a price is not.
    """

    asked: re.Pattern[str]
    held: re.Pattern[str]
    fined: bool = True


def _unit(said: str, held: str = "") -> Measure:
    """几X, 多少X: a number with that very unit."""
    return Measure(re.compile(rf"(?:多少|几)个?(?:{said})"), re.compile(rf"(?:{D}|每)\s*个?(?:{held or said})"))


# The first that is asked for decides; the narrower stands first.
MEASURES = (
    Measure(re.compile(r"(?:主任|局长|队长|市长|区长|书记|院长|所长|镇长|科长|冠军)[^,，。]{0,2}(?:是谁|叫什么)"), NOTHING),
    Measure(re.compile(r"who is the (?:mayor|director|head|chief|manager)|how many [a-z ]+ (?:are|were) "), NOTHING),
    Measure(re.compile(r"电话|手机号|phone number"), re.compile(r"\d{7,}|1\d{4}\D")),
    Measure(re.compile(r"地址|什么位置|address"), re.compile(rf"{D}号")),
    Measure(re.compile(r"颜色|what colou?r"), re.compile(r"[红黄蓝绿黑白橙灰]色")),
    Measure(re.compile(r"分贝|decibel"), re.compile(r"分贝")),
    Measure(re.compile(r"(?:多久|多长时间|几天|几年|几个月)[^,，。]{0,8}一次|(?:几|多少)[次遍回]|how often"),
            re.compile(rf"{D}次(?!性)|每(?:{D}|日|天|周|月|季|年|半年)|次/")),
    Measure(re.compile(r"比例|百分之几|百分之多少|率[^,，。]{0,6}(?:多少|几)|what (?:percentage|share)"),
            re.compile(r"百分之|[%％]|分之|过半|半数")),
    Measure(re.compile(r"坡度|角度"), re.compile(rf"{D}度|[0-9][:：∶][0-9]")),
    Measure(re.compile(r"打?几折|优惠多少"), re.compile(rf"{D}折|减半|半价|减免百分之")),
    Measure(re.compile(r"(?:有|共|总数|总量)[^,，。]{0,4}(?:多少|几)(?!天|日|年|小时|个月|钱|元)"),
            re.compile(rf"{D}个?(?:名|人|只|家|处|座|辆|台|部|套|个)(?!工作日|月|小时)")),
    Measure(re.compile(r"罚[^,，。]{0,4}(?:多少(?![天日个年])|几百|几千|几万)|how much is the fine|what is the fine"),
            re.compile(rf"{D}元|{D}倍|百分之|{D}万")),
    Measure(re.compile(r"多少钱|多少元|几块|几百|(?:费|价格?|租金|押金|工资|金额|起征点|资本)[^,，。]{0,5}多少|多少[^,，。]{0,4}(?:费|税|押金|港币|美元)"
                       r"|how much (?:money|does|is the (?:fee|fare|charge|price))|(?:hourly|parking|monthly) rate|salary"
                       r"|minimum wage"),
            re.compile(rf"{D}元|不收|免费|免收|无偿"), fined=False),
    Measure(re.compile(r"几岁|多大年龄|年龄|how old|what age"), re.compile(r"周?岁")),
    Measure(re.compile(r"(?:多少|几)(?:个)?平(?:方米|米|方)?|面积[^,，。]{0,4}多[少大]"), re.compile(rf"{D}平方米")),
    Measure(re.compile(r"多少米|几米|多高|多宽|多远|多深|多长(?!时间)|(?:高度|宽度|长度|距离|间距|直径|尺寸)[^,，。]{0,6}(?:多少|几|多)"
                       r"|多少厘米|几厘米|how (?:far|tall|high|wide)"), re.compile(rf"{D}(?:米|厘米|公分|毫米|公里)")),
    Measure(re.compile(r"多少公里|时速|限速"), re.compile(rf"{D}公里")),
    _unit("分钟"),
    Measure(re.compile(r"how many minutes"), re.compile(rf"{D}分钟")),
    Measure(re.compile(r"(?:多少|几)个?(?:小时|钟头)|how many hours"), re.compile(rf"{D}个?(?:工作)?小时")),
    Measure(re.compile(r"几点|what time"), re.compile(rf"{D}(?:时|点)")),
    Measure(re.compile(r"什么时间|什么时段|at what hours"), re.compile(rf"{D}(?:时|点|[日天月])|夜间|除夕|节假日|休息日")),
    Measure(re.compile(r"(?:什么|哪些)(?:条件|材料|手续|证件)|what documents"), re.compile(r"条件|材料|证明|提交|具备|符合|许可|登记")),
    Measure(re.compile(r"(?:多少|几)个?工作日|how many working days"), re.compile(rf"{D}个?工作?日")),
    Measure(re.compile(r"(?:多少|几)个?[天日]|how many days"), re.compile(rf"{D}个?(?:工作)?[日天]|当场|当日|{D}个?月|{D}个?(?:工作)?小时")),
    Measure(re.compile(r"(?:多少|几)个?月|how many months"), re.compile(rf"{D}个?月|{D}年")),
    Measure(re.compile(r"(?:多少|几)年|how many years"), re.compile(rf"{D}年|{D}个?月")),
    Measure(re.compile(r"时限|期限|多久|多长时间|how long|how soon|time limit|deadline"),
            re.compile(rf"{D}\s*个?(?:工作)?(?:小时|日|天|月|年|分钟)|当场|立即|当日|及时|即时|{D}时")),
    _unit("[名人位]", "[名人位]"),
    _unit("[只条头]", "[只条头]"),
    _unit("[辆家座台部套间张层处盏根份]", "[辆家座台部套间张层处盏根份个]"),
    _unit("度", "[度℃]"),
    _unit("公斤|斤|吨|千克", "公斤|斤|吨|千克"),
    _unit("分(?![钟贝之])"),
    Measure(re.compile(r"(?:多少|几)个|有多少"), re.compile(rf"{D}[^\s，。；、条款项至年月日\d]")),
)  # fmt: skip


def measure_of(question: str) -> Measure | None:
    """The kind of value asked for; None where none is, or none that can be told by its unit."""
    lowered = question.lower()
    return next((one for one in MEASURES if one.asked.search(lowered)), None)


def holds(measure: Measure, text: str, is_about: Callable[[str], bool]) -> bool:
    """Whether some sentence of an article holds a value of the kind and is about the subject."""
    return any(
        measure.held.search(own) and (measure.fined or "罚款" not in own) and is_about(whole)
        for own, whole in sentences(text)
    )


def sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence, and the same with the opening of its paragraph, which says whom or what an item is about."""
    for paragraph in paragraphs(text):
        for line in (paragraph.text, *paragraph.items):
            for match in SENTENCE.finditer(line):
                opening = "" if match[0] in paragraph.text else paragraph.text
                yield match[0], f"{opening} {match[0]}"
