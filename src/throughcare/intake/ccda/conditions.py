"""Conditions: what a person has, is suspected to have, or is said not to have."""

from xml.etree.ElementTree import Element

from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.statements import author, denied, human, notes, sites, state, visit_of, written
from throughcare.intake.ccda.values import identifiers, number, said, span
from throughcare.intake.shapes import Resource, coded

_TERMS = "http://terminology.hl7.org/CodeSystem/"
_ENDED = ("inactive", "resolved", "remission")


def problem(draft: Draft, node: Element, section: str) -> None:
    _each(draft, node, "problem-list-item", "http://terminology.hl7.org/CodeSystem/condition-category")


def health_concern(draft: Draft, node: Element, section: str) -> None:
    _each(draft, node, "health-concern", "http://hl7.org/fhir/us/core/CodeSystem/condition-category")


def visit_diagnosis(draft: Draft, node: Element, section: str) -> None:
    _each(draft, node, "encounter-diagnosis", "http://terminology.hl7.org/CodeSystem/condition-category")


def _each(draft: Draft, node: Element, category: str, system: str) -> None:
    """A concern holds problems; a problem may also stand alone."""
    if node.tag == "observation":
        _condition(draft, node, None, coded(category, system))
    else:
        for one in draft.related(node, "problem"):
            _condition(draft, one, node, coded(category, system))


def _condition(draft: Draft, node: Element, concern: Element | None, category: Resource) -> None:
    kind = category["coding"][0]["code"]
    time, value = span(node.find("effectiveTime"), draft.zone), draft.concept(node.find("value"))
    what = value or draft.concept(node.find("code"), unknown=True)
    if not value and (text := draft.text(node.find("text"))):
        what = {"text": text}
    status = status_of(draft, node, concern, "end" in time or _ended(node), kind)
    onset = {"onsetDateTime": time["start"]} if "start" in time else _age(draft, node)
    until = {"abatementDateTime": time["end"]} if "end" in time and status in _ENDED else {}
    severity = next((draft.concept(s.find("value")) for s in draft.related(node, "severity")), None)
    at_visit = draft.about if kind == "encounter-diagnosis" else None
    writer = node if node.find("author") is not None or concern is None else concern
    told = {
        "identifier": identifiers(node.findall("id")),
        "clinicalStatus": coded(status, f"{_TERMS}condition-clinical"),
        "verificationStatus": coded("refuted" if denied(node) else "confirmed", f"{_TERMS}condition-ver-status"),
        "category": [category],
        "severity": severity,
        "code": what,
        "bodySite": sites(draft, node),
        "subject": draft.person,
        "encounter": visit_of(draft, node) or at_visit,
        "recordedDate": written(draft, writer),
        "recorder": human(author(draft, writer)),
        "note": notes(draft, node),
    }
    draft.add("Condition", f"{kind}|{draft.key(node)}", told | onset | until, node)


def status_of(draft: Draft, node: Element, concern: Element | None, ended: bool, kind: str) -> str:
    """Its own status, else an end in its time, else that of the concern; a diagnosis of a visit stood then."""
    for one in [*draft.related(node, "status"), *(draft.related(concern, "status") if concern is not None else ())]:
        if found := said(
            "clinical_status", (one.find("value") if one.find("value") is not None else one).get("code", "")
        ):
            return found
    if ended:
        return "resolved"
    word = said("concern_status", state(concern), "active")
    return "active" if kind == "encounter-diagnosis" else word


def _ended(node: Element) -> bool:
    """An end that is there, but not known, is an end."""
    high = node.find("effectiveTime/high")
    return high is not None and high.get("nullFlavor") in ("UNK", "ASKU", "NAV")


def _age(draft: Draft, node: Element) -> Resource:
    for one in draft.related(node, "age"):
        value = one.find("value")
        years = number(value.get("value")) if value is not None else None
        if value is not None and years is not None and value.get("unit") == "a":
            return {"onsetAge": {"value": years, "unit": "a", "system": "http://unitsofmeasure.org", "code": "a"}}
    return {}
