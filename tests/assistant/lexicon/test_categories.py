"""Laws of the colloquial category lexicon."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

LEXICON = Path(__file__).parents[3] / "assistant" / "lexicon" / "categories.yml"
MATTERS_47678 = {6: 52, 7: 8, 8: 16, 9: 22, 10: 2}
GAPS_47678 = {"06031", "07005", "09007"}
CODE = {"gbt47678": re.compile(r"\d{5}"), "gbt30428": re.compile(r"\d{4}")}


@pytest.fixture(scope="module")
def lexicon() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(LEXICON.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def entries(lexicon: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = lexicon["categories"]
    return listed


def codes(entry: dict[str, Any], standard: str) -> tuple[str, ...]:
    given = entry.get("standard", {}).get(standard, ())
    return (given,) if isinstance(given, str) else tuple(given)


def phrases(entry: dict[str, Any]) -> Iterator[str]:
    yield from entry["name"].values()
    for group in ("names", "say"):
        for spoken in entry.get(group, {}).values():
            yield from spoken


def test_entries_have_known_keys_only(entries: list[dict[str, Any]]) -> None:
    allowed = {"id", "kind", "standard", "name", "names", "say"}
    assert [entry["id"] for entry in entries if set(entry) - allowed] == []
    assert {entry["kind"] for entry in entries} == {"component", "event"}


def test_ids_are_unique(entries: list[dict[str, Any]]) -> None:
    assert [name for name, times in Counter(entry["id"] for entry in entries).items() if times > 1] == []
    assert all(re.fullmatch(r"[a-z0-9_]+", entry["id"]) for entry in entries)


@pytest.mark.parametrize("standard", ["gbt47678", "gbt30428"])
def test_codes_have_the_form_of_their_standard(entries: list[dict[str, Any]], standard: str) -> None:
    wrong = [code for entry in entries for code in codes(entry, standard) if not CODE[standard].fullmatch(code)]
    assert wrong == []


@pytest.mark.parametrize("standard", ["gbt47678", "gbt30428"])
def test_a_single_code_belongs_to_one_entry_of_its_kind(entries: list[dict[str, Any]], standard: str) -> None:
    single = [(entry["kind"], *codes(entry, standard)) for entry in entries if len(codes(entry, standard)) == 1]
    assert [code for code, times in Counter(single).items() if times > 1] == []


def test_every_event_like_matter_of_the_national_standard_is_covered(entries: list[dict[str, Any]]) -> None:
    listed = {code for entry in entries for code in codes(entry, "gbt47678") if entry["kind"] == "event"}
    wanted = {f"{major:02d}{minor:03d}" for major, last in MATTERS_47678.items() for minor in range(1, last + 1)}
    assert listed == wanted - GAPS_47678
    assert len(listed) == 97


def test_both_languages_have_at_least_three_phrases(entries: list[dict[str, Any]]) -> None:
    thin = [entry["id"] for entry in entries if min(len(entry["say"]["zh"]), len(entry["say"]["en"])) < 3]
    assert thin == []
    assert all(set(entry["name"]) == {"zh", "en"} for entry in entries)


def test_chinese_phrases_are_chinese_and_english_ones_are_not(entries: list[dict[str, Any]]) -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for entry in entries:
        assert all(han.search(said) for said in entry["say"]["zh"]), entry["id"]
        assert not any(han.search(said) for said in entry["say"]["en"]), entry["id"]


def test_no_phrase_is_a_single_character(entries: list[dict[str, Any]]) -> None:
    assert [said for entry in entries for said in phrases(entry) if len(said.strip()) < 2] == []


def test_no_phrase_is_a_generic_word(entries: list[dict[str, Any]]) -> None:
    generic = {
        "案件", "问题", "事件", "部件", "投诉", "举报", "异常", "告警", "坏了", "没了", "道路", "垃圾", "施工", "绿地脏",
        "case", "cases", "request", "complaint", "complaints", "problem", "issue", "general", "street", "road", "trash",
        "other", "traffic", "lead", "notification",
    }  # fmt: skip
    assert [said for entry in entries for said in phrases(entry) if said.casefold() in generic] == []


def test_a_phrase_of_two_entries_is_declared_ambiguous(lexicon: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for said in phrases(entry):
            owners[said.casefold()].add(entry["id"])
    shared = {said: sorted(ids) for said, ids in owners.items() if len(ids) > 1}
    assert shared == {said: sorted(ids) for said, ids in lexicon["ambiguous"].items()}
