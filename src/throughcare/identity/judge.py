"""Judging: how well linking does on patients of whom it is known who is whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from throughcare.identity import records
from throughcare.identity.comparisons import Weights
from throughcare.identity.link import Linked, Pair, linked
from throughcare.identity.strong import Known, known


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs of records, counted: truly one person, linked, linked rightly; and those left to a person."""

    records: int
    true: int
    linked: int
    right: int
    asked: int
    asked_right: int
    wrong: frozenset[Pair]

    @property
    def precision(self) -> float:
        return self.right / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0


def patients(bodies: Iterable[dict[str, Any]]) -> list[Known]:
    """Patients as linking knows them, each a person of their own."""
    return [known(body, number, number) for number, body in enumerate(bodies, 1)]


def judged(people: list[Known], person: Mapping[str, str], weights: Weights) -> Judged:
    """Link these patients, and compare with `person`: patient id -> who that truly is."""
    return compared(linked(people, records.scorer(people, weights), weights), person)


def compared(found: Linked, person: Mapping[str, str]) -> Judged:
    groups: dict[str, list[str]] = {}
    for patient, who in person.items():
        groups.setdefault(who, []).append(patient)
    true = {pair for those in groups.values() for pair in _pairs(those)}
    said = {pair for group in found.groups for pair in _pairs(p.patient_id for p in group)}
    asked = [frozenset({one.left, one.right}) for one in found.asked]
    right = len(said & true)
    return Judged(
        len(person), len(true), len(said), right, len(asked), sum(a in true for a in asked), frozenset(said - true)
    )


def _pairs(those: Iterable[str]) -> set[Pair]:
    return {frozenset(pair) for pair in combinations(those, 2)}
