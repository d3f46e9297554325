"""The work: tasks of all kinds with what they are about, the programs behind them, tries, and what is owed."""

import json
from datetime import timedelta

from throughcare.definitions.library import shipped_library

from .town import NEW_YORK, NOW, World

# (activity, hours from now until due, model, step, hours since the event it is about)
WORK = [
    ("post_discharge_contact", -3, "transitions", "first_call", 90),
    ("follow_up_visit", -2, "transitions", "visit", 130),
    ("home_visit", -0.7, "transitions", "home", 71),
    ("coach_call", 1.4, "transitions", "coach", 200),
    ("monthly_care_management_contact", 2.9, "steady", "monthly", 600),
    ("medication_reconciliation", 3.4, "transitions", "medicines", 90),
    ("blood_pressure_check", 4.4, "steady", "pressure", 900),
    ("post_discharge_contact", 8.4, "transitions", "first_call", 90),
    ("post_discharge_contact", 8.4, "transitions", "first_call", 80),
    ("social_needs_screening", 8.4, "steady", "needs", 700),
    ("blood_pressure_check", 8.4, "steady", "pressure", 26),
    ("plan_review", 15.3, "steady", "review", 800),
    ("monthly_care_management_contact", 15.3, "steady", "monthly", 500),
    ("coach_call", 15.3, "transitions", "coach", 300),
    ("outreach", 15.3, "steady", "needs", 11),
    ("goal_setting", 15.3, "steady", "review", 96),
    ("eye_exam", 15.3, "steady", "eyes", 9000),
    ("monthly_care_management_contact", 15.3, "steady", "monthly", 500),
    ("spirometry", 15.3, "steady", "eyes", 170),
    ("plan_review", 24.3, "steady", "review", 700),
    ("coach_call", 27, "transitions", "coach", 190),
    ("a1c_test", 63, "steady", "eyes", 4000),
]


def new_task(ident: str, activity: str, due: float, owner: str | None, **more) -> dict:
    at = NOW + timedelta(hours=due)
    library = shipped_library().activities
    end = at.isoformat() if due < 15 else at.astimezone(NEW_YORK).date().isoformat()
    return {
        "resourceType": "Task",
        "id": f"t-{ident}",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": "urn:throughcare:activity", "code": activity}]},
        "description": library[activity].verb,
        "for": {"reference": f"Patient/{ident}"},
        "focus": {"reference": f"Encounter/{ident}-stay"},
        "authoredOn": (NOW - timedelta(days=3)).isoformat(),
        "restriction": {"period": {"end": end}},
        "performerType": [{"coding": [{"system": "urn:throughcare:role", "code": "nurse"}]}],
        "input": [{"type": {"text": "obligation"}, "valueString": key(ident)}],
        **({"owner": {"reference": owner}} if owner else {}),
        **more,
    }


def key(ident: str, model: str = "") -> str:
    return f"{model or 'm'}|step|Encounter/{ident}-stay|0|{ident}"


def program(ident: str, model: str, since: float) -> dict:
    return {
        "resourceType": "EpisodeOfCare",
        "id": f"e-{ident}",
        "status": "active",
        "patient": {"reference": f"Patient/{ident}"},
        "type": [{"coding": [{"system": "urn:throughcare:care-model", "code": model}]}],
        "period": {"start": (NOW - timedelta(hours=since)).date().isoformat()},
    }


def tried(ident: str, activity: str) -> dict:
    at = (NOW - timedelta(hours=23)).isoformat()
    return {
        "resourceType": "Communication",
        "id": f"c-{ident}",
        "status": "completed",
        "subject": {"reference": f"Patient/{ident}"},
        "category": [{"coding": [{"system": "urn:throughcare:activity", "code": activity}]}],
        "sent": at,
        "medium": [{"coding": [{"code": "phone"}]}],
        "sender": {"reference": "Practitioner/cory"},
        "statusReason": {"coding": [{"system": "urn:throughcare:outcome", "code": "no_answer"}]},
    }


def owed(world: World, people: int) -> None:
    """What the engine would have answered: obligations behind the tasks, and who belongs where."""
    who = [(f"p{i}", WORK[i % len(WORK)]) for i in range(people)] + [("mate", WORK[0]), ("canary", WORK[0])]
    with world.site.database.connection() as connection:
        for ident, (activity, due, model, step, since) in who:
            at = NOW + timedelta(hours=due)
            connection.execute(
                "insert into think.obligation (obligation_key, person_id, model, version, step, anchor_key, activity,"
                " about, roles, opens_at, due_at, due_precision, status)"
                " values (%s, %s, %s, '2026.1', %s, %s, %s, %s, %s, %s, %s, %s, 'open')",
                [
                    key(ident),
                    world.people[ident],
                    model,
                    step,
                    f"Encounter/{ident}-stay",
                    activity,
                    f"Encounter/{ident}-stay",
                    ["nurse"],
                    NOW - timedelta(hours=since),
                    at,
                    "minute" if due < 15 else "day",
                ],
            )
            for other in world.site.models:
                answer = "met" if other == model else ("unknown" if ident in ("p7", "p2") else "not_met")
                criteria = [
                    {
                        "id": c.id,
                        "answer": answer if n == 0 else "met",
                        "missing": ["birth_date"] if answer == "unknown" and n == 0 else [],
                        "evidence": [f"Encounter/{ident}-stay"],
                    }
                    for n, c in enumerate(world.site.models[other].eligibility.criterion)
                ]
                deciding = [criteria[0]["id"]] if answer != "met" and criteria else []
                connection.execute(
                    "insert into think.finding values (%s, %s, '2026.1', 'eligible', %s, %s, %s, %s)",
                    [world.people[ident], other, answer, json.dumps(criteria), deciding, NOW - timedelta(days=2)],
                )
