"""Words that decide: a yes or no to a card, and taking back what was just done. No model has a hand in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from assistant.dialogue import Answer, AnswerStatus, Clarification, Option, Question
from assistant.notices import language_of
from assistant.offline.followup import is_choice
from assistant.offline.plan import PastTurn
from assistant.order_words import card_text, done_lines, say, two
from tools.decision_words import Meant, is_order, is_polite, meant
from tools.ledger_results import proposed, refused
from tools.work_orders.errors import WorkOrderError

if TYPE_CHECKING:
    from assistant.orders import Orders
    from tools.confirming import Spoken
    from tools.proposals import Decided
    from tools.work_orders.ledger import Ledger
    from tools.work_orders.model import Actor
    from tools.work_orders.proposal_rows import Proposal

# What a button of a card carries, and how a choice between several cards is written.
_BY_ID = re.compile(r"\s*(?P<word>\S{1,12}?)\s*[:：\s]\s*(?P<id>[2-9a-hjkmnp-z]{12})\s*", re.IGNORECASE)
# As long as the ledger keeps it.
LONGEST_THREAD = 120
_PAYLOADS: dict[str, Meant] = {"approve": "approve", "reject": "reject", "undo": "undo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What words decide. `proposal`: the id that was named; None is the one the conversation is about."""

    meant: Meant
    proposal: str | None = None


def decision_in(text: str, past: Sequence[PastTurn]) -> Decision | None:
    """The decision that a message is, judged by the words and by what was shown; costs nothing for anything else."""
    named = _BY_ID.fullmatch(text)
    if named is not None:
        word = named["word"].casefold()
        said = _PAYLOADS.get(word) or meant(word)
        return Decision(meant=said, proposal=named["id"].casefold()) if said else None
    chosen = _chosen(text, past)
    if chosen is not None:
        return decision_in(chosen, ())
    said = meant(text)
    if said is None:
        return None
    shown = [bool(turn.proposed) for turn in past]
    if said == "undo":
        return Decision(meant="undo")
    if is_polite(text) and not (shown and shown[-1]):
        return None
    return Decision(meant=said)


def _chosen(text: str, past: Sequence[PastTurn]) -> str | None:
    """The reply of the card that was chosen, when the turn before asked which one."""
    for call in past[-1].calls if past else ():
        if call.tool == "clarify" and call.args.get("about") == "proposal":
            options = call.args.get("options", ())
            return next((str(o["reply"]) for n, o in enumerate(options, 1) if is_choice(text, n, o)), None)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An answer with what is to be remembered of it.

    Attributes:
        calls: A question back which card is meant; empty when it is decided.
    """

    answer: Answer
    asked: tuple[dict[str, Any], ...] = ()


def decide(
    orders: Orders, decision: Decision, question: Question, past: Sequence[PastTurn], turn: str
) -> Outcome | None:
    """Carry out a decision; None where there is nothing that it could mean.

    Args:
        turn: Tells this turn from others of its thread; the same one again gets the same answer and changes nothing.
    """
    from tools.work_orders.model import Actor

    ledger = orders.ledger()
    actor = Actor(principal=question.principal, channel=question.channel)
    delivery = blake2b("\0".join((actor.name, question.thread, turn)).encode(), digest_size=16).hexdigest()
    question = replace(question, thread=question.thread[-LONGEST_THREAD:])
    speaker = _Speaker(ledger=ledger, actor=actor, now=question.now, language=two(_language(question.text, past)))
    try:
        if decision.meant == "undo":
            return speaker.undone(decision.proposal, question.thread, past)
        return speaker.decided(decision, question, past, delivery)
    except WorkOrderError as problem:
        sentence = refused(ledger, problem).facts["sentence"][speaker.language]
        return Outcome(answer=speaker.answer(AnswerStatus.DENIED, sentence))


def _language(text: str, past: Sequence[PastTurn]) -> str:
    """The words' own; a button's payload or a number speaks the language of the conversation."""
    said = (one for one in (text, *(turn.text for turn in reversed(past))) if not _is_wordless(one))
    return next((language_of(one) for one in said), "zh")


def _is_wordless(text: str) -> bool:
    """What a button carries, or a number."""
    payload = _BY_ID.fullmatch(text) is not None and text.partition(":")[0].casefold() in _PAYLOADS
    return payload or not text.strip() or text.strip().isdigit()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speaker:
    ledger: Ledger
    actor: Actor
    now: datetime
    language: str

    def answer(self, status: AnswerStatus, text: str, made: Sequence[Proposal] = ()) -> Answer:
        shown = tuple(proposed(self.ledger, one).facts["proposal"] for one in made)
        return Answer(status=status, text=text, language=self.language, proposals=shown)

    def decided(
        self, decision: Decision, question: Question, past: Sequence[PastTurn], delivery: str
    ) -> Outcome | None:
        from tools import proposals

        found = decision.proposal or self._meant(question, past)
        if found is None or isinstance(found, Outcome):
            return found
        assert decision.meant != "undo"
        press = proposals.Press(
            proposal=found, decision=decision.meant, actor=self.actor, delivery=f"{delivery}:{found}"
        )
        return self._told(proposals.decide(self.ledger, press, self.now), decision.meant)

    def _meant(self, question: Question, past: Sequence[PastTurn]) -> str | Outcome | None:
        """The one card of this conversation that can be meant; a question back where there are several."""
        from tools import confirming

        last = next((turn.proposed for turn in reversed(past) if turn.proposed), ())
        nothing = Outcome(answer=self.answer(AnswerStatus.ANSWER, say("nothing_waits", self.language)))
        spoken = confirming.spoken(self.ledger, question.text, self.actor, self.now, question.thread)
        assert spoken is not None
        if spoken.is_clear:
            return spoken.about[0].id
        if spoken.about:
            return self._which(spoken)
        if is_order(question.text) and past and past[-1].calls and not past[-1].proposed:
            return None
        # Nothing waits any more; pressing the card that was shown says why.
        return last[0] if len(last) == 1 else nothing

    def _which(self, spoken: Spoken) -> Outcome:
        word = say(spoken.decision, self.language)
        options: list[dict[str, Any]] = [
            {"label": card_text(proposed(self.ledger, one).facts["proposal"], self.language)[0],
             "reply": f"{word} {one.id}", "calls": []}
            for one in spoken.about[-3:]
        ]  # fmt: skip
        asked = Clarification("proposal", tuple(Option(o["label"], o["reply"]) for o in options))
        lines = [say("which_proposal", self.language), *(f"{n}. {o['label']}" for n, o in enumerate(options, 1))]
        answer = replace(self.answer(AnswerStatus.CLARIFY, "\n".join(lines)), clarification=asked)
        return Outcome(answer=answer, asked=({"about": "proposal", "options": options, "understood": ""},))

    def _told(self, did: Decided, decision: str) -> Outcome:
        lines = done_lines(self.ledger, did, decision, self.language)
        return Outcome(answer=self.answer(AnswerStatus.DONE, "\n".join(lines), [did.proposal]))

    def undone(self, named: str | None, thread: str, past: Sequence[PastTurn]) -> Outcome | None:
        from tools import confirming

        done = named
        if done is None:
            found = confirming.last_done(self.ledger, self.actor, self.now, thread)
            done = found.id if found is not None else next((t.proposed[0] for t in reversed(past) if t.proposed), None)
        if done is None:
            return Outcome(answer=self.answer(AnswerStatus.DENIED, say("nothing_to_undo", self.language)))
        cases = confirming.undo(self.ledger, done, self.actor, self.now)
        machine = self.ledger.flow.machine
        lines = [say("undone", self.language)]
        lines += [f"{c.case_no} {getattr(machine.statuses[c.status], self.language)}" for c in cases]
        return Outcome(answer=self.answer(AnswerStatus.DONE, "\n".join(lines)))
