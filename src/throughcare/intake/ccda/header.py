"""Header: whom a document is about, who wrote it, the visit it tells of, the document itself, and what came of it."""

import base64
from hashlib import sha1
from xml.etree.ElementTree import Element

from throughcare.fhir import dates
from throughcare.intake.ccda import people, visits
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.values import coding, identifiers, is_base64, span, when, words
from throughcare.intake.shapes import Resource, coded, reference

_DOCUMENT_CLASS = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
_DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


def begin(draft: Draft, root: Element) -> None:
    """All that entries lean on: the patient, the authors, and the visit."""
    code = root.find("code")
    draft.document = (code.get("code") or "") if code is not None else ""
    for target in root.findall("recordTarget/patientRole")[:1]:
        people.patient(draft, target)
    people.relatives(draft, root)
    for author in root.findall("author/assignedAuthor"):
        people.clinician(draft, author)
    about = root.find("componentOf/encompassingEncounter")
    draft.about = visits.encompassing(draft, about) if about is not None else None
    for event in root.findall("documentationOf/serviceEvent"):
        _team(draft, event)
    for one in root.findall("authorization/consent"):
        _agreement(draft, one)


def _team(draft: Draft, event: Element) -> None:
    """Those who gave the care the document tells of."""
    members = []
    for performer in event.findall("performer"):
        who = people.clinician(draft, performer.find("assignedEntity"))
        role = draft.concept(performer.find("functionCode")) or draft.concept(performer.find("assignedEntity/code"))
        if who:
            members.append(
                {"role": [role] if role else [], "member": who, "period": span(performer.find("time"), draft.zone)}
            )
    if members:
        told = {"status": "active", "name": "Care team of the document", "subject": draft.person}
        draft.add("CareTeam", "of the document", told | {"participant": members})


def _agreement(draft: Draft, one: Element) -> None:
    told = {
        "identifier": identifiers(one.findall("id")),
        "status": "active",
        "scope": coded("treatment", "http://terminology.hl7.org/CodeSystem/consentscope"),
        "category": [draft.concept(one.find("code"), unknown=True)],
        "patient": draft.person,
        "policyRule": draft.concept(one.find("code"), unknown=True),
    }
    draft.add("Consent", draft.key(one), told, one)


def finish(draft: Draft, root: Element, data: bytes, room: int) -> None:
    """The document as it came, and who says all that was made of it. `room` is in bytes of the whole resource."""
    key, code = draft.key(root), root.find("code")
    authors = [who for one in root.findall("author/assignedAuthor") if (who := people.clinician(draft, one))]
    keeper = people.organization(draft, root.find("custodian/assignedCustodian/representedCustodianOrganization"))
    at, language = when(root.find("effectiveTime"), draft.zone), root.find("languageCode")
    spoken = {"language": language.get("code", "").strip()} if language is not None else {}
    original = {"contentType": "text/xml", "title": words(root.find("title")), **spoken, **_kept(data)}
    embedded = _embedded(root, room - len(original["data"]) - 65_536)
    told = {
        "identifier": identifiers(root.findall("id")),
        "masterIdentifier": next(iter(identifiers(root.findall("id"))), None),
        "status": "current",
        "docStatus": "final" if root.find("legalAuthenticator") is not None else "",
        "type": draft.concept(code),
        "category": [coded("clinical-note", _DOCUMENT_CLASS, "Clinical Note")],
        "subject": draft.person,
        "date": _moment(at, draft.zone),
        "author": authors,
        "custodian": keeper,
        "relatesTo": _relations(draft, root),
        "securityLabel": [{"coding": [c]}] if (c := _label(root)) else [],
        "content": [{"attachment": original}, *({"attachment": one} for one in embedded)],
        "context": {
            "encounter": [draft.about] if draft.about else [],
            "period": span(root.find("documentationOf/serviceEvent/effectiveTime"), draft.zone),
            "related": [{"type": "ServiceRequest", "identifier": i} for i in _orders(root)],
        },
    }
    document = draft.add("DocumentReference", key, told, root)
    _provenance(draft, key, document, authors, keeper, at)


def _kept(data: bytes) -> Resource:
    seal = base64.b64encode(sha1(data, usedforsecurity=False).digest()).decode()
    return {"data": base64.b64encode(data).decode(), "size": len(data), "hash": seal}


def _embedded(root: Element, room: int) -> list[Resource]:
    """A body that is not XML, as a file of its own when there is room beside the document that holds it too."""
    body = root.find("component/nonXMLBody/text")
    if body is None or body.get("compression"):
        return []
    kind, pointed = body.get("mediaType") or "application/octet-stream", body.find("reference")
    if pointed is not None:
        return [{"contentType": kind, "title": pointed.get("value", "").strip()}]
    text = "".join(body.itertext())
    if body.get("representation") == "B64":
        text = "".join(text.split())
        if not is_base64(text):
            return []
    else:
        text = base64.b64encode(text.encode()).decode()
    return [{"contentType": kind, "data": text}] if text and len(text) <= room else []


def _relations(draft: Draft, root: Element) -> list[Resource]:
    known = {"RPLC": "replaces", "APND": "appends", "XFRM": "transforms"}
    found = []
    for related in root.findall("relatedDocument"):
        parent, how = related.find("parentDocument"), known.get(related.get("typeCode", ""))
        if parent is not None and how:
            target = reference("DocumentReference", draft.named("DocumentReference", draft.key(parent)))
            found.append({"code": how, "target": target})
    return found


def _label(root: Element) -> Resource | None:
    node = root.find("confidentialityCode")
    return coding(node) if node is not None else None


def _orders(root: Element) -> list[Resource]:
    """The orders that a document answers, as a consultation note does a referral."""
    return identifiers(root.findall("inFulfillmentOf/order/id"))


def _moment(at: str, zone: str) -> str:
    """An instant: of a day its first moment, of anything less exact none."""
    first = dates.instant(at, zone) if len(at) >= len("2026-01-31") else None
    return first.isoformat() if first else ""


def _provenance(
    draft: Draft, key: str, document: Resource, authors: list[Resource], keeper: Resource | None, at: str
) -> None:
    made = [reference(kind, id) for kind, id in draft.made if kind not in ("Organization", "Practitioner", "Location")]
    who = [*authors, *([keeper] if keeper else [])] or [{"display": draft.source}]
    role = {"coding": [{"system": _AGENT, "code": "author"}]}
    unsaid = {"_recorded": {"extension": [{"url": _DATA_ABSENT, "valueCode": "unknown"}]}}
    told = {
        "target": made,
        "occurredDateTime": at,
        "agent": [{"type": role, "who": one} for one in who],
        "entity": [{"role": "source", "what": document}],
    }
    draft.add("Provenance", key, told | ({"recorded": recorded} if (recorded := _moment(at, draft.zone)) else unsaid))
