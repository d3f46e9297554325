"""Families: young people with one plan that the family leads, and what schools, county and clinic add to it."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community import ratings, records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.family_stories import AT_FIRST, STORIES, Story
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS, SCHOOLS, WELFARE
from throughcare.community.shapes import OURS, Resource, at, concept, parts, reference, said
from throughcare.community.workers import who

OLDEST, CERTIFIED_DAYS, FIRST_TEAM_DAYS = 20, 365, 30
Told = Iterator[tuple[str, Resource]]


def told(life: Life) -> Told:
    """What the program, the school and the county send about one young person."""
    person, on, stage = life.person, life.on, life.person.plays("families")
    if stage is None:
        return
    story, about = STORIES[stage], PROGRAMS["families"]
    patient, referred = person.at(about.source), on - timedelta(days=story.referred)
    yield about.source, records.asked(f"{patient}-ref", patient, "referral", referred, service=about.asked_as)
    yield about.source, _mother(person, patient)
    told_by = {"special_education": SCHOOLS[0], "child_welfare": WELFARE[0]}
    for system in story.systems:
        source = told_by.get(system, about.source)
        id, by = person.at(source), f"Organization/{source}-org".replace("_", "-")
        day = referred - timedelta(days=60)
        name = f"{id}-{system.replace('_', '-')}"
        yield source, records.decision(name, id, "child_system", system, day, by=by)
    for n, (days, rated) in enumerate(story.rated):
        day, rater = on - timedelta(days=days), who("families", "care_coordinator", person.no // 10)
        certified = day - timedelta(days=story.certified_days)
        yield (
            about.source,
            records.form(
                f"{patient}-cans-{n}",
                patient,
                "cans",
                day,
                ratings.whole(rated),
                by=rater,
                rater_certified_on=certified,
            ),
        )
    yield from ((about.source, r) for r in _program(person, patient, stage, story, on))


def _mother(person: Person, patient: str) -> Resource:
    codes = [("MTH", "v3-RoleCode"), ("CAREGIVER", "v3-RoleClass"), ("GUARD", "v3-RoleClass")]
    coding = [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code} for code, system in codes]
    return {
        "resourceType": "RelatedPerson",
        "id": f"{patient}-mother",
        "active": True,
        "patient": reference("Patient", patient),
        "relationship": [{"coding": coding}],
        "name": [{"given": ["Rosa"], "family": person.family}],
        "extension": said(lives_with=True),
    }


def _program(person: Person, patient: str, stage: str, story: Story, on: date) -> Iterator[Resource]:
    """Consents, the membership, first contacts, team meetings, the plan, and what happened on the way."""
    about, coordinator = PROGRAMS["families"], who("families", "care_coordinator", person.no // 10)

    def back(days: int) -> date:
        return on - timedelta(days=days)

    if stage in ("early", "midway", "graduated", "overdue", "withdrew", "crisis", "paused"):
        called = back(story.referred - 2)
        yield records.contact(f"{patient}-first", patient, "first_contact", called, coordinator, "care_coordinator")
    if stage == "early":
        yield records.enrollment("families", f"{patient}-member", patient, [("planned", back(story.referred))],
                                 worker=coordinator, referral=f"{patient}-ref")  # fmt: skip
    if story.met is None:
        return
    met, left = back(story.met), back(story.ended[2]) if story.ended else None
    gone = story.ended is not None and story.ended[1] == "consent_withdrawn"
    taken_back = {"withdrawn_at": at(left, 9)} if gone and left else {}
    status, mother = "inactive" if gone else "active", f"RelatedPerson/{patient}-mother"
    yield records.consent(f"{patient}-yes", patient, about.consent, met, status, signed_by_role="parent", **taken_back)
    yield records.consent(f"{patient}-own-yes", patient, f"{about.consent}_assent", met, signed_by_role="youth_assent")
    yield records.consent(f"{patient}-school", patient, "release_school", met, signed_by_role="parent")
    history = [
        ("planned", back(story.referred)),
        ("active", met),
        *([(story.ended[0], left)] if story.ended and left else []),
    ]
    if story.paused is not None:
        history.append(("onhold", back(story.paused)))
    reason = story.ended[1] if story.ended else "agreed"
    yield records.enrollment("families", f"{patient}-member", patient, history, left, worker=coordinator, reason=reason,
                             referral=f"{patient}-ref")  # fmt: skip
    members = _members(person, patient, coordinator)
    if left is None:
        made = records.team(f"{patient}-team", patient, members, met, about.organization)
        made["participant"][-1]["extension"] = said(natural=True)
        yield made
    for activity, days in (("first_family_meeting", 0), ("crisis_plan", 0), ("family_story", 14)):
        id = f"{patient}-{activity.replace('_', '-')}"
        day = met + timedelta(days=days)
        yield records.contact(
            id, patient, activity, day, coordinator, "care_coordinator", mode="visit", minutes=75, hour=16
        )
    for n, days in enumerate(story.teams):
        yield _meeting(f"{patient}-team-{n}", patient, back(days), members)
        if stage == "midway":
            id, day = f"{patient}-home-{n}", back(days - 6)
            yield records.contact(
                id, patient, "home_visit", day, coordinator, "care_coordinator", mode="visit", minutes=50
            )
    if story.plan is not None:
        yield _plan(patient, back(story.plan), members, mother)
    if story.rated and story.met >= story.rated[0][0]:
        day, helper = back(story.rated[0][0]), who("families", "behavioral_health")
        activity = "suicide_risk_assessment"
        yield records.contact(
            f"{patient}-safe", patient, activity, day, helper, "behavioral_health", mode="visit", hour=14
        )
        boss = who("families", "supervisor")
        yield records.contact(f"{patient}-look", patient, "supervisor_review", day, boss, "supervisor", hour=15)
    if story.crisis is not None:
        yield _life_event(f"{patient}-crisis", patient, "mobile_crisis", back(story.crisis))
    if stage == "graduated" and left:
        for kind, outcome in (("transition_agreement", "yes"), ("wraparound_phase", "graduated")):
            yield records.decision(
                f"{patient}-{kind.replace('_', '-')}", patient, kind, outcome, left - timedelta(days=3)
            )


def _members(person: Person, patient: str, coordinator: str) -> list[tuple[str, str]]:
    return [
        ("care_coordinator", f"Practitioner/{coordinator}"),
        ("family_support_partner", f"Practitioner/{who('families', 'family_support_partner')}"),
        ("behavioral_health", f"Practitioner/{who('families', 'behavioral_health')}"),
        ("school_member", f"Practitioner/{who('schools', 'school_member')}"),
        ("natural_support", f"RelatedPerson/{patient}-mother"),
    ]


def _meeting(id: str, patient: str, day: date, members: list[tuple[str, str]]) -> Resource:
    seats = [("person", f"Patient/{patient}"), ("family_caregiver", f"RelatedPerson/{patient}-mother"), *members]
    return {
        "resourceType": "Appointment",
        "id": id,
        "status": "fulfilled",
        "appointmentType": concept(OURS + "meeting", "cft"),
        "start": at(day, 16),
        "end": at(day, 17),
        "participant": [
            {
                "actor": {"reference": who_came},
                "type": [concept(OURS + "role", role)],
                "status": "accepted",
                "extension": said(present=True, natural=role == "natural_support"),
            }
            for role, who_came in seats
        ],
    }


def _plan(patient: str, day: date, members: list[tuple[str, str]], mother: str) -> Resource:
    content = [
        parts("part", kind="need", item=item, started=day)
        for item in ("depression", "school_attendance", "family_functioning")
    ]
    for item in AT_FIRST:
        content.append(
            parts("part", kind="strategy", item=item, code="talents", owner=mother, natural=True, started=day,
                  due=day + timedelta(days=45), domain="strengths_based")
        )  # fmt: skip
    content += [parts("part", kind=kind, started=day) for kind in ("vision", "mission", "crisis", "transition")]
    content.append(parts("part", kind="strength", item="talents", started=day))
    return records.plan(
        f"{patient}-plan", patient, f"{PROGRAMS['families'].care_model}_plan", day, content, signed_by=members
    )


def _life_event(id: str, patient: str, kind: str, day: date) -> Resource:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": concept(OURS + "life-event", kind),
        "subject": reference("Patient", patient),
        "effectiveDateTime": at(day, 20),
        "valueBoolean": True,
    }


def truth(life: Life) -> Answer:
    """Up to twenty, a mental health condition that makes life hard, two systems, and ratings that reach the level."""
    person, stage = life.person, life.person.plays("families")
    story = STORIES[stage] if stage else None
    young = person.age_on(life.on) <= OLDEST
    minds = bool({"trauma", "depression", "schizoaffective"} & set(person.conditions))
    counted = [rated for _, rated in story.rated] if story and story.certified_days <= CERTIFIED_DAYS else []
    now = counted[-1] if counted else None
    done = ratings.resolved(counted[0], counted[-1]) if len(counted) > 1 and story and story.met else None
    return answer(
        {
            "has died": person.died is not None,
            "older than twenty": not young,
            "no mental health condition": not minds,
            "life is not hard enough": now is not None and not ratings.impaired(now),
            "the level is not reached": now is not None and not ratings.needs_this_level(now),
            "one system only": story is not None and len(story.systems) < 2,
        },
        {
            "never rated by a certified rater": now is None,
            "nobody asked about systems": story is None,
        },
        first_team_in_time=story.met - story.teams[0] <= FIRST_TEAM_DAYS
        if story and story.met and story.teams
        else None,
        needs_resolved=None if done is None else done[0],
        needs_at_first=None if done is None else done[1],
    )
