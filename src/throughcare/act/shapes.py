"""The small pieces our own resources are made of: ids that never change, codings, extensions, notes, dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import Any

Resource = dict[str, Any]

ACTIVITY = "urn:throughcare:activity"
ROLE = "urn:throughcare:role"
MODEL = "urn:throughcare:care-model"
OUTCOME = "urn:throughcare:outcome"
WHY = "urn:throughcare:why"

_VALUE = {
    "set-by-person": "valueBoolean",
    "set-by": "valueReference",
    "withdrawn-at": "valueDateTime",
    "method": "valueCode",
    "signed-by-role": "valueCode",
    "lead": "valueBoolean",
    "snoozed-until": "valueDate",
    "own-due": "valueDateTime",
    "rule-due": "valueDateTime",
    "about": "valueString",
    "reopens": "valueReference",
    "reason": "valueCode",
    "version": "valueString",
    "care-model": "valueCode",
    "proposed": "valueString",
    "minutes": "valueDecimal",
    "worker-role": "valueCode",
    "domain": "valueCode",
    "emergency": "valueCode",
    "accepted-at": "valueDateTime",
    "assigned": "valueCode",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """One of our resources as the record holds it now."""

    person_id: int
    version: int
    body: Resource


@dataclass(frozen=True, slots=True)
class Write:
    """A resource to write: new when `if_version` is None, else the next version of exactly that one."""

    person_id: int
    body: Resource
    if_version: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something a person asked for was not done: a short code for the screen's words, and a sentence."""

    code: str
    says: str


def ident(prefix: str, *parts: object) -> str:
    """An id that follows from what the resource is for, so that doing the same thing twice writes it once."""
    return f"{prefix}-{blake2b('|'.join(map(str, parts)).encode(), digest_size=12).hexdigest()}"


def extension(resource: Resource, name: str) -> Any:
    """The value of one of our extensions; None when it is not there."""
    url = f"urn:throughcare:{name}"
    for one in resource.get("extension", ()):
        if one["url"] == url:
            return one.get(_VALUE[name])
    return None


def with_extension(resource: Resource, name: str, value: Any) -> Resource:
    """The resource with our extension set to value in its place, or taken away when value is None."""
    url = f"urn:throughcare:{name}"
    new = None if value is None else {"url": url, _VALUE[name]: value}
    had = resource.get("extension", [])
    kept = [new if one["url"] == url else one for one in had]
    if not any(one["url"] == url for one in had):
        kept.append(new)
    kept = [one for one in kept if one is not None]
    return without(resource, "extension") | ({"extension": kept} if kept else {})


def extensions(**values: Any) -> list[Resource]:
    """Our extensions by name (underscores for hyphens), leaving out those that are None."""
    names = {k.replace("_", "-"): v for k, v in values.items() if v is not None}
    return [{"url": f"urn:throughcare:{name}", _VALUE[name]: value} for name, value in names.items()]


def code_of(concept: Resource | None, system: str) -> str | None:
    """The code a concept has in a system."""
    for coding in (concept or {}).get("coding", ()):
        if coding.get("system") == system:
            return coding.get("code")
    return None


def concept(system: str, code: str, text: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def with_note(resource: Resource, text: str, at: datetime, by: str | None = None) -> Resource:
    """The resource with a note at its end; `by` is a reference, without it the product itself speaks."""
    author = {"authorReference": {"reference": by}} if by else {"authorString": "Throughcare"}
    return resource | {"note": [*resource.get("note", ()), {**author, "time": instant(at), "text": text}]}


def without(resource: Resource, *names: str) -> Resource:
    return {k: v for k, v in resource.items() if k not in names}


def instant(at: datetime) -> str:
    """An instant as FHIR writes it, always in UTC, so that equal moments are equal text."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def day_of(end: datetime, zone: tzinfo) -> str:
    """The local day that ends at `end`: the last second of 7 July and the first of 8 July both end 7 July."""
    return (end - timedelta(seconds=1)).astimezone(zone).date().isoformat()


def today(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).date().isoformat()


def unique(values: Iterable[str]) -> list[str]:
    """The values without repeats, in the order they were met."""
    return list(dict.fromkeys(values))
