"""Coordination: caregivers, consents, referrals and their silence, results nobody saw, contacts already made."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from throughcare.community.names import GIVEN
from throughcare.community.people import Person
from throughcare.community.places import STAFF, TEAM_SOURCE, team_of
from throughcare.community.shapes import LOINC, OURS, SNOMED, Resource, at, concept, observation, quantity, reference
from throughcare.community.stays import Stay

REFERRALS = [
    ("394579002", "Cardiology"),
    ("394583002", "Endocrinology"),
    ("394589003", "Kidney care"),
    ("394587001", "Psychiatry"),
    ("394594003", "Eye care"),
]


def practice_side(person: Person, seed: int, on: date) -> Iterator[Resource]:
    """What the practice knows beyond visits: the caregiver, the team, referrals and orders."""
    chance = Random(f"{seed}/practice/{person.no}")
    if person.caregiver and person.age_on(on) >= 60:
        yield _caregiver(person)
    if person.conditions:
        sides = [s for s in STAFF if s.team == person.practice.side and "clinician" not in s.roles] or [STAFF[0]]
        coach = next(s for s in STAFF if s.field_role == "transitions_coach")
        yield team_of(person.home_patient, person.practice, person.clinician, chance.choice(sides), coach)
    if person.died is None and not person.moved_away and person.age_on(on) >= 18 and not person.plays("mobile"):
        yield from _referrals(person, on, chance)
        yield from _orders(person, on, chance)


def _caregiver(person: Person) -> Resource:
    return {
        "resourceType": "RelatedPerson",
        "id": f"{person.home_patient}-carer",
        "active": True,
        "name": [{"given": [GIVEN["female"][person.no % len(GIVEN["female"])]], "family": person.family}],
        "patient": reference("Patient", person.home_patient),
        "relationship": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "CHILD"},
                    {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleClass", "code": "CAREGIVER"},
                ]
            }
        ],
        "telecom": [{"system": "phone", "value": f"555-{person.no % 800 + 200:03d}-{person.no % 9000 + 1000:04d}"}],
    }


def _referrals(person: Person, on: date, chance: Random) -> Iterator[Resource]:
    for n in range(2):
        if chance.random() < 0.05 + 0.04 * len(person.conditions):
            sent = on - timedelta(days=chance.randint(2, 150))
            code, words = chance.choice(REFERRALS)
            id = f"{person.home_patient}-ref{n}"
            answered = chance.random() < 0.62
            yield {
                "resourceType": "ServiceRequest",
                "id": id,
                "status": "completed" if answered else "active",
                "intent": "order",
                "category": [concept(SNOMED, "3457005", "Referral")],
                "priority": "urgent" if chance.random() < 0.15 else "routine",
                "code": concept(SNOMED, code, words),
                "subject": reference("Patient", person.home_patient),
                "authoredOn": at(sent, 11),
                "requester": reference("Practitioner", person.clinician),
            }
            if answered:
                yield _report(
                    f"{id}-report",
                    person,
                    id,
                    min(on, sent + timedelta(days=chance.randint(4, 50))),
                    "11488-4",
                    "Consultation note",
                    "final",
                )


def _orders(person: Person, on: date, chance: Random) -> Iterator[Resource]:
    """Laboratory and imaging orders; some never come back, some come back abnormal."""
    for n, (code, words, kind) in enumerate(
        (("24323-8", "Metabolic panel", "108252007"), ("36643-5", "Chest X-ray", "363679005"))
    ):
        if chance.random() < 0.10:
            ordered, id = on - timedelta(days=chance.randint(1, 60)), f"{person.home_patient}-ord{n}"
            yield {
                "resourceType": "ServiceRequest",
                "id": id,
                "status": "active",
                "intent": "order",
                "category": [concept(SNOMED, kind)],
                "code": concept(LOINC, code, words),
                "subject": reference("Patient", person.home_patient),
                "authoredOn": at(ordered, 10),
                "requester": reference("Practitioner", person.clinician),
            }
            if chance.random() < 0.75:
                day = min(on, ordered + timedelta(days=chance.randint(1, 12)))
                yield _report(f"{id}-report", person, id, day, code, words, "final")
                if n == 0 and chance.random() < 0.3:
                    yield _abnormal(f"{id}-potassium", person, id, day, chance)


def _abnormal(id: str, person: Person, order: str, day: date, chance: Random) -> Resource:
    """A potassium that the laboratory marked as high, or as dangerously high."""
    high = chance.choice((5.4, 5.6, 5.9, 6.4))
    flag = concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "HH" if high > 6 else "H")
    made = observation(id, person.home_patient, "2823-3", "Potassium", day, {"valueQuantity": quantity(high, "mmol/L")})
    return made | {"interpretation": [flag], "basedOn": [reference("ServiceRequest", order)], "issued": at(day, 15)}


def _report(id: str, person: Person, order: str, day: date, code: str, words: str, status: str) -> Resource:
    return {
        "resourceType": "DiagnosticReport",
        "id": id,
        "status": status,
        "code": concept(LOINC, code, words),
        "basedOn": [reference("ServiceRequest", order)],
        "subject": reference("Patient", person.home_patient),
        "effectiveDateTime": at(day, 14),
        "issued": at(day, 15),
    }


def notebook(person: Person, found: list[Stay], seed: int, on: date) -> Iterator[Resource]:
    """What the care team had noted before: consents to coaching and calls after recent discharges."""
    if person.part is not None and not person.plays("four_at_once"):
        return  # whoever is in a program is called by its own people
    chance = Random(f"{seed}/notebook/{person.no}")
    for stay in found:
        if stay.kind != "IMP" or stay.silent or stay.ended_on is None or (on - stay.ended_on).days > 45:
            continue
        if chance.random() < 0.6 or person.plays("four_at_once"):
            yield _consent(person, stay.id, stay.ended_on)
        day, n = stay.ended_on + timedelta(days=1), 0
        while day < on and n < 5 and chance.random() < 0.62:
            yield _contact(person, stay, n, day, chance)
            day, n = day + timedelta(days=chance.randint(1, 7)), n + 1


def reached_next_day(found: list[Stay], noted: list[Resource]) -> frozenset[str]:
    """The stays after which somebody of the team reached the person on the day after."""
    first = {f"{stay.id}-c0": stay.id for stay in found}
    return frozenset(first[r["id"]] for r in noted if r["id"] in first and "received" in r)


def _consent(person: Person, stay_id: str, ended_on: date) -> Resource:
    return {
        "resourceType": "Consent",
        "id": f"{stay_id}-coaching",
        "status": "active",
        "scope": concept("http://terminology.hl7.org/CodeSystem/consentscope", "treatment"),
        "category": [concept(OURS + "consent", "coaching")],
        "patient": reference("Patient", person.home_patient),
        "dateTime": at(ended_on, 10),
        "policyRule": concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN"),
        "provision": {"period": {"start": ended_on.isoformat()}},
    }


def _contact(person: Person, stay: Stay, n: int, day: date, chance: Random) -> Resource:
    outcome = chance.choices(("reached", "left_message", "no_answer"), (60, 18, 22))[0]
    activity = ("post_discharge_contact", "home_visit", "coach_call", "coach_call", "coach_call")[n]
    who = chance.choice([s for s in STAFF if s.team])
    made = {
        "resourceType": "Communication",
        "id": f"{stay.id}-c{n}",
        "status": "completed",
        "category": [concept(OURS + "activity", activity)],
        "subject": reference("Patient", person.home_patient),
        "about": [reference("Encounter", stay.id)],
        "sent": at(day, chance.randint(9, 16), chance.randint(0, 59)),
        "medium": [concept(OURS + "mode", "visit" if activity == "home_visit" else "phone")],
        "sender": reference("Practitioner", who.id),
        "statusReason": concept(OURS + "outcome", outcome),
        "extension": [
            {"url": OURS + "minutes", "valueDecimal": chance.randint(4, 25)},
            {"url": OURS + "worker-role", "valueCode": who.field_role},
        ],
    }
    return made | ({"received": made["sent"]} if outcome == "reached" else {})


SOURCE = TEAM_SOURCE[0]
