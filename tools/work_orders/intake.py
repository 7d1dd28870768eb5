"""Intake: plain words, a pin and a photo become draft cases, asking for no more than is missing.

`Intake.read` is a function of the message and the session: all state between two messages is in the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tools.work_orders.classifier_city import CityList
from tools.work_orders.classifier_model import TextClassifier
from tools.work_orders.classifier_phrases import CHAT, NOT_OURS, Language, PhraseBook
from tools.work_orders.classifier_text import language_of
from tools.work_orders.gazetteer import Gazetteer, PlaceReading
from tools.work_orders.intake_business import by_business
from tools.work_orders.intake_draft import (
    MOST_QUESTIONS,
    Assign,
    Assignment,
    IntakeItem,
    IntakeSession,
    IntakeStep,
    Photo,
    Pin,
)
from tools.work_orders.intake_duplicates import NearBy, OpenCases, duplicates_of
from tools.work_orders.intake_items import Ranking, ReadItem, read_items
from tools.work_orders.intake_questions import DUPLICATE_NO, NONE, UNSURE, next_question
from tools.work_orders.intake_session import answered, attachments_of, is_cancelled, opened, pin_of
from tools.work_orders.intake_urgency import advice_for, call_for, emergency_of, somebody_is_hurt
from tools.work_orders.intake_words import ready_text, words
from tools.work_orders.model import CaseDraft, Category, Place, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How sure intake must be, and what it calls the same.

    Attributes:
        accept: Category taken without asking from this confidence on; who reports sees it on the card and confirms.
        lead: Taken as well when it is so many times as likely as the next one.
        decline: Not-ours and chit-chat believed from this confidence on.
        source: 案件来源 written on the drafts.
    """

    accept: float = 0.3
    lead: float = 1.5
    decline: float = 0.45
    near: NearBy = field(default_factory=NearBy)
    source: str | None = None

    def leads(self, choices: Sequence[tuple[Category, float]]) -> bool:
        """Whether the likeliest category is far ahead of the next, however many share the rest."""
        chances = [chance for _, chance in choices[:2]]
        return len(chances) == 2 and chances[0] >= _LIKELY and chances[0] >= self.lead * chances[1]


# Classes less likely than this do not make a message dangerous.
_LIKELY = 0.15


def no_open_cases(minor: str, since: datetime, until: datetime) -> tuple[()]:
    """Nothing to be a duplicate of."""
    del minor, since, until
    return ()


def nobody_assigned(draft: CaseDraft, now: datetime) -> Assignment:
    """No standard loaded: nobody is responsible yet."""
    del draft, now
    return Assignment()


class Intake:
    """The intake of one city.

    Args:
        assign: Department, unit, clause and deadline of a draft.
        open_cases: Class and half-open window to the cases still open.
    """

    def __init__(  # noqa: PLR0913  # its parts
        self,
        book: PhraseBook,
        classifier: TextClassifier,
        listed: CityList,
        gazetteer: Gazetteer,
        *,
        assign: Assign = nobody_assigned,
        open_cases: OpenCases = no_open_cases,
        policy: Policy | None = None,
    ) -> None:
        self.book = book
        self.classifier = classifier
        self._rank = by_business(classifier.rank, listed, book)
        self.listed = listed
        self.gazetteer = gazetteer
        self.policy = policy or Policy()
        self._assign = assign
        self._open_cases = open_cases

    def read(  # one message has these parts
        self,
        message: str,
        *,
        now: datetime,
        place_pin: Pin | None = None,
        photo: Photo | Sequence[Photo] | None = None,
        session: IntakeSession | None = None,
        reporter: str = "",
    ) -> IntakeStep:
        """What to say to a message: ready drafts, one question, or that it is not the city's business.

        Args:
            message: Words, a voice transcript, a button's reply; may be empty with a pin or a photo.
            now: Aware.
            session: Of the step before, while one is open.
        """
        photos = (photo,) if isinstance(photo, Photo) else tuple(photo or ())
        state = opened(session or IntakeSession(), message, place_pin, photos)
        language = language_of(" ".join((*state.said, message)) or message) if (state.said or message) else "zh"
        if session is not None and is_cancelled(message):
            return IntakeStep(kind="cancelled", text=words(language)["cancelled"], language=_two(language))
        state = answered(state, message, self.listed, self.gazetteer)
        return self._step(state, language, now, reporter)

    def _step(self, state: IntakeSession, language: str, now: datetime, reporter: str) -> IntakeStep:
        text = "。".join(state.said)
        read = read_items(text, self.gazetteer, self._rank) if text else ()
        declined = self._declined(read, state, text, language)
        if declined is not None:
            return declined
        items = tuple(self._item(one, at, state, now, reporter, language) for at, one in enumerate(read))
        joined = next((reply for key, reply in state.answers.items() if key.startswith("duplicate")), DUPLICATE_NO)
        if joined != DUPLICATE_NO:
            said = words(language)["joined"].format(case_no=joined)
            return IntakeStep(kind="joined", text=said, language=_two(language), items=items, joined=joined)
        question = next_question(items, state, self.policy.accept, language) if state.asked < MOST_QUESTIONS else None
        items = tuple(sorted(items, key=lambda item: item.emergency is None)) if question is None else items
        emergency = any(item.emergency for item in items)
        call = self._call(items, text, language)
        if question is None:
            said = ready_text(items, call, somebody_is_hurt(text), language)
            return IntakeStep(
                kind="ready", text=said, language=_two(language), items=items, call=call, emergency=emergency
            )
        waiting = state.model_copy(
            update={
                "pending": f"{question.about}:{question.item}",
                "replies": tuple(option.reply for option in question.options),
                "asked": state.asked + 1,
            }
        )
        said = "\n".join(part for part in (self._warning(items, call, text, language), question.text) if part)
        return IntakeStep(
            kind="question", text=said, language=_two(language), items=items, question=question, call=call,
            emergency=emergency, session=waiting,
        )  # fmt: skip

    def _declined(
        self, read: tuple[ReadItem, ...], state: IntakeSession, text: str, language: str
    ) -> IntakeStep | None:
        """Not ours or chit-chat, when no part of the message is ours and nothing else was answered."""
        if len(read) != 1 or state.answers or read[0].is_ours or emergency_of((), text):
            return None
        item = read[0]
        rejecting = sum(p for label, p in item.ranking if label == CHAT or label.startswith(NOT_OURS))
        told_where = state.latitude is not None or item.place.is_somewhere
        if rejecting < self.policy.decline or (item.label == CHAT and (state.photos or told_where)):
            return None
        said = words(language)
        if item.label == CHAT:
            return IntakeStep(kind="chit_chat", text=said["chat"], language=_two(language))
        referral = self.book.referrals[item.label.removeprefix(NOT_OURS)]
        if self.listed.lists(referral.id):
            return None
        call = referral.call[language]
        told = said["not_ours_urgent" if referral.urgent else "not_ours"].format(call=call)
        return IntakeStep(kind="not_ours", text=told, language=_two(language), call=call, emergency=referral.urgent)

    def _item(  # a problem and its surroundings
        self, read: ReadItem, at: int, state: IntakeSession, now: datetime, reporter: str, language: str
    ) -> IntakeItem:
        choices = self._choices(read.ranking, read.text)
        category, confidence = choices[0] if choices else (None, 0.0)
        if self.policy.leads(choices):
            confidence = max(confidence, self.policy.accept)
        answer = state.answers.get(f"category:{at}")
        if answer == NONE:
            category, confidence = None, 0.0
        elif answer is not None:
            category, confidence = self.listed.named(answer) or category, 1.0
        likely = [label for label, chance in read.ranking[:3] if chance >= _LIKELY]
        emergency = emergency_of(likely, read.text)
        if emergency and confidence < self.policy.accept and read.chance >= self.policy.accept and read.is_ours:
            # Danger is not kept waiting for whose cover it is: the family stands in until somebody looks.
            category, confidence = self.listed.family(read.label), read.chance
        draft = CaseDraft(
            title=read.place.rest[:60] or read.text[:60],
            description=read.text,
            category=category if confidence >= self.policy.accept else None,
            place=self._place(read.place, at, state),
            urgency=Urgency.URGENT if emergency else Urgency.NORMAL,
            reporter=reporter,
            source=self.policy.source,
            attachments=attachments_of(state),
        )
        draft, assignment = self._assigned(draft, now)
        item = IntakeItem(
            draft=draft,
            confidence=confidence,
            alternatives=tuple(choices),
            is_listed=category is None or self.listed.named(category.minor) is not None,
            emergency=emergency,
            advice=advice_for(emergency, language) if emergency else None,
            assignment=assignment,
        )
        return self._with_duplicates(item, at, state, now)

    def _choices(self, ranking: Ranking, text: str) -> list[tuple[Category, float]]:
        """Categories of the city, likeliest first; labels the city does not list give way to those it does."""
        found: dict[Category, float] = {}
        for label, chance in ranking[:12]:
            if label == CHAT or label.startswith(NOT_OURS):
                continue
            meant = self.listed.meant(label, text)
            for category in meant:
                found[category] = found.get(category, 0.0) + chance / len(meant)
        return sorted(found.items(), key=lambda pair: -pair[1])[:6]

    def _place(self, read: PlaceReading, at: int, state: IntakeSession) -> Place:
        place = read.place
        said = state.answers.get(f"place:{at}") or state.answers.get("place:0")
        if said and said != UNSURE:
            answer = self.gazetteer.read(said)
            areas = {
                level: getattr(answer.place, level) or getattr(place, level)
                for level in ("district", "street", "community")
            }
            place = replace(place, **areas, address=answer.place.address or place.address or said)
        pin = pin_of(state)
        if pin is not None:
            point = self.gazetteer.at(pin.longitude, pin.latitude)
            place = replace(point, address=place.address or pin.label)
        return place

    def _assigned(self, draft: CaseDraft, now: datetime) -> tuple[CaseDraft, Assignment]:
        if draft.category is None:
            return draft, Assignment()
        found = self._assign(draft, now)
        return (
            replace(draft, department=found.department, unit=found.unit, condition=found.condition),
            found,
        )

    def _with_duplicates(self, item: IntakeItem, at: int, state: IntakeSession, now: datetime) -> IntakeItem:
        category = item.draft.category
        if category is None or f"duplicate:{at}" in state.answers:
            return item
        found = duplicates_of(category.minor, item.draft.place, now, self._open_cases, self.policy.near)
        return replace(item, duplicates=found)

    def _call(self, items: tuple[IntakeItem, ...], text: str, language: str) -> str | None:
        calls = [call_for(item.emergency, language) for item in items if item.emergency]
        if somebody_is_hurt(text):
            calls.insert(0, self.book.referrals["medical_emergency"].call[language])
        told = [call for call in dict.fromkeys(calls) if call]
        return ("、" if language == "zh" else ", ").join(told) or None

    def _warning(self, items: tuple[IntakeItem, ...], call: str | None, text: str, language: str) -> str:
        """What cannot wait for the answer: advice in danger."""
        said = words(language)
        parts = [said["hurt"]] if somebody_is_hurt(text) else []
        parts += dict.fromkeys(item.advice for item in items if item.advice)
        parts += [said["danger_call"].format(call=call)] if call and any(item.emergency for item in items) else []
        return " ".join(part for part in parts if part)


def _two(language: str) -> Language:
    return "zh" if language == "zh" else "en"
