"""Organizations, locations and clinicians: who is one by number, who by name and address, and who never is."""

import json

import pytest

from throughcare.fhir.validate import check
from throughcare.identity import directory, directory_words
from throughcare.identity.directory_doubts import doubts

NPI = "http://hl7.org/fhir/sid/us-npi"
REAL = ("1234567893", "1245319599")  # the CMS example of the check digit, and another that passes it


def one(kind, ident, npi="", name="St. Brigid Hospital", line="4 North Main Street", **more):
    address = {"line": [line], "postalCode": "01850"}
    return {
        "resourceType": kind,
        "id": ident,
        "name": name,
        "address": address if kind == "Location" else [address],
        "identifier": [{"system": NPI, "value": npi}] if npi else [],
    } | more


def test_one_number_is_one_whatever_the_name():
    those = [one("Organization", "a", REAL[0]), one("Organization", "b", REAL[0], name="SBH", line="9 Elm St")]
    assert directory.groups(those) == [["Organization/a", "Organization/b"]]
    doctors = [one("Practitioner", "a", REAL[0]), one("Practitioner", "b", REAL[0])]
    assert directory.groups(doctors) == [["Practitioner/a", "Practitioner/b"]]


@pytest.mark.parametrize("number", ["1234567890", "3234567893", "123456789", "12345678931", "١٢٣٤٥٦٧٨٩٣"])
def test_a_number_that_is_none_links_nobody(number):
    assert directory.npi(one("Practitioner", "a", number)) == frozenset()
    assert directory.groups([one("Practitioner", "a", number), one("Practitioner", "b", number)]) == []


@pytest.mark.parametrize("number", REAL)
def test_a_number_with_its_check_digit_counts(number):
    assert directory.npi(one("Practitioner", "a", number)) == {number}


def test_one_name_at_one_address_is_one_place_unless_their_numbers_differ():
    bare = one("Location", "b", name="ST BRIGID HOSPITAL", line="4 N. Main St.")
    assert directory.groups([one("Location", "a", REAL[0]), bare]) == [["Location/a", "Location/b"]]
    third = one("Location", "c", REAL[1])
    assert directory.groups([one("Location", "a", REAL[0]), bare, third]) == []
    assert directory.groups([one("Location", "a"), one("Location", "b", line="5 Main St")]) == []
    assert directory.groups([one("Location", "a"), one("Organization", "b")]) == []


def test_a_clinicians_name_alone_is_no_evidence():
    assert directory.groups([one("Practitioner", "a"), one("Practitioner", "b")]) == []


def test_a_linkage_is_valid_stands_once_and_falls_away_with_its_cause():
    those = [one("Organization", "a", REAL[0]), one("Organization", "b", REAL[0])]
    (put,) = directory.changes(those, {}).puts
    body = json.loads(put.body)
    assert [item["type"] for item in body["item"]] == ["source", "alternate"]
    check(put.body)
    assert not directory.changes(those, {body["id"]: body})
    (gone,) = directory.changes(those[:1], {body["id"]: body}).deletes
    assert gone.resource_id == body["id"]


def words(same=(), apart=()):
    pairs = [frozenset(directory_words.pair(*two) for two in some) for some in (same, apart)]
    return directory_words.Words(*pairs)


A, B, C = "Organization/a", "Organization/b", "Organization/c"


def test_a_word_keeps_two_apart_whatever_chain_would_join_them():
    those = [one("Organization", ident, REAL[0]) for ident in "abc"]
    assert directory.groups(those) == [[A, B, C]]
    assert directory.groups(those, words(apart=[(A, B)])) == [[A, C]]
    assert directory.groups(those, words(apart=[(B, A), (B, C)])) == [[A, C]]
    assert directory.groups(those, words(apart=[(A, B), (A, C), (B, C)])) == []


def test_a_word_joins_what_nothing_else_joins_and_goes_before_a_number():
    those = [
        one("Organization", "a", REAL[0]),
        one("Organization", "b", REAL[1], name="X"),
        one("Organization", "c", REAL[1]),
    ]
    assert directory.groups(those, words(same=[(A, C)])) == [[A, B, C]]
    assert directory.groups(those, words(same=[(A, C)], apart=[(A, B)])) == [[A, C]]
    assert directory.groups(those, words(same=[(A, "Organization/gone")])) == [[B, C]]


def test_a_word_is_a_valid_linkage_of_the_two_and_is_read_back():
    author = {"reference": "Practitioner/dana"}
    for same in (True, False):
        then, said = directory_words.say(directory_words.NOTHING, [(B, A)], same, by=author)
        (put,) = said.puts
        check(put.body)
        body = json.loads(put.body)
        assert (body["active"], body["author"]) == (same, author)
        assert directory_words.told({body["id"]: body}) == then
        back, gone = directory_words.say(then, [(A, B)], None, by=author)
        assert back == directory_words.NOTHING and [one.resource_id for one in gone.deletes] == [body["id"]]


def test_a_sources_own_linkage_is_neither_ours_nor_a_word():
    body = {"resourceType": "Linkage", "id": "x1", "item": [{"type": "source", "resource": {"reference": A}}]}
    assert directory.ours({"x1": body}) == {} and directory_words.told({"x1": body}) == directory_words.NOTHING


def left(*those, said=directory_words.NOTHING):
    entries = {f"{body['resourceType']}/{body['id']}": body for body in those}
    return [(d.why, d.one, d.other) for d in doubts(entries, directory.groups(those, said), said)]


def test_left_to_a_person_are_one_name_with_an_address_a_zip_code_or_a_telephone_in_common():
    a = one("Organization", "a", REAL[0])
    assert left(a, one("Organization", "b", REAL[1])) == [("address", A, B)]
    assert left(a, one("Organization", "b", line="9 Elm St")) == [("zip", A, B)]
    phone = {"telecom": [{"system": "phone", "value": "+1 (555) 014-2000"}]}
    far = one("Organization", "b", line="") | phone | {"address": []}
    assert left(a | phone, far) == [("phone", A, B)]
    assert left(a, one("Organization", "b", line="9 Elm St", name="Other")) == []
    assert left(a, one("Location", "b", line="9 Elm St")) == []


def test_a_group_is_asked_about_once_and_what_was_said_is_not_asked_again():
    those = [one("Organization", "a"), one("Organization", "b"), one("Organization", "c", line="9 Elm St")]
    assert left(*those) == [("zip", A, C)]
    assert left(*those, said=words(apart=[(B, C)])) == []


def test_clinicians_of_two_numbers_are_two_and_a_chain_of_many_is_no_doubt():
    named = {"name": [{"given": ["Ana"], "family": "Silva"}]}
    assert left(one("Practitioner", "a", REAL[0]) | named, one("Practitioner", "b", REAL[1]) | named) == []
    assert len(left(one("Practitioner", "a", REAL[0]) | named, one("Practitioner", "b") | named)) == 1
    chain = [one("Organization", f"o{n:02}", line=f"{n} Elm St") for n in range(13)]
    assert left(*chain) == [] and len(left(*chain[:3])) == 3
