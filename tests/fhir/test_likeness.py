"""What tells people apart is spelled one way, and one wrong part never hides a record from the others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughcare.fhir.likeness import NOTHING, keys, letters, short_for, street, traits

WHOLE = {
    "name": [{"use": "official", "family": "O'Brien-Núñez", "given": ["María José"], "suffix": ["Jr."]}],
    "birthDate": "1961-10-30",
    "gender": "female",
    "telecom": [{"system": "email", "value": " Maria@Example.org "}, {"system": "phone", "value": "+1 (555) 294-8890"}],
    "address": [{"line": ["829 N. Harbor Street", "Apartment 4"], "city": "Lowell", "postalCode": "01850-1234"}],
}


def test_a_patient_is_spelled_one_way():
    found = traits(WHOLE)
    assert found == NOTHING._replace(
        given="maria", root="maria", more="jose", family="obrien nunez", suffix="jr", born="19611030", sex="female",
        phone="5552948890", email="maria@example.org", street="829 n harbor st 4", postcode="01850", city="lowell",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({"birthDate": "1961-10"}, "born", ""),
        ({"gender": "unknown"}, "sex", ""),
        ({"telecom": [{"system": "phone", "value": "0000000000"}]}, "phone", ""),
        ({"telecom": [{"system": "phone", "value": "911"}]}, "phone", ""),
        ({"address": [{"postalCode": "00000"}]}, "postcode", ""),
        ({"address": [{"postalCode": "02130"}]}, "postcode", "02130"),
        ({"name": [{"family": "Stone Sr"}]}, "suffix", "sr"),
        ({"name": [{"use": "old", "family": "Stone"}, {"family": "Rivers"}]}, "family", "rivers"),
        ({"name": [{"given": ["Bill"]}]}, "root", "william"),
    ],
)
def test_fillers_say_nothing_and_words_mean_what_they_mean(body, field, value):
    assert getattr(traits(body), field) == value


def test_short_forms():
    assert (short_for("peggy"), short_for("zoltan")) == ("margaret", "zoltan")
    assert street("5 North Main Avenue, Unit 2") == street("5 N. MAIN AVE #2") == "5 n main ave 2"
    assert letters("  Ångström-Müller 3rd ") == "angstrom muller rd"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": [{"family": "Rivers", "given": ["María"]}]},
        {"name": [{"family": "María", "given": ["O'Brien-Núñez"]}]},
        {"birthDate": "1971-10-30"},
        {"birthDate": "1961-01-01"},
        {"telecom": []},
        {"address": [{"line": ["1 Elm St"], "postalCode": "99999"}]},
    ],
    ids=["family", "exchanged", "year", "filler", "telephone", "home"],
)
def test_whatever_one_part_is_wrong_a_key_is_shared(wrong):
    assert set(keys(traits(WHOLE))) & set(keys(traits(WHOLE | wrong)))


def test_nothing_has_no_keys():
    assert keys(NOTHING) == []
    assert keys(traits({})) == []


TEXTS = st.one_of(st.none(), st.text(max_size=200))
NAMES = st.fixed_dictionaries(
    {}, optional={"family": TEXTS, "given": st.lists(TEXTS, max_size=4), "use": TEXTS, "suffix": st.lists(st.text())}
)
MEANS = st.fixed_dictionaries({"system": st.sampled_from(["phone", "email"])}, optional={"value": TEXTS})
HOMES = st.fixed_dictionaries({}, optional={"line": st.lists(st.text()), "city": TEXTS, "postalCode": TEXTS})
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.lists(NAMES, max_size=3),
        "birthDate": TEXTS,
        "gender": TEXTS,
        "telecom": st.lists(MEANS, max_size=3),
        "address": st.lists(HOMES, max_size=2),
    },
)


def test_a_name_of_very_many_words_has_no_more_keys_than_one_of_three():
    words = WHOLE | {"name": [{"given": ["Ana"], "family": " ".join("abcdefghijklmnopqrstuvwxyz")}]}
    assert len(keys(traits(words))) < 25


@settings(max_examples=1000, deadline=None)
@given(BODIES)
def test_whatever_a_patient_says_it_has_few_short_keys(body):
    found = keys(traits(body))
    assert len(found) < 25
    assert all(len(key) < 200 for key in found)
