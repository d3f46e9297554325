"""Visits: the ordinary year of a person at their practice: visits, problems, results, medicines, screenings."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from throughcare.community import records
from throughcare.community.people import CONDITIONS, REGISTRY, Person
from throughcare.community.shapes import (
    SNOMED,
    Resource,
    at,
    blood_pressure,
    concept,
    condition,
    encounter,
    observation,
    quantity,
    reference,
)

YEARS_BACK = 2.5
# condition: [(LOINC, words, unit, usual value, spread, days between)]
RESULTS: dict[str, list[tuple[str, str, str, float, float, int]]] = {
    "diabetes": [
        ("4548-4", "Hemoglobin A1c", "%", 7.6, 1.3, 170),
        ("9318-7", "Urine albumin to creatinine", "mg/g", 38, 30, 380),
    ],
    "kidney": [("98979-8", "eGFR", "mL/min/{1.73_m2}", 47, 8, 190)],
    "heart_failure": [("29463-7", "Weight", "kg", 84, 9, 60)],
    "hypertension": [("13457-7", "LDL cholesterol", "mg/dL", 108, 28, 400)],
    "depression": [("44261-6", "PHQ-9 total", "{score}", 8, 5, 120)],
    "copd": [("19926-5", "FEV1/FVC", "%", 62, 6, 420)],
}
MEDICINES = {
    "diabetes": "metformin",
    "hypertension": "lisinopril",
    "heart_failure": "furosemide",
    "copd": "tiotropium",
    "depression": "sertraline",
}


def visits(person: Person, seed: int, on: date) -> Iterator[Resource]:
    """Everything the person's practice would send of the last two and a half years."""
    chance = Random(f"{seed}/visits/{person.no}")
    last = min(on, person.died or on)
    if person.moved_away:
        last = on - timedelta(days=400)
    first = on - timedelta(days=int(YEARS_BACK * 365))
    if person.absent:
        last = min(last, on - timedelta(days=760))
    day, n = first + timedelta(days=chance.randint(0, 180)), 0
    while day < last:
        yield from _visit(person, day, n, chance)
        n += 1
        day += timedelta(days=chance.randint(60, 150) if person.conditions else chance.randint(200, 420))
    yield from _problems(person, first, last, chance)
    yield from _results(person, first, last, chance)
    yield from _screens(person, last, n > 0, chance)
    if person.needs is not None:
        day = on - timedelta(days=person.look.needs_days if person.look else chance.randint(3, 300))
        id = f"{person.home_patient}-needs"
        yield needs_form(id, person.home_patient, day, person.needs, person.blank, by=person.clinician)


def days(seen: list[Resource]) -> list[tuple[date, str]]:
    """When the practice saw the person, and which of its clinicians."""
    return [
        (date.fromisoformat(r["period"]["start"][:10]), r["participant"][0]["individual"]["reference"].split("/")[1])
        for r in seen
        if r["resourceType"] == "Encounter" and "period" in r
    ]


def high_readings(seen: list[Resource], on: date) -> int:
    """On how many days of the last two years the blood pressure was 130 over 80 or more."""
    since = (on - timedelta(days=730)).isoformat()
    high = set()
    for one in seen:
        if one["resourceType"] == "Observation" and "component" in one and one["effectiveDateTime"] > since:
            upper, lower = (part["valueQuantity"]["value"] for part in one["component"])
            if upper >= 130 or lower >= 80:
                high.add(one["effectiveDateTime"][:10])
    return len(high)


def _visit(person: Person, day: date, n: int, chance: Random) -> Iterator[Resource]:
    patient, stem = person.home_patient, f"{person.home_patient}-v{n}"
    clinician = person.clinician if chance.random() < 0.8 else chance.choice(person.practice.clinicians)
    physical = n % 4 == 0
    kind = concept(SNOMED, "410620009" if physical else "185349003", "Yearly check-up" if physical else "Visit")
    hour = chance.randint(8, 16)
    yield encounter(
        stem,
        patient,
        "AMB",
        at(day, hour),
        at(day, hour, 25),
        person.practice.organization,
        type=[kind],
        participant=[{"individual": reference("Practitioner", clinician)}],
    )
    if person.age_on(day) >= 18:
        high = "hypertension" in person.conditions or person.unnamed_high_pressure
        systolic, diastolic = (chance.randint(122, 156), chance.randint(72, 94)) if high else _ordinary(chance)
        yield blood_pressure(f"{stem}-bp", patient, day, systolic, diastolic)


def _ordinary(chance: Random) -> tuple[int, int]:
    return chance.randint(102, 128), chance.randint(60, 78)


def _problems(person: Person, first: date, last: date, chance: Random) -> Iterator[Resource]:
    for name in person.conditions:
        code, words, *_ = CONDITIONS[name]
        since = (
            first - timedelta(days=chance.randint(0, 2000))
            if chance.random() < 0.8
            else first + timedelta(days=chance.randint(0, 300))
        )
        since = min(since, last - timedelta(days=1))  # found while the practice still saw the person
        yield condition(
            f"{person.home_patient}-{name.replace('_', '-')}",
            person.home_patient,
            code,
            words,
            since,
            category="problem-list-item",
        )
        if name in MEDICINES:
            yield _medicine(person, name, since)


def _medicine(person: Person, name: str, since: date) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": f"{person.home_patient}-rx-{MEDICINES[name]}",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": MEDICINES[name]},
        "subject": reference("Patient", person.home_patient),
        "authoredOn": since.isoformat(),
        "requester": reference("Practitioner", person.clinician),
    }


def _results(person: Person, first: date, last: date, chance: Random) -> Iterator[Resource]:
    for name in (c for c in person.conditions if c in REGISTRY):
        for code, words, unit, usual, spread, gap in RESULTS.get(name, []):
            day, n = first + timedelta(days=chance.randint(0, gap)), 0
            while day < last:
                value = max(0.1, round(chance.gauss(usual, spread / 2), 1 if usual < 20 else 0))
                yield observation(
                    f"{person.home_patient}-{code}-{n}",
                    person.home_patient,
                    code,
                    words,
                    day,
                    {"valueQuantity": quantity(f"{value:g}", unit)},
                )
                n += 1
                day += timedelta(days=int(gap * chance.uniform(0.6, 2.2)))


def _screens(person: Person, last: date, seen: bool, chance: Random) -> Iterator[Resource]:
    """Yearly depression screens, done for about two thirds of adults; the body mass index, where somebody measured."""
    if person.age_on(last) < 18:
        return
    patient = person.home_patient
    if chance.random() < 0.65:
        day = last - timedelta(days=chance.randint(5, 500))
        score = {"valueQuantity": quantity(chance.choice((0, 0, 1, 1, 2, 4)), "{score}")}
        yield observation(f"{patient}-55758-7", patient, "55758-7", "PHQ-2 total", day, score, category="survey")
    if person.bmi is not None and seen:
        day = last - timedelta(days=chance.randint(1, 300))
        value = {"valueQuantity": quantity(person.bmi, "kg/m2")}
        yield observation(f"{patient}-39156-5", patient, "39156-5", "BMI", day, value, category="vital-signs")


# the answers of the form for social needs: (question, core need, answer when it is there, answer when not)
_QUESTIONS = [
    ("71802-3", "housing", "LA31994-9", "LA31993-1"),
    ("96778-6", "", "", "LA9-3"),
    ("88122-7", "food", "LA28397-0", "LA28398-8"),
    ("88123-5", "food", "LA6729-3", "LA28398-8"),
    ("93030-5", "transportation", "LA33-6", "LA32-8"),
    ("96779-4", "utilities", "LA33-6", "LA32-8"),
    ("95618-5", "safety", "LA10082-8", "LA6270-8"),
    ("95617-7", "safety", "LA16644-9", "LA6270-8"),
    ("95616-9", "safety", "LA10066-1", "LA6270-8"),
    ("95615-1", "safety", "LA10066-1", "LA6270-8"),
]


def needs_form(
    id: str, patient: str, day: date, told: tuple[str, ...], blank: bool = False, *, by: str | None = None
) -> Resource:
    """The form for social needs as it was answered; the question about rides may have been left blank."""
    answers: dict[str, str | None] = {code: yes if need in told else no for code, need, yes, no in _QUESTIONS}
    return records.form(id, patient, "ahc_hrsn", day, answers | ({"93030-5": None} if blank else {}), by=by)
