"""Identity, as a stage: link the patients of changed people with the others who are the same human, or part them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import combinations
from typing import Any, Protocol

from throughcare.fhir import json, likeness
from throughcare.fhir.search import like, term
from throughcare.identity import doubts, words
from throughcare.identity.comparisons import Weights, of_site
from throughcare.identity.link import SHARED_BY_MISTAKE, Linked, Pair, linked
from throughcare.identity.records import scorer
from throughcare.identity.strong import Known, known, searched
from throughcare.record.changes import Changes, Heard, Link, Put
from throughcare.record.prefix import prefixed

_ROUNDS_MAX = 3  # a shares a number with b, b with c, c with d: further than that nobody was seen to go


class Moment(Protocol):
    """What identity asks of a view of the record."""

    def current(
        self, people: list[int], types: list[str], *, ours: bool = True
    ) -> Iterable[tuple[int, str, str, int, bytes]]: ...
    def numbers(self, people: list[int]) -> Iterable[tuple[str, int, int]]: ...
    def people(self, patients: Iterable[str]) -> Mapping[str, int]: ...
    def alike(self, terms: list[int], most: int) -> Iterable[tuple[str, int, bytes]]: ...
    def doubts(self, people: list[int]) -> Iterable[doubts.Row]: ...
    def read_many(self, keys: Iterable[str]) -> Mapping[str, tuple[int, bytes]]: ...


def run(view: Moment, now: datetime, people: list[int], weights: Weights | None = None) -> Changes:
    """The links that are true now for these people and everyone they are like, and what is left to a person."""
    weights = weights or of_site("")
    patients, persons = _reached(view, people)
    everyone = list(patients.values())
    found = linked(
        everyone, scorer(everyone, weights), weights,
        together=words.pairs(words.SAME, everyone, persons), apart=words.pairs(words.APART, everyone, persons),
        near=_one_person_so_far(everyone),
    )  # fmt: skip
    changes = Changes()
    for group in found.groups:
        _say(changes, group, found, persons)
    return changes + doubts.changes(view, people, everyone, found)


def _reached(view: Moment, people: list[int]) -> tuple[dict[str, Known], dict[int, dict[str, Any]]]:
    """Patients of these people, whoever is like them, those persons' other patients, and what people said of all.

    Whoever is like someone is looked for once; whom numbers, registrars and people name, until nobody new is named.
    """
    reached: dict[str, Known] = {}
    persons: dict[int, dict[str, Any]] = {}
    asked = set(people)
    for round_no in range(_ROUNDS_MAX):
        new = {i: p for i, p in _known(view, sorted(asked)).items() if i not in reached}
        if not new:
            break
        reached |= new
        fresh = _persons(view, [p.patient_no for p in new.values()])
        persons |= fresh
        terms = {t for p in new.values() for t in _terms(p, alike=not round_no)}
        found = view.alike(sorted(terms), SHARED_BY_MISTAKE) if terms else []
        asked = {person for patient, person, _ in found if patient not in reached}
        named = {i for p in new.values() for i in p.merged} | {i for one in fresh.values() for i in _named(one)}
        asked |= set(view.people(sorted(named - reached.keys())).values()) if named - reached.keys() else set()
    return reached, persons


def _terms(patient: Known, *, alike: bool) -> list[int]:
    """Under which others may be found: numbers, who says to be merged with them, and in the first round likeness."""
    found = [term("Patient?identifier", f"{system}|{v}") for n in patient.numbers for system, v in searched(n)]
    found.append(term("Patient?link", f"Patient/{patient.patient_id}"))
    return found + [like(key) for key in likeness.keys(patient.traits)] * alike


def _named(person: Mapping[str, Any]) -> set[str]:
    return words.said(words.SAME, person)


def _known(view: Moment, people: list[int]) -> dict[str, Known]:
    if not people:
        return {}
    numbers = {patient: (person, no) for patient, person, no in view.numbers(people)}
    bodies = view.current(people, ["Patient"], ours=False)
    return {i: known(_as_stored(i, body), *numbers[i]) for _, _, i, _, body in bodies if i in numbers}


def _as_stored(ident: str, body: bytes) -> dict[str, Any]:
    """A Patient under the record's id: the body has its source's own, and references without the source's prefix."""
    patient = json.read(body)
    return prefixed(patient, ident.removesuffix(patient["id"]))


def _one_person_so_far(patients: Iterable[Known]) -> set[Pair]:
    """Pairs that are linked now; they are compared again, so that a link falls away with its reason."""
    groups: dict[int, list[str]] = {}
    for patient in patients:
        groups.setdefault(patient.person_id, []).append(patient.patient_id)
    return {frozenset(pair) for those in groups.values() for pair in combinations(those, 2)}


def _say(changes: Changes, group: list[Known], found: Linked, persons: Mapping[int, dict[str, Any]]) -> None:
    """One person for the group: the number of whoever was heard of first; and their Person where there are several."""
    person = min(p.patient_no for p in group)
    moved = [p for p in group if p.person_id != person]
    changes.links += [Link(p.patient_id, person, _why(p, group, found)) for p in moved]
    changes.audit += [Heard("link_patient", person, f"Patient/{p.patient_id}") for p in moved]
    old = persons.get(person, {})
    if len(group) > 1 or old:
        body = words.person(person, group, old)
        changes.puts += [] if body == old else [Put(json.write(body))]


def _why(patient: Known, group: list[Known], found: Linked) -> str:
    """The surest reason that binds a patient to the group."""
    reasons = [why for pair, why in found.why.items() if patient.patient_id in pair]
    return reasons[0] if reasons else "no longer the same as anyone else"


def _persons(view: Moment, numbers: list[int]) -> dict[int, dict[str, Any]]:
    """The Person resources of these numbers, those that there are."""
    stored = view.read_many(f"Person/{words.person_id(n)}" for n in numbers)
    return {n: json.read(stored[key][1]) for n in numbers if (key := f"Person/{words.person_id(n)}") in stored}


def say(view: Moment, one: str, other: str, word: str | None) -> Changes | None:
    """A person says of two patients that they are the SAME, or people to keep APART; None takes back what was said.

    What is said apart is said of all patients of both people. None when there are no two patients to speak of.
    """
    whose = view.people([one, other])
    patients = _known(view, sorted(set(whose.values())))
    if one == other or not {one, other} <= patients.keys():
        return None
    mine, theirs = _sides(patients, one, other) if word != words.SAME else ([patients[one]], [patients[other]])
    persons = _persons(view, [p.patient_no for p in patients.values()])
    bodies = [
        words.saying(p, persons.get(p.patient_no, {}), word, [q.patient_id for q in beside])
        for side, beside in ((mine, theirs), (theirs, mine))
        for p in side
    ]
    heard = {words.SAME: "said_same", words.APART: "keep_apart", None: "word_taken_back"}[word]
    return Changes(
        puts=[Put(json.write(body)) for body in bodies],
        audit=[Heard(heard, person, f"Patient/{one} Patient/{other}") for person in sorted(set(whose.values()))],
    )


def _sides(patients: Mapping[str, Known], one: str, other: str) -> tuple[list[Known], list[Known]]:
    """Both people's patients; within one person, the one patient and all the others."""
    mine = [p for p in patients.values() if p.person_id == patients[one].person_id]
    if patients[one].person_id == patients[other].person_id:
        return [patients[one]], [p for p in mine if p.patient_id != one]
    return mine, [p for p in patients.values() if p.person_id == patients[other].person_id]
