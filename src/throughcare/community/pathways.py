"""Pathways: the registry of the region, its agencies, and what each person's pathways came to."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.names import TOWNS
from throughcare.community.pathway_stories import STEPS, STORIES, UNITS, Pathway, Story
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import OURS, Resource, concept, reference, said
from throughcare.community.workers import AGENCIES, who

REGION = TOWNS[:3]
EMERGENCY_VISITS, ADULT = 3, 18
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """The agencies with their room, and the contract that pays for outcomes."""
    source, hub = PROGRAMS["pathways"].source, PROGRAMS["pathways"].organization
    for id, name in AGENCIES.values():
        kind = concept(OURS + "organization", "care_coordination_agency")
        agency: Resource = {"resourceType": "Organization", "id": id, "active": True, "name": name, "type": [kind]}
        agency["partOf"] = reference("Organization", hub)
        yield source, agency | {"extension": said(cap=50)}
    yield (
        source,
        {
            "resourceType": "Contract",
            "id": "registry-contract",
            "status": "executed",
            "type": concept(OURS + "agreement", "hub_contract"),
            "subject": [
                reference("Organization", hub),
                *(reference("Organization", id) for id, _ in AGENCIES.values()),
            ],
            "authority": [reference("Organization", "state-medicaid-org")],
            "applies": {"start": f"{on.year - 1}-01-01", "end": f"{on.year + 1}-12-31"},
            "extension": said(unit_rate=95.0, share=0.15),
        },
    )


def told(life: Life) -> Told:
    """What the registry and the agency send about one person."""
    stage = life.person.plays("pathways")
    if stage is not None:
        source = PROGRAMS["pathways"].source
        yield from ((source, r) for r in _one(life.person, stage, STORIES[stage], life.on))


def _one(person: Person, stage: str, story: Story, on: date) -> Iterator[Resource]:
    patient, about = person.at(PROGRAMS["pathways"].source), PROGRAMS["pathways"]
    worker, agency = who("alder", "community_health_worker", person.no // 10), AGENCIES["alder"][0]

    def back(days: int) -> date:
        return on - timedelta(days=days)

    hub = f"Organization/{about.organization}"
    yield records.asked(f"{patient}-ref", patient, about.asked_as, back(story.referred), performer=hub)
    if stage in ("outside", "no_address"):
        return
    signed = back(story.signed) if story.signed is not None else None
    history = [(story.state, back(story.referred - 1)), *([("active", signed)] if signed else [])]
    left = back(story.ended[2]) if story.ended else None
    if story.ended and left:
        history.append((story.ended[0], left))
    if story.paused is not None:
        history.append(("onhold", back(story.paused)))
    made = records.enrollment(
        "pathways", f"{patient}-member", patient, history, left, worker=worker,
        reason=story.ended[1] if story.ended else None, referral=f"{patient}-ref", signed_on=signed,
    )  # fmt: skip
    yield made | {"managingOrganization": reference("Organization", agency)}
    if stage in ("referred", "not_found"):
        for n, (days, mode) in enumerate(
            ((28, "phone"), (20, "letter"), (10, "visit")) if stage == "not_found" else ((3, "phone"),)
        ):
            yield _contact(patient, f"try-{n}", "outreach", back(days), worker, mode=mode, reached=False)
    if signed is None:
        return
    yield records.consent(f"{patient}-registry", patient, about.consent, signed, method="written")
    if left is None:
        members = [
            ("community_health_worker", f"Practitioner/{worker}"),
            ("supervisor", f"Practitioner/{who('alder', 'supervisor')}"),
        ]
        yield records.team(f"{patient}-team", patient, members, signed, agency)
    else:
        yield records.decision(f"{patient}-done", patient, "agrees_to_finish", "yes", left - timedelta(days=2))
    if story.checklist is not None:
        form = "hub_checklist_pregnant" if "pregnant" in story.yes else "hub_checklist_adult"
        answers = {item: "yes" for item in story.yes} | {"low_mood": "no"}
        yield records.form(f"{patient}-checklist", patient, form, back(story.checklist), answers, by=worker)
    for n, days in enumerate(story.visits):
        yield _contact(patient, f"home-{n}", "home_visit", back(days), worker, mode="visit", minutes=45)
    for n, pathway in enumerate(story.pathways):
        yield from _pathway(patient, n, pathway, agency, on)
    if stage == "pregnant":
        yield _pregnancy(patient, on)
    if stage == "two_agencies":
        yield records.asked(f"{patient}-ref-2", patient, about.asked_as, back(20), performer=hub)
        second = records.enrollment("pathways", f"{patient}-member-2", patient, [("planned", back(19))])
        yield second | {"managingOrganization": reference("Organization", AGENCIES["birch"][0])}


def _contact(patient: str, name: str, activity: str, day: date, worker: str, *, mode: str, reached: bool = True,
             minutes: int = 10) -> Resource:  # fmt: skip
    role = "community_health_worker"
    return records.contact(
        f"{patient}-{name}",
        patient,
        activity,
        day,
        worker,
        role,
        mode=mode,
        reached=reached,
        minutes=minutes,
        role_code="c3-3",
    )


def _pathway(patient: str, n: int, pathway: Pathway, agency: str, on: date) -> Iterator[Resource]:
    """The pathway's own task, one for each step done, the supervisor's signature, and the check of the proof."""
    id, opened = f"{patient}-pw{n}", on - timedelta(days=pathway.opened)
    ended = pathway.given_up if pathway.given_up is not None else None
    status = "failed" if ended is not None else "in-progress"
    subtype = "safe_sleep" if pathway.kind == "learning" else None
    end = {"end": (on - timedelta(days=ended)).isoformat()} if ended is not None else {}
    whole = _task(id, patient, pathway.kind, status, opened, said(subtype=subtype))
    whole |= {"owner": reference("Organization", agency), "executionPeriod": {"start": opened.isoformat(), **end}}
    yield whole | ({"statusReason": concept(OURS + "reason", "moved_away")} if ended is not None else {})
    done = [("signed", pathway.opened - 2), *zip(STEPS[pathway.kind], pathway.steps, strict=False)]
    if pathway.completed:
        done.append(("checked", pathway.steps[-1] - 4))
    for step, days in done:
        day = on - timedelta(days=days)
        one = _task(
            f"{id}-{step.replace('_', '-')}", patient, pathway.kind, "completed", day, said(step=step, subtype=subtype)
        )
        one |= {
            "partOf": [reference("Task", id)],
            "executionPeriod": {"start": day.isoformat(), "end": day.isoformat()},
        }
        yield one | ({"businessStatus": concept(OURS + "qa", pathway.proof)} if step == "checked" else {})


def _task(id: str, patient: str, kind: str, status: str, day: date, more: list[Resource]) -> Resource:
    return {
        "resourceType": "Task",
        "id": id,
        "status": status,
        "intent": "order",
        "code": concept(OURS + "pathway", kind),
        "for": reference("Patient", patient),
        "authoredOn": f"{day.isoformat()}T10:00:00-05:00",
        "extension": more,
    }


def _pregnancy(patient: str, on: date) -> Resource:
    began = on - timedelta(days=200)
    return {
        "resourceType": "EpisodeOfCare",
        "id": f"{patient}-pregnancy",
        "status": "active",
        "type": [concept(OURS + "episode", "pregnancy")],
        "patient": reference("Patient", patient),
        "period": {"start": began.isoformat()},
        "extension": said(edd=began + timedelta(days=280), births_before_live=1),
    }


def truth(life: Life) -> Answer:
    """In the region, and pregnant on Medicaid in the tract at risk, or three emergency visits in a year."""
    person, on, stage = life.person, life.on, life.person.plays("pathways")
    year_ago = on.replace(year=on.year - 1) if (on.month, on.day) != (2, 29) else date(on.year - 1, 2, 28)
    visits = sum(1 for s in life.told_stays if s.kind == "EMER" and s.started_on > year_ago)
    at_risk = person.town == TOWNS[0] and person.household % 2 == 0
    pregnant = stage == "pregnant" and person.covered("medicaid", on) and at_risk
    often = person.age_on(on) >= ADULT and visits >= EMERGENCY_VISITS
    no_address = not person.address_known
    pathways = STORIES[stage].pathways if stage else ()
    completed = sorted(p.kind for p in pathways if p.completed)
    paid = [p.kind for p in pathways if p.completed and p.proof == "accepted"]
    units = sum(UNITS.get(kind, 0) for kind in paid) + (UNITS["checklist"] if stage and STORIES[stage].checklist else 0)
    return answer(
        {
            "has died": person.died is not None,
            "lives outside the region": not no_address and person.town not in REGION,
            "neither pregnant at risk nor often in emergency": not pregnant and not often,
        },
        {"nobody wrote down where the person lives": no_address},
        completed=completed if pathways else None,
        units=units if stage and STORIES[stage].checklist else None,
    )
