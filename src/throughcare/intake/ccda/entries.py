"""Entries: every statement of the body given to what makes its kind, and what nothing knows looked into."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from throughcare.intake.ccda import allergies, around, conditions, findings, medications, plans, visits
from throughcare.intake.ccda.draft import Draft, role_of

_STATEMENTS = {
    "act", "encounter", "observation", "observationMedia", "organizer", "procedure", "regionOfInterest",
    "substanceAdministration", "supply",
}  # fmt: skip
_WHOLE = {"birth_sex", "care_team", "coverage", "directive", "family", "note", "nothing"}  # nothing more in them


def _finding(role: str) -> Callable[[Draft, Element, str], object]:
    return lambda draft, node, section: findings.observation(draft, node, role)


def _group(role: str) -> Callable[[Draft, Element, str], object]:
    return lambda draft, node, section: findings.panel(draft, node, role)


_MAKES: dict[str, Callable[[Draft, Element, str], object]] = {
    "problem": conditions.problem,
    "health_concern": conditions.health_concern,
    "visit_diagnosis": conditions.visit_diagnosis,
    "allergy": allergies.allergy,
    "medication": medications.medication,
    "supply_order": medications.supply_order,
    "dispense": medications.dispense,
    "immunization": medications.immunization,
    "procedure": plans.procedure,
    "laboratory_report": lambda draft, node, section: findings.report(draft, node, "laboratory"),
    "vital_panel": _group("vital_sign"),
    "functional_panel": _group("functional"),
    "birth_sex": findings.birth_sex,
    "outcome": _finding(""),
    "encounter": visits.encounter,
    "request": plans.request,
    "device_request": plans.device_request,
    "device": plans.device,
    "goal": plans.goal,
    "care_team": around.care_team,
    "coverage": around.coverage,
    "directive": around.directive,
    "family": around.family,
    "note": around.note,
} | {role: _finding(role) for role in findings.CATEGORIES}


def body(draft: Draft, root: Element) -> None:
    """All sections, those in sections too, in the order they stand in."""
    for section in root.iterfind("component/structuredBody//section"):
        code = section.find("code")
        kind = (code.get("code") or "") if code is not None else ""
        for statement in section.iterfind("entry/*"):
            _take(draft, statement, kind)


def _take(draft: Draft, node: Element, section: str) -> None:
    """Make what a statement says of the patient; then what stands in it, unless that was made with it."""
    if node.tag not in _STATEMENTS:
        return
    role = _role(node, section)
    if role != "family" and node.find("subject/relatedSubject") is not None:
        return  # it speaks of another: a relative, a fetus
    if role in _MAKES:
        _MAKES[role](draft, node, section)
    if role in _WHOLE:
        return
    visit = draft.made_of.get(id(node)) if node.tag == "encounter" else draft.within.get(id(node))
    for inside in _inside(node):
        if visit and visit["reference"].startswith("Encounter/"):
            draft.within[id(inside)] = visit
        if id(inside) not in draft.made_of:
            _take(draft, inside, "" if role in _MAKES else section)


def _role(node: Element, section: str) -> str:
    """What it makes, with a word for its mood: a wish is a goal, and no finding is what has yet to be done."""
    role, mood = role_of(node, section), node.get("moodCode", "EVN")
    if mood == "GOL":
        return "goal"
    if mood not in ("EVN", "DEF") and role in ("", "survey", "laboratory", "exam", "outcome"):
        return "request" if node.tag in ("act", "encounter", "observation", "procedure") else role
    return "outcome" if not role and node.tag == "observation" and node.find("value") is not None else role


def _inside(node: Element) -> list[Element]:
    relations = [*node.findall("entryRelationship"), *node.findall("component")]
    return [one for relation in relations for one in relation if one.tag in _STATEMENTS]
