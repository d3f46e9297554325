"""Claims: what every wire format of claims says alike, as the ExplanationOfBenefit that the views of claims read.

Codes are those of CARIN for Blue Button and of HL7 terminology; money is a Decimal in US dollars.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from throughcare.intake.shapes import Resource, coded, identifier, reference, without_blanks

TERMS = "http://terminology.hl7.org/CodeSystem/"
CARIN = "http://hl7.org/fhir/us/carin-bb/CodeSystem/"
NPI, SSN, MBI = (f"http://hl7.org/fhir/sid/us-{name}" for name in ("npi", "ssn", "mbi"))
TIN = "urn:oid:2.16.840.1.113883.4.4"
ICD10, ICD9 = "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-9-cm"
CPT, HCPCS = "http://www.ama-assn.org/go/cpt", "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
NDC = "http://hl7.org/fhir/sid/ndc"
PCS, PCS9 = "http://www.cms.gov/Medicare/Coding/ICD10", "http://hl7.org/fhir/sid/icd-9-cm"
REVENUE, PLACE, DRG = (
    "https://www.nubc.org/CodeSystem/RevenueCodes",
    ("https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"),
    "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software",
)
_HERE = {"principal": TERMS + "ex-diagnosistype", "admitting": TERMS + "ex-diagnosistype"}
INPATIENT_BILLS = ("11", "18", "21", "28", "41")  # type of facility and of care, as NUBC's bills begin


@dataclass(slots=True)
class Line:
    """A line of a claim. `code` is what was done or dispensed; money by CARIN's category (submitted, eligible …)."""

    number: int
    code: str = ""
    system: str = ""
    modifiers: list[str] = field(default_factory=list)
    start: str = ""
    end: str = ""
    place: str = ""
    revenue: str = ""
    units: Decimal | None = None
    money: dict[str, Decimal | None] = field(default_factory=dict)
    diagnoses: list[int] = field(default_factory=list)
    performed_by: str = ""  # NPI
    specialty: str = ""
    tin: str = ""
    text: str = ""


@dataclass(slots=True)
class Claim:
    """A claim, submitted or paid. `diagnoses` are (kind, code, system, present on admission), the principal first."""

    id: str
    kind: str  # institutional, professional, pharmacy
    patient_id: str
    created: str
    number: str
    number_system: str = ""
    status: str = "active"
    outcome: str = "complete"
    setting: str = ""  # inpatient, outpatient
    start: str = ""
    end: str = ""
    insurer: Resource = field(default_factory=dict)
    provider: Resource = field(default_factory=dict)
    member: str = ""
    tin: str = ""
    team: list[tuple[str, str, str, str]] = field(default_factory=list)  # role, NPI, name, specialty or taxonomy
    diagnoses: list[tuple[str, str, str, str]] = field(default_factory=list)
    procedures: list[tuple[str, str, str]] = field(default_factory=list)  # code, system, day
    admitted: str = ""
    discharged: str = ""
    disposition: str = ""
    bill_type: str = ""
    drg: str = ""
    replaces: str = ""
    money: dict[str, Decimal | None] = field(default_factory=dict)
    paid: Decimal | None = None
    paid_on: str = ""
    lines: list[Line] = field(default_factory=list)


def explanation(claim: Claim) -> Resource:
    """The claim as FHIR R4 has it. Who did a line is in the team, once for everyone."""
    team = list(claim.team)
    for line in claim.lines:
        if line.performed_by and not any(m[0] == "performing" and m[1] == line.performed_by for m in team):
            team.append(("performing", line.performed_by, "", line.specialty))
    places = {member[1]: n for n, member in enumerate(team, 1) if member[0] in ("performing", "rendering")}
    paid = {"amount": dollars(claim.paid), "date": claim.paid_on} if claim.paid is not None else {}
    made: Resource = without_blanks(
        {
            "resourceType": "ExplanationOfBenefit",
            "id": claim.id,
            "extension": [_tin(claim.tin)] if claim.tin else [],
            "identifier": [identifier(claim.number_system, claim.number)] if claim.number else [],
            "status": claim.status,
            "type": coded(claim.kind, TERMS + "claim-type"),
            "subType": coded(claim.setting, CARIN + "C4BBInstitutionalClaimSubType") if claim.setting else {},
            "use": "claim",
            "patient": reference("Patient", claim.patient_id),
            "billablePeriod": {"start": claim.start, "end": claim.end},
            "created": claim.created,
            "insurer": claim.insurer or {"display": "not said"},
            "provider": claim.provider or {"display": "not said"},
            "outcome": claim.outcome,
            "related": [
                {
                    "relationship": coded("prior", TERMS + "ex-relatedclaimrelationship"),
                    "reference": {"value": claim.replaces},
                }
            ]
            if claim.replaces
            else [],
            "careTeam": [_member(n, *member) for n, member in enumerate(team, 1)],
            "supportingInfo": _informed(claim),
            "diagnosis": [_diagnosis(n, *one) for n, one in enumerate(claim.diagnoses, 1)],
            "procedure": [
                {"sequence": n, "date": day, "procedureCodeableConcept": coded(code, system)}
                for n, (code, system, day) in enumerate(claim.procedures, 1)
            ],
            "insurance": [{"focal": True, "coverage": _covered(claim)}],
            "item": [_item(line, places) for line in claim.lines],
            "total": _totals(claim.money),
            "payment": paid,
        }
    )
    return made


def dollars(amount: Decimal | None) -> Resource:
    return {"value": amount, "currency": "USD"} if amount is not None else {}


def service_system(code: str) -> str:
    """CPT where a code is of five figures (or four and a letter), else HCPCS level II."""
    return CPT if code[:4].isdecimal() else HCPCS


def _covered(claim: Claim) -> Resource:
    named = {"identifier": {"value": claim.member}} if claim.member else {}
    return {**named, "display": str(claim.insurer.get("display", "")) or ("" if named else "not said")}


def _tin(number: str) -> Resource:
    return {"url": "urn:throughcare:tin", "valueString": number}


def _member(sequence: int, role: str, npi: str, name: str, kind: str) -> Resource:
    system = (
        "http://nucc.org/provider-taxonomy"
        if len(kind) > 3
        else "https://bluebutton.cms.gov/resources/variables/prvdr_spclty"
    )
    who = {"identifier": identifier(NPI, npi, "NPI") if npi else {}, "display": name or ("" if npi else "not said")}
    known = role in ("primary", "assist", "supervisor")
    return {
        "sequence": sequence,
        "provider": who,
        "role": coded(role, TERMS + "claimcareteamrole" if known else CARIN + "C4BBClaimCareTeamRole"),
        "qualification": coded(kind, system) if kind else {},
    }


def _diagnosis(sequence: int, kind: str, code: str, system: str, present: str) -> Resource:
    admitted = coded(present, TERMS + "ex-diagnosis-on-admission") if present in ("Y", "N", "U", "W") else {}
    return {
        "sequence": sequence,
        "diagnosisCodeableConcept": coded(code, system),
        "type": [coded(kind, _HERE.get(kind, CARIN + "C4BBClaimDiagnosisType"))] if kind else [],
        "onAdmission": {**admitted, "coding": [{**c, "code": c["code"].lower()} for c in admitted["coding"]]}
        if admitted
        else {},
    }


def _informed(claim: Claim) -> list[Resource]:
    said = [
        ("admissionperiod", {"timingPeriod": {"start": claim.admitted, "end": claim.discharged}}, claim.admitted),
        ("typeofbill", {"code": coded(claim.bill_type, "https://www.nubc.org/CodeSystem/TypeOfBill")}, claim.bill_type),
        (
            "discharge-status",
            {"code": coded(claim.disposition, "https://www.nubc.org/CodeSystem/PatDischargeStatus")},
            claim.disposition,
        ),
        ("drg", {"code": coded(claim.drg, DRG)}, claim.drg),
    ]
    return [
        {"sequence": n, "category": coded(name, CARIN + "C4BBSupportingInfoType"), **what}
        for n, (name, what) in enumerate(((name, what) for name, what, known in said if known), 1)
    ]


def _item(line: Line, places: dict[str, int]) -> Resource:
    one_day = not line.end or line.end == line.start
    return {
        "sequence": line.number,
        "extension": [_tin(line.tin)] if line.tin else [],
        "careTeamSequence": [places[line.performed_by]] if line.performed_by in places else [],
        "diagnosisSequence": line.diagnoses,
        "revenue": coded(line.revenue, REVENUE) if line.revenue else {},
        "productOrService": coded(line.code, line.system, text=line.text)
        if line.code
        else coded("not-said", "urn:throughcare:claim", text=line.text),
        "modifier": [coded(one, HCPCS) for one in line.modifiers if one],
        "servicedDate": line.start if one_day else "",
        "servicedPeriod": {} if one_day else {"start": line.start, "end": line.end},
        "locationCodeableConcept": coded(line.place, PLACE) if line.place else {},
        "quantity": {"value": line.units} if line.units is not None else {},
        "adjudication": [_adjudged(name, amount) for name, amount in line.money.items() if amount is not None],
    }


def _adjudged(category: str, amount: Decimal) -> Resource:
    return {"category": _category(category), "amount": dollars(amount)}


def _category(name: str) -> Resource:
    known = name in ("submitted", "eligible", "benefit", "deductible", "copay")
    return coded(name, TERMS + "adjudication" if known else CARIN + "C4BBAdjudication")


def _totals(money: dict[str, Decimal | None]) -> list[Resource]:
    return [_adjudged(name, amount) for name, amount in money.items() if amount is not None]
