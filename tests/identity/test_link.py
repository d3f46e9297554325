"""Who is linked and who is not: the sure number, the equal birth date, and everything that forbids it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughcare.fhir.likeness import NOTHING
from throughcare.identity.comparisons import read
from throughcare.identity.link import linked
from throughcare.identity.records import scorer
from throughcare.identity.strong import Known, known, searched

SSN = ("ssn", "531201234")
MBI = ("mbi", "1EG4TE5MK73")


def patient(name, *numbers, born="1950-02-03", sex="female", no=None):
    no = no or sum(map(ord, name))
    seen = NOTHING._replace(sex=sex if sex != "unknown" else "", born=born.replace("-", ""))
    return Known(name, no, no, born, sex, frozenset(numbers), seen)


def link(patients, **said):
    return linked(patients, scorer(patients, read()), read(), **said)


def clusters(patients, kept_apart=()):
    return link(patients, apart=kept_apart).groups


TOLD = {"given": "Estefania Rosa", "family": "Quintanilla", "born": "1961-10-30", "sex": "female",
        "phone": "555-294-8890", "line": "829 Harbor Street Apt 4", "ssn": "", "suffix": ""}  # fmt: skip


def body_of(name, **says):
    """A Patient with names, a birth date, a home and a telephone, changed by what the test says."""
    told = TOLD | says
    return {
        "resourceType": "Patient",
        "id": name,
        "name": [{"given": told["given"].split(), "family": told["family"], "suffix": [told["suffix"]]}],
        "birthDate": told["born"],
        "gender": told["sex"],
        "telecom": [{"system": "phone", "value": told["phone"]}] if told["phone"] else [],
        "address": [{"line": [told["line"]], "city": "Lowell", "postalCode": "01850"}],
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": told["ssn"]}] if told["ssn"] else [],
        "link": [{"other": {"reference": f"Patient/{o}"}, "type": "replaced-by"} for o in says.get("replaced_by", ())],
    }  # fmt: skip


def told(name, **says):
    return known(body_of(name, **says), sum(map(ord, name)), sum(map(ord, name)))


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


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(6)))
def test_the_order_in_which_patients_are_met_does_not_matter(order):
    sexes, numbers = itertools.cycle(["female", "unknown", "male"]), [(SSN,), (SSN, MBI), (MBI,)] * 2
    everyone = [patient(f"p{n}", *numbers[n], sex=next(sexes), no=n + 1) for n in range(6)]
    assert names(clusters([everyone[i] for i in order])) == names(clusters(everyone))


def test_the_reason_names_the_kind_of_number_and_never_the_number():
    assert link([patient("a", SSN, MBI), patient("b", SSN)]).why == {AB: "same ssn, same birth date"}


AB = frozenset({"a", "b"})
SSNS = ("531-20-1234", "531-20-1243", "531-20-1235", "531-77-8812")


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"given": "Estefana"},
        {"given": "Quintanilla", "family": "Estefania"},
        {"family": "Quintanila-Moreno"},
        {"family": "Moreno"},
        {"born": "1961-01-01", "phone": ""},
        {"born": "1962-10-30"},
        {"line": "12 N. Main St", "born": "1961-10-30"},
        {"sex": "male"},
        {"ssn": SSNS[1]},
    ],
    ids=["in all", "but one letter", "but names exchanged", "but a hyphen", "but a married name",
         "but a filler of a birth date", "but one digit of the year", "but the home", "but the sex",
         "but two digits of the number exchanged"],
)  # fmt: skip
def test_who_is_alike_is_one_person_without_any_number(other):
    found = link([told("a", ssn=SSNS[0]), told("b", **other)])
    assert names(found.groups) == [["a", "b"]]
    assert found.why[AB].startswith("likeness ")
    assert not any(word in found.why[AB].casefold() for word in ("quintanilla", "1961", "555", "531"))


@pytest.mark.parametrize(
    "other",
    [
        {"given": "Marisol"},
        {"born": "1934-02-11"},
        {"given": "Tomas", "sex": "male", "born": "1990-03-04"},
        {"suffix": "Jr."},
    ],
    ids=["a twin", "a mother of one name", "a child", "a junior"],
)
def test_a_household_is_as_many_people_as_it_is_and_nobody_is_asked(other):
    first = told("a", suffix="Sr.") if "suffix" in other else told("a")
    found = link([first, told("b", **other)])
    assert (names(found.groups), found.asked) == ([["a"], ["b"]], [])


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"ssn": SSNS[2]}, "next_number"),
        ({"ssn": SSNS[3]}, "other_number"),
        ({"born": "1931-10-30"}, "years_apart"),
        ({"given": "Estefano", "sex": "male"}, "another_sex"),
        ({"given": "Stefanie"}, "perhaps_twins"),
        ({"line": "1 Elm Rd", "phone": "", "born": "1961-10-20"}, "little_but_a_name"),
    ],
    ids=["twins of one name", "another number", "thirty years", "brother and sister", "like names", "only a name"],
)
def test_what_may_be_one_person_and_may_not_is_left_to_a_person(other, rule):
    found = link([told("a", ssn=SSNS[0]), told("b", **other)])
    assert names(found.groups) == [["a"], ["b"]]
    assert [(one.left, one.right, one.rule) for one in found.asked] == [("a", "b", rule)]


def test_who_fits_two_people_fits_neither():
    twins = [told("a", ssn=SSNS[0]), told("b", ssn=SSNS[2])]
    found = link([*twins, told("c")])
    assert names(found.groups) == [["a"], ["b"], ["c"]]
    assert sorted((one.left, one.right) for one in found.asked) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_a_word_of_a_person_outranks_every_rule_and_only_for_the_pair():
    twins = [told("a", ssn=SSNS[0]), told("b", ssn=SSNS[2])]
    assert names(link(twins, together=[AB]).groups) == [["a", "b"]]
    alike = [told("a"), told("b")]
    assert names(link(alike, apart=[AB]).groups) == [["a"], ["b"]]
    assert link(alike, apart=[AB]).asked == []


def test_a_registrar_merges_along_chains_and_around_cycles():
    bare = {"phone": "", "line": "", "born": ""}
    chain = [told("a", replaced_by="b"), told("b", replaced_by="c", **bare), told("c", **bare)]
    assert names(link(chain).groups) == [["a", "b", "c"]]
    assert set(link(chain).why.values()) == {"merged by the registrar"}
    cycle = [told("a", replaced_by="b"), told("b", replaced_by="c", **bare), told("c", replaced_by="a", **bare)]
    assert names(link(cycle).groups) == [["a", "b", "c"]]
    assert names(link([chain[0], chain[2]]).groups) == [["a"], ["c"]]


def test_a_merge_of_two_who_are_plainly_two_is_left_to_a_person():
    other = told("b", given="Harold", family="Ness", born="1933-04-05", sex="male", line="1 Elm Rd", phone="")
    found = link([told("a", replaced_by="b"), other])
    assert names(found.groups) == [["a"], ["b"]]
    assert [(one.left, one.right) for one in found.asked] == [("a", "b")]


@settings(deadline=None, max_examples=40)
@given(st.permutations(range(5)))
def test_whoever_comes_first_the_same_are_linked_by_likeness(order):
    everyone = [
        told("a", ssn=SSNS[0]),
        told("b", ssn=SSNS[2]),
        told("c", family="Moreno"),
        told("d", given="E"),
        told("e", sex="male"),
    ]
    found, other = link(everyone), link([everyone[i] for i in order])
    assert names(found.groups) == names(other.groups)
    assert found.asked == other.asked


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
