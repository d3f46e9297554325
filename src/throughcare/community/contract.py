"""Contract: whom a health plan pays one practice for, month by month, and at which level of risk each stands."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.answers import Life
from throughcare.community.people import Person
from throughcare.community.places import PLAN
from throughcare.community.shapes import OURS, Resource, concept, reference

PRACTICE = "pr0-org"  # the practice that has the contract
PAID_FOR = ("commercial", "medicare_advantage")  # insurance of that plan
ON_LIST_DAYS, LEVELED_DAYS, HIGHEST = 150, 160, 6
Told = Iterator[tuple[str, Resource]]


def directory(on: date) -> Told:
    """The contract of the plan with the practice."""
    yield (
        PLAN[0],
        {
            "resourceType": "Contract",
            "id": "plan-medical-home",
            "status": "executed",
            "type": concept(OURS + "agreement", "medical_home"),
            "subject": [reference("Organization", PRACTICE)],
            "authority": [reference("Organization", f"{PLAN[0]}-org".replace("_", "-"))],
            "applies": {"start": f"{on.year - 1}-01-01", "end": f"{on.year + 1}-12-31"},
        },
    )


def told(life: Life) -> Told:
    """A place on the plan's list, as the practice keeps it, and the level of those of whom it decided one."""
    person, on = life.person, life.on
    if not on_list(person, life.visits, on):
        return
    source, patient = person.practice.source, person.home_patient
    since = on - timedelta(days=ON_LIST_DAYS)
    made = records.enrollment("panel", f"{patient}-panel", patient, [("active", since)])
    yield source, made | {"managingOrganization": reference("Organization", PRACTICE)}
    if person.conditions:
        level, day = str(min(HIGHEST, 1 + len(person.conditions))), on - timedelta(days=LEVELED_DAYS)
        yield source, records.risk(f"{patient}-tier", patient, "risk_tier", day, level=level)


def on_list(person: Person, visits: Sequence[date], on: date) -> bool:
    """An adult who lives here, plays no part elsewhere, is insured by the plan, and was seen in two years."""
    ours = person.practice.organization == PRACTICE and any(person.covered(kind, on) for kind in PAID_FOR)
    here = person.part is None and person.died is None and not person.moved_away and person.age_on(on) >= 18
    return ours and here and any(day > on - timedelta(days=700) for day in visits)
