from __future__ import annotations

from pathlib import Path

import yaml

from tools.work_orders.classifier_phrases import FOLDER, SLOT, phrase_book

LEXICON = Path(__file__).resolve().parents[3] / "assistant" / "lexicon" / "categories.yml"


def test_every_class_is_said_in_forty_chinese_and_fifteen_english_ways() -> None:
    for path in sorted((FOLDER / "classes").glob("*.yml")):
        for id, said in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            for language, least in (("zh", 40), ("en", 15)):
                different = {phrase.replace(SLOT, "").strip() for phrase in said[language]}
                assert len(different) >= least, (id, language, len(different))


def test_no_class_has_its_phrases_in_two_files() -> None:
    seen: set[str] = set()
    for path in sorted((FOLDER / "classes").glob("*.yml")):
        ids = set(yaml.safe_load(path.read_text(encoding="utf-8")))
        assert not ids & seen
        seen |= ids


def test_codes_and_names_agree_with_the_lexicon_of_questions() -> None:
    lexicon = {one["id"]: one for one in yaml.safe_load(LEXICON.read_text(encoding="utf-8"))["categories"]}
    for item in phrase_book().classes.values():
        theirs = lexicon[item.id]
        assert item.label == theirs["name"], item.id
        assert item.kind == theirs["kind"], item.id
