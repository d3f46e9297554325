"""The directory: organizations, locations and clinicians that several sources name, said to be one in a FHIR Linkage.

One National Provider Identifier is one of them. Without it, organizations and locations of one name at one address are
one; a clinician's name alone is no evidence. Who carry other identifiers are not one by their name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Protocol

from throughcare.fhir import json
from throughcare.fhir.likeness import letters, street
from throughcare.identity.registrar import merged
from throughcare.record.changes import Changes, Delete, Put

NPI = frozenset({"http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"})
TYPES = ("Organization", "Location", "Practitioner")
_SHARED_BY_MISTAKE = 200  # one number or name at one address; more of them are a filler


class Moment(Protocol):
    """What the directory asks of a view of the record."""

    def directory(self, types: list[str]) -> Iterable[tuple[Any, ...]]: ...


def run(view: Moment) -> tuple[int, Changes]:
    """How many entries the directory has, and what to write so that its Linkages are those that are true now."""
    read = [json.read(body) for *_, body in view.directory([*TYPES, "Linkage"])]
    stored = {body["id"]: body for body in read if body["resourceType"] == "Linkage"}
    return len(read) - len(stored), changes(read, stored)


def npi(resource: Mapping[str, Any]) -> frozenset[str]:
    """Provider identifiers whose check digit is right: Luhn over 80840 and the number (45 CFR 162.406)."""
    those = (i for i in resource.get("identifier") or () if i.get("system") in NPI and i.get("use") != "old")
    return frozenset(number for one in those if _real(number := str(one.get("value", "")).strip()))


def groups(resources: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """References ("Organization/x") of those that are one, each group sorted, for groups of two and more."""
    by_reference = {f"{r['resourceType']}/{r['id']}": r for r in resources if r["resourceType"] in TYPES}
    numbers = {reference: npi(r) for reference, r in by_reference.items()}
    beside: dict[str, set[str]] = defaultdict(set)
    for those in _alike(by_reference, numbers):
        for other in those[1:]:
            beside[those[0]].add(other)
    return [sorted(group) for group in merged(beside)]


def changes(resources: Iterable[Mapping[str, Any]], stored: Mapping[str, Mapping[str, Any]]) -> Changes:
    """The Linkages that are true now: new ones, changed ones, and those that fell away. `stored` is by id."""
    wanted = {body["id"]: body for body in map(_linkage, groups(resources))}
    puts = [Put(json.write(body)) for i, body in sorted(wanted.items()) if stored.get(i) != body]
    return Changes(puts=puts, deletes=[Delete("Linkage", i) for i in sorted(stored.keys() - wanted.keys())])


def _alike(by_reference: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, frozenset[str]]) -> Iterable[list[str]]:
    """Those that share a number; then, for each name and address, those of one number at most with those of none."""
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    places: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for reference, resource in sorted(by_reference.items()):
        for number in numbers[reference]:
            holders[resource["resourceType"], number].append(reference)
        if place := _place(resource):
            places[place].append(reference)
    yield from (those for those in holders.values() if 1 < len(those) <= _SHARED_BY_MISTAKE)
    for those in places.values():
        if 1 < len(those) <= _SHARED_BY_MISTAKE and len(frozenset().union(*(numbers[r] for r in those))) <= 1:
            yield those


def _place(resource: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Type, name and address, as they are compared; none where a part is missing."""
    if resource["resourceType"] == "Practitioner":
        return None
    address = resource.get("address") or {}
    home = (address[0] if address else {}) if isinstance(address, list) else address
    parts = (
        letters(resource.get("name") or ""),
        street(" ".join(home.get("line") or ())),
        (home.get("postalCode") or "")[:5],
    )
    return (resource["resourceType"], *parts) if all(parts) else None


def _linkage(group: list[str]) -> dict[str, Any]:
    """The Linkage of a group; its id is that of the group's first, so that it stays while others come and go."""
    kinds = ["source", *["alternate"] * (len(group) - 1)]
    items = [{"type": kind, "resource": {"reference": r}} for kind, r in zip(kinds, group, strict=True)]
    ident = blake2b(group[0].encode(), digest_size=12).hexdigest()
    return {"resourceType": "Linkage", "id": f"same-{ident}", "active": True, "item": items}


def _real(number: str) -> bool:
    if len(number) != 10 or not number.isdecimal() or not number.isascii() or number[0] not in "12":
        return False
    doubled = [int(d) * (2 - n % 2) for n, d in enumerate("80840" + number[:9], start=1 + len(number) % 2)]
    return (sum(d // 10 + d % 10 for d in doubled) + int(number[9])) % 10 == 0
