"""Around the person: who pays, who cares, what they decided in advance, what runs in the family, what was noted."""

import base64
from typing import Any
from xml.etree.ElementTree import Element

from throughcare.fhir import dates
from throughcare.intake.ccda import people
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.statements import author, denied, state, written
from throughcare.intake.ccda.values import identifiers, is_base64, number, said, span, when, words
from throughcare.intake.shapes import Resource, coded

_TERMS = "http://terminology.hl7.org/CodeSystem/"
_UCUM = "http://unitsofmeasure.org"


def coverage(draft: Draft, node: Element, section: str) -> None:
    """Each policy of a coverage: the payer, the member's number, whose the policy is, in the order of paying."""
    for one in draft.related(node, "policy"):
        place = next((r.find("sequenceNumber") for r in node.findall("entryRelationship") if one in list(r)), None)
        _policy(draft, one, number(place.get("value")) if place is not None else None)
    if not list(draft.related(node, "policy")) and node.find("performer") is not None:
        _policy(draft, node, None)


def _policy(draft: Draft, node: Element, order: Any) -> None:
    roles = {p.get("typeCode"): p for p in node.findall("participant")}
    member, holder = roles.get("COV"), roles.get("HLD")
    covered = member.find("participantRole") if member is not None else None
    payer = next((p.find("assignedEntity") for p in node.findall("performer") if _is_payer(p)), None)
    at = payer.find("representedOrganization") if payer is not None else None
    insurer = people.organization(draft, at) or {"display": words(at.find("name")) if at is not None else ""}
    ids = identifiers(covered.findall("id")) if covered is not None else []
    relation = covered.find("code") if covered is not None else None
    same = said("subscriber", (relation.get("code") or "") if relation is not None else "", "other")
    told = {
        "identifier": identifiers(node.findall("id")),
        "status": "active",
        "type": draft.concept(node.find("code")),
        "beneficiary": draft.person,
        "subscriber": draft.person if same == "self" else None,
        "policyHolder": draft.person if holder is None and same == "self" else None,
        "subscriberId": ids[0]["value"] if ids else "",
        "relationship": coded(same, f"{_TERMS}subscriber-relationship") if relation is not None else None,
        "period": span(member.find("time"), draft.zone) if member is not None else {},
        "payor": [insurer if insurer.get("display") else {"display": "not told"}],
        "order": int(order) if order is not None and order > 0 and order == int(order) else None,
    }
    draft.add("Coverage", draft.key(node), told, node)


def _is_payer(performer: Element) -> bool:
    code = performer.find("assignedEntity/code")
    roots = {one.get("root") for one in performer.findall("templateId")}
    return "2.16.840.1.113883.10.20.22.4.87" in roots or (code is not None and code.get("code") == "PAYOR")


def care_team(draft: Draft, node: Element, section: str) -> None:
    members = []
    for act in node.findall("component/act"):
        for performer in act.findall("performer"):
            who = people.clinician(draft, performer.find("assignedEntity"))
            role = draft.concept(performer.find("sdtc:functionCode")) or draft.concept(
                performer.find("assignedEntity/code")
            )
            if who:
                members.append(
                    {
                        "role": [role] if role else [],
                        "member": who,
                        "period": span(act.find("effectiveTime"), draft.zone),
                    }
                )
    kind = draft.concept(node.find("code"))
    told = {
        "identifier": identifiers(node.findall("id")),
        "status": said("team_status", state(node), "active"),
        "category": [kind] if kind else [],
        "name": draft.text(node.find("code/originalText")),
        "subject": draft.person,
        "period": span(node.find("effectiveTime"), draft.zone),
        "participant": members,
    }
    draft.add("CareTeam", draft.key(node), told, node)


def directive(draft: Draft, node: Element, section: str) -> None:
    """What a person decided in advance, as a consent with the day it holds from."""
    what, choice = draft.concept(node.find("code"), unknown=True), draft.concept(node.find("value"))
    time = span(node.find("effectiveTime"), draft.zone)
    told = {
        "identifier": identifiers(node.findall("id")),
        "status": "inactive" if state(node) == "aborted" else "active",
        "scope": coded("adr", f"{_TERMS}consentscope", "Advanced Care Directive"),
        "category": [coded("acd", f"{_TERMS}consentcategorycodes", "Advance Directive"), what],
        "patient": draft.person,
        "dateTime": written(draft, node) or time.get("start", ""),
        "policyRule": choice or what,
        "provision": {"type": "deny" if denied(node) else "permit", "period": time, "code": [choice] if choice else []},
    }
    draft.add("Consent", draft.key(node), told, node)


def family(draft: Draft, node: Element, section: str) -> None:
    """A relative and what they have or had."""
    subject = node.find("subject/relatedSubject")
    if subject is None:
        return
    code, own = subject.find("code"), subject.find("subject")
    relation = (code.get("code") or "") if code is not None else ""
    told: dict[str, Any] = {
        "identifier": identifiers(node.findall("id")),
        "status": "completed",
        "patient": draft.person,
        "relationship": draft.concept(code, unknown=True),
        "name": words(own.find("name")) if own is not None else "",
        "bornDate": when(own.find("birthTime"), draft.zone)[:10] if own is not None else "",
        "condition": [one for o in node.findall("component/observation") if (one := _inherited(draft, o))],
    }
    if sex := said("relation_sex", relation):
        told["sex"] = coded(sex, "http://hl7.org/fhir/administrative-gender")
    dead = own.find("sdtc:deceasedInd") if own is not None else None
    passed = any(list(draft.related(o, "death")) for o in node.findall("component/observation"))
    if passed or (dead is not None and dead.get("value") in ("true", "false")):
        told["deceasedBoolean"] = passed or (dead is not None and dead.get("value") == "true")
    draft.add("FamilyMemberHistory", draft.key(node), told, node)


def _inherited(draft: Draft, node: Element) -> Resource | None:
    what = draft.concept(node.find("value"))
    if not what or denied(node):
        return None
    ages = [one.find("value") for one in draft.related(node, "age")]
    years = next((v for a in ages if a is not None and (v := number(a.get("value"))) is not None), None)
    onset = {"onsetAge": {"value": years, "unit": "a", "system": _UCUM, "code": "a"}} if years is not None else {}
    return {"code": what, "contributedToDeath": True if list(draft.related(node, "death")) else None} | onset


def note(draft: Draft, node: Element, section: str) -> None:
    """A note as a document of its own."""
    body, at = (
        _body(draft, node.find("text")),
        written(draft, node) or when(node.find("effectiveTime"), draft.zone),
    )
    if body is None:
        return
    first = dates.instant(at, draft.zone) if len(at) >= len("2026-01-31") else None
    who = author(draft, node)
    told = {
        "identifier": identifiers(node.findall("id")),
        "status": "current",
        "type": draft.concept(node.find("code"), unknown=True),
        "category": [
            coded("clinical-note", "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category")
        ],
        "subject": draft.person,
        "date": first.isoformat() if first else "",
        "author": [who] if who else [],
        "content": [{"attachment": body}],
        "context": {"encounter": [draft.about] if draft.about else []},
    }
    draft.add("DocumentReference", f"note {draft.key(node)}", told, node)


def _body(draft: Draft, node: Element | None) -> Resource | None:
    """The file a note holds, or its words."""
    text = draft.text(node)
    if node is not None and node.get("representation") == "B64":
        data = "".join((node.text or "").split())
        return {"contentType": node.get("mediaType", ""), "data": data} if is_base64(data) else None
    return {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()} if text else None
