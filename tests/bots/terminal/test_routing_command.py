"""`citydesk intake route`: figures for every way of choosing, or one sentence why there are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from citydesk import app
from tests.assistant.agent.desk import small_city


def test_it_prints_a_row_for_each_way_of_choosing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYDESK_HOME", str(small_city(tmp_path)))
    monkeypatch.setenv("COLUMNS", "200")
    result = CliRunner().invoke(app, ["intake", "route", "--no-baseline"])
    assert result.exit_code == 0, result.output
    assert "to a dispatcher" in result.output
    assert result.output.count("most frequent one") == 2
