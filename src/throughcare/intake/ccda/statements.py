"""Statements: what any entry may say beside its own matter: its state, its author, its reasons, its notes."""

from xml.etree.ElementTree import Element

from throughcare.intake.ccda import people
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.values import span, when
from throughcare.intake.shapes import Resource

_HUMAN = ("Practitioner/", "Patient/", "RelatedPerson/")


def code_of(node: Element | None, name: str) -> str:
    """The code of a part of it, '' when there is none."""
    found = node.find(name) if node is not None else None
    return (found.get("code") or "") if found is not None else ""


def state(node: Element | None) -> str:
    return code_of(node, "statusCode")


def happens(node: Element) -> bool:
    """Whether it tells of what is or was, not of what is meant to be."""
    return node.get("moodCode", "EVN") == "EVN"


def denied(node: Element) -> bool:
    return node.get("negationInd") == "true"


def visit_of(draft: Draft, node: Element) -> Resource | None:
    """The visit that a statement stands in."""
    return draft.within.get(id(node))


def notes(draft: Draft, node: Element) -> list[Resource]:
    texts = [draft.text(one.find("text")) for one in draft.related(node, "comment")]
    return [{"text": text} for text in texts if text]


def reasons(draft: Draft, node: Element) -> list[Resource]:
    return [why for one in draft.related(node, "indication") if (why := draft.concept(one.find("value")))]


def what_of(draft: Draft, node: Element) -> Resource:
    """Its code, else the words of the narrative."""
    text = draft.text(node.find("text"))
    return draft.concept(node.find("code")) or ({"text": text} if text else draft.concept(None, unknown=True))


def sites(draft: Draft, node: Element) -> list[Resource]:
    return [site for one in node.findall("targetSiteCode") if (site := draft.concept(one))]


def moment(draft: Draft, node: Element, name: str) -> Resource:
    """Its time under a name of FHIR, as a moment or a period."""
    time = node.find("effectiveTime")
    at, between = when(time, draft.zone), span(time, draft.zone)
    return {f"{name}DateTime": at} if at else {f"{name}Period": between} if between else {}


def written(draft: Draft, node: Element) -> str:
    """When the author of a statement wrote it."""
    return when(node.find("author/time"), draft.zone)


def author(draft: Draft, node: Element) -> Resource | None:
    return people.clinician(draft, node.find("author/assignedAuthor"))


def human(who: Resource | None) -> Resource | None:
    """The same, unless it is an organization, where FHIR wants a human."""
    return who if who and who["reference"].startswith(_HUMAN) else None


def performers(draft: Draft, node: Element) -> list[Resource]:
    return [who for p in node.findall("performer") if (who := people.clinician(draft, p.find("assignedEntity")))]
