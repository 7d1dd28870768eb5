"""Does what was found answer the question? Coverage of what it names, and a value of the kind it asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.asking import stripped
from knowledge.passages import Passage
from knowledge.rewriting import Widened
from knowledge.vocabulary import WORD, function_words, stem
from knowledge.words import is_chinese, pairs, terms

ENOUGH_ZH, ENOUGH_EN = 0.34, 0.58
SHOWN = 3
WORTH_SHOWING = 0.55
UNKNOWN_WORD = 0.6
UNSEEN = 0.4
LOOSE = frozenset("的了在是我你他她有个里着没不给把被就都也还要会人上下来去到这那得能地和跟老大家")
DIGITS = "0-9０-９〇零一二三四五六七八九十百千万两"
PENALTY = re.compile(r"罚款|责令|拘留|吊销|没收|警告|处分|刑事责任|赔偿|约谈|取消")
# What an answer must contain where the question asks for a value; a duty without it is only "near".
NEEDED = {
    "deadline": re.compile(rf"[{DIGITS}]+\s*个?(?:工作)?(?:日|天|小时|月|年|时|分钟)|当场|立即|当日|及时|即时"),
    "amount": re.compile(rf"[{DIGITS}]+\s*[^\s，。；{DIGITS}]|百分之|分之|半数"),
    "penalty": PENALTY,
}


# A question that names the unit of its answer needs that unit in what is shown.
MEASURES = (
    (
        re.compile(r"多少钱|多少元|几块|几百|how much (?:money|does|is the (?:fee|fare|charge))"),
        re.compile(r"元|费用由|不收"),
    ),
    (re.compile(r"比例|百分之几|what (?:percentage|share)"), re.compile(r"百分之|[%％]|分之|过半|半数")),
    (re.compile(r"多少米|几米|多高|多远|how (?:far|tall|high)"), re.compile(r"米|公里")),
    (re.compile(r"多少分贝|decibel"), re.compile(r"分贝")),
    (re.compile(r"几岁|多大年龄|年龄|how old"), re.compile(r"周?岁")),
    (re.compile(r"电话|号码|phone number"), re.compile(r"\d{5,}")),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Something a question names: what it weighs, and the term sets that stand for it."""

    weight: float
    alternatives: tuple[frozenset[str], ...]


def units(question: str, wide: Widened, rarity: Callable[[str], float]) -> list[Unit]:
    """What the question names, each with the words of rules that stand for it; a language model's words stand alone."""
    if wide.phrases:
        return [
            Unit(rarity(pair), (frozenset((pair,)),))
            for pair in dict.fromkeys(p for said in wide.phrases for p in pairs(said))
        ]
    if is_chinese(question):
        return _chinese(question, wide, rarity)
    found = []
    for word in dict.fromkeys(WORD.findall(question.lower())):
        if word in function_words() or word.isdecimal():
            continue
        laws = [law for m in wide.meant if stem(word) in m.said.split() or word in m.said for law in m.concept.law]
        most = rarity("\0")
        # Words that no rule of this library uses tell nothing of what it could answer.
        known = [max(rarity(term) for term in pairs(law)) for law in laws if any(pairs(law))]
        weight = max((one for one in known if one < most), default=UNKNOWN_WORD * most)
        found.append(Unit(weight, tuple(frozenset(pairs(law)) for law in laws)))
    return found


def _chinese(question: str, wide: Widened, rarity: Callable[[str], float]) -> list[Unit]:
    """Pairs of characters; a pair that spans words (楼上的, 扔我) or that no rule knows says little of the subject."""
    found = []
    said = [(set(pairs(m.said)), m.concept.law) for m in wide.meant]
    most = rarity("\0")
    singles = [m.said for m in wide.meant if len(m.said) == 1]
    for pair in dict.fromkeys((*singles, *pairs(stripped(question)))):
        laws = [law for words, laws in said if pair in words for law in laws]
        if set(pair) & LOOSE or (len(pair) == 1 and not laws):
            continue
        weight = rarity(pair)
        if laws:
            weight = max(
                (r for law in laws for term in pairs(law) if (r := rarity(term)) < most), default=UNSEEN * most
            )
        elif weight >= most:
            weight = UNSEEN * most
        found.append(Unit(min(weight, most), (frozenset((pair,)), *(frozenset(pairs(law)) for law in laws))))
    return found


def coverage(named: Sequence[Unit], passage: Passage) -> float:
    """Share of what the question names, by rarity, that the article, its headings or its title speak of."""
    text = " ".join((passage.document.title, *passage.article.path, passage.article.label, passage.article.text))
    there = set(terms(text))
    whole = sum(unit.weight for unit in named)
    had = sum(unit.weight for unit in named if any(words <= there for words in unit.alternatives))
    return had / whole if whole else 0.0


def rarity_of(frequency: Callable[[str], int], total: int) -> Callable[[str], float]:
    """How much a term tells: inverse document frequency, the most for a term that no article has."""
    return lambda term: math.log(1 + max(total, 1) / (1 + (0 if term == "\0" else frequency(term))))


def answers(question: str, wide: Widened, shown: Sequence[Passage], covered: float) -> bool:
    """Whether the passages may be given as the answer."""
    if not shown or covered < (ENOUGH_ZH if is_chinese(question) else ENOUGH_EN):
        return False
    lowered = question.lower()
    if any(asked.search(lowered) and not any(unit.search(p.article.text) for p in shown) for asked, unit in MEASURES):
        return False
    needed = [NEEDED[name] for name in wide.asks if name in NEEDED]
    return not needed or any(pattern.search(p.article.text) for pattern in needed for p in shown)


def chosen(wide: Widened, ranked: Sequence[Passage], named: Sequence[Unit]) -> list[Passage]:
    """What is shown as the answer: the best, and what is nearly as good and as much about it; with a penalty if asked."""
    if not ranked:
        return []
    best = coverage(named, ranked[0])
    shown = [ranked[0]] + [
        p for p in ranked[1:6] if p.score >= WORTH_SHOWING * ranked[0].score and coverage(named, p) >= 0.6 * best
    ]
    shown = shown[:SHOWN]
    if "penalty" in wide.asks and not any(PENALTY.search(p.article.text) for p in shown):
        punishing = [p for p in ranked[:8] if PENALTY.search(p.article.text) and p.why != "number"]
        shown = [*shown[: SHOWN - 1], *punishing[:1]]
    return shown
