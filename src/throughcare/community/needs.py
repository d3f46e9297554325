"""Needs: food, rides, power and safety: who was sent where, what the place answered, and whether help came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.names import TOWNS
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import (
    OURS,
    SNOMED,
    Resource,
    at,
    concept,
    condition,
    parts,
    reference,
    said,
)
from throughcare.community.visits import needs_form
from throughcare.community.workers import who

GRAVITY = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
# need: (domain of the guide, condition, words, the place that helps)
HELP = {
    "food": ("food-insecurity", "Z59.41", "Food runs out", "harbor-pantry-org"),
    "transportation": ("transportation-insecurity", "Z59.82", "No rides", "harbor-rides-org"),
    "utilities": ("utility-insecurity", "Z59.861", "Power bills", "harbor-power-org"),
}
PLACES = {
    "harbor-pantry-org": ("Harbor Food Pantry", "food-insecurity", "capacity"),
    "harbor-rides-org": ("Harbor Rides", "transportation-insecurity", "waitlist"),
    "harbor-power-org": ("Harbor Heat and Light Fund", "utility-insecurity", "capacity"),
}


@dataclass(frozen=True, slots=True)
class Story:
    """Days back: joined, agreed on the need, sent; moves of the referral; whether it helped; settled, or paused."""

    joined: int | None = None
    need: str = "food"
    sent: int | None = None
    moves: tuple[tuple[str, int], ...] = ()
    helped: int | None = None
    settled: int | None = None
    paused: int | None = None


STORIES = {
    "running": Story(36, "food", 33, (("accepted", 32), ("in-progress", 29))),
    "settled": Story(90, "food", 85, (("accepted", 84), ("in-progress", 82), ("completed", 64)), 60, 12),
    "offered": Story(),
    "overdue": Story(30, "food", 9),
    "left_blank": Story(),
    "said_no": Story(),
    "no_need": Story(),
    "helped": Story(38, "transportation", 35, (("accepted", 34), ("in-progress", 31), ("completed", 14)), 11),
    "not_safe": Story(),
    "on_problem_list": Story(),
    "paused": Story(50, "food", 47, (("accepted", 46), ("in-progress", 40)), paused=11),
}
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """The places that help, as the directory of services knows them."""
    source = PROGRAMS["needs"].source
    for id, (name, domain, capacity) in PLACES.items():
        yield source, {"resourceType": "Organization", "id": id, "active": True, "name": name}
        yield (
            source,
            {
                "resourceType": "HealthcareService",
                "id": id.removesuffix("-org"),
                "active": True,
                "providedBy": reference("Organization", id),
                "name": name,
                "category": [concept(GRAVITY, domain)],
                "communication": [concept("urn:ietf:bcp:47", code) for code in ("en", "es")],
                "extension": [
                    *said(capacity=capacity, cost="free", assured_on=on - timedelta(days=45)),
                    *({"url": OURS + "zip", "valueString": town[2]} for town in TOWNS),
                ],
            },
        )


def told(life: Life) -> Told:
    """What the practice and the referral platform send about one person."""
    person, on, stage = life.person, life.on, life.person.plays("needs")
    if stage is None:
        return
    source, patient, story = PROGRAMS["needs"].source, person.at(PROGRAMS["needs"].source), STORIES[stage]
    if stage == "on_problem_list":
        day = on - timedelta(days=70)
        yield person.practice.source, _condition(f"{person.home_patient}-food", person.home_patient, "food", day)
    if stage == "said_no":
        no = on - timedelta(days=20)
        yield source, records.consent(f"{patient}-no", patient, PROGRAMS["needs"].consent, no, "rejected")
        history = [("planned", no - timedelta(days=6)), ("cancelled", no)]
        yield source, records.enrollment("needs", f"{patient}-member", patient, history, no, reason="declined")
    if story.joined is not None:
        yield from ((source, r) for r in _help(person, patient, story, story.joined, on))


def _help(person: Person, patient: str, story: Story, joined_days: int, on: date) -> Iterator[Resource]:
    def back(days: int) -> date:
        return on - timedelta(days=days)

    navigator, joined = who("needs", "navigator"), back(joined_days)
    settled = back(story.settled) if story.settled is not None else None
    yield records.consent(f"{patient}-yes", patient, PROGRAMS["needs"].consent, joined, method="verbal")
    history = [("planned", joined), ("active", joined), *([("finished", settled)] if settled else [])]
    if story.paused is not None:
        history.append(("onhold", back(story.paused)))
    reason = "needs_settled" if settled else "eligible"
    yield records.enrollment("needs", f"{patient}-member", patient, history, settled, worker=navigator, reason=reason)
    if not settled:
        members = [("navigator", f"Practitioner/{navigator}"), ("screener", f"Practitioner/{who('needs', 'screener')}")]
        yield records.team(f"{patient}-team", patient, members, joined, PROGRAMS["needs"].organization)
    need = _condition(f"{patient}-need", patient, story.need, joined, settled)
    yield need
    domain, _, words, place = HELP[story.need]
    yield records.goal(
        f"{patient}-goal", patient, f"No more: {words.lower()}", joined, status="completed" if settled else "active",
        domain=domain, need=f"Condition/{need['id']}",
    )  # fmt: skip
    if story.sent is None:
        return
    yield records.consent(f"{patient}-share", patient, "share_information", back(story.sent), to=place)
    yield from _referral(patient, story, place, domain, navigator, on)
    if story.helped is not None:
        yield records.contact(
            f"{patient}-asked", patient, "confirm_help", back(story.helped), navigator, "navigator",
            about=f"ServiceRequest/{patient}-help", result="helped",
        )  # fmt: skip
    if settled:
        yield needs_form(f"{patient}-again", patient, settled, ())


def _referral(patient: str, story: Story, place: str, domain: str, navigator: str, on: date) -> Iterator[Resource]:
    """The request and its task, with every move the place made, and what was done in the end."""
    sent = on - timedelta(days=story.sent or 0)
    states = ["requested", *(state for state, _ in story.moves)]
    done = states[-1] == "completed"
    yield {
        "resourceType": "ServiceRequest",
        "id": f"{patient}-help",
        "status": "completed" if done else "active",
        "intent": "order",
        "category": [
            {"coding": [{"system": SNOMED, "code": "410606002"}]},
            {"coding": [{"system": GRAVITY, "code": domain}]},
        ],
        "subject": reference("Patient", patient),
        "authoredOn": sent.isoformat(),
    }
    days = [sent, *(on - timedelta(days=days) for _, days in story.moves)]
    moves = [
        parts("move", **{"from": one, "to": two, "at": at(day, 11), "by": f"Organization/{place}"})
        for one, two, day in zip(states, states[1:], days[1:], strict=False)
    ]
    task: Resource = {
        "resourceType": "Task",
        "id": f"{patient}-help-task",
        "status": states[-1],
        "intent": "order",
        "code": concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
        "focus": reference("ServiceRequest", f"{patient}-help"),
        "for": reference("Patient", patient),
        "authoredOn": at(sent, 10),
        "lastModified": at(days[-1], 11),
        "requester": reference("Practitioner", navigator),
        "owner": reference("Organization", place),
        "extension": [*said(domain=domain), *moves],
    }
    if done:
        yield {
            "resourceType": "Procedure",
            "id": f"{patient}-help-done",
            "status": "completed",
            "code": concept(SNOMED, "710925007"),
            "subject": reference("Patient", patient),
            "performedDateTime": days[-1].isoformat(),
            "basedOn": [reference("ServiceRequest", f"{patient}-help")],
        }
        result = concept(GRAVITY, "resulting-activity")
        task["output"] = [{"type": result, "valueReference": reference("Procedure", f"{patient}-help-done")}]
    yield task


def _condition(id: str, patient: str, need: str, day: date, ended: date | None = None) -> Resource:
    _, code, words, _ = HELP[need]
    made = condition(id, patient, code, words, day, category="problem-list-item")
    if ended:
        resolved = concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved")
        made |= {"clinicalStatus": resolved, "abatementDateTime": ended.isoformat()}
    return made


def now(person: Person) -> tuple[str, ...]:
    """The core needs that the person's newest form shows; where the question on rides was left blank, it shows none."""
    told = () if person.plays("needs") == "settled" else person.needs or ()
    return tuple(need for need in told if not (person.blank and need == "transportation"))


def written_down(person: Person) -> bool:
    """A social need stands among the diagnoses and is not over."""
    stage = person.plays("needs")
    working_on = stage is not None and STORIES[stage].joined is not None and STORIES[stage].settled is None
    return working_on or stage == "on_problem_list" or person.plays("housing") == "only_on_record"


def truth(life: Life) -> Answer:
    """A core need on a form of the last year, or a social need among the diagnoses, or somebody asked for help."""
    person, stage = life.person, life.person.plays("needs")
    need = bool(now(person)) or written_down(person)
    asked_all = person.needs is not None and not person.blank
    in_hospital = any(s.ended_on is None for s in life.told_stays if s.kind in ("IMP", "OBSENC"))
    story = STORIES[stage] if stage else Story()
    completed = any(state == "completed" for state, _ in story.moves)
    return answer(
        {
            "has died": person.died is not None,
            "is in hospital": in_hospital,
            "said no": stage == "said_no",
            "no need": not need and asked_all,
        },
        {"nobody asked all questions": not need and not asked_all},
        loop_closed=completed if story.sent is not None else None,
        helped=story.helped is not None if story.sent is not None else None,
    )
