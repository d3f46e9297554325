"""Plans: procedures done, services and devices asked for, goals, and the plan of care that holds them together."""

from typing import Any
from xml.etree.ElementTree import Element

from throughcare.intake.ccda import people, visits
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.statements import (
    author,
    code_of,
    denied,
    happens,
    human,
    moment,
    notes,
    reasons,
    state,
    visit_of,
    what_of,
    written,
)  # fmt: skip
from throughcare.intake.ccda.values import identifiers, quantity, said, span, when
from throughcare.intake.shapes import Resource, coded

_ACHIEVEMENT = "http://terminology.hl7.org/CodeSystem/goal-achievement"
_PLAN = "http://hl7.org/fhir/us/core/CodeSystem/careplan-category"
_CARE_PLAN = "52521-2"
_ACTIVITIES = ("ServiceRequest", "MedicationRequest", "DeviceRequest")


def procedure(draft: Draft, node: Element, section: str) -> None:
    """What was done, or was not; what is only meant to be is a request."""
    if not happens(node):
        request(draft, node, section)
        return
    performers = [
        {"actor": w} for p in node.findall("performer") if (w := people.clinician(draft, p.find("assignedEntity")))
    ]
    places = [r for r in node.findall("participant/participantRole") if r.get("classCode") == "SDLOC"]
    told = {
        "identifier": identifiers(node.findall("id")),
        "status": "not-done" if denied(node) else said("procedure_status", state(node), "completed"),
        "code": what_of(draft, node),
        "subject": draft.person,
        "encounter": visit_of(draft, node),
        "recorder": human(author(draft, node)),
        "performer": performers,
        "location": next((at for r in places if (at := visits.location(draft, r))), None),
        "bodySite": [site for s in node.findall("targetSiteCode") if (site := draft.concept(s))],
        "reasonCode": reasons(draft, node),
        "note": notes(draft, node),
    }
    draft.add("Procedure", draft.key(node), told | moment(draft, node, "performed"), node)
    for role in [] if denied(node) else node.findall("participant/participantRole"):
        _implanted(draft, role)


def _implanted(draft: Draft, role: Element) -> None:
    """A device that stays with the person, by its unique number."""
    device = role.find("playingDevice")
    kind = draft.concept(device.find("code")) if device is not None else {}
    ids = identifiers(role.findall("id"))
    if kind and role.get("classCode") == "MANU":
        carried = [i["value"] for i in ids if i.get("system") == "urn:oid:2.16.840.1.113883.3.3719"]
        told = {"identifier": ids, "status": "active", "type": kind, "patient": draft.person}
        draft.add("Device", draft.key(role), told | {"udiCarrier": [{"carrierHRF": c} for c in carried]}, role)


def device(draft: Draft, node: Element, section: str) -> None:
    """Equipment a person has, or is to get."""
    for role in [] if denied(node) else node.findall("participant/participantRole"):
        _implanted(draft, role)
    if not happens(node):
        device_request(draft, node, section)


def device_request(draft: Draft, node: Element, section: str) -> None:
    roles = [r for r in node.findall("participant/participantRole") if r.find("playingDevice") is not None]
    kinds = [kind for r in roles if (kind := draft.concept(r.find("playingDevice/code")))]
    kinds += [
        kind
        for m in node.findall("product/manufacturedProduct/manufacturedMaterial/code")
        if (kind := draft.concept(m))
    ]
    told: dict[str, Any] = _asked(draft, node) | {
        "codeCodeableConcept": next(iter(kinds), None) or what_of(draft, node)
    }
    requester, performer = told.pop("requester"), told.pop("performer")
    told |= {"requester": requester, "performer": next(iter(performer), None)}
    told.pop("doNotPerform")
    draft.add("DeviceRequest", draft.key(node), told, node)


def request(draft: Draft, node: Element, section: str) -> None:
    """A service asked for, planned or proposed; a finding that is wished for is a goal."""
    if node.get("moodCode") == "GOL":
        goal(draft, node, section)
    elif happens(node):
        procedure(draft, node, section)
    else:
        told = _asked(draft, node) | {"code": what_of(draft, node)}
        draft.add("ServiceRequest", draft.key(node), told, node)


def _asked(draft: Draft, node: Element) -> dict[str, Any]:
    performers = [who for p in node.findall("performer") if (who := people.clinician(draft, p.find("assignedEntity")))]
    return {
        "identifier": identifiers(node.findall("id")),
        "status": said("request_status", state(node), "active"),
        "intent": said("intent", node.get("moodCode", ""), "plan"),
        "priority": said("priority", code_of(node, "priorityCode")),
        "doNotPerform": True if denied(node) else None,
        "subject": draft.person,
        "authoredOn": written(draft, node),
        "requester": author(draft, node),
        "performer": performers,
        "reasonCode": reasons(draft, node),
        "note": notes(draft, node),
    } | moment(draft, node, "occurrence")


def goal(draft: Draft, node: Element, section: str) -> None:
    """What is wished for, with its measure and its day."""
    time, value = span(node.find("effectiveTime"), draft.zone), node.find("value")
    amount = quantity(value) if value is not None else {}
    text = draft.text(value) if value is not None and not amount else ""
    wish = draft.concept(value) if value is not None else {}
    measure, due = draft.concept(node.find("code")), time.get("end", "")[:10]
    target = {"measure": measure, "detailQuantity": amount} if amount else {}
    target |= {"dueDate": due} if due else {}
    told = {
        "identifier": identifiers(node.findall("id")),
        "lifecycleStatus": said("goal_status", state(node), "active"),
        "description": wish or ({"text": text} if text else {}) or what_of(draft, node),
        "subject": draft.person,
        "startDate": start if len(start := time.get("start", "")[:10]) == len("2026-01-31") else "",
        "target": [target] if target else [],
        "expressedBy": human(author(draft, node)),
        "note": notes(draft, node),
    }
    draft.add("Goal", draft.key(node), told, node)


def care_plan(draft: Draft, root: Element) -> None:
    """The plan of a document that is one, or that asks for services or wishes for goals."""
    made = [{"reference": f"{kind}/{id}"} for kind, id in draft.made]
    goals = [r for r in made if r["reference"].startswith("Goal/")]
    asked = [r for r in made if r["reference"].startswith(_ACTIVITIES)]
    concerns = [r for r in made if r["reference"].startswith("Condition/") and _is_concern(draft, r)]
    if not (draft.document == _CARE_PLAN or goals or asked):
        return
    author = next((who for one in root.findall("author/assignedAuthor") if (who := people.clinician(draft, one))), None)
    title = " ".join("".join(root.find("title").itertext()).split()) if root.find("title") is not None else ""  # type: ignore[union-attr]
    told = {
        "status": "active",
        "intent": "plan",
        "category": [coded("assess-plan", _PLAN)],
        "title": title,
        "subject": draft.person,
        "encounter": draft.about,
        "period": span(root.find("documentationOf/serviceEvent/effectiveTime"), draft.zone),
        "created": when(root.find("effectiveTime"), draft.zone),
        "author": author,
        "careTeam": [r for r in made if r["reference"].startswith("CareTeam/")],
        "addresses": concerns,
        "goal": goals,
        "activity": [{"reference": r} for r in asked],
    }
    draft.add("CarePlan", f"of {draft.key(root)}", told)


def _is_concern(draft: Draft, ref: Resource) -> bool:
    kind, _, id = ref["reference"].partition("/")
    categories = draft.made[kind, id].get("category", [])
    return any(c["code"] == "health-concern" for one in categories for c in one.get("coding", ()))
