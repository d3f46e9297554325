"""Elders: the program that gives frail older people all their care from one team, as it and the State write it down."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.names import COUNTY, TOWNS
from throughcare.community.people import Person
from throughcare.community.programs import MEDICARE, PROGRAMS, STATE
from throughcare.community.shapes import Resource, at, month_start, parts
from throughcare.community.workers import who

AREA = TOWNS[0]
AGE_FROM = 55
PLAN_DAYS = 30
AWAY_DAYS = 9  # with a daughter in another State since then, as arranged with the team
DISCIPLINES = (
    "personal_clinician nurse social_worker physical_therapist occupational_therapist recreational_therapist dietitian "
    "home_care_coordinator"
).split()
TEAM = [*DISCIPLINES, "center_manager", "personal_care_attendant", "driver"]
DOMAINS = (
    "vision hearing dentition skin_integrity mobility physical_function pain nutrition home_safety home_care "
    "center_attendance transportation communication"
).split()
# what the State said of the level of care, whether living at home is safe, days since somebody asked about the program
STORY = {
    "midway": ("yes", "yes", None), "lasting": ("yes", "yes", None), "overdue": ("yes", "yes", None),
    "early": ("yes", "yes", None), "left": ("yes", "yes", None), "offered": ("yes", "yes", 24),
    "signed": ("yes", "yes", 33), "no_letter": (None, "yes", 19), "safety_open": ("yes", None, 12),
    "refused_level": ("no", "yes", 40), "outside": ("yes", "yes", 20), "said_no": ("yes", "yes", 32),
    "paused": ("yes", "yes", None),
}  # fmt: skip
# days from the first to the signed plan
PLAN_AFTER = {"midway": 24, "lasting": 22, "overdue": 27, "left": 36, "paused": 25}
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """What each payer says it pays the program for a month: Medicare by county, the State for everyone alike."""
    program = PROGRAMS["elders"].organization
    for source, category, place, dollars in (
        (MEDICARE[0], "county_rate", COUNTY, 1240.0),
        (STATE[0], "medicaid_rate", TOWNS[0][1], 4450.0),
    ):
        for year in sorted({2026, on.year}):
            id, amount = f"elders-{category.replace('_', '-')}-{year}", (category, place, dollars)
            yield source, records.figures(id, program, year, date(year - 1, 12, 1), [amount], file="rate letter")


def told(life: Life) -> Told:
    """What the program, the State and Medicare send about whoever asked for it, is in it, or has left it."""
    person, on = life.person, life.on
    stage = person.plays("elders")
    if stage is None:
        return
    about, patient = PROGRAMS["elders"], person.at(PROGRAMS["elders"].source)
    level, safe, days = STORY[stage]
    joined = _joined(person, on)
    asked = on - timedelta(days=days) if days else (joined or on) - timedelta(days=50)
    worker, nurse = who("elders", "social_worker"), who("elders", "nurse")
    yield about.source, records.asked(f"{patient}-asked", patient, about.asked_as, asked)
    if level:
        id, state = person.at(STATE[0]), f"Organization/{STATE[0]}-org".replace("_", "-")
        decided = [asked + timedelta(days=9)]
        if stage == "lasting":
            decided.append(decided[0] + timedelta(days=360))
        for n, day in enumerate(decided):
            kind = "nursing_facility_level_of_care"
            yield STATE[0], records.decision(f"{id}-level-{n}", id, kind, level, day, by=state)
    if safe:
        day = asked + timedelta(days=8)
        yield (
            about.source,
            records.contact(
                f"{patient}-intake", patient, "intake_visit", day, worker, "social_worker", mode="visit", minutes=60
            ),
        )
        yield about.source, records.decision(f"{patient}-safe", patient, "safe_in_community", safe, day)
    signed = joined - timedelta(days=12) if joined else on - timedelta(days=2) if stage == "signed" else None
    if signed:
        yield about.source, records.consent(f"{patient}-agreement", patient, about.consent, signed, method="written")
    offered = asked + timedelta(days=10)
    if joined is None and stage in ("offered", "signed", "said_no"):
        yield from ((about.source, r) for r in _offer(patient, stage, offered, worker))
    if joined:
        yield from ((about.source, r) for r in _membership(person, patient, offered, joined, on, worker, nurse))
        yield from ((MEDICARE[0], r) for r in _scores(person.at(MEDICARE[0]), joined))


def _offer(patient: str, stage: str, offered: date, worker: str) -> Iterator[Resource]:
    """The offer as the program keeps it, and the no to it."""
    no = offered + timedelta(days=11) if stage == "said_no" else None
    history = [("planned", offered), *([("cancelled", no)] if no else [])]
    reason = "declined" if no else None
    yield records.enrollment("elders", f"{patient}-stay", patient, history, no, worker=worker, reason=reason)
    if no:
        yield records.consent(f"{patient}-no", patient, PROGRAMS["elders"].consent, no, "rejected")


def _joined(person: Person, on: date) -> date | None:
    months = person.look.all_inclusive if person.look else None
    return month_start(on, months[0]) if months else None


def _membership(
    person: Person, patient: str, offered: date, joined: date, on: date, worker: str, nurse: str
) -> Iterator[Resource]:
    stage = person.plays("elders") or ""
    left = month_start(on, 1) if stage == "left" else None
    history = [("planned", offered), ("active", joined), *([("finished", left)] if left else [])]
    if stage == "paused":
        history.append(("onhold", on - timedelta(days=AWAY_DAYS)))
    reason = "voluntary" if left else "signed"
    yield records.enrollment("elders", f"{patient}-stay", patient, history, left, worker=worker, reason=reason)
    if left:
        gone = left - timedelta(days=18)
        yield records.consent(
            f"{patient}-taken-back", patient, PROGRAMS["elders"].consent, gone, "inactive", withdrawn_at=at(gone, 10)
        )
    members = [(role, f"Practitioner/{who('elders', role)}") for role in TEAM]
    organization = PROGRAMS["elders"].organization
    yield records.team(f"{patient}-team", patient, members, joined, organization)
    yield records.contact(f"{patient}-rights", patient, "rights_copy", joined, worker, "social_worker", mode="visit")
    after = PLAN_AFTER.get(stage)
    seen = DISCIPLINES if after else DISCIPLINES[:3]
    for n, role in enumerate(seen):
        day = joined + timedelta(days=2 + n * 2)
        if day < on:
            yield _seen(patient, "discipline_assessment", role, day, 0)
    if after:
        yield _plan(patient, joined + timedelta(days=after), 0)
        again = joined + timedelta(days=after + 172)
        if stage == "lasting":
            yield _plan(patient, again, 1)
            for role in ("personal_clinician", "nurse", "social_worker"):
                yield _seen(patient, "discipline_reassessment", role, again - timedelta(days=4), 1)
    if stage in ("midway", "overdue"):
        yield _request(patient, stage, on)


def _seen(patient: str, activity: str, role: str, day: date, n: int) -> Resource:
    id = f"{patient}-{role.replace('_', '-')}-{n}"
    return records.contact(id, patient, activity, day, who("elders", role), role, mode="visit", minutes=45)


def _plan(patient: str, day: date, n: int) -> Resource:
    content = [parts("part", kind="domain", domain=domain, started=day) for domain in DOMAINS]
    signed = [(role, f"Practitioner/{who('elders', role)}") for role in DISCIPLINES]
    review = day + timedelta(days=180)
    return records.plan(
        f"{patient}-plan-{n}", patient, "plan_of_care", day, content, review_on=review, signed_by=signed
    )


def _request(patient: str, stage: str, on: date) -> Resource:
    """More hours of help at home, asked of the driver: decided in time, or lying with the team since six days."""
    asked = on - timedelta(days=40 if stage == "midway" else 7)
    team = asked + timedelta(days=1)
    done = at(team + timedelta(days=2), 15) if stage == "midway" else None
    return records.asked(
        f"{patient}-more-help", patient, "service_determination", asked, service="home_care",
        received_at=at(asked, 11), received_by_role="driver", asked_by_role="participant", at_team_at=at(team, 9),
        decided_at=done, notified_at=done, outcome="approved" if done else None, change_kind="change",
        arranged_at=at(team + timedelta(days=5), 9) if done else None,
    )  # fmt: skip


def _scores(patient: str, joined: date) -> Iterator[Resource]:
    for method, score in (("cms_hcc_2017", 2.4), ("cms_hcc_v28", 2.0), ("pace_frailty", 0.1)):
        yield records.risk(f"{patient}-{method.replace('_', '-')}", patient, method, joined, score)


def truth(life: Life) -> Answer:
    """55 or over, nursing facility level by the State, lives in the area, safe at home: 42 CFR 460.150."""
    person, stage = life.person, life.person.plays("elders")
    level, safe, _ = STORY[stage] if stage else (None, None, None)
    joined = _joined(person, life.on)
    in_it = joined is not None and stage != "left"
    after = PLAN_AFTER.get(stage or "")
    return answer(
        {
            "has died": person.died is not None,
            "younger than 55": person.age_on(life.on) < AGE_FROM,
            "lives outside the area": person.address_known and person.town != AREA,
            "the State says no": level == "no",
        },
        {
            "no letter from the State": level is None,
            "nobody judged whether home is safe": safe is None and not in_it,
            "no address": not person.address_known,
        },
        plan_in_time=after <= PLAN_DAYS if joined and after else None,
    )
