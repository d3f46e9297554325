"""Who is linked and who is not: the sure number, the equal birth date, and everything that forbids it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughcare.identity.link import clusters, shared
from throughcare.identity.strong import Known, known, searched

SSN = ("ssn", "531201234")
MBI = ("mbi", "1EG4TE5MK73")


def patient(name, *numbers, born="1950-02-03", sex="female", no=None):
    no = no or sum(map(ord, name))
    return Known(name, no, no, born, sex, frozenset(numbers))


def names(groups):
    return sorted(sorted(p.patient_id for p in g) for g in groups)


def test_the_same_number_and_birth_date_in_two_sources_is_one_person():
    assert names(clusters([patient("a", SSN), patient("b", SSN), patient("c")])) == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    "other",
    [
        patient("b", SSN, born="1950-02-04"),
        patient("b", SSN, born=""),
        patient("b", SSN, sex="male"),
        patient("b", ("ssn", "531201235")),
        patient("b"),
        patient("b", ("mbi", "531201234")),
    ],
    ids=["another birth date", "no birth date", "another sex", "another number", "no number", "another kind"],
)
def test_anything_that_speaks_against_it_keeps_two_people_apart(other):
    assert names(clusters([patient("a", SSN), other])) == [["a"], ["b"]]


def test_another_number_of_the_same_kind_forbids_what_a_record_number_says():
    mrn = ("record number of urn:north", "77")
    assert len(clusters([patient("a", mrn, SSN), patient("b", mrn, ("ssn", "531201235"))])) == 2
    assert len(clusters([patient("a", mrn, SSN), patient("b", mrn)])) == 1


def test_two_that_a_third_would_join_stay_apart_when_they_conflict():
    a, c = patient("a", SSN, sex="male", no=1), patient("c", MBI, sex="female", no=3)
    b = patient("b", SSN, MBI, sex="unknown", no=2)
    groups = clusters([a, b, c])
    assert all(not {"a", "c"} <= {p.patient_id for p in g} for g in groups)


def test_whom_a_person_kept_apart_is_not_linked_again():
    assert len(clusters([patient("a", SSN), patient("b", SSN)], [frozenset({"a", "b"})])) == 2


def test_a_number_that_very_many_carry_names_nobody():
    crowd = [patient(f"p{n:02}", SSN, no=n + 1) for n in range(21)]
    assert len(clusters(crowd)) == 21
    assert len(clusters(crowd[:20])) == 1


@given(st.permutations(range(6)))
def test_the_order_in_which_patients_are_met_does_not_matter(order):
    sexes, numbers = itertools.cycle(["female", "unknown", "male"]), [(SSN,), (SSN, MBI), (MBI,)] * 2
    everyone = [patient(f"p{n}", *numbers[n], sex=next(sexes), no=n + 1) for n in range(6)]
    assert names(clusters([everyone[i] for i in order])) == names(clusters(everyone))


def test_the_reason_names_the_kind_of_number_and_never_the_number():
    assert shared([patient("a", SSN, MBI), patient("b", SSN)]) == "same ssn, same birth date"


def identifier(system, value, **more):
    return {"system": system, "value": value} | more


@pytest.mark.parametrize("filler", ["000-12-3456", "666-12-3456", "111-11-1111", "123-45-6789", "12-34", "531-00-1234"])
def test_fillers_are_no_numbers(filler):
    body = {"id": "a", "identifier": [identifier("http://hl7.org/fhir/sid/us-ssn", filler)]}
    assert known(body, 1, 1).numbers == frozenset()


def test_numbers_that_are_never_issued_serve_invented_people_and_taxpayers():
    body = {"id": "a", "identifier": [identifier("http://hl7.org/fhir/sid/us-ssn", "900-00-0001")]}
    assert known(body, 1, 1).numbers == {("ssn", "900000001")}


def test_numbers_are_compared_without_their_dashes():
    ssn, mbi = "http://hl7.org/fhir/sid/us-ssn", "http://hl7.org/fhir/sid/us-mbi"
    body = {"id": "a", "identifier": [identifier(ssn, "531-20-1234"), identifier(mbi, "1eg4-te5-mk73")]}
    assert known(body, 1, 1).numbers == {SSN, MBI}
    assert (ssn, "531-20-1234") in searched(SSN)
    assert (mbi, "1EG4-TE5-MK73") in searched(MBI)


def test_an_old_number_and_a_record_number_of_nobody_do_not_count_and_a_partial_birth_date_is_none():
    mr = {"coding": [{"code": "MR"}]}
    body = {
        "id": "a",
        "birthDate": "1950-02",
        "identifier": [
            identifier("http://hl7.org/fhir/sid/us-ssn", "531201234", use="old"),
            identifier("", "77", type=mr),
            identifier("urn:north", "77", type=mr),
            identifier("urn:north", "78"),
        ],
    }
    one = known(body, 1, 1)
    assert (one.birth_date, one.numbers) == ("", {("record number of urn:north", "77")})
