"""Findings: results, vital signs, social history, function, answers of instruments; and the reports that group them."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from throughcare.intake.ccda.draft import Draft, role_of
from throughcare.intake.ccda.observed import first_value, normal, value_of
from throughcare.intake.ccda.statements import (
    author,
    code_of,
    denied,
    happens,
    moment,
    notes,
    performers,
    state,
    visit_of,
    written,
)  # fmt: skip
from throughcare.intake.ccda.values import identifiers, said, span
from throughcare.intake.shapes import Resource, coded

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_US_CORE = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_PRESSURE = ("8480-6", "8462-4")
CATEGORIES = {
    "laboratory": coded("laboratory", _CATEGORY), "vital_sign": coded("vital-signs", _CATEGORY),
    "social_history": coded("social-history", _CATEGORY), "survey": coded("survey", _CATEGORY),
    "functional": coded("functional-status", _US_CORE), "exam": coded("exam", _CATEGORY),
    "imaging": coded("imaging", _CATEGORY),
}  # fmt: skip


def observation(draft: Draft, node: Element, role: str) -> Resource:
    """One finding. What is denied is said as false, so that nobody reads it as found."""
    value = first_value(node)
    what = draft.concept(node.find("code"))
    if not what and (text := draft.text(node.find("text"))):
        what = {"text": text}
    told: dict[str, Any] = _frame(draft, node, role) | {"status": said("result_status", state(node), "final")}
    if denied(node):
        what = (draft.concept(value) if value is not None else {}) or what
        found: Resource = {"valueBoolean": False}
    else:
        found = value_of(draft, value)
    inside = [ref for one in _inside(node) if (ref := _member(draft, one, role))]
    told |= {"code": what or draft.concept(None, unknown=True), "hasMember": inside, **found}
    if happens(node) and not found and not inside:
        told["dataAbsentReason"] = coded("unknown", _ABSENT)
    return draft.add("Observation", draft.key(node), told, node)


def _frame(draft: Draft, node: Element, role: str) -> dict[str, Any]:
    """What findings share, alone or in a group."""
    at, wrote = moment(draft, node, "effective"), written(draft, node)
    meanings = [one for c in node.findall("interpretationCode") if (one := draft.concept(c))]
    return {
        "identifier": identifiers(node.findall("id")),
        "category": [CATEGORIES[role]] if role in CATEGORIES else [],
        "subject": draft.person,
        "encounter": visit_of(draft, node),
        "performer": _by(draft, node),
        "interpretation": meanings,
        "method": draft.concept(node.find("methodCode")),
        "bodySite": draft.concept(node.find("targetSiteCode")),
        "referenceRange": [r for one in node.findall("referenceRange/observationRange") if (r := normal(draft, one))],
        "note": notes(draft, node),
    } | (at or ({"effectiveDateTime": wrote} if wrote else {}))


def _by(draft: Draft, node: Element) -> list[Resource]:
    who = author(draft, node)
    return [who] if who else performers(draft, node)[:1]


def _inside(node: Element) -> Iterator[Element]:
    for relation in [*node.findall("entryRelationship"), *node.findall("component")]:
        yield from relation.findall("observation")


def _member(draft: Draft, node: Element, role: str) -> Resource | None:
    own = role_of(node, "")
    if own in ("survey", *CATEGORIES):
        return observation(draft, node, own)
    return None if own else observation(draft, node, role)


def report(draft: Draft, node: Element, role: str) -> None:
    """A battery of results as a report."""
    made = list(members(draft, node, role))
    if not made:
        return
    time = node.find("effectiveTime")
    between = span(time, draft.zone) or _time_of(draft, made)
    at = {"effectiveDateTime": between["start"]} if set(between) == {"start"} else {"effectivePeriod": between}
    told = {
        "identifier": identifiers(node.findall("id")),
        "status": said("report_status", state(node), "final"),
        "category": [coded("LAB", "http://terminology.hl7.org/CodeSystem/v2-0074")],
        "code": draft.concept(node.find("code"), unknown=True),
        "subject": draft.person,
        "encounter": visit_of(draft, node),
        "performer": _by(draft, node),
        "result": made,
    }
    draft.add("DiagnosticReport", draft.key(node), told | at, node)


def _time_of(draft: Draft, made: list[Resource]) -> Resource:
    """When the first of the results was, for a battery that does not say."""
    kinds = [tuple(one["reference"].split("/", 1)) for one in made]
    times = [draft.made[kind, id].get("effectiveDateTime", "") for kind, id in kinds]
    return {"start": min(t for t in times if t)} if any(times) else {}


def members(draft: Draft, node: Element, role: str) -> Iterator[Resource]:
    """The findings of a group, each as its own template says; two pressures taken together are one reading."""
    found = [one for part in node.findall("component") for one in part.findall("observation")]
    pressures = {p: [o for o in found if code_of(o, "code") == p and not denied(o)] for p in _PRESSURE}
    together = all(len(ones) == 1 for ones in pressures.values())
    if together:
        yield _pressure(draft, node, [pressures[p][0] for p in _PRESSURE])
    for one in found:
        if not (together and code_of(one, "code") in _PRESSURE):
            own = role_of(one, "")
            yield observation(draft, one, own if own in CATEGORIES else role)


def panel(draft: Draft, node: Element, role: str) -> None:
    """A group whose findings stand for themselves."""
    for _ in members(draft, node, role):
        pass


def _pressure(draft: Draft, node: Element, parts: list[Element]) -> Resource:
    """Systolic and diastolic as one observation of two components, as US Core has it."""
    told = _frame(draft, parts[0], "vital_sign") | {"status": said("result_status", state(parts[0]), "final")}
    told |= {"identifier": [i for part in parts for i in identifiers(part.findall("id"))], "interpretation": []}
    told["code"] = coded("85354-9", "http://loinc.org", "Blood pressure panel with all children optional")
    told["component"] = [
        {"code": draft.concept(part.find("code")), **(found or {"dataAbsentReason": coded("unknown", _ABSENT)})}
        | {"interpretation": [one for c in part.findall("interpretationCode") if (one := draft.concept(c))]}
        for part in parts
        for found in [value_of(draft, first_value(part))]
    ]
    made = draft.add("Observation", f"pressure {draft.key(parts[0])}", told, parts[0])
    draft.made_of[id(parts[1])] = made
    return made


def birth_sex(draft: Draft, node: Element, section: str) -> None:
    """Sex at birth belongs to the patient."""
    value = node.find("value")
    code = (value.get("code") or value.get("nullFlavor") or "") if value is not None else ""
    kind, _, id = draft.person["reference"].partition("/")
    if code in ("F", "M", "UNK"):
        told = {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": code}
        person = draft.made[kind, id]
        if told not in person.setdefault("extension", []):
            person["extension"].append(told)
