"""Neighbors: health workers from the same streets, whom they walk with, and how far they have come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from throughcare.community import integration, needs, records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.names import TOWNS
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import Resource
from throughcare.community.workers import WORKERS, who

POOR = TOWNS[:3]
COUNTED = {"diabetes", "hypertension", "heart_failure", "copd", "kidney", "depression"}
ADULT, CONDITIONS_FROM, STAY_DAYS, GOAL_DAYS = 18, 2, 30, 14


@dataclass(frozen=True, slots=True)
class Story:
    """Days back: the start, the goals, each week's contact; how it ended; whether the clinic asked for a worker."""

    began: int | None = None
    goals: int | None = None
    contacts: tuple[int, ...] = ()
    goal_status: str = "active"
    attainment: int | None = None
    ended: tuple[str, str, int] | None = None
    asked: bool = False
    paused: int | None = None  # days since the support rests


STORIES = {
    "midway": Story(75, 66, (72, 66, 59, 52, 45, 38, 31, 24, 17, 10, 4)),
    "handed_on": Story(150, 140, (147, 140, 133, 126, 119, 112, 105, 98, 91, 84, 77, 70, 63, 56, 49, 42, 35, 28, 21),
                       "completed", 1, ("finished", "handed_on", 15)),
    "offered": Story(),
    "overdue": Story(90, 80, (88, 80, 73, 66, 59, 52, 45, 38, 31, 24)),
    "not_asked": Story(),
    "not_reached": Story(30, ended=("cancelled", "unreachable", 8)),
    "one_condition": Story(),
    "early": Story(5, None, (3,)),
    "after_hospital": Story(8, 5, (7, 2)),
    "said_no": Story(),
    "paused": Story(60, 50, (58, 50, 43, 36, 29), paused=14),
    "four_at_once": Story(4, None, (2,), asked=True),
}  # fmt: skip
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """What supervisors did with each health worker: cases every week, along on visits, records read."""
    for one in (w for w in WORKERS if w.role == "community_health_worker"):
        boss = f"Practitioner/{who('neighbors', 'supervisor')}"
        for kind, days in (("case_review", 4), ("field_shadowing", 60), ("chart_audit", 25)):
            id = f"{one.id}-{kind.replace('_', '-')}"
            yield (
                one.source,
                records.event(id, f"Practitioner/{one.id}", kind, on - timedelta(days=days), boss, minutes=45.0),
            )


def told(life: Life) -> Told:
    """What the program sends, and the clinic's wish for a worker."""
    person = life.person
    stage = person.plays("neighbors") or ("four_at_once" if person.plays("four_at_once") else None)
    if stage is None:
        return
    story, about = STORIES[stage], PROGRAMS["neighbors"]
    if story.asked:
        day = life.on - timedelta(days=(story.began or 0) + 1)
        yield (
            person.practice.source,
            records.asked(
                f"{person.home_patient}-worker", person.home_patient, about.asked_as, day, requester=person.clinician
            ),
        )
    yield from ((about.source, r) for r in _support(person, stage, story, life.on))


def _support(person: Person, stage: str, story: Story, on: date) -> Iterator[Resource]:
    about = PROGRAMS["neighbors"]
    patient, worker = person.at(about.source), who("neighbors", "community_health_worker", person.no // 10)

    def back(days: int) -> date:
        return on - timedelta(days=days)

    if stage == "said_no":
        yield records.consent(f"{patient}-no", patient, about.consent, back(9), "rejected")
    if story.began is None:
        return
    began, left = back(story.began), back(story.ended[2]) if story.ended else None
    if stage == "not_reached":
        for n, days in enumerate((28, 21, 12)):
            yield _contact(person, f"try-{n}", "outreach", back(days), worker, reached=False)
    else:
        yield records.consent(f"{patient}-yes", patient, about.consent, began, method="verbal")
        yield records.consent(f"{patient}-home", patient, "home_visit", began, method="verbal")
    start = (
        [("planned", began)] if stage == "not_reached" else [("planned", began - timedelta(days=3)), ("active", began)]
    )
    history = [*start, *([(story.ended[0], left)] if story.ended and left else [])]
    if story.paused is not None:
        history.append(("onhold", back(story.paused)))
    reason = story.ended[1] if story.ended else "eligible"
    yield records.enrollment("neighbors", f"{patient}-member", patient, history, left, worker=worker, reason=reason)
    if left is None:
        members = [("community_health_worker", worker), ("supervisor", who("neighbors", "supervisor"))]
        team = [(role, f"Practitioner/{id}") for role, id in members]
        yield records.team(f"{patient}-team", patient, team, began, about.organization)
    if story.goals is not None:
        day, words = back(story.goals), "Walk to the market and back without stopping"
        status, reached = story.goal_status, story.attainment
        yield records.goal(f"{patient}-goal", patient, words, day, status=status, confidence=8, attainment=reached)
    for n, days in enumerate(story.contacts):
        activity = "meet_the_person" if n == 0 else "monthly_questions" if n % 4 == 3 else "support_contact"
        yield _contact(person, f"c{n}", activity, back(days), worker)
    if stage == "handed_on" and left:
        yield _contact(person, "handoff", "supports_handoff", left - timedelta(days=2), worker, result="accepted")


def _contact(person: Person, name: str, activity: str, day: date, worker: str, *, reached: bool = True,
             result: str | None = None) -> Resource:  # fmt: skip
    role, patient = "community_health_worker", person.at(PROGRAMS["neighbors"].source)
    return records.contact(
        f"{patient}-{name}", patient, activity, day, worker, role, minutes=35, reached=reached, result=result,
        role_code="c3-4", **integration.counted(person),
    )  # fmt: skip


def truth(life: Life) -> Answer:
    """Adult, poor area or no other insurance, two conditions or a recent stay, a need or a referral, no refusal."""
    person, on = life.person, life.on
    stage = person.plays("neighbors") or ("four_at_once" if person.plays("four_at_once") else None)
    poor = person.town in POOR and person.address_known
    covered = person.covered("medicaid", on) or person.covered("self_pay", on)
    lately = any(
        s.kind == "IMP" and (s.ended_on is None or (on - s.ended_on).days <= STAY_DAYS) for s in life.told_stays
    )
    enough = len(COUNTED & set(person.conditions)) >= CONDITIONS_FROM or lately
    need = bool(needs.now(person)) or (stage is not None and STORIES[stage].asked) or needs.written_down(person)
    asked_all = person.needs is not None and not person.blank
    return answer(
        {
            "has died": person.died is not None,
            "younger than 18": person.age_on(on) < ADULT,
            "said no": stage == "said_no",
            "neither a poor area nor Medicaid nor without insurance": not poor and not covered and person.address_known,
            "fewer than two conditions and no recent stay": not enough,
            "no need and no referral": not need and asked_all,
        },
        {
            "nobody asked about needs": not need and not asked_all,
            "nobody wrote down where the person lives": not poor and not covered,
        },
        goals_in_time=_goals_in_time(STORIES[stage]) if stage else None,
    )


def _goals_in_time(story: Story) -> bool | None:
    """The person set a goal within two weeks of the start, as far as they are still supported."""
    if story.began is None or story.goals is None or story.ended:
        return None
    return story.began - story.goals <= GOAL_DAYS
