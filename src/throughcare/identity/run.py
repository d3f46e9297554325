"""Identity, as a stage: link the patients of changed people with the others who are the same human, or part them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from throughcare.fhir import json
from throughcare.fhir.search import term
from throughcare.identity.link import Pair, clusters, shared
from throughcare.identity.strong import Known, known, searched
from throughcare.record.changes import Changes, Heard, Link, Put

_ROUNDS_MAX = 3  # a shares a number with b, b with c, c with d: further than that nobody was seen to go
_APART = "urn:throughcare:kept-apart"


class Moment(Protocol):
    """What identity asks of a view of the record."""

    def current(
        self, people: list[int], types: list[str], *, ours: bool = True
    ) -> Iterable[tuple[int, str, str, int, bytes]]: ...
    def numbers(self, people: list[int]) -> Iterable[tuple[str, int, int]]: ...
    def found(self, resource_type: str, terms: list[int]) -> Iterable[tuple[str, int, bytes]]: ...
    def read_many(self, keys: Iterable[str]) -> Mapping[str, tuple[int, bytes]]: ...


def run(view: Moment, now: datetime, people: list[int]) -> Changes:
    """The links that are true now for these people and everyone they share a strong number with."""
    patients = _reached(view, people)
    persons = _persons(view, _doubtful(patients.values()))
    changes = Changes()
    for group in clusters(patients.values(), _kept_apart(patients.values(), persons)):
        _say(changes, group, persons)
    return changes


def _reached(view: Moment, people: list[int]) -> dict[str, Known]:
    """Patients of these people, whoever shares a number with them, and those persons' other patients."""
    reached: dict[str, Known] = {}
    asked = set(people)
    for _ in range(_ROUNDS_MAX):
        new = _known(view, sorted(asked))
        new = {i: p for i, p in new.items() if i not in reached}
        if not new:
            break
        reached |= new
        terms = {t for p in new.values() for n in p.numbers for t in _terms(searched(n))}
        found = view.found("Patient", sorted(terms)) if terms else []
        asked = {person for patient, person, _ in found if patient not in reached}
    return reached


def _terms(pairs: Iterable[tuple[str, str]]) -> list[int]:
    return [term("Patient?identifier", f"{system}|{value}") for system, value in pairs]


def _known(view: Moment, people: list[int]) -> dict[str, Known]:
    if not people:
        return {}
    numbers = {patient: (person, no) for patient, person, no in view.numbers(people)}
    bodies = view.current(people, ["Patient"], ours=False)
    return {i: known(json.read(body), *numbers[i]) for _, _, i, _, body in bodies if i in numbers}


def _say(changes: Changes, group: list[Known], persons: Mapping[int, dict[str, Any]]) -> None:
    """One person for the group: the number of whoever was heard of first; and their Person where there are several."""
    person = min(p.patient_no for p in group)
    why = shared(group) if len(group) > 1 else "no longer the same as anyone else"
    moved = [p for p in group if p.person_id != person]
    changes.links += [Link(p.patient_id, person, why) for p in moved]
    changes.audit += [Heard("link_patient", person, f"Patient/{p.patient_id}") for p in moved]
    old = persons.get(person, {})
    if len(group) > 1 or old:
        body = _person(person, group, old)
        changes.puts += [] if body == old else [Put(json.write(body))]


def _person_id(person: int) -> str:
    return f"person-{person}"


def _person(person: int, group: list[Known], old: Mapping[str, Any]) -> dict[str, Any]:
    """The Person that says which patients are this human, and of whom people said that they are not."""
    apart = [e for e in old.get("extension", ()) if e["url"] == _APART]
    links = [{"target": {"reference": f"Patient/{p.patient_id}"}, "assurance": "level3"} for p in group]
    body = {"resourceType": "Person", "id": _person_id(person), "active": True, "link": links}
    return body | ({"extension": apart} if apart else {})


def _doubtful(patients: Iterable[Known]) -> list[int]:
    """The numbers that may have a Person: of patients who share one, or a strong number, or are not their own."""
    holders: dict[object, list[Known]] = {}
    for patient in patients:
        for held in (patient.person_id, *patient.numbers):
            holders.setdefault(held, []).append(patient)
    several = {p.patient_no for those in holders.values() if len(those) > 1 for p in those}
    return sorted(several | {p.patient_no for those in holders.values() for p in those if p.person_id != p.patient_no})


def _persons(view: Moment, numbers: list[int]) -> dict[int, dict[str, Any]]:
    """The Person resources of these numbers, those that there are."""
    stored = view.read_many(f"Person/{_person_id(n)}" for n in numbers)
    return {n: json.read(stored[key][1]) for n in numbers if (key := f"Person/{_person_id(n)}") in stored}


def _kept_apart(patients: Iterable[Known], persons: Mapping[int, dict[str, Any]]) -> set[Pair]:
    """The pairs of which a person said that they are two people."""
    pairs = ((p.patient_id, other) for p in patients for other in _said_apart(persons.get(p.patient_no, {})))
    return {frozenset({one, other.removeprefix("Patient/")}) for one, other in pairs}


def _said_apart(person: Mapping[str, Any]) -> set[str]:
    return {e["valueReference"]["reference"] for e in person.get("extension", ()) if e["url"] == _APART}


def keep_apart(view: Moment, patient_id: str, person_id: int) -> Changes | None:
    """A person says that this patient is not the same human as the person's other patients: parted, and kept so.

    None when there is nobody to part from.
    """
    group = _known(view, [person_id])
    one = group.pop(patient_id, None)
    if one is None or not group:
        return None
    old = _persons(view, [one.patient_no]).get(one.patient_no, {})
    said = _said_apart(old) | {f"Patient/{other}" for other in group}
    alone = _person(one.patient_no, [one], old)
    alone["extension"] = [{"url": _APART, "valueReference": {"reference": r}} for r in sorted(said)]
    others = list(group.values())
    rest = min(p.patient_no for p in others)
    why = "a person said these are two people"
    return Changes(
        puts=[Put(json.write(alone)), Put(json.write(_person(rest, others, {})))],
        links=[Link(p.patient_id, n, why) for p, n in [(one, one.patient_no), *((p, rest) for p in others)]],
        audit=[Heard("keep_apart", person_id, f"Patient/{patient_id}")],
    )
