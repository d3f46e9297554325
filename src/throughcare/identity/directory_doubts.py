"""Doubts on the directory: entries that look like one and are not taken as one, left for a person to decide."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from throughcare.fhir.likeness import letters, street
from throughcare.identity.directory import npi
from throughcare.identity.directory_words import Body, Words

SHARED_MAX = 12  # entries of one name; more of them are a chain or a filler, and no doubt about two


@dataclass(frozen=True, slots=True, order=True)
class Doubt:
    """Two entries (or the first of two groups), and why they may be one: address, zip or phone beside the name."""

    why: str
    one: str
    other: str


def doubts(entries: Mapping[str, Body], groups: Sequence[Sequence[str]], words: Words) -> list[Doubt]:
    """Pairs of one name at one address with different numbers, in one ZIP code, or with one telephone; each once.

    Clinicians with different numbers are two. What was said of two groups' entries once is not asked again.
    """
    first = {reference: group[0] for group in groups for reference in group}
    members = {group[0]: list(group) for group in groups}
    found: dict[tuple[str, str], Doubt] = {}
    for why, those in _blocks(entries):
        for pair in combinations(those, 2):
            one, other = sorted(first.get(r, r) for r in pair)
            if one == other or (one, other) in found or _are_two(entries, pair):
                continue
            if any(words.spoken(a, b) for a in members.get(one, [one]) for b in members.get(other, [other])):
                continue
            found[one, other] = Doubt(why, one, other)
    return sorted(found.values())


def _blocks(entries: Mapping[str, Body]) -> list[tuple[str, list[str]]]:
    """Entries of one type and one name that share an address, a ZIP code or a telephone, in this order."""
    held: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for reference, body in sorted(entries.items()):
        if not (name := letters(called(body))):
            continue
        line, zip_code = address(body)
        number = re.sub(r"\D", "", phone(body))[-10:]
        keys = [("address", street(line), zip_code), ("zip", zip_code), ("phone", number if len(number) == 10 else "")]
        for why, *shared in keys:
            if all(shared):
                held[(why, body["resourceType"], name, *shared)].append(reference)
    return [(key[0], those) for key, those in sorted(held.items()) if 1 < len(those) <= SHARED_MAX]


def _are_two(entries: Mapping[str, Body], pair: tuple[str, str]) -> bool:
    numbers = [npi(entries[reference]) for reference in pair]
    clinicians = entries[pair[0]]["resourceType"] == "Practitioner"
    return clinicians and all(numbers) and not numbers[0] & numbers[1]


def called(body: Body) -> str:
    """The name of an entry as people read it."""
    name = body.get("name") or ""
    if isinstance(name, str):
        return name
    one = name[0] if name else {}
    return one.get("text") or " ".join([*one.get("given", ()), one.get("family", "")]).strip()


def address(body: Body) -> tuple[str, str]:
    """Street and ZIP code of an entry."""
    some = body.get("address") or {}
    one = (some[0] if some else {}) if isinstance(some, list) else some
    return " ".join(one.get("line") or ()), (one.get("postalCode") or "")[:5]


def phone(body: Body) -> str:
    return next((t.get("value") or "" for t in body.get("telecom") or () if t.get("system") == "phone"), "")
