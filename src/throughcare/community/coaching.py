"""Coaching: people just out of hospital, what the coach did with them in thirty days, and how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.people import Person
from throughcare.community.places import STAFF
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import Resource
from throughcare.community.stays import Stay

COACH = next(s for s in STAFF if s.field_role == "transitions_coach")


@dataclass(frozen=True, slots=True)
class Story:
    """The answer to the offer; each contact by days after leaving hospital; how it ended, by days after."""

    consent: str | None = "active"
    contacts: tuple[tuple[str, int], ...] = ()
    ended: tuple[str, str, int] | None = None


STORIES = {
    "midway": Story("active", (("post_discharge_contact", 1), ("home_visit", 2), ("coach_call", 7))),
    "overdue": Story("active", (("post_discharge_contact", 1),)),
    "offered": Story(None),
    "in_hospital": Story(None),
    "said_no": Story("rejected"),
    "completed": Story(
        "active",
        (("post_discharge_contact", 1), ("home_visit", 2), ("coach_call", 7), ("coach_call", 14), ("coach_call", 27)),
        ("finished", "completed", 31),
    ),
    "back": Story("active", (("post_discharge_contact", 1), ("home_visit", 3)), ("cancelled", "back_in_hospital", 16)),
    "to_hospice": Story(None),
    "too_young": Story(None),
    "unsaid": Story(None),
    "nursing": Story("active", (("snf_check_in", 5),)),
}


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
    reason = story.ended[1] if story.ended else "eligible"
    yield records.enrollment("coaching", f"{stay.id}-coached", patient, history, left, worker=COACH.id, reason=reason)
    for n, (activity, days) in enumerate(story.contacts):
        mode = "visit" if activity == "home_visit" else "phone"
        yield records.contact(
            f"{stay.id}-c{n}", patient, activity, home + timedelta(days=days), COACH.id, COACH.field_role,
            mode=mode, minutes=40, hour=11, about=f"Encounter/{stay.id}",
        )  # fmt: skip
