from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.policies import vocabulary
from knowledge.library import Library
from knowledge.retrieve import Finder
from tests.knowledge.papers import CORPUS


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are read, indexed and asked without the network: whoever touches it fails."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The shipped rules of the sample city."""
    library = Library(tmp_path_factory.mktemp("rules"))
    library.add([CORPUS])
    yield library
    library.close()


@pytest.fixture(scope="session")
def finder(rules: Library) -> Finder:
    return Finder(rules, vocabulary())
