"""Settings: one reader; environment before the home's file before defaults; keys never printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITYDESK_HOME", str(tmp_path))
    return tmp_path


def test_nothing_set_means_the_embedded_model(home: Path) -> None:
    settings = read_settings()
    assert (settings.home, settings.model, settings.model_key) == (home, "offline", None)


def test_the_environment_goes_before_the_home_s_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "citydesk.toml").write_text('steps = 3\ntool_calls = 5\nmodel = "openai:a"\n', encoding="utf-8")
    monkeypatch.setenv("CITYDESK_STEPS", "4")
    settings = read_settings()
    assert (settings.steps, settings.tool_calls, settings.model) == (4, 5, "openai:a")


def test_a_key_is_never_printed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYDESK_MODEL_KEY", "sk-very-secret")
    settings = read_settings()
    assert "sk-very-secret" not in f"{settings!r} {settings} {settings.model_dump()}"
    assert settings.model_key is not None
    assert settings.model_key.get_secret_value() == "sk-very-secret"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STEPS", "0"),
        ("QUESTION_SECONDS", "-1"),
        ("MODEL_TIMEOUT_SECONDS", "0"),
        ("MODEL_RETRIES", "-1"),
        ("STEPS", "x"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CITYDESK_{name}", value)
    with pytest.raises(ValidationError):
        read_settings()


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"CITYDESK_([A-Z_]+)=", text)) == {name.upper() for name in Settings.model_fields}


def test_defaults_in_the_example_are_the_defaults() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    numbers = dict(re.findall(r"CITYDESK_([A-Z_]+)=([\d.]+)$", text, re.MULTILINE))
    assert len(numbers) >= 7
    assert {name: float(value) for name, value in numbers.items()} == {
        name: float(Settings.model_fields[name.lower()].default) for name in numbers
    }
