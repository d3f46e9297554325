"""Claims: what the health plan paid for, weeks later; the only trace of a stay the hospital kept silent about."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community.cover import payer_on
from throughcare.community.people import CONDITIONS, Person
from throughcare.community.shapes import ICD10, Resource, concept, quantity, reference
from throughcare.community.stays import DRGS, UB04, Stay

CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type"
INFORMATION = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBSupportingInfoType"
MS_DRG = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software"
LAG_DAYS = 9
TIN = "urn:oid:2.16.840.1.113883.4.4"
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"


HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
_BLUE = "https://bluebutton.cms.gov/resources/variables/"


def claims(person: Person, found: list[Stay], on: date) -> Iterator[tuple[str, Resource]]:
    """(payer, ExplanationOfBenefit) per finished inpatient stay whose claim has arrived by now."""
    for stay in found:
        if (payer := paid_by(person, stay, on)) and stay.ended_on:
            yield payer, _of_stay(person, stay, stay.ended_on, payer)


def paid_by(person: Person, stay: Stay, on: date) -> str | None:
    """Whose claim of a finished inpatient stay has arrived by a day; None: nobody's has."""
    arrived = stay.kind == "IMP" and stay.ended_on and stay.ended_on + timedelta(days=LAG_DAYS) <= on
    return payer_on(person.cover, stay.started_on) if arrived else None


def paid_for(stay: Stay) -> int:
    """What a finished stay is paid with, in dollars."""
    days = max(1, (stay.ended_on - stay.started_on).days) if stay.ended_on else 0
    return 1900 * days + 3100


def _of_stay(person: Person, stay: Stay, ended_on: date, payer: str) -> Resource:
    code = CONDITIONS[stay.cause][0] if stay.cause in CONDITIONS else "R07.9"
    paid = _dollars(paid_for(stay))
    information = [
        (concept(INFORMATION, "typeofbill"), {"code": concept("https://www.nubc.org/CodeSystem/TypeOfBill", "111")}),
        (concept(INFORMATION, "discharge-status"), {"code": concept(UB04, stay.code)}),
        (concept(INFORMATION, "drg"), {"code": concept(MS_DRG, stay.drg or DRGS.get(stay.cause, "313"))}),
        (
            concept(INFORMATION, "admissionperiod"),
            {"timingPeriod": {"start": stay.started_on.isoformat(), "end": ended_on.isoformat()}},
        ),
    ]
    made = _claim(f"eob-{stay.id}", person.at(payer), payer, "institutional", stay.started_on, ended_on, paid)
    return made | {
        "subType": concept("http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBInstitutionalClaimSubType", "inpatient"),
        "provider": reference("Organization", f"{stay.source}-org".replace("_", "-")),
        "supportingInfo": [
            {"sequence": n, "category": category} | value for n, (category, value) in enumerate(information, 1)
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
    }


def of_facility(id: str, patient: str, payer: str, first: date, last: date, amount: int, bill_type: str) -> Resource:
    """Care after hospital: nursing facility (21x) or home health (32x)."""
    bill = concept("https://www.nubc.org/CodeSystem/TypeOfBill", bill_type)
    made = _claim(id, patient, payer, "institutional", first, last, _dollars(amount))
    return made | {
        "provider": reference("Organization", "harbor-after-care-org"),
        "supportingInfo": [{"sequence": 1, "category": concept(INFORMATION, "typeofbill"), "code": bill}],
    }


def of_visit(
    id: str, patient: str, payer: str, day: date, code: str, allowed: int, *, practice: str, tin: str, clinician: str,
    specialty: str,
) -> Resource:  # fmt: skip
    """A visit with a clinician: one line with its code, who did it, and under whose tax number it was billed."""
    dollars = _dollars(allowed)
    return _claim(id, patient, payer, "professional", day, day, dollars) | {
        "provider": {**reference("Organization", practice), "identifier": {"system": TIN, "value": tin}},
        "careTeam": [
            {
                "sequence": 1,
                "provider": reference("Practitioner", clinician),
                "role": concept("http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBClaimCareTeamRole", "performing"),
                "qualification": concept(_BLUE + "prvdr_spclty", specialty),
            }
        ],
        "item": [
            {
                "sequence": 1,
                "careTeamSequence": [1],
                "productOrService": concept(HCPCS, code),
                "servicedDate": day.isoformat(),
                "locationCodeableConcept": concept(_BLUE + "line_place_of_srvc_cd", "11"),
                "adjudication": [
                    {"category": concept(ADJUDICATION, kind), "amount": dollars} for kind in ("eligible", "benefit")
                ],
            }
        ],
    }


def _claim(id: str, patient: str, payer: str, kind: str, first: date, last: date, paid: Resource) -> Resource:
    return {
        "resourceType": "ExplanationOfBenefit",
        "id": id,
        "status": "active",
        "use": "claim",
        "outcome": "complete",
        "type": concept(CLAIM_TYPE, kind),
        "patient": reference("Patient", patient),
        "billablePeriod": {"start": first.isoformat(), "end": last.isoformat()},
        "created": (last + timedelta(days=LAG_DAYS)).isoformat(),
        "insurer": reference("Organization", f"{payer}-org".replace("_", "-")),
        "insurance": [{"focal": True, "coverage": reference("Coverage", f"{patient}-cov0")}],
        "total": [{"category": concept(ADJUDICATION, kind), "amount": paid} for kind in ("submitted", "eligible")],
        "payment": {"amount": paid},
    }


def _dollars(amount: int) -> Resource:
    return {"value": quantity(amount, "x")["value"], "currency": "USD"}
