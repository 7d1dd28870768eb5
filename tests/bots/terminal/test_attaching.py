"""A report from the terminal carries a pin and photos; what cannot be used is said and nothing is asked."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bots.terminal.attaching import LARGEST
from citydesk import app
from tests.bots.terminal.test_own_work import NOW, home, read, run

__all__ = ["home"]
JPEG = b"\xff\xd8\xff\xe0 a lamp"
PIN = "30.9,114.3"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "灯.jpg"
    path.write_bytes(JPEG)
    return path


def refused(*words: str) -> str:
    done = CliRunner().invoke(app, ["ask", "路灯不亮了", "--as", "collector", *NOW, *words], env={"COLUMNS": "200"})
    assert done.exit_code == 2, done.output
    return done.output


def test_pin_and_photo_are_filed_with_the_case(home: Path, photo: Path) -> None:
    words = ("ask", "东湖区东街道3号路灯不亮了", "--as", "collector", *NOW, "--at", PIN, "--photo", str(photo))
    (offered,) = json.loads(run(*words, "--json"))["proposals"]
    (waiting,) = read("proposals", "--as", "collector", *NOW)
    assert waiting["id"] == offered["id"]
    digest = hashlib.sha256(JPEG).hexdigest()
    (kept,) = waiting["fields"]["attachments"]
    assert (kept["sha256"], kept["media_type"], kept["name"]) == (digest, "image/jpeg", photo.name)
    assert (waiting["fields"]["place"]["latitude"], waiting["fields"]["place"]["longitude"]) == (30.9, 114.3)
    assert (home / "attachments" / digest[:2] / digest).read_bytes() == JPEG


def test_a_photo_alone_begins_a_report(home: Path, photo: Path) -> None:
    answer = json.loads(run("ask", "--as", "collector", *NOW, "--photo", str(photo), "--at", PIN, "--json"))
    assert answer["status"] == "clarify"


def test_a_photo_is_known_by_its_bytes(home: Path, tmp_path: Path) -> None:
    fakes = {
        "a.jpg": b"not a picture",
        "empty.png": b"",
        "page.jpg": b"<svg onload=alert(1)>",
        "b.webp": b"RIFF1234WAVE",
    }
    for name, content in fakes.items():
        (tmp_path / name).write_bytes(content)
        assert "is no photo" in refused("--photo", str(tmp_path / name))
    assert not (home / "attachments").exists()


def test_a_file_that_is_not_there_or_too_large_is_named(home: Path, tmp_path: Path) -> None:
    assert "no such file" in refused("--photo", str(tmp_path / "none.jpg"))
    assert "no such file" in refused("--photo", str(tmp_path))
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.write(JPEG)
        file.truncate(LARGEST + 1)
    assert "20 MB" in refused("--photo", str(large))


def test_a_file_that_may_not_be_read_is_named(home: Path, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    # Root, who may run this, may read every file.
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert "cannot be read: Permission denied" in refused("--photo", str(photo))


def test_one_bad_photo_keeps_none(home: Path, photo: Path, tmp_path: Path) -> None:
    refused("--photo", str(photo), "--photo", str(tmp_path / "none.jpg"))
    assert not (home / "attachments").exists()


@pytest.mark.parametrize("said", ["114.3,30.9", "here", "30.9"])
def test_what_is_no_place_is_refused(home: Path, said: str) -> None:
    assert said in refused("--at", said)


def test_neither_goes_with_a_batch(home: Path, photo: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["ask", "--batch", str(tmp_path / "b.jsonl"), "--photo", str(photo)])
    assert done.exit_code == 2
    assert CliRunner().invoke(app, ["ask"]).exit_code == 2
