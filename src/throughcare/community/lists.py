"""Lists: people a practice keeps on a list and cares for month by month, and people of whom too little is written."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.answers import Life
from throughcare.community.people import Person
from throughcare.community.places import STAFF
from throughcare.community.shapes import (
    Resource,
    at,
    concept,
    condition,
    encounter,
    month_start,
    reference,
    role_coding,
    said,
)

Told = Iterator[tuple[str, Resource]]
NURSE = next(s for s in STAFF if s.field_role == "nurse")
MONTHLY = "chronic_care_management"
MONTH_MINUTES = 20  # of staff, in a calendar month, before it can be claimed (99490)
ADVANCED = "advanced_primary_care_management"
AGREED = {  # days since the yes
    "managed": 130, "short_month": 130, "taken_back": 130, "agreed": 4, "paused": 130, "no_plan": 130, "advanced": 130,
}  # fmt: skip
MINUTES = {  # of last month, call by call
    "managed": (15, 12), "short_month": (12,), "taken_back": (25,), "no_plan": (15, 12), "advanced": (15, 12),
}  # fmt: skip
PAID = ("managed", "taken_back")  # without a plan nothing is; with advanced care this is a part of that
PAUSED_DAYS, ADVANCED_DAYS = 40, 100
TAKEN_BACK_DAYS = 6


def _stage(person: Person) -> str | None:
    """The stage on the practice's lists; whoever is in four programs at once is cared for by the month as well."""
    return "managed" if person.plays("four_at_once") else person.plays("registry")


def visits(person: Person, on: date) -> Iterator[Resource]:
    """The visits at the practice that belong to these stories."""
    stage, patient = _stage(person), person.home_patient
    if stage in AGREED:
        yield _visit(person, "start", on - timedelta(days=AGREED[stage])) | {"extension": said(mdm="moderate")}
    if person.plays("panel") == "back_again":
        yield _visit(person, "back", on - timedelta(days=6))
    if person.plays("panel") == "undated":
        undated = _visit(person, "undated", on)
        del undated["period"]
        yield undated | {"id": f"{patient}-undated"}


def _visit(person: Person, name: str, day: date) -> Resource:
    return encounter(
        f"{person.home_patient}-{name}", person.home_patient, "AMB", at(day, 10), at(day, 10, 30),
        person.practice.organization, participant=[{"individual": reference("Practitioner", person.clinician)}],
    )  # fmt: skip


def told(life: Life) -> Told:
    """What the practice sends beside the visits: problems, the yes to monthly care, the plan, and the minutes."""
    yield from ((life.person.practice.source, r) for r in _told(life.person, life.on))


def _told(person: Person, on: date) -> Iterator[Resource]:
    stage, patient = _stage(person), person.home_patient
    if stage == "unsaid_list":
        problem = condition(
            f"{patient}-unsaid", patient, "I10", "", on - timedelta(days=300), category="problem-list-item"
        )
        yield problem | {"code": {"coding": [{"code": "I10"}]}}
    if stage == "crossed_off":
        began = on - timedelta(days=1500)
        problem = condition(f"{patient}-over", patient, "F33.1", "Depression", began, category="problem-list-item")
        over = concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved")
        ended = on - timedelta(days=900)
        yield problem | {"clinicalStatus": over, "abatementDateTime": ended.isoformat()}
        yield _member(person, "registry", [("active", began), ("finished", ended)], "on_no_list")
    if stage == "opted_out":
        history = [("active", on - timedelta(days=400)), ("cancelled", on - timedelta(days=30))]
        yield _member(person, "registry", history, "opted_out")
    if person.plays("panel") == "chose_another":
        history = [("active", on - timedelta(days=900)), ("finished", on - timedelta(days=60))]
        yield _member(person, "panel", history, "chose_another_practice")
    if person.plays("panel") == "by_mistake":
        history = [("active", on - timedelta(days=210)), ("cancelled", on - timedelta(days=200))]
        yield _member(person, "panel", history)
    if person.plays("panel") == "paused":
        history = [("active", on - timedelta(days=500)), ("onhold", on - timedelta(days=50))]
        yield _member(person, "panel", history)
    if stage in AGREED:
        yield from _monthly(person, stage, on)


def _member(person: Person, program: str, history: list[records.Stretch], reason: str | None = None) -> Resource:
    """A place on the list, as the practice itself keeps it."""
    id, (state, since) = f"{person.home_patient}-{program}", history[-1]
    over = since if state in ("finished", "cancelled") else None
    made = records.enrollment(program, id, person.home_patient, history, over, reason=reason)
    return made | {"managingOrganization": reference("Organization", person.practice.organization)}


def _monthly(person: Person, stage: str, on: date) -> Iterator[Resource]:
    patient, agreed = person.home_patient, on - timedelta(days=AGREED[stage])
    back = at(on - timedelta(days=TAKEN_BACK_DAYS), 9) if stage == "taken_back" else None
    status = "inactive" if back else "active"
    yield records.consent(f"{patient}-monthly", patient, MONTHLY, agreed, status, method="verbal", withdrawn_at=back)
    if stage != "agreed":
        rest = [("onhold", on - timedelta(days=PAUSED_DAYS))] if stage == "paused" else []
        yield _member(person, "registry", [("active", agreed), *rest], "eligible")
    if stage == "advanced":
        yield records.consent(f"{patient}-advanced", patient, ADVANCED, on - timedelta(days=ADVANCED_DAYS))
    if stage != "no_plan":
        review = on + timedelta(days=200)
        plan = records.plan(f"{patient}-care-plan", patient, "shared_plan", agreed, (), review_on=review)
        yield plan | {"extension": [*plan["extension"], *said(copy_given_on=agreed)]}
    for n, minutes in enumerate(MINUTES.get(stage, ())):
        day = month_start(on, 1) + timedelta(days=5 + 7 * n)
        yield _minutes(person, f"{patient}-minutes-{n}", day, minutes)


def _minutes(person: Person, id: str, day: date, minutes: int) -> Resource:
    """Minutes of the practice's nurse, charged for the person's own clinician."""
    return {
        "resourceType": "ChargeItem",
        "id": id,
        "status": "billable",
        "code": concept("urn:throughcare:activity", "coach_call"),
        "subject": reference("Patient", person.home_patient),
        "occurrencePeriod": {"start": at(day, 14), "end": at(day, 14, minutes)},
        "performer": [{"function": role_coding("nurse"), "actor": reference("Practitioner", NURSE.id)}],
        "extension": said(
            minutes=float(minutes),
            worker_role="nurse",
            minutes_family=MONTHLY,
            bills_for=f"Practitioner/{person.clinician}",
        ),
    }


def month_payable(person: Person) -> int | None:
    """How many units of monthly care last month holds; None: the person is not a part of it."""
    stage = _stage(person)
    return None if stage not in AGREED else int(stage in PAID and sum(MINUTES[stage]) >= MONTH_MINUTES)
