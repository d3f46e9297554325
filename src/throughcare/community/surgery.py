"""Surgery: knees replaced at a hospital that answers for everything up to the thirtieth day after, and what it cost."""

from collections.abc import Iterator
from datetime import date, timedelta

from throughcare.community import claims, records
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.people import Person
from throughcare.community.programs import MEDICARE, PROGRAMS
from throughcare.community.shapes import OURS, Resource, at, concept, encounter, reference, said
from throughcare.community.stays import Stay
from throughcare.community.workers import who

KNEE, WINDOW_DAYS, TARGET = "470", 30, 21189.17
HOSPITAL = PROGRAMS["surgery"].organization
OUTPATIENT_CODE = "27447"
WITH_A_LAST_DAY = ("running", "finished", "overdue", "readmitted", "paused")
PAUSED_DAYS = 3  # since then the hospital waits for Medicare to say whether the insurance still fits
AHEAD_DAYS, OUTPATIENT_DAYS = 9, 5  # days to the planned surgery; days since the one without a bed
# accounts of the program before this one, which ended with 2024: (year, spent in all, quality as Medicare found it)
ACCOUNTS = ((2023, 700000.0, "good"), (2024, 900000.0, "below_acceptable"))
# care paid after the surgery: (days from leaving hospital, days it lasts, dollars, type of bill)
AFTER: dict[str, list[tuple[int, int, int, str]]] = {
    "finished": [(3, 24, 2950, "329"), (41, 10, 1400, "329")],
    "readmitted": [(0, 7, 9800, "211")],
}
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """The hospital's agreement, the prices its program gave it, and the accounts of the program before."""
    source = PROGRAMS["surgery"].source
    yield (
        source,
        {
            "resourceType": "Contract",
            "id": "harbor-general-surgery-agreement",
            "status": "executed",
            "type": concept(OURS + "agreement", "team"),
            "subType": [concept(OURS + "track", "1")],
            "applies": {"start": "2026-01-01", "end": "2030-12-31"},
            "subject": [reference("Organization", HOSPITAL)],
        },
    )
    given: list[tuple[str, str, float | str]] = [
        (KNEE, "program", "team"),
        (KNEE, "episode_category", "LEJR"),
        (KNEE, "baseline", 21000.0),
        (KNEE, "trend", 1.04),
        (KNEE, "normalization", 0.99),
        *[
            ("LEJR", name, 1.0)
            for name in ("age_65_to_74", "age_75_to_84", "age_85_or_over", "hcc_1", "beds_251_to_500")
        ],
    ]
    for year in sorted({2026, on.year}):
        id = f"harbor-general-prices-{year}"
        yield source, records.figures(id, HOSPITAL, year, date(year - 1, 12, 1), given, file="prices")
    for year, spent_in_all, quality in ACCOUNTS:
        account: list[tuple[str, str, float | str]] = [
            ("cjr", "track", "standard"), ("cjr", "target_each", 25000.0), ("cjr", "episodes", 40.0),
            ("cjr", "actual", spent_in_all), ("cjr", "quality_category", quality),
        ]  # fmt: skip
        id, known_on = f"harbor-general-account-{year}", date(year + 1, 8, 15)
        yield source, records.figures(id, HOSPITAL, year, known_on, account, file="account")


def told(life: Life) -> Told:
    """What the hospital's navigator and Medicare send beside the stays themselves."""
    person, stays, on = life.person, life.stays, life.on
    stage = person.plays("surgery")
    if stage is None:
        return
    source, patient, navigator = (
        PROGRAMS["surgery"].source,
        person.at("harbor_general"),
        who("surgery", "episode_navigator"),
    )
    knee = next((s for s in stays if s.cause == "knee_arthritis"), None)
    day = knee.started_on if knee else on - timedelta(days=OUTPATIENT_DAYS) if stage == "outpatient" else on
    if stage in ("planned", "outpatient"):
        yield from ((source, r) for r in _without_a_bed(person, patient, stage, day, on))
    if MEDICARE[0] in person.patient_ids:
        id = person.at(MEDICARE[0])
        yield MEDICARE[0], records.risk(f"{id}-hcc", id, "hcc_count", day - timedelta(days=60), 1)
    if knee and stage in ("running", "finished", "overdue", "readmitted", "died", "cover_lost", "paused"):
        yield from ((source, r) for r in _care(person, patient, stage, knee, navigator, on))
    for n, (after, days, dollars, bill) in enumerate(AFTER.get(stage, [])):
        if knee and knee.ended_on:
            first = knee.ended_on + timedelta(days=after)
            last = first + timedelta(days=days)
            id, payer = person.at(MEDICARE[0]), MEDICARE[0]
            yield payer, claims.of_facility(f"{id}-after-{n}", id, payer, first, last, dollars, bill)


def _without_a_bed(person: Person, patient: str, stage: str, day: date, on: date) -> Iterator[Resource]:
    """A knee that is to be done, or was done, without a night in hospital."""
    cpt = "http://www.ama-assn.org/go/cpt"
    when = on + timedelta(days=AHEAD_DAYS) if stage == "planned" else day
    yield {
        "resourceType": "ServiceRequest",
        "id": f"{patient}-knee-order",
        "status": "active" if stage == "planned" else "completed",
        "intent": "order",
        "category": [concept(OURS + "request", "surgery")],
        "code": concept(cpt, OUTPATIENT_CODE),
        "subject": reference("Patient", patient),
        "authoredOn": at(on - timedelta(days=30), 11),
        "occurrenceDateTime": when.isoformat(),
        "performer": [reference("Organization", HOSPITAL)],
    }
    if stage == "outpatient":
        visit = encounter(f"{patient}-knee-day", patient, "AMB", at(day, 7), at(day, 16), HOSPITAL)
        yield visit
        yield {
            "resourceType": "Procedure",
            "id": f"{patient}-knee",
            "status": "completed",
            "code": concept(cpt, OUTPATIENT_CODE),
            "subject": reference("Patient", patient),
            "performedDateTime": day.isoformat(),
            "encounter": reference("Encounter", visit["id"]),
        }
    navigator, before = who("surgery", "episode_navigator"), when - timedelta(days=15)
    for activity in ("surgery_class", "before_surgery_check"):
        id = f"{patient}-{activity.replace('_', '-')}"
        if before <= on:
            yield records.contact(
                id, patient, activity, before, navigator, "episode_navigator", mode="visit", minutes=60
            )


def _care(person: Person, patient: str, stage: str, knee: Stay, navigator: str, on: date) -> Iterator[Resource]:
    """The episode as the hospital keeps it, and what its navigator did on the way."""
    end = last_day(knee)
    over = {"finished": end, "readmitted": end, "died": knee.ended_on}.get(stage)
    history = [("active", knee.started_on)]
    if over and over < on:
        history.append(("cancelled" if stage == "died" else "finished", over))
    if stage == "paused":
        history.append(("onhold", on - timedelta(days=PAUSED_DAYS)))
    reason = {"finished": "episode_over", "readmitted": "episode_over", "died": "died"}.get(stage, "surgery")
    over = over if len(history) > 1 else None
    yield records.enrollment("surgery", f"{patient}-episode", patient, history, over, worker=navigator, reason=reason)
    team = [("episode_navigator", navigator), ("surgeon", who("surgery", "surgeon"))]
    members = [(role, f"Practitioner/{id}") for role, id in team]
    yield records.team(f"{patient}-knee-team", patient, members, knee.started_on, HOSPITAL)
    link = records.contact(
        f"{patient}-doctor", patient, "primary_care_link", knee.started_on, navigator, "episode_navigator"
    )
    yield link
    if stage != "died":
        yield {
            "resourceType": "DocumentReference",
            "id": f"{patient}-choices",
            "status": "current",
            "type": concept(OURS + "document", "facility_choice_list"),
            "subject": reference("Patient", patient),
            "date": at(knee.started_on, 15),
            "content": [{"attachment": {"url": "urn:throughcare:choices"}}],
            "extension": said(signed_on=knee.started_on),
        }
    if stage in ("running", "finished", "readmitted", "paused") and knee.ended_on:
        called = knee.ended_on + timedelta(days=1)
        activity, id = "post_discharge_contact", f"{patient}-first-call"
        yield records.contact(
            id, patient, activity, called, navigator, "episode_navigator", about=f"Encounter/{knee.id}", hour=17
        )
    if stage == "finished" and end:
        closing = end + timedelta(days=4)
        yield records.contact(f"{patient}-closing", patient, "closing_review", closing, navigator, "episode_navigator")


def last_day(knee: Stay) -> date | None:
    """Day 30, with the day of leaving hospital as day 1 (42 CFR 512.537)."""
    return knee.ended_on + timedelta(days=WINDOW_DAYS - 1) if knee.ended_on else None


def spent(knee: Stay, stays: list[Stay], stage: str, on: date) -> int:
    """Dollars of everything that began within the episode and whose claim has arrived."""
    end = last_day(knee)
    hospital = [s for s in stays if s.kind == "IMP" and s.ended_on and end and knee.started_on <= s.started_on <= end]
    arrived = [s for s in hospital if s.ended_on and s.ended_on + timedelta(days=claims.LAG_DAYS) <= on]
    after = [dollars for days, _, dollars, _ in AFTER.get(stage, []) if days < WINDOW_DAYS]
    return sum(claims.paid_for(s) for s in arrived) + sum(after)


def truth(life: Life) -> Answer:
    """Original Medicare with both parts, paying first, and a listed surgery that runs or is planned: 42 CFR 512.535."""
    person, on, stage = life.person, life.on, life.person.plays("surgery")
    knee = next((s for s in life.stays if s.cause == "knee_arthritis" and s.kind == "IMP"), None)
    end = last_day(knee) if knee else None
    running = bool(knee and knee.drg and end and end >= on) or stage in ("planned", "outpatient")
    began = knee.started_on if knee and running else on
    both = all(_both_parts(person, day) for day in (began, on))
    uncoded = [
        s for s in life.told_stays if s.kind == "IMP" and s.source == "harbor_general" and not s.drg and _recent(s, on)
    ]
    paid = spent(knee, life.stays, stage or "", on) if knee and stage in ("finished", "readmitted") else None
    return answer(
        {
            "has died": person.died is not None,
            "no surgery that counts": not running and not uncoded,
            "not in Original Medicare with both parts throughout": not both,
        },
        {"nobody has coded the stay": bool(uncoded) and not running},
        last_day=end.isoformat() if end and stage in WITH_A_LAST_DAY else None,
        spent=paid,
        above_target=None if paid is None else paid > TARGET,
    )


def _both_parts(person: Person, day: date) -> bool:
    return any(c.kind == "medicare" and c.holds(day) and c.more["part_a"] and c.more["part_b"] for c in person.cover)


def _recent(stay: Stay, on: date) -> bool:
    return stay.ended_on is None or (on - stay.ended_on).days < WINDOW_DAYS
