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


def month_start(day: date, back: int = 0) -> date:
    """The first of the month, so many months back."""
    years, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(years, month + 1, 1)


def at(day: date, hour: int = 9, minute: int = 0) -> str:
    """An instant of the community's day with its offset, as sources write it."""
    return datetime.combine(day, time(hour, minute), ZONE).isoformat()


def reference(kind: str, id: str) -> Resource:
    return {"reference": f"{kind}/{id}"}


def concept(system: str, code: str, text: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}


def role_coding(role: str) -> Resource:
    return concept(OURS + "role", role)


class Text(str):
    """Words, where a code would be meant otherwise."""


def said(**named: Any) -> list[Resource]:
    """Our own extensions by name; the kind of value follows from what is given, and None is left unsaid."""
    made = []
    for name, value in named.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                made.append({"url": OURS + name.replace("_", "-"), **_value(one)})
    return made


def parts(url: str, **named: Any) -> Resource:
    """An extension of several parts, each by its own short name."""
    inner = [{"url": name.replace("_", "-"), **_value(v)} for name, v in named.items() if v is not None]
    return {"url": OURS + url, "extension": inner}


def _value(one: Any) -> Resource:
    match one:
        case bool():
            return {"valueBoolean": one}
        case int():
            return {"valueInteger": one}
        case float() | Decimal():
            return {"valueDecimal": one}
        case datetime():
            return {"valueDateTime": one.isoformat()}
        case date():
            return {"valueDate": one.isoformat()}
        case Text():
            return {"valueString": str(one)}
        case str() if "T" in one and ":" in one:
            return {"valueDateTime": one}
        case str() if "/" in one:
            return {"valueReference": {"reference": one}}
        case str():
            return {"valueCode": one}
    raise TypeError(type(one))


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
