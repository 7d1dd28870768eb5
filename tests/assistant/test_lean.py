"""Packages left unopened open themselves when they are needed, and cost nothing before."""

from __future__ import annotations

import subprocess
import sys


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_agent_is_imported_without_the_code_of_tracing_and_remote_graphs() -> None:
    loaded = _run(
        "import sys, assistant.agent\n"
        "print(sum(m.startswith('langsmith.types.') for m in sys.modules), 'langgraph_sdk.client' in sys.modules)"
    )
    count, client = loaded.split()
    assert int(count) < 10
    assert client == "False"


def test_an_unopened_package_is_whole_once_a_name_of_it_is_asked_for() -> None:
    got = _run(
        "import assistant, langgraph_sdk, langsmith.types\n"
        "from langgraph_sdk import get_client\n"
        "langsmith.types.RunSelectField\n"
        "print(get_client.__module__.split('.')[0], len(dir(langsmith.types)) > 20)"
    )
    assert got == "langgraph_sdk True"


def test_a_package_that_is_not_installed_is_left_alone() -> None:
    got = _run(
        "from assistant.lean import leave_unopened\nleave_unopened('no_such_package')\nimport sys\nprint('no_such_package' in sys.modules)"
    )
    assert got == "False"
