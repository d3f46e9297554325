"""Accountable: who of the network's people is offered a care manager, who accepted, and how that went."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from throughcare.community import network, records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.network import Service
from throughcare.community.people import Person
from throughcare.community.programs import MEDICARE, PROGRAMS
from throughcare.community.shapes import Resource
from throughcare.community.workers import who

CHRONIC = {
    "diabetes", "hypertension", "heart_failure", "copd", "kidney", "depression", "atrial_fibrillation", "coronary",
    "dementia", "asthma",
}  # fmt: skip
MANY_CONDITIONS, MANY_EMERGENCIES, HIGH_SCORE, USES, USES_DAYS, NEW_STAY_DAYS = 5, 3, 2.5, 2, 181, 30


@dataclass(frozen=True, slots=True)
class Story:
    """Days back: the yes, the manager's calls, whether the goal is reached; how it ended, or since when it rests."""

    joined: int
    calls: tuple[int, ...] = ()
    goal_reached: bool = False
    ended: tuple[str, str, int] | None = None
    paused: int | None = None


STORIES = {
    "midway": Story(95, (90, 62, 33, 8)),
    "goals_met": Story(260, (250, 220, 190, 160, 130, 100, 70), True, ("finished", "goals_met", 45)),
    "overdue": Story(110, (104, 75, 52)),
    "early": Story(6, (2,)),
    "paused": Story(140, (132, 101, 70, 39), paused=16),
}
Told = Iterator[tuple[str, Resource]]


def score(person: Person, seed: int) -> float | None:
    """The risk score that Medicare's file gives about half of the people."""
    chance = Random(f"{seed}/score/{person.no}")
    known = MEDICARE[0] in person.patient_ids and (person.plays("accountable") is not None or chance.random() < 0.5)
    if not known:
        return None
    return 0.7 if person.plays("accountable") == "well" else round(min(4.0, max(0.3, chance.gauss(1.2, 0.6))), 2)


def told(life: Life, seed: int) -> Told:
    """Scores, answers about claims and care managers, and what the care manager did."""
    person, on, stage = life.person, life.on, life.person.plays("accountable")
    if (value := score(person, seed)) is not None:
        patient = person.at(MEDICARE[0])
        yield MEDICARE[0], records.risk(f"{patient}-v28", patient, "cms_hcc_v28", network.quarter(on), value)
    if stage is None:
        return
    source, patient = person.practice.source, person.home_patient
    kind = PROGRAMS["accountable"].consent
    if stage == "keeps_private":
        yield (
            source,
            records.consent(f"{patient}-claims", patient, "claims_sharing", on - timedelta(days=400), "rejected"),
        )
    if stage == "said_no":
        no = on - timedelta(days=18)
        yield source, records.consent(f"{patient}-manager-no", patient, kind, no, "rejected")
        history = [("planned", no - timedelta(days=8)), ("cancelled", no)]
        made = records.enrollment("accountable", f"{patient}-managed", patient, history, no, reason="declined")
        yield PROGRAMS["accountable"].source, made
    if stage in STORIES:
        yield from ((PROGRAMS["accountable"].source, r) for r in _managed(patient, stage, STORIES[stage], on))


def _managed(patient: str, stage: str, story: Story, on: date) -> Iterator[Resource]:
    manager, about = who("accountable", "nurse_care_manager"), PROGRAMS["accountable"]
    joined = on - timedelta(days=story.joined)
    left = on - timedelta(days=story.ended[2]) if story.ended else None
    yield records.consent(f"{patient}-manager", patient, about.consent, joined, method="verbal")
    history = [("planned", joined - timedelta(days=9)), ("active", joined)]
    if story.ended and left:
        history.append((story.ended[0], left))
    if story.paused is not None:
        history.append(("onhold", on - timedelta(days=story.paused)))
    reason = story.ended[1] if story.ended else "eligible"
    yield records.enrollment("accountable", f"{patient}-managed", patient, history, left, worker=manager, reason=reason)
    if left is None:
        members = [("nurse_care_manager", f"Practitioner/{manager}")]
        yield records.team(f"{patient}-managed-team", patient, members, joined, about.organization)
    status = "completed" if story.goal_reached else "active"
    words, day = "Weigh myself every morning", joined + timedelta(days=5)
    yield records.goal(f"{patient}-managed-goal", patient, words, min(day, on), status=status, confidence=8)
    for n, days in enumerate(story.calls):
        activity = "medication_reconciliation" if n == 0 else "monthly_care_management_contact"
        id, day = f"{patient}-managed-{n}", on - timedelta(days=days)
        yield records.contact(id, patient, activity, day, manager, "nurse_care_manager", minutes=25)


def truth(life: Life, given: list[Service], seed: int) -> Answer:
    """On the current quarter's list (42 CFR 425.400 to .404), and in need of more help by the program's own rule."""
    person, on = life.person, life.on
    list_on = network.quarter(on)
    eligible = network.may_be_assigned(person, list_on)
    private = network.keeps_private(person)
    assigned = network.assigned(person, given, list_on)
    hospice = any(c.holds(on) and c.more.get("hospice") for c in person.cover)
    managed = any(c.holds(on) and c.more.get("managed") for c in person.cover)
    return answer(
        {
            "has died": person.died is not None,
            "was not in Original Medicare with both parts": not eligible,
            "most primary care was elsewhere": eligible and not private and not assigned,
            "is in a managed plan now": managed,
            "is in hospice care": hospice,
            "needs no more help": not needs_more_help(life, score(person, seed)),
        },
        {"does not share claims": private},
        on_list=assigned if eligible and not private else None,
    )


def needs_more_help(life: Life, value: float | None) -> bool:
    """A high tier or score, two uses of hospital in six months, or a new stay."""
    on, stays = life.on, life.told_stays
    chronic = CHRONIC & set(life.person.conditions)
    year = [s for s in stays if (on - s.started_on).days <= 365]
    admissions = sum(1 for s in year if s.kind == "IMP")
    emergencies = sum(1 for s in year if s.kind == "EMER")
    uses = sum(1 for s in stays if s.kind in ("IMP", "EMER") and (on - s.started_on).days <= USES_DAYS)
    new = any(s.kind == "IMP" and (s.ended_on is None or (on - s.ended_on).days <= NEW_STAY_DAYS) for s in stays)
    high = admissions >= 3 or (chronic and (admissions >= 1 or emergencies >= MANY_EMERGENCIES))
    scored = value is not None and value >= HIGH_SCORE
    return bool(high) or len(chronic) >= MANY_CONDITIONS or scored or uses >= USES or new
