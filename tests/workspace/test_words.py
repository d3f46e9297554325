"""Every phrase stands in every language, and every phrase that is asked for is there."""

import re
from pathlib import Path

import pytest

from throughcare.workspace import words
from throughcare.workspace.words import Words, choose

ROOM = Path(words.__file__).parent
ENGLISH, SPANISH = words.load("en"), words.load("es")


def asked() -> set[str]:
    """Keys named whole in templates and code."""
    texts = [p.read_text() for p in [*ROOM.glob("templates/*.html"), *ROOM.glob("*.py")]]
    found = {key for text in texts for key in re.findall(r"""(?:\bt|words|\.words)\(\s*["']([a-z_.]+)["']""", text)}
    return {key for key in found if not key.endswith((".", "_"))}


def test_both_languages_have_the_same_keys():
    assert ENGLISH.keys() == SPANISH.keys()


def test_phrases_fill_the_same_holes():
    holes = {
        key: (set(re.findall(r"{(\w+)", ENGLISH[key])), set(re.findall(r"{(\w+)", SPANISH[key]))) for key in ENGLISH
    }
    assert not {key: pair for key, pair in holes.items() if pair[0] - {"n"} != pair[1] - {"n"}}


def test_every_key_a_page_asks_for_is_there():
    found = asked()
    assert len(found) > 150
    assert not {k for k in found if k not in ENGLISH and f"{k}.other" not in ENGLISH}


def test_no_phrase_is_left_in_the_other_language():
    same = {
        key
        for key in ENGLISH
        if ENGLISH[key] == SPANISH[key] and re.search(r"[a-z]{4}", re.sub(r"{\w+}", "", ENGLISH[key]))
    }
    assert same <= {"door.way_hospital", "mode.video"}


def test_a_missing_key_is_an_error_and_values_are_escaped():
    english = Words("en")
    with pytest.raises(KeyError):
        english("no.such.key")
    assert english("person.lead", name="<b>") == "Lead: &lt;b&gt;"
    assert [english("time.days", n=n) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


@pytest.mark.parametrize(
    ("accept", "wanted", "speaks"),
    [
        ("es-MX,es;q=0.9,en;q=0.1", "", "es"),
        ("fr,de", "", "en"),
        ("en;q=0.2,es;q=0.7", "", "es"),
        ("es", "en", "en"),
        ("", "xx", "en"),
        ("es;q=x", "", "es"),
    ],
)
def test_the_language_is_the_readers_choice_then_the_browsers(accept, wanted, speaks):
    assert choose(accept, wanted, ["en", "es"]) == speaks
