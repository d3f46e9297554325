"""Patients: the same person as each source wrote them down, with the slips of the pen that sources make."""

from collections.abc import Iterator
from random import Random
from typing import Any

from throughcare.community.cover import PAYERS
from throughcare.community.names import COUNTY, TOWNS
from throughcare.community.people import Person
from throughcare.community.places import HOSPITALS
from throughcare.community.shapes import concept, reference, said

_PAYERS = set(PAYERS.values())
SSN, MBI = "http://hl7.org/fhir/sid/us-ssn", "http://hl7.org/fhir/sid/us-mbi"


def patients(person: Person, seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """(source, Patient) for every source that knows the person, and the copy made by mistake."""
    slipping = {person.practice.source, *(source for source, _ in HOSPITALS)}  # payers and programs look at papers
    for source, id in person.patient_ids.items():
        slips = 0.06 if source in slipping and person.part is None else 0.0
        yield source, _patient(person, source, id, Random(f"{seed}/slip/{id}"), slips)
    for copy in person.copies:
        yield (
            person.practice.source,
            _patient(person, person.practice.source, copy, Random(f"{seed}/slip/{copy}"), slips=0.9),
        )


def _patient(person: Person, source: str, id: str, chance: Random, slips: float) -> dict[str, Any]:
    given, family = person.given, person.family
    if chance.random() < slips:
        given, family = _slip(given, chance), family if chance.random() < 0.5 else _slip(family, chance)
    made: dict[str, Any] = {
        "resourceType": "Patient",
        "id": id,
        "active": True,
        "identifier": _identifiers(person, source, id, chance, slips),
        "name": [{"use": "official", "family": family, "given": [given]}],
        "gender": person.sex,
        "birthDate": person.birth.isoformat(),
        "address": [_address(person)] if person.address_known else [],
        "communication": [{"language": concept("urn:ietf:bcp:47", person.language), "preferred": True}],
    }
    if not made["address"]:
        del made["address"]
    if person.phone and (source not in _PAYERS or chance.random() < 0.5):
        made["telecom"] = [{"system": "phone", "value": person.phone, "use": "mobile", "rank": 1}]
    if person.died and source != HOSPITALS[1][0]:
        made["deceasedDateTime"] = person.died.isoformat()
    if source == person.practice.source:
        made["generalPractitioner"] = [reference("Practitioner", person.clinician)]
        made["managingOrganization"] = reference("Organization", person.practice.organization)
        made["active"] = not person.moved_away
    return made


def _address(person: Person) -> dict[str, Any]:
    """The home; in the first town every other household lives in the tract that counts as being at high risk."""
    tract = "36103000001" if person.household % 2 == 0 and person.town == TOWNS[0] else f"361030{person.town[2]}"
    return {
        "use": "home",
        "line": [person.line],
        "city": person.town[0],
        "district": COUNTY,
        "state": person.town[1],
        "postalCode": person.town[2],
        "extension": said(tract=tract),
    }


def _identifiers(person: Person, source: str, id: str, chance: Random, slips: float) -> list[dict[str, Any]]:
    kind = "http://terminology.hl7.org/CodeSystem/v2-0203"
    known = [{"type": concept(kind, "MR"), "system": f"urn:{source}:mrn", "value": id}]
    if chance.random() >= slips:
        known.append({"type": concept(kind, "SS"), "system": SSN, "value": person.ssn})
    if person.mbi and chance.random() >= slips:
        known.append({"type": concept(kind, "MC"), "system": MBI, "value": person.mbi})
    return known


def _slip(word: str, chance: Random) -> str:
    """One letter lost, doubled or swapped with its neighbour."""
    n = chance.randrange(2, max(3, len(word) - 1))
    how = chance.randrange(3)
    if how == 0:
        return word[:n] + word[n + 1 :]
    if how == 1:
        return word[:n] + word[n] + word[n:]
    return word[: n - 1] + word[n] + word[n - 1] + word[n + 1 :]
