"""Staff: clinicians, organizations and places as a message names them.

Each is what the message says of it: the same words are the same resource, so no order of messages can change one.
"""

from throughcare.intake.hl7v2 import values
from throughcare.intake.hl7v2.message import Part
from throughcare.intake.hl7v2.said import Said
from throughcare.intake.shapes import Resource, coded, identifier, reference, without_blanks

_NPI_OID, _NPI_DIGITS = "2.16.840.1.113883.4.6", 10


def clinician(said: Said, part: Part) -> Resource | None:
    """XCN; of one without number and name there is nothing to say."""
    value, family, given = part.text(1), part.text(2), part.text(3)
    if not value and not family:
        return None
    name, oid, kind = part.text(9), part.text(9, 2), part.text(13)
    is_npi = (kind == "NPI" or name == "NPI" or oid == _NPI_OID) and len(value) == _NPI_DIGITS and value.isdecimal()
    system = values.NPI if is_npi else values.authority(name, oid, part.text(9, 3), said.source, said.home)
    whole = {
        "resourceType": "Practitioner",
        "identifier": [identifier(system, value, "NPI" if is_npi else "")] if value else [],
        "name": [{
            "family": family, "given": [given, *part.text(4).split()], "suffix": [part.text(5), part.text(7)],
            "prefix": [part.text(6)],
        }],
    }  # fmt: skip
    return _named_by_content(said, "clinician", whole)


def organization(said: Said, name: str, number: str = "", oid: str = "") -> Resource | None:
    """By its name and what it is called in numbers."""
    if not name and not number:
        return None
    system = values.authority("", oid, "", said.source, "") if oid else values.authority("", "", "", said.source, "")
    numbers = [identifier(f"{system}:organizations", number or name)]
    return _named_by_content(
        said, "organization", {"resourceType": "Organization", "identifier": numbers, "name": name or number}
    )


def facility(said: Said, place: Part | None) -> Resource | None:
    """Where a visit is: the facility of its place, else whoever sends."""
    name = place.text(4) if place else ""
    return organization(said, name) or organization(said, said.home or said.source)


def place(said: Said, part: Part, owner: Resource | None) -> Resource | None:
    """PL: unit, room and bed."""
    words = [text for n in (7, 8, 1, 2, 3) if (text := part.text(n))]
    if not words:
        return None
    bed = bool(part.text(3))
    whole = {
        "resourceType": "Location",
        "name": " ".join(words),
        "mode": "instance",
        "physicalType": coded(
            "bd" if bed else "ro" if part.text(2) else "wa",
            "http://terminology.hl7.org/CodeSystem/location-physical-type",
        ),
        "managingOrganization": reference("Organization", owner["id"]) if owner else {},
    }
    return _named_by_content(said, "place", whole)


def _named_by_content(said: Said, kind: str, whole: Resource) -> Resource:
    whole = without_blanks(whole)
    return {**whole, "id": said.id(kind, repr(sorted(whole.items(), key=lambda x: x[0])))}
