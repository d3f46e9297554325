"""People: who lives in the community, in which household, with which conditions, known to which sources."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from throughcare.community.names import FAMILY, FAR_TOWN, GIVEN, LANGUAGES, STREETS, TOWNS
from throughcare.community.places import HOSPITALS, PLAN, Practice

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
}
REGISTRY = ("diabetes", "hypertension", "heart_failure", "copd", "kidney", "depression")


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
    unnamed_high_pressure: bool = False  # high readings that nobody has written down as a problem
    patient_ids: dict[str, str] = field(default_factory=dict)  # source -> Patient id
    copies: list[str] = field(default_factory=list)  # a second Patient by mistake within one source

    def age_on(self, day: date) -> int:
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))

    @property
    def home_patient(self) -> str:
        """The Patient id at the person's own practice."""
        return self.patient_ids[self.practice.source]


def person(no: int, seed: int, on: date, practices: list[Practice]) -> Person:
    """The person with this number; the same for the same seed, day and number, whatever the size of the community."""
    chance = Random(f"{seed}/person/{no}")
    household, first = _household(no)
    home = Random(f"{seed}/household/{household}")
    town = FAR_TOWN if home.random() < 0.02 else home.choice(TOWNS)
    line = f"{home.randint(1, 240)} {home.choice(STREETS)} Street"
    shared_name, practice = home.choice(FAMILY), practices[household % len(practices)]
    sex = chance.choice(("female", "male"))
    birth = on - timedelta(days=int(_age(chance, first) * 365.2425))
    made = Person(
        no,
        chance.choice(GIVEN[sex]),
        shared_name if first or chance.random() < 0.8 else chance.choice(FAMILY),
        sex,
        birth,
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
    )
    age = made.age_on(on)
    made.mbi = f"1{no:07d}TC{no % 10}" if age >= 65 else None
    made.conditions = [
        name
        for name, (_, _, base, slope) in CONDITIONS.items()
        if age >= 18 and chance.random() < _share(base, slope, age)
    ]
    made.died = on - timedelta(days=chance.randint(20, 700)) if age >= 60 and chance.random() < 0.02 else None
    made.moved_away = made.died is None and chance.random() < 0.01
    made.unnamed_high_pressure = age >= 18 and "hypertension" not in made.conditions and chance.random() < 0.04
    _known_to(made, chance)
    return made


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
    stem = f"{made.no:06d}"
    made.patient_ids[made.practice.source] = f"{made.practice.organization}-p{stem}"
    made.patient_ids[PLAN[0]] = f"mer-p{stem}"
    for source, _ in HOSPITALS:
        if chance.random() < (0.55 if made.conditions else 0.2):
            made.patient_ids[source] = f"{source.replace('_', '-')}-p{stem}"
    if chance.random() < 0.015:
        made.copies.append(f"{made.practice.organization}-p{stem}-b")
