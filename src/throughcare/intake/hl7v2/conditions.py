"""Conditions: diagnoses and procedures of a visit, the problem list, and allergies."""

from collections.abc import Sequence

from throughcare.intake.hl7v2 import values
from throughcare.intake.hl7v2.message import Segment
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import TERMS, said
from throughcare.intake.shapes import Resource, coded, reference

_CLINICAL, _VERIFIED = f"{TERMS}condition-clinical", f"{TERMS}condition-ver-status"
_DELETED = "D"


def of_visit(visit: str, patient: str, spoken: Sequence[Spoken]) -> list[tuple[Resource, Resource]]:
    """Each diagnosis (DG1) once, as it was said last, with the part it plays in the visit."""
    found = {k: x for one in spoken for s in one.all("DG1") if (k := _what(s, 3, 4)) for x in [(one, s)]}
    made = []
    for key, (one, dg1) in found.items():
        since, kind = one.said.time(dg1.text(5)), dg1.text(6)
        whole = {
            "resourceType": "Condition",
            "id": one.said.id("diagnosis", visit, *key),
            "clinicalStatus": coded("active", _CLINICAL),
            "verificationStatus": coded("entered-in-error" if dg1.text(21) == _DELETED else "confirmed", _VERIFIED),
            "category": [coded("encounter-diagnosis", f"{TERMS}condition-category")],
            "code": _code(dg1, 3, 4),
            "subject": reference("Patient", patient),
            "encounter": reference("Encounter", visit),
            "recordedDate": since.fhir if since else _noted(one),
        }
        if dg1.text(21) == _DELETED:
            del whole["clinicalStatus"]
        use = said("diagnosis_use", kind)
        made.append((whole, coded(use, f"{TERMS}diagnosis-role") if use else {}))
    return sorted(made, key=lambda x: x[0]["id"])


def procedures(visit: str, patient: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """Each procedure (PR1) of one day once."""
    found = {(*k, s.text(5)): (one, s) for one in spoken for s in one.all("PR1") if (k := _what(s, 3, 4))}
    made = []
    for key, (one, pr1) in found.items():
        done = one.said.time(pr1.text(5))
        made.append({
            "resourceType": "Procedure",
            "id": one.said.id("procedure", visit, *key),
            "status": "entered-in-error" if pr1.text(20) == _DELETED else "completed",
            "code": _code(pr1, 3, 4),
            "subject": reference("Patient", patient),
            "encounter": reference("Encounter", visit),
            "performedDateTime": done.fhir if done else "",
        })  # fmt: skip
    return sorted(made, key=lambda x: x["id"])


def problem(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """A problem (PRB) as it was said last."""
    one = spoken[-1]
    prb = one.first("PRB")
    assert prb is not None
    action, noted, onset, resolved = prb.text(1), *(one.said.time(prb.text(n)) for n in (2, 16, 9))
    deleted = action in ("DE", "D")
    state = said("problem_state", prb.text(14)) or ("resolved" if resolved else "active")
    surety = said("verification", prb.text(13)) or "confirmed"
    return [{
        "resourceType": "Condition",
        "id": id,
        "clinicalStatus": {} if deleted else coded(state, _CLINICAL),
        "verificationStatus": coded("entered-in-error" if deleted else surety, _VERIFIED),
        "category": [coded("problem-list-item", f"{TERMS}condition-category")],
        "code": _code(prb, 3, 3),
        "subject": reference("Patient", one.patient),
        "onsetDateTime": onset.fhir if onset else "",
        "abatementDateTime": resolved.fhir if resolved and state in ("resolved", "inactive") else "",
        "recordedDate": noted.fhir if noted else "",
    }]  # fmt: skip


def allergies(patient: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """Each allergy (AL1 or IAM) once, as it was said last."""
    found = {k: (one, s) for one in spoken for n in ("AL1", "IAM") for s in one.all(n) if (k := _what(s, 3, 3))}
    made = []
    for key, (one, al1) in found.items():
        is_iam = al1.name == "IAM"
        since, category = one.said.time(al1.text(11 if is_iam else 6)), said("allergy_category", al1.text(2))
        shown = [w for p in al1.parts(5) if (w := p.text(2) or p.text(1))]
        ended = is_iam and al1.text(6) == _DELETED
        made.append({
            "resourceType": "AllergyIntolerance",
            "id": one.said.id("allergy", patient, *key),
            "clinicalStatus": coded("inactive" if ended else "active", f"{TERMS}allergyintolerance-clinical"),
            "verificationStatus": coded("unconfirmed", f"{TERMS}allergyintolerance-verification"),
            "category": [category] if category else [],
            "code": _code(al1, 3, 3),
            "patient": reference("Patient", patient),
            "onsetDateTime": since.fhir if since else "",
            "reaction": [{"manifestation": [{"text": w} for w in shown],
                          "severity": said("allergy_severity", al1.text(4))}] if shown else [],
        })  # fmt: skip
    return sorted(made, key=lambda x: x["id"])


def _what(segment: Segment, code: int, words: int) -> tuple[str, ...]:
    """What tells one thing of a list from another: its code in its system, else its words."""
    value, system = segment.text(code), segment.text(code, 3)
    text = "" if value else segment.text(code, 2) or segment.text(words)
    return (value, system, text) if value or text else ()


def _code(segment: Segment, code: int, words: int) -> Resource:
    found = values.concept(segment.part(code))
    text = found.get("text") or (segment.text(words) if words != code else "") or segment.part(code).text(2)
    return {**found, "text": text or segment.text(code)}


def _noted(one: Spoken) -> str:
    return one.said.recorded.isoformat() if one.said.is_dated else ""
