"""Words: what people said of two patients, kept in the Person resources, and how it is said and taken back."""

from collections.abc import Iterable, Mapping
from typing import Any

from throughcare.identity.strong import Known

APART = "urn:throughcare:kept-apart"
SAME = "urn:throughcare:said-same"
Pair = frozenset[str]


def person_id(number: int) -> str:
    return f"person-{number}"


def person(number: int, group: Iterable[Known], old: Mapping[str, Any]) -> dict[str, Any]:
    """The Person that says which patients are this human, and what people said of them."""
    said = [e for e in old.get("extension", ()) if e["url"] in (APART, SAME)]
    links = [{"target": {"reference": f"Patient/{p.patient_id}"}, "assurance": "level3"} for p in group]
    body = {"resourceType": "Person", "id": person_id(number), "active": True, "link": links}
    return body | ({"extension": said} if said else {})


def pairs(url: str, patients: Iterable[Known], persons: Mapping[int, Mapping[str, Any]]) -> set[Pair]:
    """The pairs of which people said this; the word stands with the Person that has the patient's own number."""
    return {frozenset({p.patient_id, other}) for p in patients for other in said(url, persons.get(p.patient_no, {}))}


def said(url: str, person: Mapping[str, Any]) -> set[str]:
    found = (e["valueReference"]["reference"] for e in person.get("extension", ()) if e["url"] == url)
    return {reference.removeprefix("Patient/") for reference in found}


def saying(one: Known, old: Mapping[str, Any], word: str | None, others: Iterable[str]) -> dict[str, Any]:
    """The Person of one patient after a word about others: APART, SAME, or None to take back what was said."""
    others = set(others)
    kept = {(url, other) for url in (APART, SAME) for other in said(url, old) if other not in others}
    new = kept | {(word, other) for other in others if word}
    body = dict(old) or person(one.patient_no, [one], {})
    body.pop("extension", None)
    words = [{"url": url, "valueReference": {"reference": f"Patient/{other}"}} for url, other in sorted(new)]
    return body | ({"extension": words} if words else {})
