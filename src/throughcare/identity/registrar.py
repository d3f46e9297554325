"""The registrar: a source says of two of its own records that they are one person, and may take it back.

The word stands in the Patient itself, as FHIR says it: `link` of type replaced-by or replaces; an HL7 v2 A40 becomes
one. A merge may be said before either patient is heard of: it holds once both are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from throughcare.record import subject

SAYS_MERGED = ("replaced-by", "replaces")


def merges(patient: Mapping[str, Any]) -> frozenset[str]:
    """The ids of patients that this Patient says were merged with it, whether or not they were heard of yet."""
    links = [one for one in patient.get("link") or () if isinstance(one, dict) and one.get("type") in SAYS_MERGED]
    found = (subject.of_reference((one.get("other") or {}).get("reference")) for one in links)
    return frozenset(other for other in found if other and other != patient.get("id"))


def merged(said: Mapping[str, Iterable[str]]) -> list[frozenset[str]]:
    """Patients that are one by their registrar's word, each group once: along chains of merges, and around cycles.

    `said` gives for each patient those it was merged with, in either direction.
    """
    beside: dict[str, set[str]] = {}
    for one, others in said.items():
        for other in others:
            beside.setdefault(one, set()).add(other)
            beside.setdefault(other, set()).add(one)
    groups: list[frozenset[str]] = []
    met: set[str] = set()
    for one in sorted(beside):
        if one not in met:
            groups.append(_around(one, beside))
            met |= groups[-1]
    return groups


def _around(one: str, beside: Mapping[str, set[str]]) -> frozenset[str]:
    found, waiting = {one}, [one]
    while waiting:
        new = beside[waiting.pop()] - found
        found |= new
        waiting += new
    return frozenset(found)
