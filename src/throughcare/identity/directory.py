"""The directory: organizations, locations and clinicians that several sources name, said to be one in a FHIR Linkage.

One National Provider Identifier is one of them. Without it, organizations and locations of one name at one address are
one; a clinician's name alone is no evidence. Who carry other identifiers are not one by their name. What a person said
of two entries outranks both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import chain, combinations
from typing import Any, Protocol

from throughcare.fhir import json
from throughcare.fhir.likeness import letters, street
from throughcare.identity.directory_words import NOTHING, Body, Words, told
from throughcare.record.changes import Changes, Delete, Put

NPI = frozenset({"http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"})
TYPES = ("Organization", "Location", "Practitioner")
OURS = "same-"  # the start of the ids of the Linkages that say which entries are one
_SHARED_BY_MISTAKE = 200  # one number or name at one address; more of them are a filler


class Moment(Protocol):
    """What the directory asks of a view of the record."""

    def directory(self, types: list[str]) -> Iterable[tuple[Any, ...]]: ...


def run(view: Moment) -> tuple[int, Changes]:
    """How many entries the directory has, and what to write so that its Linkages are those that are true now."""
    entries, linkages = read(view)
    return len(entries), changes(entries.values(), ours(linkages), told(linkages))


def read(view: Moment) -> tuple[dict[str, Body], dict[str, Body]]:
    """The entries by reference ("Organization/x"), and the Linkages by id, as they stand."""
    found = [json.read(body) for *_, body in view.directory([*TYPES, "Linkage"])]
    entries: dict[str, Body] = {f"{b['resourceType']}/{b['id']}": b for b in found if b["resourceType"] in TYPES}
    return entries, {body["id"]: body for body in found if body["resourceType"] == "Linkage"}


def ours(linkages: Mapping[str, Body]) -> dict[str, Body]:
    """The Linkages that this product makes; a source's own stay that source's."""
    return {ident: body for ident, body in linkages.items() if ident.startswith(OURS)}


def npi(resource: Mapping[str, Any]) -> frozenset[str]:
    """Provider identifiers whose check digit is right: Luhn over 80840 and the number (45 CFR 162.406)."""
    those = (i for i in resource.get("identifier") or () if i.get("system") in NPI and i.get("use") != "old")
    return frozenset(number for one in those if _real(number := str(one.get("value", "")).strip()))


def groups(resources: Iterable[Body], words: Words = NOTHING) -> list[list[str]]:
    """References of those that are one, each group sorted, for groups of two and more.

    What a person said goes first: whom they said to be one are joined, and no group holds two whom they kept apart.
    """
    by_reference = {f"{r['resourceType']}/{r['id']}": r for r in resources if r["resourceType"] in TYPES}
    numbers = {reference: npi(r) for reference, r in by_reference.items()}
    said = (pair for pair in sorted(words.same) if by_reference.keys() >= set(pair))
    alike = (pair for those in _alike(by_reference, numbers) for pair in combinations(those, 2))
    return _joined(chain(said, alike), words)


def _joined(pairs: Iterable[tuple[str, str]], words: Words) -> list[list[str]]:
    group_of: dict[str, set[str]] = {}
    for one, other in pairs:
        left, right = (group_of.setdefault(r, {r}) for r in (one, other))
        if left is right or any(words.kept_apart(a, b) for a in left for b in right):
            continue
        left |= right
        group_of |= dict.fromkeys(right, left)
    unique = {id(group): sorted(group) for group in group_of.values() if len(group) > 1}
    return sorted(unique.values())


def changes(resources: Iterable[Body], stored: Mapping[str, Body], words: Words = NOTHING) -> Changes:
    """The Linkages that are true now: new ones, changed ones, and those that fell away. `stored` is by id."""
    wanted = {body["id"]: body for body in map(_linkage, groups(resources, words))}
    puts = [Put(json.write(body)) for i, body in sorted(wanted.items()) if stored.get(i) != body]
    return Changes(puts=puts, deletes=[Delete("Linkage", i) for i in sorted(stored.keys() - wanted.keys())])


def doubles(view: Moment) -> dict[str, str]:
    """Each entry that a list need not show -> the entry that stands for its group."""
    made = ours({body["id"]: body for body in (json.read(text) for *_, text in view.directory(["Linkage"]))})
    groups_of = ([item["resource"]["reference"] for item in body["item"]] for body in made.values())
    return {other: first for first, *others in groups_of for other in others}


def _alike(by_reference: Mapping[str, Body], numbers: Mapping[str, frozenset[str]]) -> Iterable[list[str]]:
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
    return {"resourceType": "Linkage", "id": f"{OURS}{ident}", "active": True, "item": items}


def _real(number: str) -> bool:
    if len(number) != 10 or not number.isdecimal() or not number.isascii() or number[0] not in "12":
        return False
    doubled = [int(d) * (2 - n % 2) for n, d in enumerate("80840" + number[:9], start=1 + len(number) % 2)]
    return (sum(d // 10 + d % 10 for d in doubled) + int(number[9])) % 10 == 0
