"""Housing: shelters, the list by name, homes found and kept or lost, as the homeless response writes it down."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.people import Person
from throughcare.community.programs import PROGRAMS
from throughcare.community.shapes import OURS, Resource, Text, at, concept, condition, reference, said
from throughcare.community.workers import who

# projects: id -> (name, HMIS project type)
PROJECTS = {
    "harbor-shelter": ("Harbor Night Shelter", 0),
    "harbor-beds": ("Harbor Cot Hall, night by night", 1),
    "harbor-outreach": ("Harbor Street Outreach", 4),
    "elm-homes": ("Elm Street Homes", 3),
}
OPENING = "elm-homes-4b"  # a home that stands empty
STREET, LASTING, WITH_SUBSIDY = 116, 410, 435
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in a project, days counted back; `street` days before today is when homelessness began."""

    project: str
    since: int
    until: int | None = None
    street: int | None = None
    disabling: int = 1
    moved_in: int | None = None
    destination: int | None = None


_SHELTER, _BEDS, _OUTREACH, _HOMES = PROJECTS
STORY: dict[str, list[Stay]] = {
    "kept": [Stay(_SHELTER, 520, 431, 900, destination=WITH_SUBSIDY), Stay(_HOMES, 433, None, 900, 1, 430)],
    "moved_in": [Stay(_SHELTER, 190, 20, 600, destination=WITH_SUBSIDY), Stay(_HOMES, 24, None, 600, 1, 20)],
    "on_list": [Stay(_SHELTER, 75, None, 460)],
    "overdue": [Stay(_OUTREACH, 300, 150, 700, destination=WITH_SUBSIDY), Stay(_HOMES, 152, None, 700, 1, 150)],
    "not_told": [Stay(_SHELTER, 40, None, 480, disabling=99)],
    "moved_on": [Stay(_HOMES, 600, 12, 1100, 1, 590, LASTING)],
    "no_disability": [Stay(_SHELTER, 33, None, 420, disabling=0)],
    "matched": [Stay(_BEDS, 120, None, 510)],
    "returned": [Stay(_HOMES, 400, 30, 950, 1, 390, STREET), Stay(_SHELTER, 25, None, 950)],
    "only_on_record": [],
    "not_chronic": [Stay(_SHELTER, 60, None, 60)],
    "paused": [Stay(_SHELTER, 260, 105, 640, destination=WITH_SUBSIDY), Stay(_HOMES, 108, None, 640, 1, 104)],
}
PAUSED_SINCE = 8  # days since the one who is paused went to hospital
# days back on which supported housing was given and is paid; then one that was written down of somebody in hospital
DAYS_PAID = {"kept": range(2, 26, 4), "paused": (26, 20, 14)}
DAY_IN_HOSPITAL = {"paused": (6,)}
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """The projects, and one home that stands empty since six days."""
    source = PROGRAMS["housing"].source
    for id, (name, kind) in PROJECTS.items():
        organization: Resource = {"resourceType": "Organization", "id": id, "active": True, "name": name}
        yield source, organization | {"extension": said(project_type=kind, cap=30)}
    posted, until = on - timedelta(days=6), on + timedelta(days=180)
    yield (
        source,
        {
            "resourceType": "Slot",
            "id": OPENING,
            "schedule": reference("Schedule", "elm-homes"),
            "status": "busy",
            "appointmentType": concept(OURS + "slot", "housing_unit"),
            "start": at(posted, 8),
            "end": at(until, 8),
        },
    )


def told(life: Life) -> Told:
    """What the homeless response sends about one person, and the one note of a practice that says homeless."""
    person, on = life.person, life.on
    stage = person.plays("housing")
    if stage is None:
        return
    source, patient = PROGRAMS["housing"].source, person.at(PROGRAMS["housing"].source)
    if stage == "only_on_record":
        id, home = f"{person.home_patient}-no-home", person.home_patient
        day = on - timedelta(days=50)
        yield person.practice.source, condition(id, home, "Z59.02", "Without a home", day, category="problem-list-item")
        return
    for n, stay in enumerate(STORY[stage]):
        yield source, _stay(person, patient, stay, n, on)
    if stage != "moved_on":
        day = on - timedelta(days=min(60, STORY[stage][-1].since))
        yield source, _assessment(patient, day, 11 if stage in ("on_list", "matched") else 7)
    yield from ((source, r) for r in _joining(person, patient, stage, on))
    if stage in ("kept", "moved_in", "overdue", "paused"):
        yield from ((source, r) for r in _contacts(person, patient, stage, on))
    for n in (*DAYS_PAID.get(stage, ()), *DAY_IN_HOSPITAL.get(stage, ())):
        yield source, _day_of_service(patient, on - timedelta(days=n))


def _stay(person: Person, patient: str, stay: Stay, n: int, on: date) -> Resource:
    def back(days: int | None) -> date | None:
        return None if days is None else on - timedelta(days=days)

    start, end = on - timedelta(days=stay.since), back(stay.until)
    return {
        "resourceType": "EpisodeOfCare",
        "id": f"{patient}-stay-{n}",
        "status": "finished" if end else "active",
        "type": [concept(OURS + "episode", "housing_stay")],
        "patient": reference("Patient", patient),
        "managingOrganization": reference("Organization", stay.project),
        "period": {"start": start.isoformat(), **({"end": end.isoformat()} if end else {})},
        "extension": said(
            project_type=PROJECTS[stay.project][1], household_id=Text(f"hh-{person.household}"), head_relation=1,
            situation=STREET, street_on=back(stay.street), disabling=stay.disabling, move_in_on=back(stay.moved_in),
            destination=stay.destination, times_3y=1, months_3y=113 if (stay.street or 0) - stay.since >= 365 else 102,
            funder=2, coc="NY-600",
        ),
    }  # fmt: skip


def _assessment(patient: str, day: date, score: int) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"{patient}-assessment",
        "status": "final",
        "code": concept(OURS + "housing-assessment", "3"),
        "subject": reference("Patient", patient),
        "effectiveDateTime": day.isoformat(),
        "valueInteger": score,
        "performer": [reference("Organization", "harbor-outreach")],
        "extension": said(level=2, prioritized=1),
    }


def _joining(person: Person, patient: str, stage: str, on: date) -> Iterator[Resource]:
    """Consent to help, the membership as the program keeps it, and the match that waits for an answer."""
    manager, kind = who("housing", "tenancy_case_manager", person.no), PROGRAMS["housing"].consent
    housed = next((s for s in STORY[stage] if s.moved_in is not None), None)
    if housed:
        joined = on - timedelta(days=housed.since)
        left = on - timedelta(days=housed.until) if housed.until is not None else None
        yield records.consent(f"{patient}-help", patient, kind, joined)
        end = {"moved_on": "finished", "returned": "cancelled"}.get(stage)
        history = [
            ("planned", joined - timedelta(days=14)),
            ("active", joined),
            *([(end, left)] if end and left else []),
            *([("onhold", on - timedelta(days=PAUSED_SINCE))] if stage == "paused" else []),
        ]
        reason = {"moved_on": "moved_on", "returned": "left_home"}.get(stage)
        yield records.enrollment(
            "housing", f"{patient}-help-stay", patient, history, left, worker=manager, reason=reason
        )
        if not left:
            members = [("tenancy_case_manager", manager), ("housing_navigator", who("housing", "housing_navigator"))]
            team = [(role, f"Practitioner/{id}") for role, id in members]
            yield records.team(f"{patient}-team", patient, team, joined, PROGRAMS["housing"].organization)
    if stage == "matched":
        yield records.consent(f"{patient}-help", patient, kind, on - timedelta(days=70))
        day = on - timedelta(days=4)
        yield {
            "resourceType": "Procedure",
            "id": f"{patient}-match",
            "status": "completed",
            "code": concept(OURS + "housing-event", "14"),
            "subject": reference("Patient", patient),
            "performedDateTime": day.isoformat(),
            "performer": [{"actor": reference("Organization", "elm-homes")}],
            "extension": said(opening=Text(f"Slot/{OPENING}"), opened_on=on - timedelta(days=6), prioritized=1),
        }
    if stage == "overdue":
        yield {
            "resourceType": "DetectedIssue",
            "id": f"{patient}-rent",
            "status": "final",
            "code": concept(OURS + "incident", "missed_rent"),
            "patient": reference("Patient", patient),
            "identifiedDateTime": (on - timedelta(days=9)).isoformat(),
            "author": reference("Practitioner", who("housing", "landlord_liaison")),
        }


def _contacts(person: Person, patient: str, stage: str, on: date) -> Iterator[Resource]:
    """Weekly for ninety days, every two weeks to half a year, then monthly; the last six weeks may be missing."""
    moved = next(s.moved_in for s in STORY[stage] if s.moved_in is not None)
    until = {"overdue": 42, "paused": PAUSED_SINCE}.get(stage, 0)
    manager = who("housing", "tenancy_case_manager", person.no)
    day, n = 1, 0
    while moved - day > until:
        activity = "home_visit" if n % 4 == 0 or day > 182 else "tenancy_contact"
        mode = "visit" if activity == "home_visit" else "phone"
        on_day = on - timedelta(days=moved - day)
        yield records.contact(
            f"{patient}-c{n}", patient, activity, on_day, manager, "tenancy_case_manager", mode=mode, minutes=35
        )
        day += 7 if day < 90 else 14 if day < 182 else 28
        n += 1


def _day_of_service(patient: str, day: date) -> Resource:
    return {
        "resourceType": "ChargeItem",
        "id": f"{patient}-day-{day.isoformat()}",
        "status": "billable",
        "subject": reference("Patient", patient),
        "code": concept("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "H0043"),
        "occurrenceDateTime": day.isoformat(),
        "quantity": {"value": 1},
        "performingOrganization": reference("Organization", "elm-homes"),
    }


def truth(life: Life) -> Answer:
    """Homeless today, a disability, and a year of it at least (24 CFR 578.3); who has moved in is not homeless."""
    person, stage = life.person, life.person.plays("housing")
    stays = STORY.get(stage or "", [])
    now = [s for s in stays if s.until is None]
    homeless = [s for s in now if s.moved_in is None]
    on_record = stage == "only_on_record"
    housed = next((s for s in stays if s.moved_in is not None), None)
    return answer(
        {
            "has died": person.died is not None,
            "is not homeless": not homeless and not on_record,
            "no disability": any(s.disabling == 0 for s in homeless),
            "homeless for less than a year": any((s.street or 0) < YEAR_DAYS for s in homeless if s.disabling == 1),
        },
        {
            "only a health record says homeless": on_record,
            "nobody knows of a disability": any(s.disabling == 99 for s in homeless),
        },
        kept_home=None if housed is None else housed.until is None or housed.destination == LASTING,
        days_payable=len(DAYS_PAID.get(stage or "", ())) if housed else None,
    )
