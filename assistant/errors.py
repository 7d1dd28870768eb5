"""What can go wrong between question and answer.

AssistantError
├── UnknownPerson      `--as` names nobody; carries who there is
├── UnknownBriefing    no shipped briefing is called that; carries which there are
└── ModelFailed        a language model could not be used; the embedded one answers instead
    └── BudgetSpent    it took more calls or time than a question may cost
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of everything the assistant raises."""


class UnknownPerson(AssistantError, ValueError):
    """A name that is neither in the directory nor a built-in role."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"nobody is called {name!r}; there are: {', '.join(known)}")
        self.name = name
        self.known = known


class UnknownBriefing(AssistantError, ValueError):
    """A name that no briefing has."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no briefing is called {name!r}; there are: {', '.join(known)}")
        self.name = name
        self.known = known


class ModelFailed(AssistantError):
    """A language model that gave nothing usable.

    Attributes:
        reason: One word for the operator: `unreachable`, `refused`, `malformed`, `cut`, `filtered`, `no_tool`, or what
            was spent. Never the provider's own text: that may repeat a key or the question.
        status: HTTP status where there was one.
        attempts: Requests made before giving up.
    """

    def __init__(self, reason: str, *, status: int | None = None, attempts: int = 1, kind: str = "") -> None:
        super().__init__(" ".join(filter(None, (reason, str(status or ""), kind, f"after {attempts} requests"))))
        self.reason = reason
        self.status = status
        self.attempts = attempts
        self.kind = kind


class BudgetSpent(ModelFailed):
    """A question's `model_calls`, `tool_calls` or `seconds` are used up."""

    def __init__(self, what: str, limit: float) -> None:
        super().__init__(what, kind=f"limit {limit:g}")
        self.limit = limit
