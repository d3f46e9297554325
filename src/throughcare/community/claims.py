"""Claims: what the health plan paid for, weeks later; the only trace of a stay the hospital kept silent about."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community.people import CONDITIONS, Person
from throughcare.community.places import PLAN
from throughcare.community.shapes import ICD10, Resource, concept, quantity, reference
from throughcare.community.stays import UB04, Stay

CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
LAG_DAYS = 9


def coverage(person: Person, on: date) -> Resource:
    """The person's coverage with the plan."""
    patient = person.patient_ids[PLAN[0]]
    return {
        "resourceType": "Coverage",
        "id": f"{patient}-cov",
        "status": "active" if not person.died else "cancelled",
        "beneficiary": reference("Patient", patient),
        "payor": [reference("Organization", "meridian-plan-org")],
        "type": concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "RETIRE" if person.mbi else "EHCPOL"),
        "period": {"start": date(on.year - 3, 1, 1).isoformat()},
    }


def claims(person: Person, found: list[Stay], on: date) -> Iterator[Resource]:
    """One ExplanationOfBenefit per finished inpatient stay whose claim has arrived by now."""
    for stay in found:
        if stay.kind == "IMP" and stay.ended_on and stay.ended_on + timedelta(days=LAG_DAYS) <= on:
            yield _claim(person, stay, stay.ended_on)


def _claim(person: Person, stay: Stay, ended_on: date) -> Resource:
    patient, days = person.patient_ids[PLAN[0]], max(1, (ended_on - stay.started_on).days)
    code = CONDITIONS[stay.cause][0] if stay.cause in CONDITIONS else "R07.9"
    paid = {"value": quantity(1900 * days + 3100, "x")["value"], "currency": "USD"}
    return {
        "resourceType": "ExplanationOfBenefit",
        "id": f"mer-eob-{stay.id}",
        "status": "active",
        "use": "claim",
        "outcome": "complete",
        "type": concept(CLAIM_TYPE, "institutional"),
        "patient": reference("Patient", patient),
        "billablePeriod": {"start": stay.started_on.isoformat(), "end": ended_on.isoformat()},
        "created": (ended_on + timedelta(days=LAG_DAYS)).isoformat(),
        "insurer": reference("Organization", "meridian-plan-org"),
        "provider": reference("Organization", f"{stay.source}-org".replace("_", "-")),
        "insurance": [{"focal": True, "coverage": reference("Coverage", f"{patient}-cov")}],
        "supportingInfo": [
            {
                "sequence": 1,
                "category": concept("http://terminology.hl7.org/CodeSystem/claiminformationcategory", "discharge"),
                "code": concept(UB04, stay.code),
            }
        ],
        "diagnosis": [
            {
                "sequence": 1,
                "diagnosisCodeableConcept": concept(ICD10, code),
                "type": [concept("http://terminology.hl7.org/CodeSystem/ex-diagnosistype", "principal")],
            }
        ],
        "item": [
            {
                "sequence": 1,
                "productOrService": concept("https://www.nubc.org/CodeSystem/RevenueCodes", "0120"),
                "net": paid,
            }
        ],
        "total": [
            {"category": concept("http://terminology.hl7.org/CodeSystem/adjudication", "submitted"), "amount": paid}
        ],
        "payment": {"amount": paid},
    }
