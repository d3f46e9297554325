"""What hospitals, practices and notebooks send in the stories, in the community's own shapes."""

from datetime import datetime
from typing import Any

from throughcare.community.shapes import ZONE, Resource, concept, encounter, reference, said

UB04 = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
PRIORITY = "http://terminology.hl7.org/CodeSystem/v3-ActPriority"


def patient(
    id: str, birth: str, sex: str = "female", *, language: str = "en", zip: str = "00501", **more: Any
) -> Resource:
    """Someone with a phone and a home in the first town."""
    return {
        "resourceType": "Patient", "id": id, "active": True, "birthDate": birth, "gender": sex,
        "identifier": [{"system": "urn:stories:mrn", "value": id}],
        "name": [{"use": "official", "family": "Vale", "given": [id.title()]}],
        "telecom": [{"system": "phone", "value": "555-201-0100", "use": "mobile"}],
        "address": [{"use": "home", "line": ["3 Elm Street"], "city": "Bayview", "state": "NY", "postalCode": zip}],
        "communication": [{"language": concept("urn:ietf:bcp:47", language), "preferred": True}],
    } | more  # fmt: skip


def moment(text: str) -> datetime:
    """ "2026-03-05" is nine in the morning of that day, "2026-03-05 15:30" half past three, in New York."""
    return datetime.fromisoformat(text if " " in text else f"{text} 09:00").replace(tzinfo=ZONE)


def clock(text: str) -> str:
    """A moment as sources write it, with its offset."""
    return moment(text).isoformat()


def stay(id: str, who: str, start: str, end: str | None = None, *, kind: str = "IMP", to: str = "01",
         urgent: bool = True, org: str = "general-hospital", **more: Any) -> Resource:  # fmt: skip
    """A hospital stay: IMP, EMER or OBSENC; without an end it goes on."""
    going = {"dischargeDisposition": concept(UB04, to)} if end else {}
    return encounter(
        id, who, kind, clock(start), clock(end) if end else None, org,
        priority=concept(PRIORITY, "EM" if urgent else "EL"),
        hospitalization={"admitSource": concept("http://terminology.hl7.org/CodeSystem/admit-source", "emd"), **going},
        **more,
    )  # fmt: skip


def visit(
    id: str, who: str, at: str, doctor: str, *, org: str = "elm-practice", kind: str = "AMB", **more: Any
) -> Resource:
    """A finished visit of half an hour with a clinician."""
    start = clock(at)
    return encounter(
        id, who, kind, start, start, org, participant=[{"individual": reference("Practitioner", doctor)}], **more
    )


def related(id: str, who: str, relation: str, **named: Any) -> Resource:
    """Someone of the family."""
    return {
        "resourceType": "RelatedPerson", "id": id, "active": True, "patient": reference("Patient", who),
        "relationship": [concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", relation)],
        "extension": said(**named),
    }  # fmt: skip


def same(number: str) -> dict[str, Any]:
    """The number by which two sources' records of one person are known to be of the same: patient(..., **same(n))."""
    kind = concept("http://terminology.hl7.org/CodeSystem/v2-0203", "SS")
    return {"identifier": [{"type": kind, "system": "http://hl7.org/fhir/sid/us-ssn", "value": number}]}


def cover(id: str, who: str, kind: str, start: str, end: str | None = None, **named: Any) -> Resource:
    """Insurance as its payer tells it; an open end goes on."""
    return {
        "resourceType": "Coverage", "id": id, "status": "active", "beneficiary": reference("Patient", who),
        "payor": [reference("Organization", f"{kind}-payer")], "type": concept("urn:throughcare:plan-kind", kind),
        "period": {"start": start} | ({"end": end} if end else {}), "extension": said(**named),
    }  # fmt: skip
