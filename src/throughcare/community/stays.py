"""Stays: who was in hospital, when, how they left, and what the hospital forgot to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from throughcare.community.looks import Planned
from throughcare.community.people import CONDITIONS, Person
from throughcare.community.places import HOSPITALS
from throughcare.community.shapes import (
    ICD10,
    Resource,
    at,
    concept,
    condition,
    encounter,
    observation,
    quantity,
    reference,
    said,
)

# how people leave: (story, UB-04 discharge code, weight)
LEAVING = [
    ("home", "01", 58),
    ("home_health", "06", 16),
    ("skilled_nursing", "03", 14),
    ("hospice", "50", 3),
    ("against_advice", "07", 3),
    ("died", "20", 1),
    ("rehabilitation", "62", 5),
]
UB04 = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
RECENT_DAYS = 28
CODED_DAYS = 3  # how long the hospital takes to code a stay
DRGS = {"heart_failure": "291", "copd": "190", "diabetes": "638", "kidney": "683", "depression": "885", "asthma": "203"}


@dataclass(frozen=True, slots=True)
class Stay:
    """One hospital stay as it truly was; ended_on None: there now; silent: the hospital never said."""

    id: str
    source: str
    kind: str  # IMP, EMER or OBSENC
    started_on: date
    ended_on: date | None
    leaving: str
    code: str
    cause: str
    silent: bool
    drg: str = ""  # known once the hospital has coded the stay


def stays(person: Person, seed: int, on: date) -> list[Stay]:
    """The stays of two years, oldest first; one adult in nine with long-term conditions left hospital lately."""
    if person.look is not None:
        return [_planned(person, n, one, on) for n, one in enumerate(sorted(person.look.stays, key=lambda s: -s.since))]
    chance = Random(f"{seed}/stays/{person.no}")
    known = [source for source, _ in HOSPITALS if source in person.patient_ids]
    if not known or person.age_on(on) < 18 or person.moved_away:
        return []
    last = min(on, person.died or on)
    made: list[Stay] = []
    weight = 0.05 + 0.09 * len(person.conditions)
    for n in range(8):
        if chance.random() < weight / 3:
            made.append(
                _stay(person, n, last - timedelta(days=chance.randint(RECENT_DAYS + 10, 720)), chance, known, on)
            )
    if person.died is None and chance.random() < weight * (1.4 if person.age_on(on) >= 65 else 0.6):
        made.append(_stay(person, 8, on - timedelta(days=chance.randint(0, RECENT_DAYS)), chance, known, on))
    return _without_overlap(sorted(made, key=lambda s: s.started_on))


def _planned(person: Person, n: int, one: Planned, on: date) -> Stay:
    source = HOSPITALS[one.hospital][0]
    ended = None if one.until is None else on - timedelta(days=one.until)
    code = next((c for story, c, _ in LEAVING if story == one.leaving), "") if ended else ""
    leaving = one.leaving if ended else "there now"
    stem = f"{source.replace('_', '-')}-s{person.no:06d}-{n}"
    return Stay(stem, source, one.kind, on - timedelta(days=one.since), ended, leaving, code, one.cause, False, one.drg)


def _stay(person: Person, n: int, ended: date, chance: Random, known: list[str], on: date) -> Stay:
    source = chance.choice(known)
    cause = chance.choice(person.conditions) if person.conditions and chance.random() < 0.7 else "other"
    kind = chance.choices(("IMP", "EMER", "OBSENC"), (50, 42, 8))[0]
    length = max(1, int(chance.expovariate(1 / 4.5))) if kind == "IMP" else 0
    story, code, _ = chance.choices(LEAVING, [w for *_, w in LEAVING])[0] if kind == "IMP" else ("home", "01", 0)
    if n == 8 and kind == "IMP" and chance.random() < 0.12:
        return Stay(
            f"{source.replace('_', '-')}-s{person.no:06d}-{n}",
            source,
            kind,
            on - timedelta(days=chance.randint(1, 5)),
            None,
            "there now",
            "",
            cause,
            False,
        )
    if story == "died":
        story, code = "home", "01"
    silent = kind == "IMP" and chance.random() < 0.06
    return Stay(
        f"{source.replace('_', '-')}-s{person.no:06d}-{n}",
        source,
        kind,
        ended - timedelta(days=length),
        ended,
        story,
        code,
        cause,
        silent,
        DRGS.get(cause, "313") if kind == "IMP" and (on - ended).days >= CODED_DAYS else "",
    )


def _without_overlap(found: list[Stay]) -> list[Stay]:
    kept: list[Stay] = []
    for stay in found:
        before = kept[-1] if kept else None
        if before is None or (before.ended_on is not None and before.ended_on < stay.started_on):
            kept.append(stay)
    return kept


def told(person: Person, stay: Stay, seed: int) -> Iterator[Resource]:
    """What the hospital sends about a stay; nothing when it was silent."""
    if stay.silent:
        return
    chance, patient = Random(f"{seed}/told/{stay.id}"), person.patient_ids[stay.source]
    code, words = (
        (CONDITIONS[stay.cause][0], CONDITIONS[stay.cause][1]) if stay.cause in CONDITIONS else ("R07.9", "Chest pain")
    )
    more: dict[str, Any] = {"type": [concept(ICD10, code, words)], "reasonCode": [concept(ICD10, code, words)]}
    hospitalization: dict[str, Any] = {
        "admitSource": concept("http://terminology.hl7.org/CodeSystem/admit-source", "emd")
    }
    if stay.code and stay.kind == "IMP":
        hospitalization["dischargeDisposition"] = concept(UB04, stay.code)
    more["priority"] = concept(
        "http://terminology.hl7.org/CodeSystem/v3-ActPriority", "EL" if chance.random() < 0.15 else "EM"
    )
    start = at(stay.started_on, chance.randint(0, 11))
    end = at(stay.ended_on, chance.randint(13, 18)) if stay.ended_on else None
    org = f"{stay.source}-org".replace("_", "-")
    if stay.drg:
        more["extension"] = said(drg=stay.drg)
    yield encounter(stay.id, patient, stay.kind, start, end, org, hospitalization=hospitalization, **more)
    if stay.kind != "IMP":
        return
    yield condition(
        f"{stay.id}-dx", patient, code, words, stay.started_on, category="encounter-diagnosis", encounter=stay.id
    )
    if stay.ended_on:
        for loinc, text, unit, usual, spread in (
            ("718-7", "Hemoglobin", "g/dL", 12.6, 1.6),
            ("2951-2", "Sodium", "mmol/L", 138, 4),
        ):
            value = {"valueQuantity": quantity(f"{chance.gauss(usual, spread / 2):.1f}", unit)}
            yield observation(f"{stay.id}-{loinc}", patient, loinc, text, stay.ended_on, value) | {
                "encounter": reference("Encounter", stay.id)
            }
