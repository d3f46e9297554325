"""People: who lives in the community, in which household, with which conditions, known to which sources."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from throughcare.community import casting, looks
from throughcare.community.cover import ALL_INCLUSIVE, PAYERS, Cover, cover
from throughcare.community.names import FAMILY, FAR_TOWN, GIVEN, LANGUAGES, STREETS, TOWNS
from throughcare.community.places import HOSPITALS, Practice
from throughcare.community.programs import PROGRAMS, SCHOOLS, WELFARE
from throughcare.community.shapes import month_start

# condition: (ICD-10-CM code, words, share of adults who have it at 45, added share per year of age above 45)
CONDITIONS = {
    "diabetes": ("E11.9", "Type 2 diabetes", 0.10, 0.0045),
    "hypertension": ("I10", "High blood pressure", 0.22, 0.0110),
    "heart_failure": ("I50.22", "Heart failure", 0.01, 0.0040),
    "copd": ("J44.9", "Chronic lung disease", 0.03, 0.0035),
    "kidney": ("N18.31", "Chronic kidney disease, stage 3a", 0.03, 0.0040),
    "depression": ("F33.1", "Depression", 0.11, 0.0),
    "atrial_fibrillation": ("I48.91", "Atrial fibrillation", 0.005, 0.0025),
    "coronary": ("I25.10", "Coronary artery disease", 0.02, 0.0045),
    "dementia": ("G30.9", "Alzheimer disease", 0.0, 0.0030),
    "asthma": ("J45.909", "Asthma", 0.08, 0.0),
    "tobacco": ("F17.210", "Smokes cigarettes", 0.10, 0.0),
    # only people whose part asks for them have these
    "knee_arthritis": ("M17.11", "Arthritis of the right knee", 0.0, 0.0),
    "schizoaffective": ("F25.0", "Schizoaffective disorder", 0.0, 0.0),
    "trauma": ("F43.10", "Post-traumatic stress", 0.0, 0.0),
}
REGISTRY = ("diabetes", "hypertension", "heart_failure", "copd", "kidney", "depression")
NEEDS = ("housing", "food", "transportation", "utilities", "safety")


@dataclass(slots=True)
class Person:
    """One human of the community: the truth that no single source knows whole."""

    no: int
    given: str
    family: str
    sex: str
    birth: date
    language: str
    household: int
    line: str
    town: tuple[str, str, str]
    phone: str | None
    ssn: str
    mbi: str | None
    practice: Practice
    clinician: str
    conditions: list[str]
    caregiver: bool
    died: date | None = None
    moved_away: bool = False
    absent: bool = False  # has not been seen for over two years
    unnamed_high_pressure: bool = False  # high readings that nobody has written down as a problem
    part: casting.Part | None = None
    look: looks.Look | None = None
    cover: list[Cover] = field(default_factory=list)
    bmi: float | None = None  # as measured; None: nobody weighed the person
    needs: tuple[str, ...] | None = None  # as told in the needs form; None: nobody asked
    blank: bool = False  # one question of the needs form was left blank
    patient_ids: dict[str, str] = field(default_factory=dict)  # source -> Patient id
    copies: list[str] = field(default_factory=list)  # a second Patient by mistake within one source

    def age_on(self, day: date) -> int:
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))

    @property
    def home_patient(self) -> str:
        """The Patient id at the person's own practice."""
        return self.patient_ids[self.practice.source]

    @property
    def address_known(self) -> bool:
        return self.look is None or not self.look.no_address

    def plays(self, program: str) -> str | None:
        """The stage this person plays in the program; None: no part in it."""
        return self.part.stage if self.part is not None and self.part.program == program else None

    def at(self, source: str) -> str:
        """The Patient id at a source that knows the person."""
        return self.patient_ids[source]

    def covered(self, kind: str, day: date) -> bool:
        return any(c.kind == kind and c.holds(day) for c in self.cover)


def person(no: int, seed: int, on: date, practices: list[Practice]) -> Person:
    """The person with this number; the same for the same seed, day and number, whatever the size of the community."""
    chance = Random(f"{seed}/person/{no}")
    part = casting.part(no)
    look = looks.look(part) if part else None
    household, first = _household(no)
    home = Random(f"{seed}/household/{household}")
    town = FAR_TOWN if home.random() < 0.02 else home.choice(TOWNS)
    line = f"{home.randint(1, 240)} {home.choice(STREETS)} Street"
    shared_name, practice = home.choice(FAMILY), practices[household % len(practices)]
    if look and look.in_network:
        practice = practices[1]
    sex = chance.choice(("female", "male"))
    sex = (look.sex if look else None) or sex
    years = chance.uniform(*look.age) if look else _age(chance, first)
    made = Person(
        no,
        chance.choice(GIVEN[sex]),
        shared_name if first or chance.random() < 0.8 else chance.choice(FAMILY),
        sex,
        on - timedelta(days=round(years * 365.2425)),
        chance.choices([c for c, _ in LANGUAGES], [w for _, w in LANGUAGES])[0],
        household,
        line,
        town,
        None if chance.random() < 0.03 else f"555-{chance.randint(200, 999)}-{chance.randint(0, 9999):04d}",
        f"9{no % 100:02d}-{(no // 100) % 100:02d}-{(no // 10000 * 37 + no) % 10000:04d}",
        None,
        practice,
        chance.choice(practice.clinicians),
        [],
        chance.random() < 0.45,
        part=part,
        look=look,
    )
    made.cover = cover(look.cover if look else None, made.age_on(on), chance, on)
    if look and look.all_inclusive:
        start, end = look.all_inclusive
        last = None if end is None else month_start(on, end) - timedelta(days=1)
        made.cover.append(Cover(ALL_INCLUSIVE, month_start(on, start), last, {"managed": True}))
    made.mbi = f"1{no:07d}TC{no % 10}" if any(c.kind.startswith("medicare") for c in made.cover) else None
    _as_chance_has_it(made, chance, on) if look is None else _as_the_part_asks(made, look, chance, on)
    _known_to(made, chance)
    return made


def _as_chance_has_it(made: Person, chance: Random, on: date) -> None:
    age = made.age_on(on)
    made.conditions = [
        name
        for name, (_, _, base, slope) in CONDITIONS.items()
        if age >= 18 and chance.random() < _share(base, slope, age)
    ]
    made.died = on - timedelta(days=chance.randint(20, 700)) if age >= 60 and chance.random() < 0.02 else None
    made.moved_away = made.died is None and chance.random() < 0.01
    made.unnamed_high_pressure = age >= 18 and "hypertension" not in made.conditions and chance.random() < 0.04
    if age >= 18 and chance.random() < 0.7:
        made.bmi = round(min(52.0, max(16.0, chance.gauss(27.5, 5.2))), 1)
    made.absent = chance.random() < 0.05
    seen = made.died is None and not made.moved_away and not made.absent
    if seen and chance.random() < (0.65 if age >= 18 else 0.2):
        made.needs = tuple(n for n in NEEDS if chance.random() < 0.07)
        made.blank = chance.random() < 0.12
    if chance.random() < 0.015:
        made.copies.append(f"{made.practice.organization}-p{made.no:06d}-b")


def _as_the_part_asks(made: Person, look: looks.Look, chance: Random, on: date) -> None:
    """Whoever plays a part is alive, reachable and well known, as far as the part says nothing else."""
    made.conditions, made.caregiver = list(look.has), look.caregiver
    made.language = chance.choice(("en", "en", "en", "es"))
    made.phone = made.phone or f"555-201-{made.no % 10000:04d}"
    made.town = TOWNS[look.town] if look.town is not None else TOWNS[made.household % 3]
    made.died = on - timedelta(days=look.died) if look.died is not None else None
    made.moved_away, made.absent = look.moved_away, look.absent
    made.bmi, made.needs, made.blank = look.bmi, look.needs, look.blank


def _household(no: int) -> tuple[int, bool]:
    """Households of one, two, three, four, in turn: (its number, is this the first of it)."""
    block, place = divmod(no, 10)
    starts = (0, 1, 3, 6)
    index = max(i for i, s in enumerate(starts) if place >= s)
    return block * 4 + index, place in starts


def _age(chance: Random, first: bool) -> float:
    if first:
        return chance.triangular(19, 97, 66)
    return chance.uniform(0, 18) if chance.random() < 0.25 else chance.triangular(19, 95, 60)


def _share(base: float, slope: float, age: int) -> float:
    return min(0.85, base * (1.0 if age >= 45 else age / 60) + slope * max(0, age - 45))


def _known_to(made: Person, chance: Random) -> None:
    """Which sources know the person: the practice, the payers, some hospitals, and the program they are a part of."""
    stem = f"{made.no:06d}"
    made.patient_ids[made.practice.source] = f"{made.practice.organization}-p{stem}"
    sources = [PAYERS[c.kind] for c in made.cover if c.kind in PAYERS]
    for n, (source, _) in enumerate(HOSPITALS):
        planned = made.look is not None and any(s.hospital == n for s in made.look.stays)
        if chance.random() < (0.55 if made.conditions else 0.2) or planned:
            sources.append(source)
    if made.part:
        sources += _SENT_BY.get(made.part.program, [])
    made.patient_ids |= {source: f"{source.replace('_', '-')}-p{stem}" for source in sources}


# the sources that tell of a part beside the practice, payers and hospitals
_SENT_BY = {
    "elders": [PROGRAMS["elders"].source, "state_medicaid"],
    "housing": [PROGRAMS["housing"].source],
    "mobile": [PROGRAMS["mobile"].source],
    "whole_person": [PROGRAMS["whole_person"].source, "state_medicaid"],
    "pathways": [PROGRAMS["pathways"].source],
    "neighbors": [PROGRAMS["neighbors"].source],
    "four_at_once": [PROGRAMS["neighbors"].source],
    "families": [PROGRAMS["families"].source, SCHOOLS[0], WELFARE[0]],
    "nurse_visits": [PROGRAMS["nurse_visits"].source],
    "newborn": [PROGRAMS["nurse_visits"].source],
    "needs": [PROGRAMS["needs"].source],
    "surgery": ["harbor_general"],
}
