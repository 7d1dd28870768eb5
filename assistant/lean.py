"""Packages left unopened until something of them is used: LangChain imports them for tracing and for remote graphs.

Neither is done here, and running their hundreds of modules is a third of what a question costs a cold start.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

# The clients of LangSmith and of LangGraph's servers.
UNUSED = ("langsmith.types", "langgraph_sdk")


class _Unopened(ModuleType):
    """A package whose modules can be imported one by one; its own code runs when a name of it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        self.__class__ = ModuleType  # type: ignore[assignment]  # opened: from now on like any other
        assert self.__spec__ is not None
        assert self.__spec__.loader is not None
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def leave_unopened(*packages: str) -> None:
    """Register packages without running them. Those that are loaded already, or not installed, are left as they are."""
    for name in packages:
        spec = None if name in sys.modules else find_spec(name)
        if spec is None:
            continue
        module = module_from_spec(spec)
        module.__class__ = _Unopened
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
