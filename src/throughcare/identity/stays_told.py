"""The visit of ours that stands for a stay: the fullest telling, what it leaves out from the others, and who told what.

A hospital's word outranks a document's, a document's a claim's. The person's word reveals a stay; where a hospital
tells of it too, it neither ends it nor says anything about it anew.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from throughcare.identity.stays_joined import Stay, Telling

TOLD = "urn:throughcare:told"
SHOWN_AS = "urn:throughcare:shown-as"
LEARNT_AS, LEARNT_AT = "urn:throughcare:learnt-as", "urn:throughcare:learnt-at"
TOLD_BY = "urn:throughcare:told-by"
_RANK = {"visit": 0, "document": 1, "claim": 2, "person": 3}
_OF_ITS_OWN = ("id", "identifier", "text", "meta", "extension", "status", "period", "hospitalization")
_CLASS = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP", "display": "inpatient encounter"}
_UB04 = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
_ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"

Resource = dict[str, Any]


def body(id: str, shown_as: str | None, stay: Stay, visits: Mapping[str, Resource]) -> Resource:
    """The Encounter. `visits` are the tellings that are Encounters, by key."""
    fullest = sorted(stay, key=_fullness)
    said = {one.key: visits.get(one.key) or _of_days(one) for one in fullest}
    whole: Resource = {}
    for one in fullest:
        whole = {name: value for name, value in said[one.key].items() if name not in _OF_ITS_OWN} | whole
    ends, begins = end_of(stay), min(fullest, key=lambda one: (not one.clocked, *_fullness(one)))
    period = {"start": said[begins.key].get("period", {}).get("start")}
    left: Resource = {}
    if ends:
        period["end"] = said[ends.key].get("period", {}).get("end")
    for one in [*([ends] if ends else []), *fullest]:
        left = said[one.key].get("hospitalization", {}) | left
    theirs = [e for one in fullest for e in said[one.key].get("extension", ()) if e["url"] != TOLD_BY]
    labels = [label for one in said.values() for label in one.get("meta", {}).get("security", ())]
    return {
        "resourceType": "Encounter", "id": id,
        **({"meta": {"security": [one for n, one in enumerate(labels) if one not in labels[:n]]}} if labels else {}),
        "extension": [*_who(stay, shown_as, ends), *(e for n, e in enumerate(theirs) if e not in theirs[:n])],
        "status": "finished" if ends else said[fullest[0].key]["status"],
        **{name: value for name, value in whole.items() if name != "resourceType"},
        "period": {name: value for name, value in period.items() if value},
        **({"hospitalization": left} if left else {}),
    }  # fmt: skip


def end_of(stay: Stay) -> Telling | None:
    """The telling whose end is taken as the stay's; None while it goes on."""
    return min(_ended(stay), key=_fullness, default=None)


def _ended(stay: Stay) -> Stay:
    by_others = any(one.is_visit for one in stay)
    return [one for one in stay if one.ended_on and not (one.kind == "person" and by_others)]


def _fullness(one: Telling) -> tuple[Any, ...]:
    return one.kind == "person", one.kind == "claim", one.ended_on is None, _RANK[one.kind], one.told_at, one.key


def _who(stay: Stay, shown_as: str | None, ends: Telling | None) -> list[Resource]:
    first = min(_ended(stay), key=lambda one: (one.told_at, one.key), default=None)
    learnt = []
    if first:
        at = first.told_at.astimezone(UTC).isoformat()
        learnt = [{"url": LEARNT_AS, "valueCode": first.kind}, {"url": LEARNT_AT, "valueDateTime": at}]
    shown = [{"url": SHOWN_AS, "valueReference": {"reference": shown_as}}] if shown_as else []
    return [*(_told(one, ends) for one in stay), *shown, *learnt]


def _told(one: Telling, ends: Telling | None) -> Resource:
    parts: list[Resource] = [
        {"url": "what", "valueReference": {"reference": one.key}},
        {"url": "by", "valueString": one.source},
        {"url": "as", "valueCode": one.kind},
    ]
    left_open = ends is not None and one.ended_on is None and one.kind == "visit"
    return {"url": TOLD, "extension": parts + ([{"url": "left-open", "valueBoolean": True}] if left_open else [])}


def shown_as(body: Resource) -> str | None:
    found = [e["valueReference"]["reference"] for e in body["extension"] if e["url"] == SHOWN_AS]
    return found[0] if found else None


def told_keys(body: Resource) -> set[str]:
    parts = [part for e in body.get("extension", ()) if e["url"] == TOLD for part in e["extension"]]
    return {part["valueReference"]["reference"] for part in parts if part["url"] == "what"}


def _of_days(one: Telling) -> Resource:
    """What a claim or the person says, as far as an Encounter can."""
    end = {"end": one.ended_on.isoformat()} if one.ended_on else {}
    said: Resource = {
        "class": _CLASS, "status": "finished" if end else "in-progress", "subject": {"reference": one.patient},
        "period": {"start": one.started_on.isoformat(), **end},
    }  # fmt: skip
    if one.drg:
        said["extension"] = [{"url": "urn:throughcare:drg", "valueCode": one.drg}]
    if one.diagnosis:
        said["reasonCode"] = [{"coding": [{"system": _ICD10, "code": one.diagnosis}]}]
    if one.disposition:
        said["hospitalization"] = {"dischargeDisposition": {"coding": [{"system": _UB04, "code": one.disposition}]}}
    if one.facility_id and one.facility_id.startswith("Organization/"):
        said["serviceProvider"] = {"reference": one.facility_id}
    elif one.kind == "person" and one.facility_id:
        said["serviceProvider"] = {"display": one.facility_id}
    return said
