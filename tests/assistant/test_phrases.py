from string import Formatter

from assistant.verbalise_cells import phrases


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_phrases():
    assert phrases("zh").keys() == phrases("en").keys()


def test_a_phrase_of_one_language_asks_for_no_field_that_the_other_lacks():
    different = {k for k in phrases("zh") if fields(phrases("zh")[k]) != fields(phrases("en")[k])}
    assert different <= {"sample_n"}
