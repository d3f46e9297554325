"""Visits: encounters of entries, and the one that the document itself tells of."""

import re
from typing import Any
from xml.etree.ElementTree import Element

from throughcare.intake.ccda import people
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.statements import human, performers, reasons, state
from throughcare.intake.ccda.values import identifiers, said, span, system, words
from throughcare.intake.shapes import Resource

_ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_ROLE = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_STAYS, _DISCHARGE_SUMMARY = ("IMP", "ACUTE", "NONAC", "EMER", "OBSENC"), "18842-5"
_CLASSES = {"AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "PRENC", "SS", "VR"}
_BY_CODE = (  # CPT ranges of evaluation and management
    (re.compile(r"9928[1-5]"), "EMER"),
    (re.compile(r"992(2[1-3]|3[1-9])"), "IMP"),
    (re.compile(r"993(0[4-9]|1\d)"), "NONAC"),
    (re.compile(r"993(4[1-9]|50)"), "HH"),
    (re.compile(r"99(421|422|423|441|442|443)"), "VR"),
)
_ROLES = {"ATND", "ADM", "DIS", "REF", "CON"}


def encounter(draft: Draft, node: Element, section: str) -> Resource:
    """A visit in a list of visits; one still planned is a request."""
    period = span(node.find("effectiveTime"), draft.zone)
    status = said("encounter_status", state(node), "finished")
    place = next((r for r in node.findall("participant/participantRole") if r.get("classCode") == "SDLOC"), None)
    told = _visit(draft, node, period, status) | {
        "participant": [{"individual": who} for who in performers(draft, node) if human(who)],
        "reasonCode": reasons(draft, node),
        "location": [{"location": at}] if place is not None and (at := location(draft, place)) else [],
    }
    key, about = draft.key(node), draft.about
    same = about and about["reference"] == f"Encounter/{draft.named('Encounter', key)}"
    if about and same and _began(draft, about) == period.get("start"):
        return draft.join(about, told, node)
    return draft.add("Encounter", key, told, node)


def _began(draft: Draft, visit: Resource) -> str | None:
    kind, _, named = visit["reference"].partition("/")
    start: str | None = draft.made[kind, named].get("period", {}).get("start")
    return start


def encompassing(draft: Draft, node: Element) -> Resource:
    """The visit of a document: one with that of its list of visits, when they bear one number and began at one time."""
    period = span(node.find("effectiveTime"), draft.zone)
    place = node.find("location/healthCareFacility")
    at = location(draft, place) if place is not None else None
    told = _visit(draft, node, period, "finished")
    if "end" not in period and told["class"]["code"] in _STAYS and draft.document != _DISCHARGE_SUMMARY:
        told["status"] = "in-progress"
    told |= {
        "participant": [one for p in node.findall("encounterParticipant") if (one := _participant(draft, p))],
        "location": [{"location": at}] if at else [],
        "serviceProvider": people.organization(draft, place.find("serviceProviderOrganization"))
        if place is not None
        else None,
    }
    return draft.add("Encounter", draft.key(node), told, node)


def _visit(draft: Draft, node: Element, period: Resource, status: str) -> dict[str, Any]:
    code, left = node.find("code"), node.find("dischargeDispositionCode")
    kind = draft.concept(code)
    leaving = left if left is not None else node.find("sdtc:dischargeDispositionCode")
    return {
        "identifier": identifiers(node.findall("id")),
        "extension": [{"url": "urn:throughcare:told-by", "valueCode": "document"}],
        "status": status,
        "class": {"system": _ACT_CODE, "code": _class(code, kind, said("class_of_document", draft.document, "AMB"))},
        "type": [kind] if kind else [],
        "priority": draft.concept(node.find("priorityCode")),
        "subject": draft.person,
        "period": period,
        "hospitalization": {"dischargeDisposition": draft.concept(leaving)},
    }


def _class(code: Element | None, kind: Resource, otherwise: str) -> str:
    for one in [code, *code.findall("translation")] if code is not None else []:
        if one.get("code") in _CLASSES and system(one.get("codeSystem", "")) in (
            _ACT_CODE,
            "urn:oid:2.16.840.1.113883.1.11.13955",
        ):
            return str(one.get("code"))
    codes = [c["code"] for c in kind.get("coding", ())]
    return next((name for form, name in _BY_CODE if any(form.fullmatch(c) for c in codes)), otherwise)


def _participant(draft: Draft, node: Element) -> Resource | None:
    who, role = human(people.clinician(draft, node.find("assignedEntity"))), node.get("typeCode", "")
    if not who:
        return None
    kind = [{"coding": [{"system": _ROLE, "code": role}]}] if role in _ROLES else []
    return {"type": kind, "period": span(node.find("time"), draft.zone), "individual": who}


def location(draft: Draft, role: Element) -> Resource | None:
    """A place where care is given, when it has a name."""
    entity = role.find("playingEntity") if role.find("playingEntity") is not None else role.find("location")
    name = words(entity.find("name")) if entity is not None else ""
    if not name:
        return None
    home = role if role.find("addr") is not None else entity
    kind = draft.concept(role.find("code"))
    where = people.addresses(home, draft.zone) if home is not None else []
    told = {
        "identifier": identifiers(role.findall("id")),
        "name": name,
        "status": "active",
        "type": [kind] if kind else [],
    }
    contact = {"telecom": people.telecoms(role, draft.zone), "address": where[0] if where else None}
    ids = role.find("id")
    key = draft.key(role) if ids is not None and not ids.get("nullFlavor") else f"named {name.casefold()}"
    return draft.add("Location", key, told | contact) | {"display": name}
