"""Care plans: one per person, with the goals and activities care models propose and whatever people wrote."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from throughcare.act.goals import Proposal, proposal_of, propose_goals, standing
from throughcare.act.phrases import Phrases
from throughcare.act.shapes import (
    ACTIVITY,
    Resource,
    Stored,
    Write,
    concept,
    extension,
    extensions,
    ident,
    unique,
    without,
)


def proposals(
    rows: Iterable[dict[str, Any]], enrolled: Mapping[tuple[int, str], str]
) -> dict[tuple[int, str], set[Proposal]]:
    """What is proposed now for people, by person and kind, from the care models they are in."""
    wanted: dict[tuple[int, str], set[Proposal]] = defaultdict(set)
    for row in rows:
        if row["kind"] != "missing" and (row["person_id"], row["model"]) in enrolled:
            wanted[row["person_id"], row["kind"]].add((row["model"], row["id"], row["about"]))
    return wanted


def propose(
    wanted: Mapping[tuple[int, str], set[Proposal]],
    plans: Iterable[Stored],
    goals: Iterable[Stored],
    patients: Mapping[int, str],
    zones: Mapping[int, tzinfo],
    phrases: Phrases,
    now: datetime,
) -> list[Write]:
    """The plan and goal writes: ours come and go with the proposals; what a person changed is never touched."""
    by_person: dict[int, tuple[list[Stored], list[Stored]]] = defaultdict(lambda: ([], []))
    for plan in plans:
        by_person[plan.person_id][0].append(plan)
    for goal in goals:
        by_person[goal.person_id][1].append(goal)
    writes: list[Write] = []
    for person in sorted(({p for p, _ in wanted} | by_person.keys()) & patients.keys()):
        mine = by_person[person]
        set_goals = propose_goals(person, wanted.get((person, "goal"), set()), mine[1], patients, zones, phrases, now)
        goals_now = standing(mine[1], set_goals)
        activities = wanted.get((person, "activity"), set())
        writes += set_goals + _plans(person, activities, mine[0], goals_now, patients, phrases)
    return writes


def _plans(
    person: int,
    wanted: set[Proposal],
    plans: list[Stored],
    goals: list[str],
    patients: Mapping[int, str],
    phrases: Phrases,
) -> list[Write]:
    own = ident("cp", person)
    mine = next((p for p in plans if p.body["id"] == own), None)
    twins = [p for p in plans if p is not mine and p.body["status"] == "active" and not _by_person(p.body)]
    closed = [Write(person, p.body | {"status": "revoked"}, p.version) for p in twins]
    if mine is None and not wanted and not goals:
        return closed
    old = mine.body if mine else _new_plan(person, own, patients[person])
    new = _with_goals(_with_activities(old, wanted, phrases), goals)
    unchanged = mine is not None and new == old
    return closed if unchanged else [Write(person, new, mine.version if mine else None), *closed]


def _new_plan(person: int, own: str, patient: str) -> Resource:
    """Without `created`: that is the day people agreed on it, and nobody has yet."""
    return {
        "resourceType": "CarePlan",
        "id": own,
        "status": "active",
        "intent": "plan",
        "subject": {"reference": patient},
    }


def _with_activities(plan: Resource, wanted: set[Proposal], phrases: Phrases) -> Resource:
    entries = plan.get("activity", [])
    kept = [a for a in entries if not extension(a, "proposed") or _by_person(a) or proposal_of(a) in wanted]
    have = {proposal_of(a) for a in kept if extension(a, "proposed")}
    activities = kept + [_activity(p, phrases) for p in sorted(wanted - have)]
    return without(plan, "activity") | ({"activity": activities} if activities else {})


def _activity(proposal: Proposal, phrases: Phrases) -> Resource:
    model, entry, _ = proposal
    says, activity, roles = phrases.plan_activity(model, entry)
    return {
        "extension": extensions(care_model=model, proposed="|".join(proposal)),
        "detail": {
            "kind": "Task",
            "code": concept(ACTIVITY, activity),
            "status": "not-started",
            "description": says,
            **({"performer": [{"type": "CareTeam", "display": role} for role in roles]} if roles else {}),
        },
    }


def _with_goals(plan: Resource, goals: list[str]) -> Resource:
    """Every standing goal of the person's, in the order they joined; goals of elsewhere stay."""
    had = [g["reference"] for g in plan.get("goal", ())]
    now_standing = {f"Goal/{i}" for i in goals}
    kept = [r for r in had if r in now_standing or not r.startswith("Goal/g-")]
    references = unique([*kept, *sorted(now_standing)])
    return without(plan, "goal") | ({"goal": [{"reference": r} for r in references]} if references else {})


def _by_person(one: Resource) -> bool:
    return extension(one, "set-by-person") is True
