"""Shapes: short ways to write the FHIR resources that the community's sources send."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
OURS = "urn:throughcare:"
Resource = dict[str, Any]


def at(day: date, hour: int = 9, minute: int = 0) -> str:
    """An instant of the community's day with its offset, as sources write it."""
    return datetime.combine(day, time(hour, minute), ZONE).isoformat()


def reference(kind: str, id: str) -> Resource:
    return {"reference": f"{kind}/{id}"}


def concept(system: str, code: str, text: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}


def role_coding(role: str) -> Resource:
    return concept(OURS + "role", role)


def identified(kind: str, id: str, system: str, value: str) -> Resource:
    return {"resourceType": kind, "id": id, "identifier": [{"system": system, "value": value}]}


def quantity(value: str | float | Decimal, unit: str) -> Resource:
    return {"value": Decimal(str(value)), "unit": unit, "system": UCUM, "code": unit}


def condition(
    id: str, patient: str, code: str, text: str, recorded: date, *, category: str, encounter: str | None = None
) -> Resource:
    made = {
        "resourceType": "Condition",
        "id": id,
        "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
        "category": [concept("http://terminology.hl7.org/CodeSystem/condition-category", category)],
        "code": concept(ICD10, code, text),
        "subject": reference("Patient", patient),
        "recordedDate": recorded.isoformat(),
        "onsetDateTime": recorded.isoformat(),
    }
    return made | ({"encounter": reference("Encounter", encounter)} if encounter else {})


def observation(
    id: str, patient: str, code: str, text: str, day: date, value: Resource, *, category: str = "laboratory"
) -> Resource:
    """One result; `value` is {"valueQuantity": …}, {"valueCodeableConcept": …} or {"component": […]}."""
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", category)],
        "code": concept(LOINC, code, text),
        "subject": reference("Patient", patient),
        "effectiveDateTime": at(day, 8, 30),
        **value,
    }


def blood_pressure(id: str, patient: str, day: date, systolic: int, diastolic: int) -> Resource:
    parts = [(("8480-6", "Systolic"), systolic), (("8462-4", "Diastolic"), diastolic)]
    component = [
        {"code": concept(LOINC, code, text), "valueQuantity": quantity(v, "mm[Hg]")} for (code, text), v in parts
    ]
    return observation(id, patient, "85354-9", "Blood pressure", day, {"component": component}, category="vital-signs")


def encounter(id: str, patient: str, kind: str, start: str, end: str | None, org: str, **more: Any) -> Resource:
    """A visit or stay; `kind` is the v3 act code (AMB, IMP, EMER, OBSENC, HH); no end means it still goes on."""
    return {
        "resourceType": "Encounter",
        "id": id,
        "status": "finished" if end else "in-progress",
        "class": {"system": ACT, "code": kind},
        "subject": reference("Patient", patient),
        "period": {"start": start, **({"end": end} if end else {})},
        "serviceProvider": reference("Organization", org),
        **more,
    }
