"""Allergies: what a person must not be given, how they react, and that none is known."""

from xml.etree.ElementTree import Element

from throughcare.intake.ccda.conditions import status_of
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.statements import author, denied, human, notes, written
from throughcare.intake.ccda.values import identifiers, said, span, when
from throughcare.intake.shapes import Resource, coded

_TERMS = "http://terminology.hl7.org/CodeSystem/"
_SCT = "http://snomed.info/sct"


def allergy(draft: Draft, node: Element, section: str) -> None:
    if node.tag == "observation":
        _intolerance(draft, node, None)
    else:
        for one in draft.related(node, "allergy"):
            _intolerance(draft, one, node)


def _intolerance(draft: Draft, node: Element, concern: Element | None) -> None:
    kind = node.find("value")
    of = (kind.get("code") or "") if kind is not None else ""
    agent = draft.concept(node.find("participant/participantRole/playingEntity/code"))
    if not agent and (name := draft.text(node.find("participant/participantRole/playingEntity/name"))):
        agent = {"text": name}
    status, time = (
        status_of(draft, node, concern, "end" in span(node.find("effectiveTime"), draft.zone), ""),
        node.find("effectiveTime"),
    )
    none_known = denied(node) and not agent
    if none_known:
        code = said("no_known_allergy", of, said("no_known_allergy", "other"))
        agent = coded(code, _SCT, said("no_known_allergy_words", code))
    criticality = [one.find("value") for one in draft.related(node, "criticality")]
    writer = node if node.find("author") is not None or concern is None else concern
    certain = "refuted" if denied(node) and not none_known else "confirmed"
    told = {
        "identifier": identifiers(node.findall("id")),
        "clinicalStatus": coded(
            status if status in ("active", "inactive", "resolved") else "active", f"{_TERMS}allergyintolerance-clinical"
        ),
        "verificationStatus": coded(certain, f"{_TERMS}allergyintolerance-verification"),
        "type": "" if none_known else said("allergy_type", of),
        "category": [c] if (c := said("allergy_category", of)) and not none_known else [],
        "criticality": next((said("criticality", v.get("code", "")) for v in criticality if v is not None), ""),
        "code": agent or draft.concept(kind, unknown=True),
        "patient": draft.person,
        "onsetDateTime": "" if none_known else span(time, draft.zone).get("start", ""),
        "recordedDate": written(draft, writer)
        or (when(concern.find("effectiveTime/low"), draft.zone) if concern is not None else ""),
        "recorder": human(author(draft, writer)),
        "reaction": [one for r in draft.related(node, "reaction") if (one := _reaction(draft, r))],
        "note": notes(draft, node),
    }
    draft.add("AllergyIntolerance", draft.key(node), told, node)


def _reaction(draft: Draft, node: Element) -> Resource | None:
    shown = draft.concept(node.find("value"))
    if not shown and (text := draft.text(node.find("text"))):
        shown = {"text": text}
    grades = [one.find("value") for one in draft.related(node, "severity")]
    grade = next((said("severity", v.get("code", "")) for v in grades if v is not None), "")
    start = span(node.find("effectiveTime"), draft.zone).get("start", "")
    return {"manifestation": [shown], "severity": grade, "onset": start} if shown and not denied(node) else None
