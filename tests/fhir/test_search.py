"""What a resource can be found by: every official search parameter, in one compact row."""

import pytest

from throughcare.faults import Malformed, Refused
from throughcare.fhir import search
from throughcare.fhir.search import SearchRow, ask, number_of, term


def row(resource: dict) -> SearchRow:
    return search.extractor(resource["resourceType"])(resource)


def found_by(resource: dict, parameter: str, value: str) -> bool:
    """Whether a search for this would find it."""
    carried = set(map(int, row(resource).terms))
    return not carried.isdisjoint(ask(resource["resourceType"], parameter, value))


def spans(found: SearchRow, name: str) -> list[tuple[str, str]]:
    named = zip(found.span_params, found.span_lows, found.span_highs, strict=True)
    return [(low, high) for param, low, high in named if param == number_of(name)]


def numbers(found: SearchRow, name: str) -> list[float]:
    return [n for param, n in zip(found.number_params, found.numbers, strict=True) if param == number_of(name)]


PATIENT = {
    "resourceType": "Patient",
    "active": True,
    "gender": "female",
    "birthDate": "1950-02",
    "deceasedDateTime": "2024-01-02T03:04:05Z",
    "name": [{"family": "Nuñez  de Léon", "given": ["ANA", None]}],
    "telecom": [{"system": "phone", "value": "555"}, {"system": "email", "value": "a@b"}],
    "address": [{"city": "Flint", "state": "MI"}],
    "identifier": [
        {"system": "urn:s", "value": "7", "type": {"coding": [{"system": "urn:t", "code": "MR"}]}}, {"value": "8"},
    ],
    "generalPractitioner": [{"reference": "Practitioner/p1"}, {"reference": "Organization/o1/_history/2"}],
    "meta": {"tag": [{"system": "urn:tag", "code": "x"}], "profile": ["http://p|1.0"]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("active", "true"), ("gender", "female"), ("deceased", "true"),
        ("identifier", "7"), ("identifier", "urn:s|7"), ("identifier", "urn:s|"),
        ("identifier", "8"), ("identifier", "|8"),
        ("identifier:of-type", "urn:t|MR|7"),
        ("phone", "555"), ("email", "a@b"), ("telecom", "555"), ("telecom", "email|a@b"),
        ("general-practitioner", "Practitioner/p1"), ("general-practitioner", "p1"),
        ("general-practitioner", "Organization/o1"),
        ("_tag", "urn:tag|x"), ("_profile", "http://p|1.0"), ("_profile", "http://p"),
    ],
)  # fmt: skip
def test_a_patient_is_found_by(parameter: str, value: str) -> None:
    assert found_by(PATIENT, parameter, value)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("phone", "a@b"), ("email", "555"), ("identifier", "urn:x|7"), ("gender", "male"), ("general-practitioner", "o2")],
)
def test_a_patient_is_not_found_by(parameter: str, value: str) -> None:
    assert not found_by(PATIENT, parameter, value)


def test_parameters_that_read_one_place_share_its_terms() -> None:
    assert ask("Observation", "patient", "Patient/1") == ask("Observation", "subject", "Patient/1")
    assert set(ask("Observation", "combo-code", "x")) > set(ask("Observation", "code", "x"))
    assert term("Patient?identifier", "urn:s|7") in ask("Patient", "identifier", "urn:s|7")
    with pytest.raises(Refused, match="2 places"):
        term("Observation?combo-code", "x")
    with pytest.raises(Refused, match="no search parameter"):
        ask("Patient", "shoe-size", "9")


def test_a_living_patient_is_found_as_not_deceased() -> None:
    for patient in ({"resourceType": "Patient"}, {"resourceType": "Patient", "deceasedBoolean": False}):
        assert found_by(patient, "deceased", "false") and not found_by(patient, "deceased", "true")


def test_names_and_addresses_are_searched_without_case_accents_or_extra_spaces() -> None:
    texts = row(PATIENT).texts
    assert {"family=nunez de leon", "given=ana", "name=ana", "name=nunez de leon"} <= set(texts)
    assert {"address=flint", "address-city=flint", "address-state=mi"} <= set(texts)


def test_a_month_is_all_its_days_and_an_instant_is_itself() -> None:
    found = row(PATIENT)
    assert spans(found, "birthdate") == [("1950-02-01T00:00:00Z", "1950-02-28T23:59:59.999999Z")]
    assert spans(found, "death-date") == [("2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z")]


def test_a_period_is_open_where_it_does_not_say() -> None:
    stay = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"code": "IMP"},
        "period": {"start": "2024-01-02"},
    }
    assert spans(row(stay), "date") == [("2024-01-02T00:00:00Z", "infinity")]
    assert spans(row({**stay, "period": {}}), "date") == []


def test_a_timing_gives_its_events_and_its_bounds() -> None:
    timing = {"event": ["2024-01-01"], "repeat": {"boundsPeriod": {"end": "2024-03-01T00:00:00Z"}}}
    order = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "occurrenceTiming": timing}
    found = spans(row(order), "occurrence")
    assert ("-infinity", "2024-03-01T00:00:00Z") in found and (
        "2024-01-01T00:00:00Z",
        "2024-01-01T23:59:59.999999Z",
    ) in found


def test_a_quantity_is_a_number_and_a_unit() -> None:
    value = {"value": 5.4, "unit": "mmol", "system": "http://unitsofmeasure.org", "code": "mmol/L"}
    found = {"resourceType": "Observation", "status": "final", "code": {}, "valueQuantity": value}
    assert numbers(row(found), "value-quantity") == [5.4]
    for unit in ("mmol/L", "mmol", "http://unitsofmeasure.org|mmol/L"):
        assert found_by(found, "value-quantity", unit)


def test_a_range_and_a_number() -> None:
    prediction = {"probabilityRange": {"low": {"value": 1}, "high": {"value": 2}}}
    found = row(
        {
            "resourceType": "RiskAssessment",
            "status": "final",
            "subject": {},
            "prediction": [prediction, {"probabilityDecimal": 3}],
        }
    )
    assert 3.0 in numbers(found, "probability")


def test_a_reference_that_must_be_to_a_patient_is_taken_only_from_one() -> None:
    about = {"resourceType": "Observation", "status": "final", "code": {}, "subject": {"reference": "Group/g"}}
    assert found_by(about, "subject", "Group/g")
    assert not found_by(about, "patient", "Group/g")
    about["subject"] = {"reference": "http://elsewhere/fhir/Patient/1"}
    for value in ("Patient/1", "1", "http://elsewhere/fhir/Patient/1"):
        assert found_by(about, "patient", value)


def test_a_reference_by_identifier_and_one_to_what_is_contained() -> None:
    about = {
        "resourceType": "Observation",
        "status": "final",
        "code": {},
        "subject": {"identifier": {"system": "s", "value": "v"}},
    }
    assert found_by(about, "subject:identifier", "s|v")
    about["subject"] = {"reference": "#p"}
    assert not found_by(about, "subject", "#p")


def test_parts_of_a_component_are_found_together_and_not_across_components() -> None:
    def part(code: str, value: int) -> dict:
        quantity = {"value": value, "system": "u", "code": "mm"}
        return {"code": {"coding": [{"system": "l", "code": code}]}, "valueQuantity": quantity}

    parts = [part("sys", 140), part("dia", 90)]
    found = {"resourceType": "Observation", "status": "final", "code": {}, "component": parts}
    assert found_by(found, "component-code-value-quantity", "l|sys$140|u|mm")
    assert found_by(found, "combo-code-value-quantity", "dia$90")
    assert not found_by(found, "component-code-value-quantity", "sys$90")
    assert found_by(found, "component-code", "sys")


def test_only_relations_of_the_kind_asked_for_are_read() -> None:
    related = [{"type": "depends-on", "resource": "http://a|1"}, {"type": "composed-of", "resource": "http://b"}]
    found = {"resourceType": "Library", "status": "active", "type": {}, "relatedArtifact": related}
    assert found_by(found, "depends-on", "http://a") and not found_by(found, "depends-on", "http://b")


def test_a_document_is_found_by_its_composition_and_not_by_what_else_stands_first() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "document",
        "entry": [{"resource": {"resourceType": "Composition", "id": "c"}}],
    }
    assert found_by(bundle, "composition", "Composition/c")
    assert not found_by(bundle, "message", "Composition/c")


def test_every_official_parameter_of_every_type_is_compiled_or_answered_by_the_record() -> None:
    left = {"_id", "_lastUpdated"}
    for name in (
        "Patient",
        "Observation",
        "Bundle",
        "Claim",
        "Location",
        "Group",
        "InsurancePlan",
        "MolecularSequence",
    ):
        parameters = search.of_type(name)
        assert len(parameters) > 8 and not left & {p.name for p in parameters}
        search.extractor(name)({"resourceType": name})


def test_what_has_not_the_form_of_its_type_is_a_fault_not_a_crash() -> None:
    with pytest.raises(Malformed):
        row({"resourceType": "Patient", "name": "Ana"})
    with pytest.raises(Malformed):
        row({"resourceType": "Observation", "code": ["x"]})
