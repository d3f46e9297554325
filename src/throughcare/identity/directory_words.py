"""Words on the directory: what a person said of two entries, kept as a Linkage of the two, and taken back.

An active Linkage with an author says that the two are one; one that is not active says that they are not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from throughcare.fhir import json
from throughcare.record.changes import Changes, Delete, Put

Body = Mapping[str, Any]
Pair = tuple[str, str]
SAID = "said-"  # the start of the ids of these Linkages


@dataclass(frozen=True, slots=True)
class Words:
    """Pairs of references, each sorted, that a person said to be one or to be two."""

    same: frozenset[Pair] = frozenset()
    apart: frozenset[Pair] = frozenset()

    def kept_apart(self, one: str, other: str) -> bool:
        return pair(one, other) in self.apart

    def spoken(self, one: str, other: str) -> bool:
        """Whether anything was said of these two."""
        return pair(one, other) in self.same | self.apart


NOTHING = Words()


def told(linkages: Mapping[str, Body]) -> Words:
    """The words that stand among these Linkages, by id."""
    said = [(_pair(body), body.get("active", True)) for ident, body in linkages.items() if ident.startswith(SAID)]
    same, apart = (frozenset(two for two, active in said if active is wanted) for wanted in (True, False))
    return Words(same, apart)


def say(words: Words, pairs: Iterable[Pair], same: bool | None, *, by: Body) -> tuple[Words, Changes]:
    """The words once `by` (a reference) has said of each pair that it is one, two, or (None) nothing any more."""
    those = frozenset(pair(*two) for two in pairs)
    then = Words((words.same - those) | (those if same else frozenset()),
                 (words.apart - those) | (those if same is False else frozenset()))  # fmt: skip
    if same is None:
        gone = sorted(those & (words.same | words.apart))
        return then, Changes(deletes=[Delete("Linkage", _ident(two)) for two in gone])
    return then, Changes(puts=[Put(json.write(_linkage(two, same, by))) for two in sorted(those)])


def pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _pair(body: Body) -> Pair:
    one, other = (item["resource"]["reference"] for item in body["item"])
    return pair(one, other)


def _ident(two: Pair) -> str:
    return SAID + blake2b("|".join(two).encode(), digest_size=12).hexdigest()


def _linkage(two: Pair, same: bool, by: Body) -> dict[str, Any]:
    kinds = zip(("source", "alternate"), two, strict=True)
    items = [{"type": kind, "resource": {"reference": reference}} for kind, reference in kinds]
    return {"resourceType": "Linkage", "id": _ident(two), "active": same, "author": by, "item": items}
