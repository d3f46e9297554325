"""Organizations, locations and clinicians: who is one by number, who by name and address, and who never is."""

import json

import pytest

from throughcare.fhir.validate import check
from throughcare.identity import directory

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
