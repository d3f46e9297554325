"""Whole person: the Medicaid team for body, mind and daily life, and what the State says of who may have it."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS, STATE
from throughcare.community.shapes import OURS, Resource, concept, month_start, parts
from throughcare.community.workers import who

# the six kinds of chronic condition the statute names, as this community has them (SSA 1945(h)(2))
KINDS = {
    "depression": "mental health", "schizoaffective": "mental health", "trauma": "mental health", "asthma": "asthma",
    "diabetes": "diabetes", "heart_failure": "heart", "coronary": "heart", "atrial_fibrillation": "heart",
}  # fmt: skip
SERIOUS = {"schizoaffective"}
RISKS = {"tobacco"}
OVERWEIGHT_ABOVE = 25
# stage: days since joining, days since leaving
JOINED = {
    "midway": (212, None),
    "graduated": (420, 20),
    "overdue": (80, None),
    "cover_lost": (300, 35),
    "early": (12, None),
    "paused": (150, None),
}
LEFT_BECAUSE = {"graduated": "graduated", "cover_lost": "lost_medicaid"}
SERVICES = ("care_coordination", "health_promotion", "family_support")
PAUSED_DAYS = 16  # since then the one who is paused is away, as arranged
MISSED_MONTH = 3  # so many months back nobody gave a service to the one who is midway
Told = Iterator[tuple[str, Resource]]


def told(life: Life) -> Told:
    """What the State and the team send about one person."""
    person, on, stage = life.person, life.on, life.person.plays("whole_person")
    if stage is None:
        return
    about = PROGRAMS["whole_person"]
    patient, state_patient = person.at(about.source), person.at(STATE[0])
    state = "Organization/state-medicaid-org"
    days = JOINED.get(stage, (20, None))[0] + (6 if stage in JOINED else -14)
    referred = on - timedelta(days=days)
    yield (
        STATE[0],
        records.asked(f"{state_patient}-list", state_patient, "state_list", referred, service=about.asked_as),
    )
    if stage == "served_elsewhere":
        kind = "other_case_management"
        yield STATE[0], records.decision(f"{state_patient}-other", state_patient, kind, "yes", referred, by=state)
    if stage == "offered":
        helper = who("whole_person", "peer_support")
        day = on - timedelta(days=3)
        yield (
            about.source,
            records.contact(f"{patient}-try-0", patient, "offer_program", day, helper, "peer_support", reached=False),
        )
    if stage == "said_no":
        yield about.source, records.consent(f"{patient}-no", patient, about.consent, on - timedelta(days=5), "rejected")
    if stage == "waiting":
        history = [("planned", on - timedelta(days=4)), ("waitlist", on - timedelta(days=2))]
        yield about.source, records.enrollment("whole_person", f"{patient}-member", patient, history)
    if stage in JOINED:
        yield (
            STATE[0],
            records.decision(
                f"{state_patient}-tier",
                state_patient,
                "health_home_tier",
                "2",
                on - timedelta(days=JOINED[stage][0]),
                by=state,
            ),
        )
        yield from ((about.source, r) for r in _membership(person, patient, stage, on))


def _membership(person: Person, patient: str, stage: str, on: date) -> Iterator[Resource]:
    joined, left = _stretch(stage, on)
    manager, about = who("whole_person", "nurse_care_manager"), PROGRAMS["whole_person"]
    yield records.consent(f"{patient}-yes", patient, about.consent, joined, method="written")
    yield records.consent(f"{patient}-exchange", patient, "health_information_exchange", joined, method="written")
    history = [("planned", joined - timedelta(days=4)), ("active", joined), *([("finished", left)] if left else [])]
    if stage == "paused":
        history.append(("onhold", on - timedelta(days=PAUSED_DAYS)))
    reason = LEFT_BECAUSE.get(stage, "signed")
    yield records.enrollment("whole_person", f"{patient}-member", patient, history, left, worker=manager, reason=reason)
    if stage == "graduated" and left:
        yield records.decision(f"{patient}-graduation", patient, "health_home_graduation", "yes", left)
    if left is None:
        roles = ("nurse_care_manager", "behavioral_health", "peer_support", "pharmacist", "psychiatric_consultant")
        members = [(role, f"Practitioner/{who('whole_person', role)}") for role in roles]
        yield records.team(f"{patient}-team", patient, members, joined, about.organization)
    for n, day in enumerate(service_days(stage, on)):
        activity = SERVICES[n % 3]
        yield records.contact(f"{patient}-s{n}", patient, activity, day, manager, "nurse_care_manager", minutes=25)
    if stage in ("midway", "graduated", "cover_lost"):
        yield from _assessed(patient, joined, manager)


def _assessed(patient: str, joined: date, manager: str) -> Iterator[Resource]:
    """The first assessment in time, with its questions, and a plan that lacks nothing."""
    day, signed = joined + timedelta(days=41), joined + timedelta(days=58)
    activity = "comprehensive_assessment"
    yield records.contact(
        f"{patient}-whole", patient, activity, day, manager, "nurse_care_manager", mode="visit", minutes=70
    )
    yield records.mood_form(f"{patient}-mood", patient, day, 9, manager)
    yield records.goal(f"{patient}-goal", patient, "Cook at home three times a week", signed, status="active")
    domains = ("physical_health", "behavioral_health", "substance_use", "social_needs", "consents")
    content = [
        *[parts("part", kind="domain", domain=domain, started=signed) for domain in domains],
        parts("part", kind="strength", code="good_friends", started=signed),
        parts("part", kind="crisis", code="call_988_and_the_peer", started=signed),
    ]
    service = {
        "detail": {
            "status": "in-progress",
            "code": concept(OURS + "activity", "care_coordination"),
            "performer": [{"reference": f"Practitioner/{manager}"}],
        }
    }
    by = [("person", f"Patient/{patient}"), ("nurse_care_manager", f"Practitioner/{manager}")]
    review = signed + timedelta(days=182)
    yield records.plan(
        f"{patient}-plan", patient, "shared_plan", signed, content, review_on=review, signed_by=by, activities=[service]
    )


def _stretch(stage: str, on: date) -> tuple[date, date | None]:
    joined, left = JOINED[stage]
    return on - timedelta(days=joined), None if left is None else on - timedelta(days=left)


def service_days(stage: str, on: date) -> list[date]:
    """Days on which a core service was given: once a month, on the eighth, or on the day of joining."""
    joined, left = _stretch(stage, on)
    if stage in ("early", "overdue"):
        return [joined]
    until = on - timedelta(days=PAUSED_DAYS) if stage == "paused" else on
    months = [month_start(on, back).replace(day=8) for back in range(24, -1, -1) if back != MISSED_MONTH]
    return [joined, *[day for day in months if joined < day < (left or until)]]


def truth(life: Life) -> Answer:
    """Full Medicaid, and two chronic conditions, or one and a listed risk, or a serious mental illness: SSA 1945(h)."""
    person, on, stage = life.person, life.on, life.person.plays("whole_person")
    kinds = {KINDS[c] for c in person.conditions if c in KINDS}
    weighed = person.bmi is not None and bool(life.visits)
    heavy = weighed and person.bmi is not None and person.bmi > OVERWEIGHT_ABOVE
    number = len(kinds) + heavy
    at_risk = bool(RISKS & set(person.conditions))
    enough = number >= 2 or (number >= 1 and at_risk) or bool(SERIOUS & set(person.conditions))
    with_weight = number + 1 >= 2 or at_risk
    months = {(day.year, day.month) for day in service_days(stage, on)} if stage in JOINED else set()
    return answer(
        {
            "has died": person.died is not None,
            "has no Medicaid": not person.covered("medicaid", on),
            "has other case management": stage == "served_elsewhere",
            "too few conditions": not enough and (weighed or not with_weight),
        },
        {
            "nobody weighed the person": not enough and not weighed,
            "nobody wrote down where, and each State has its rules": not person.address_known,
        },
        months_with_service=len(months) if stage in ("midway", "overdue", "early") else None,
    )
