"""Integration: minutes of people who help with what limits care, the visit that named it, and the yes to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from throughcare.community import records
from throughcare.community.answers import Life
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import Resource, at, encounter, reference
from throughcare.community.workers import who

FAMILY = "community_health_integration"  # G0019 and G0022: sixty minutes of a month, then each thirty (CY2024 fee rule)
Told = Iterator[tuple[str, Resource]]


@dataclass(frozen=True, slots=True)
class Story:
    """Days back: the practice's visit that named the need, the yes; and long errands that the helper went along to."""

    named: int | None
    agreed: int | None
    errands: tuple[tuple[int, int], ...] = ()  # (days back, minutes)


# the errands of whoever walks with a neighbor are in the story of the neighbor
STORIES = {
    ("needs", "running"): Story(40, 36, ((24, 75),)),
    ("needs", "overdue"): Story(None, 30, ((16, 65),)),
    ("neighbors", "midway"): Story(80, 75),
    ("neighbors", "handed_on"): Story(156, 150),
    ("neighbors", "overdue"): Story(96, None),
}


def story(person: Person) -> Story | None:
    """What is told of the person's minutes; None: nobody claims any."""
    return STORIES.get((person.part.program, person.part.stage)) if person.part else None


def counted(person: Person) -> dict[str, Any]:
    """What a contact says besides, where its minutes may be claimed: by which service, and for whom it is billed."""
    return {"minutes_family": FAMILY, "bills_for": f"Practitioner/{person.clinician}"} if story(person) else {}


def visits(person: Person, on: date) -> Iterator[Resource]:
    """The visit at the practice at which the need was named."""
    told = story(person)
    if told is None or told.named is None:
        return
    patient, day = person.home_patient, on - timedelta(days=told.named)
    yield encounter(
        f"{patient}-need-visit", patient, "AMB", at(day, 11), at(day, 11, 40), person.practice.organization,
        participant=[{"individual": reference("Practitioner", person.clinician)}],
    )  # fmt: skip


def told(life: Life) -> Told:
    """The need that limits care, as the clinician wrote it down, the yes, and the errands."""
    person, on, found = life.person, life.on, story(life.person)
    if found is None or person.part is None:
        return
    home, patient = person.practice.source, person.home_patient
    if found.named is not None:
        day, by = on - timedelta(days=found.named), f"Practitioner/{person.clinician}"
        yield home, records.decision(f"{patient}-need-named", patient, "need_limits_care", "yes", day, by=by)
    if found.agreed is not None:
        day = on - timedelta(days=found.agreed)
        yield home, records.consent(f"{patient}-integration", patient, FAMILY, day, method="verbal")
    source = PROGRAMS[person.part.program].source
    for n, (days, minutes) in enumerate(found.errands):
        yield source, _errand(person, f"{person.at(source)}-errand-{n}", on - timedelta(days=days), minutes)


def _errand(person: Person, id: str, day: date, minutes: int) -> Resource:
    """Along to the benefits office, and back."""
    patient, navigator = person.at(PROGRAMS["needs"].source), who("needs", "navigator")
    return records.contact(id, patient, "navigator_contact", day, navigator, "navigator",
                           mode="visit", minutes=minutes, **counted(person))  # fmt: skip
