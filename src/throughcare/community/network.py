"""Network: doctors who answer together for people with Medicare: whose people they are, by claims and by choice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from throughcare.community import claims, places, records
from throughcare.community.answers import Life
from throughcare.community.casting import Part
from throughcare.community.cover import ALL_INCLUSIVE
from throughcare.community.people import Person
from throughcare.community.programs import MEDICARE, PROGRAMS
from throughcare.community.shapes import OURS, Resource, at, concept, month_start, reference, said
from throughcare.community.workers import who

QUARTERS_BACK = 3
LIST_LAG_DAYS = 80  # how long Medicare takes to send a quarter's list
WINDOW_MONTHS = 12
CLAIMS_BACK_DAYS = 640
PHYSICIANS = {"08", "11", "38"}  # family medicine, internal medicine, geriatrics
SPECIALTIES = ("08", "11", "38", "50")  # of the four clinicians of every practice; the last is a nurse practitioner
VISIT_CODES = (("99213", 92), ("99214", 131))
# what Medicare's settlement says of last year, and of the year before, when too little was saved to share
SETTLED: dict[str, float | str] = {
    "persons": 12000.0, "benchmark_per_person": 12500.0, "actual": 145200000.0, "quality_standing": "full",
}  # fmt: skip
BELOW_THE_MINIMUM: dict[str, float | str] = {
    "persons": 11800.0, "benchmark_per_person": 12200.0, "actual": 142000000.0, "quality_standing": "full",
}  # fmt: skip
POINTS = {"001": 8.2, "134": 7.0, "236": 7.5, "112": 7.4, "113": 7.1, "479": 7.0, "484": 7.3, "321": 7.5}
Told = Iterator[tuple[str, Resource]]


@dataclass(frozen=True, slots=True)
class Service:
    """One visit as Medicare paid it: when, at which practice by number, by which of its clinicians, for how much."""

    day: date
    practice: int
    clinician: int
    code: str
    allowed: int

    @property
    def specialty(self) -> str:
        return SPECIALTIES[self.clinician]


def keeps_private(person: Person) -> bool:
    """The person told Medicare not to share claims."""
    return person.part == Part("accountable", "keeps_private")


def services(life: Life, seed: int, practices: Sequence[places.Practice]) -> list[Service]:
    """Visits of the last two years that Original Medicare paid, at home and, for some, mostly elsewhere."""
    person, on = life.person, life.on
    chance = Random(f"{seed}/services/{person.no}")
    home = next(n for n, p in enumerate(practices) if p.source == person.practice.source)
    away = chance.random() < 0.12 if person.look is None else person.plays("accountable") == "elsewhere"
    made: list[Service] = []
    for day, clinician in life.seen:
        code, allowed = chance.choice(VISIT_CODES)
        if _paid_by_medicare(person, day) and (on - day).days <= CLAIMS_BACK_DAYS and day + timedelta(days=9) <= on:
            made.append(Service(day, home, int(clinician[-1]), code, allowed))
            if away:
                made.append(Service(day + timedelta(days=1), (home + 1) % len(practices), 1, "99215", 183))
    return made


def _paid_by_medicare(person: Person, day: date) -> bool:
    kinds = [c for c in person.cover if c.holds(day)]
    managed = any(c.kind in (ALL_INCLUSIVE, "medicare_advantage") for c in kinds)
    return not managed and any(c.kind == "medicare" and c.more["part_b"] for c in kinds)


def told(person: Person, given: list[Service], practices: Sequence[places.Practice]) -> Told:
    """The claims of these visits, as Medicare shares them; nothing of people who asked for that."""
    if keeps_private(person):
        return
    for n, one in enumerate(given):
        patient, practice = person.at(MEDICARE[0]), practices[one.practice]
        id, clinician = f"{patient}-visit-{n}", practice.clinicians[one.clinician]
        yield MEDICARE[0], claims.of_visit(
            id, patient, MEDICARE[0], one.day, one.code, one.allowed, practice=practice.organization,
            tin=places.tin(one.practice), clinician=clinician, specialty=one.specialty,
        )  # fmt: skip


def notice(person: Person, given: list[Service], on: date) -> Told:
    """The letter about the network, handed over at the first visit, and the letter after it; one in five got none."""
    ours = [s for s in given if places.in_network(s.practice)]
    if ours and person.no % 5 != 4:
        patient = person.home_patient
        if (again := ours[0].day + timedelta(days=150)) <= on and person.no % 5 != 3:
            desk, id = who("accountable", "front_desk"), f"{patient}-network-notice-2"
            yield (
                person.practice.source,
                records.contact(id, patient, "notice_follow_up", again, desk, "front_desk", mode="mail", minutes=2),
            )
        yield (
            person.practice.source,
            {
                "resourceType": "Communication",
                "id": f"{patient}-network-notice",
                "status": "completed",
                "category": [concept(OURS + "notice", "beneficiary_notice")],
                "subject": reference("Patient", patient),
                "sent": at(ours[0].day, 8),
                "received": at(ours[0].day, 8),
                "recipient": [reference("Patient", patient)],
            },
        )


def quarter(on: date, back: int = 0) -> date:
    """The first day of the quarter, so many quarters back."""
    return month_start(on, (on.month - 1) % 3 + 3 * back)


def window(list_on: date) -> tuple[date, date]:
    """The twelve months of claims that decide a quarter's list (42 CFR 425.400(a))."""
    return month_start(list_on, WINDOW_MONTHS), list_on - timedelta(days=1)


def assigned(person: Person, given: list[Service], list_on: date) -> bool:
    """On that quarter's list by claims: seen by one of our physicians, and the network was paid most (425.402)."""
    if not may_be_assigned(person, list_on):
        return False
    first, last = window(list_on)
    recent = [s for s in given if first <= s.day <= last]
    wide = [s for s in given if month_start(first, WINDOW_MONTHS) <= s.day <= last]
    ours = [s for s in recent if places.in_network(s.practice)]
    if any(s.specialty in PHYSICIANS for s in ours):
        return _network_leads(recent)
    seen_wide = any(s.specialty in PHYSICIANS and places.in_network(s.practice) for s in wide)
    return bool(ours) and seen_wide and _network_leads(wide)


def _network_leads(given: list[Service]) -> bool:
    """The network as a whole, against each practice outside on its own; of equals, who saw the person last."""
    paid: dict[int, tuple[int, date]] = {}
    for s in given:
        whose = -1 if places.in_network(s.practice) else s.practice
        allowed, latest = paid.get(whose, (0, s.day))
        paid[whose] = (allowed + s.allowed, max(latest, s.day))
    return max(paid, key=lambda whose: paid[whose]) == -1


def may_be_assigned(person: Person, list_on: date) -> bool:
    """Both parts for a month, never one alone, never a managed plan: window and the list's own month (425.401)."""
    first, _ = window(list_on)
    months = [month_start(list_on, back) for back in range(WINDOW_MONTHS + 1) if month_start(list_on, back) >= first]
    kinds = [[c for c in person.cover if c.holds(month)] for month in months]
    managed = any(c.kind in (ALL_INCLUSIVE, "medicare_advantage") for those in kinds for c in those)
    medicare = [c for those in kinds for c in those if c.kind == "medicare"]
    return bool(medicare) and not managed and all(c.more["part_a"] and c.more["part_b"] for c in medicare)


class Lists:
    """Medicare's lists, one for each quarter, filled person by person."""

    def __init__(self) -> None:
        self.members: dict[date, list[tuple[str, bool]]] = {}

    def put(self, person: Person, given: list[Service], list_on: date) -> None:
        """Put the person on the list of that quarter, if they belong there; quarters come oldest first."""
        those = self.members.setdefault(list_on, [])
        if person.died is None and assigned(person, given, list_on):
            before = month_start(list_on, 3)
            was = any(patient == person.at(MEDICARE[0]) for patient, _ in self.members.get(before, [])[-1:])
            those.append((person.at(MEDICARE[0]), before in self.members and not was))

    def told(self, on: date) -> Told:
        """The lists that have come by now: who is on each, and who is new."""
        for list_on, those in sorted(self.members.items()):
            if those and (on - list_on).days >= LIST_LAG_DAYS:
                yield MEDICARE[0], _list(list_on, those)


def _list(list_on: date, those: list[tuple[str, bool]]) -> Resource:
    change = "http://hl7.org/fhir/us/davinci-atr/StructureDefinition/ext-changeType"
    return {
        "resourceType": "Group",
        "id": f"network-list-{list_on.isoformat()}",
        "type": "person",
        "actual": True,
        "code": concept(OURS + "group", "assignment"),
        "managingEntity": reference("Organization", PROGRAMS["accountable"].organization),
        "extension": said(list_on=list_on),
        "member": [
            {
                "entity": reference("Patient", patient),
                **({"extension": [{"url": change, "valueCode": "new"}]} if new else {}),
            }
            for patient, new in those
        ],
    }


def directory(on: date) -> Told:
    """The agreement with Medicare, and what Medicare's files say of last year's money and quality."""
    source, network = PROGRAMS["accountable"].source, PROGRAMS["accountable"].organization
    yield (
        source,
        {
            "resourceType": "Contract",
            "id": "network-agreement",
            "status": "executed",
            "type": concept(OURS + "agreement", "shared_savings"),
            "subType": [concept(OURS + "track", "BASIC_B")],
            "applies": {"start": f"{on.year - 2}-01-01", "end": f"{on.year + 2}-12-31"},
            "subject": [reference("Organization", network)],
        },
    )
    settled, known_on = [(SETTLED, POINTS), (BELOW_THE_MINIMUM, {})], quarter(on)
    for back, (money, points) in enumerate(settled, 1):
        amounts: list[tuple[str, str, float | str]] = [("shared_savings", name, value) for name, value in money.items()]
        for measure, value in points.items():
            amounts += [(measure, "points", value), (measure, "cases", 400.0), (measure, "completeness", 90.0)]
        year = on.year - back
        id, file = f"network-year-{year}", "settlement and quality report"
        yield source, records.figures(id, network, year, known_on, amounts, file=file)
