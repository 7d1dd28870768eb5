"""Does what was found answer the question? Coverage of what it names, and a value of the kind it asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.asking import stripped
from knowledge.passages import Passage
from knowledge.rewriting import Widened
from knowledge.values import Measure, holds, measure_of
from knowledge.vocabulary import WORD, function_words, stem
from knowledge.words import is_chinese, pairs, terms

ENOUGH_ZH, ENOUGH_EN = 0.45, 0.58
ENOUGH_FOREIGN = 0.7
SURELY = 0.6
SHOWN = 3
WORTH_SHOWING = 0.55
UNKNOWN_WORD = 0.6
UNSEEN = 0.5
SPANNING = 0.1
NEAR_SUBJECT = 0.6
LOOSE = frozenset(
    "的了在是我你他她有个里着没不给把被就都也还要会人上下来去到这那得能地和跟老大家后么什怎咋吗呢吧谁哪应该需"
)
DIGITS = "0-9０-９〇零一二三四五六七八九十百千万两"
PENALTY = re.compile(r"罚款|责令|拘留|吊销|没收|警告|处分|刑事责任|赔偿|约谈|取消")
# 怎么处理 may ask for a procedure as well as for a penalty.
VAGUE = frozenset({"怎么处理", "咋处理"})
# What an answer must contain where the question asks for a value; a duty without it is only "near".
NEEDED = {
    "deadline": re.compile(rf"[{DIGITS}]+\s*个?(?:工作)?(?:日|天|小时|月|年|时|分钟)|当场|立即|当日|及时|即时"),
    "amount": re.compile(rf"[{DIGITS}]+\s*[^\s，。；{DIGITS}]|百分之|分之|半数"),
    "penalty": PENALTY,
}


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
    """Pairs of characters; a pair that spans words (楼上的, 扔我) says little of the subject."""
    found = []
    said = [(set(pairs(m.said)), m.concept.law) for m in wide.meant]
    most = rarity("\0")
    singles = [m.said for m in wide.meant if len(m.said) == 1]
    for pair in dict.fromkeys((*singles, *pairs(stripped(question)))):
        laws = [law for words, laws in said if pair in words for law in laws]
        if set(pair) & LOOSE or (len(pair) == 1 and not laws):
            continue
        if laws:
            known = (r for law in laws for term in pairs(law) if (r := rarity(term)) < most)
            weight = max(known, default=UNSEEN * most)
        else:
            weight = _told_by(pair, rarity)
        found.append(Unit(min(weight, most), (frozenset((pair,)), *(frozenset(pairs(law)) for law in laws))))
    return found


def _told_by(pair: str, rarity: Callable[[str], float]) -> float:
    """How much a pair tells: its rarity, less where its characters meet only by chance.

    A pair that no rule has tells as much as its rarer character: 感冒 much, 了补 little.
    """
    most, rare = rarity("\0"), rarity(pair)
    if len(pair) != 2 or pair[0].isascii():
        return min(rare, UNSEEN * most) if rare >= most else rare
    if rare >= most:
        return UNSEEN * max(rarity(character) for character in pair)
    # How much oftener they stand together than if they met by chance: N·pair / (one·other).
    bound = math.exp(rarity(pair[0]) + rarity(pair[1]) - rare)
    return rare * min(1.0, max(SPANNING, bound))


def coverage(named: Sequence[Unit], passage: Passage) -> float:
    """Share of what the question names, by rarity, that the article, its headings or its title speak of."""
    return _covered(named, " ".join((_above(passage), passage.article.text)))


def _above(passage: Passage) -> str:
    """What stands over an article's text and says what it is about."""
    return " ".join((passage.document.title, *passage.article.path, passage.article.label))


def _covered(named: Sequence[Unit], text: str) -> float:
    there = set(terms(text))
    whole = sum(unit.weight for unit in named)
    had = sum(unit.weight for unit in named if any(words <= there for words in unit.alternatives))
    return had / whole if whole else 0.0


def rarity_of(frequency: Callable[[str], int], total: int) -> Callable[[str], float]:
    """How much a term tells: inverse document frequency, the most for a term that no article has."""
    known: dict[str, float] = {"\0": math.log(1 + max(total, 1))}

    def rarity(term: str) -> float:
        if term not in known:
            known[term] = math.log(1 + max(total, 1) / (1 + frequency(term)))
        return known[term]

    return rarity


def answers(
    question: str,
    wide: Widened,
    shown: Sequence[Passage],
    duties: Sequence[Passage],
    named: Sequence[Unit],
    covered: float,
) -> bool:
    """Whether the passages may be given as the answer; `duties` are what their penalties may be for."""
    measure = measure_of(question)
    # A value has to be the subject's own: plain words that surely report something do not make up for it.
    if not shown or covered < enough(question, wide.reports if measure is None else (0.0, wide.reports[1])):
        return False
    if measure is not None:
        return any(has_value(measure, named, passage, duties) for passage in shown)
    needed = [NEEDED[i.name] for i in wide.intents if i.name in NEEDED and i.said not in VAGUE]
    return not needed or any(pattern.search(p.article.text) for pattern in needed for p in shown)


def enough(question: str, reports: tuple[float, float]) -> float:
    """How much of what the question names must be covered.

    Less where its plain words surely report something a city handles, more where they surely do not.
    """
    ours, others = reports
    usual = ENOUGH_ZH if is_chinese(question) else ENOUGH_EN
    if ours >= SURELY:
        return usual * 0.65
    return ENOUGH_FOREIGN if others >= SURELY and ours < 1 - SURELY else usual


def has_value(measure: Measure, named: Sequence[Unit], passage: Passage, duties: Sequence[Passage]) -> bool:
    """Whether a sentence of the article holds such a value and is about what the question names.

    It also is where it punishes one of the duties by its number (违反本条例第三十三条规定的,处…), or is the basis of one.
    """
    enough, above = NEAR_SUBJECT * coverage(named, passage), _above(passage)
    if any(_is_basis(passage, duty) for duty in duties):
        enough = 0.0
    labels = [d.article.label for d in duties if d.article.number and _same_law(d, passage)]

    def is_about(said: str) -> bool:
        return _covered(named, f"{above} {said}") >= enough or any(label in said for label in labels)

    return holds(measure, passage.article.text, is_about)


def chosen(question: str, wide: Widened, ranked: Sequence[Passage], named: Sequence[Unit]) -> list[Passage]:
    """What is shown as the answer: the best, and what is nearly as good and as much about it.

    What holds the value that is asked for takes the last place where none of these does.
    """
    if not ranked:
        return []
    best = coverage(named, ranked[0])
    as_near = [p for p in ranked[1:8] if coverage(named, p) >= 0.6 * best]
    shown = [ranked[0], *(p for p in as_near[:5] if p.score >= WORTH_SHOWING * ranked[0].score)][:SHOWN]
    duties = [ranked[0], *as_near]
    near = [*as_near, *(p for p in ranked[1:10] if p not in as_near and _punishes(p, duties))]
    measure = measure_of(question)
    if measure is None:
        if "penalty" in wide.asks and not any(PENALTY.search(p.article.text) for p in shown):
            shown = [*shown[: SHOWN - 1], *[p for p in near if PENALTY.search(p.article.text)][:1]]
        return shown
    holding = [p for p in dict.fromkeys((*shown, *near)) if has_value(measure, named, p, duties)]
    if holding and not any(p in holding for p in shown):
        shown = [*shown[: SHOWN - 1], holding[0]]
    # The value leads; only a penalty follows its duty.
    return shown if "penalty" in wide.asks else sorted(shown, key=lambda p: p not in holding)


def _punishes(penalty: Passage, duties: Sequence[Passage]) -> bool:
    """Whether the article names one of the others by its number, or a row of a standard names it as its basis."""
    return any(
        (_same_law(d, penalty) and d.article.number and d.article.label in penalty.article.text)
        or _is_basis(penalty, d)
        for d in duties
    )


def _is_basis(article: Passage, row: Passage) -> bool:
    return not row.article.number and all(
        said in row.article.text for said in (article.document.title, article.article.label)
    )


def _same_law(one: Passage, other: Passage) -> bool:
    return one.document.id == other.document.id and one.article.id != other.article.id
