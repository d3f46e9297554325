"""Goals: those the care models propose come and go with their reasons; one a person took up stays the person's."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from throughcare.act.phrases import Phrases
from throughcare.act.shapes import Resource, Stored, Write, extension, extensions, ident, today, without

Proposal = tuple[str, str, str]  # care model, entry of its plan, event


def propose_goals(
    person: int,
    wanted: set[Proposal],
    goals: list[Stored],
    patients: Mapping[int, str],
    zones: Mapping[int, tzinfo],
    phrases: Phrases,
    now: datetime,
) -> list[Write]:
    """The goal writes of one person."""
    ours = {proposal_of(g.body): g for g in goals if extension(g.body, "proposed")}
    on = today(now, zones[person])
    new = [Write(person, _goal(person, p, patients[person], on, phrases)) for p in sorted(wanted - ours.keys())]
    back = [_again(g, on) for p, g in sorted(ours.items()) if p in wanted and _retired(g.body)]
    gone = [_retire(g, on) for p, g in sorted(ours.items()) if p not in wanted and _ours_to_retire(g.body)]
    return new + back + gone


def _goal(person: int, proposal: Proposal, patient: str, on: str, phrases: Phrases) -> Resource:
    model, entry, _ = proposal
    says, target = phrases.goal(model, entry)
    goal: Resource = {
        "resourceType": "Goal",
        "id": ident("g", person, *proposal),
        "extension": extensions(care_model=model, proposed="|".join(proposal)),
        "lifecycleStatus": "proposed",
        "description": {"text": says},
        "subject": {"reference": patient},
        "statusDate": on,
    }
    return goal | ({"note": [{"text": target}]} if target else {})


def _ours_to_retire(goal: Resource) -> bool:
    """Only a goal nobody has taken up: once a person accepted or changed it, it is the person's."""
    return goal["lifecycleStatus"] == "proposed" and not extension(goal, "set-by-person")


def _retired(goal: Resource) -> bool:
    return goal["lifecycleStatus"] == "cancelled" and not extension(goal, "set-by-person")


def _retire(goal: Stored, on: str) -> Write:
    body = goal.body | {"lifecycleStatus": "cancelled", "statusDate": on, "statusReason": "no longer proposed"}
    return Write(goal.person_id, body, goal.version)


def _again(goal: Stored, on: str) -> Write:
    body = without(goal.body, "statusReason") | {"lifecycleStatus": "proposed", "statusDate": on}
    return Write(goal.person_id, body, goal.version)


def standing(goals: list[Stored], writes: list[Write]) -> list[str]:
    """The goals of the plan after this pass, by id."""
    bodies = {g.body["id"]: g.body for g in goals} | {w.body["id"]: w.body for w in writes}
    return sorted(i for i, goal in bodies.items() if goal["lifecycleStatus"] not in ("cancelled", "rejected"))


def proposal_of(one: Resource) -> Proposal:
    """Which proposal a goal or an activity of a plan came from."""
    model, entry, about = str(extension(one, "proposed")).split("|", 2)
    return model, entry, about
