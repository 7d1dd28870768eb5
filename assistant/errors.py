"""What can go wrong between question and answer.

AssistantError
├── UnknownPerson      `--as` names nobody; carries who there is
└── ModelFailed        a language model could not be used; the embedded one answers instead
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


class ModelFailed(AssistantError):
    """A language model that did not answer; the reason is for the operator."""
