"""Coaching: people just out of hospital, what the coach did with them in thirty days, and how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.people import Person
from throughcare.community.places import STAFF
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import Resource, at, encounter, reference, said
from throughcare.community.stays import Stay

COACH = next(s for s in STAFF if s.field_role == "transitions_coach")


@dataclass(frozen=True, slots=True)
class Story:
    """The answer to the offer; each contact by days after leaving hospital; how it ended, by days after."""

    consent: str | None = "active"
    contacts: tuple[tuple[str, int], ...] = ()
    ended: tuple[str, str, int] | None = None
    paused: int | None = None  # days after leaving hospital from which the coaching rests


STORIES = {
    "midway": Story("active", (("post_discharge_contact", 1), ("home_visit", 2), ("coach_call", 7))),
    "overdue": Story("active", (("post_discharge_contact", 1),)),
    "offered": Story(None),
    "paused": Story("active", (("post_discharge_contact", 1), ("home_visit", 2)), paused=5),
    "in_hospital": Story(None),
    "said_no": Story("rejected"),
    "completed": Story(
        "active",
        (
            ("hospital_visit", -1),
            ("post_discharge_contact", 1),
            ("medication_reconciliation", 1),
            ("home_visit", 2),
            ("coach_call", 7),
            ("coach_call", 14),
            ("coach_call", 27),
        ),
        ("finished", "completed", 31),
    ),
    "back": Story("active", (("post_discharge_contact", 1), ("home_visit", 3)), ("cancelled", "back_in_hospital", 16)),
    "to_hospice": Story(None),
    "too_young": Story(None),
    "unsaid": Story(None),
    "nursing": Story("active", (("snf_check_in", 5),)),
}


SEEN_AFTER = 3  # days from leaving hospital to the visit at the practice


def visits(person: Person, on: date) -> Iterator[Resource]:
    """The visit at the practice after hospital, with how complex its decisions were."""
    seen = person.plays("coaching") == "completed" or person.plays("four_at_once")
    if seen and person.look and (home := person.look.stays[0].until) is not None:
        patient, day = person.home_patient, on - timedelta(days=home - SEEN_AFTER)
        made = encounter(
            f"{patient}-after-hospital", patient, "AMB", at(day, 9), at(day, 9, 40), person.practice.organization,
            participant=[{"individual": reference("Practitioner", person.clinician)}],
        )  # fmt: skip
        yield made | {"extension": said(mdm="moderate")}


def notes(person: Person, found: list[Stay], on: date) -> Iterator[Resource]:
    """What the coach wrote into the team's notebook about the first stay of the story."""
    stage = person.plays("coaching")
    if stage is None or found[0].ended_on is None:
        return
    story, stay, home, about = STORIES[stage], found[0], found[0].ended_on, PROGRAMS["coaching"]
    patient = person.home_patient
    if story.consent:
        yield records.consent(f"{stay.id}-coaching", patient, about.consent, home, story.consent, method="verbal")
    if story.consent != "active":
        return
    left = home + timedelta(days=story.ended[2]) if story.ended else None
    history = [("planned", home), ("active", home), *([(story.ended[0], left)] if story.ended and left else [])]
    if story.paused is not None:
        history.append(("onhold", home + timedelta(days=story.paused)))
    reason = story.ended[1] if story.ended else "eligible"
    yield records.enrollment("coaching", f"{stay.id}-coached", patient, history, left, worker=COACH.id, reason=reason)
    for n, (activity, days) in enumerate(story.contacts):
        mode = "visit" if activity in ("home_visit", "hospital_visit") else "phone"
        yield records.contact(
            f"{stay.id}-c{n}", patient, activity, home + timedelta(days=days), COACH.id, COACH.field_role,
            mode=mode, minutes=40, hour=11, about=f"Encounter/{stay.id}",
        )  # fmt: skip
