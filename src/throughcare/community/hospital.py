"""Hospital: an invented one, that sends HL7 v2 messages about people's stays as a real one does: with changes of mind.

Discharges are taken back and given again, stays are cancelled, people move between units, records are merged. What
truly happened is known beside the messages, so that a reader of them can be held to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

NAME = "RIVERSIDE"
UNITS = ("ED^1^A", "3 EAST^12^B", "4 WEST^7^A", "ICU^2^A", "REHAB^30^B")
_FAMILIES = ("Alvarez", "Brandt", "Chen", "Dubois", "Eze", "Fischer", "Grant", "Haddad", "Ivanov", "Jones")
_GIVEN = ("Ana", "Ben", "Cora", "Dev", "Ella", "Farid", "Gita", "Hugo", "Ines", "Jun")
HOME, _SKILLED_NURSING = "01", "03"


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone who is in hospital, and how the hospital knows them. Days are ISO dates."""

    record_number: str
    family: str
    given: str
    born: str
    sex: str
    ssn: str = ""
    cause: tuple[str, str] = ("I50.9", "Heart failure")  # of the stay: ICD-10-CM and in words


@dataclass(slots=True)
class Stay:
    """What truly became of one visit."""

    visit: str
    guest: Guest
    admitted: datetime
    discharged: datetime | None = None
    status: str = "in-progress"


@dataclass(slots=True)
class Told:
    """Every message in the order it was written, and the truth behind them."""

    messages: list[tuple[datetime, bytes]] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)  # record number -> the one that replaced it
    number: int = 1  # of the next message


def guests(count: int, seed: int) -> list[Guest]:
    """Invented people, for where no community is at hand."""
    chance = Random(seed)
    made = []
    for number in range(count):
        born = datetime(1930, 1, 1) + timedelta(days=chance.randrange(80 * 365))
        sex = chance.choice("FM")
        name = chance.choice(_FAMILIES), chance.choice(_GIVEN)
        made.append(Guest(f"R{seed}{number:06}", *name, f"{born:%Y-%m-%d}", sex))
    return made


def tell(people: Sequence[Guest], seed: int, begins: datetime, *, days: int = 60) -> Told:
    """One or two visits of each, about ten messages a person; their order is that of writing."""
    chance, told = Random(seed), Told()
    for guest in people:
        for number in range(chance.choice((1, 1, 2))):
            at = begins + timedelta(minutes=chance.randrange(days * 1440) + number * days * 1440)
            _stay(chance, told, guest, f"V{guest.record_number}{number}", at)
    for old, new in zip(people[::50], people[1::50], strict=False):
        at = begins + timedelta(days=2 * days + 1, minutes=chance.randrange(1440))
        _merge(told, old, new, at)
    told.messages.sort(key=lambda one: one[0])
    return told


def _stay(chance: Random, told: Told, guest: Guest, visit: str, at: datetime) -> None:
    """Admission, some moves and updates, discharge; some of it taken back."""
    stay = Stay(visit, guest, at)
    writer = Writer(told, guest, visit, at)
    writer.write("A01", at, unit=UNITS[0])
    for _ in range(chance.randrange(1, 4)):
        at = _later(chance, at)
        writer.write("A02", at, unit=chance.choice(UNITS[1:]))
        writer.write("A08", at + timedelta(minutes=7))
    if chance.random() < 0.1:
        at = _later(chance, at)
        writer.write("A11", at)
        stay.status = "cancelled"
    else:
        at = _later(chance, at)
        if chance.random() < 0.2:
            writer.write("A03", at, left=at, to=_SKILLED_NURSING)
            writer.write("A13", at + timedelta(minutes=30))
            at = _later(chance, at)
        if chance.random() < 0.9:
            writer.write("A03", at, left=at, to=HOME)
            stay.discharged, stay.status = at, "finished"
    told.stays.append(stay)


def _later(chance: Random, at: datetime) -> datetime:
    return at + timedelta(minutes=chance.randrange(61, 2 * 1440))


def _merge(told: Told, old: Guest, new: Guest, at: datetime) -> None:
    writer = Writer(told, new, "", at)
    writer.write("A40", at, after=f"MRG|{old.record_number}^^^{NAME}^MR")
    told.merged[old.record_number] = new.record_number


@dataclass(slots=True)
class Writer:
    """Writes the messages of one visit. Times carry their offset: what is written in UTC is read so anywhere."""

    told: Told
    guest: Guest
    visit: str
    admitted: datetime
    unit: str = ""

    def write(
        self, event: str, at: datetime, *, unit: str = "", left: datetime | None = None, to: str = "", after: str = ""
    ) -> None:
        self.unit = unit or self.unit
        number = f"{NAME}{self.told.number:08}"
        self.told.number += 1
        self.told.messages.append((at, message(event, at, number, self._lines(at, left, to, after), event_at=at)))

    def _lines(self, at: datetime, left: datetime | None, to: str, after: str) -> list[str]:
        one = self.guest
        numbers = f"{one.record_number}^^^{NAME}^MR" + (f"~{one.ssn}^^^USSSA^SS" if one.ssn else "")
        lines = [f"PID|1||{numbers}||{one.family}^{one.given}||{one.born.replace('-', '')}|{one.sex}"]
        lines += [after] if after else []
        if self.visit:
            field_of = {2: "I", 3: f"{self.unit}^{NAME}", 4: "1", 19: f"{self.visit}^^^{NAME}^VN",
                        36: to, 44: _time(self.admitted), 45: _time(left) if left else ""}  # fmt: skip
            lines.append("PV1|" + "|".join(["1", *(field_of.get(n, "") for n in range(2, 46))]).rstrip("|"))
            lines.append(f"DG1|1||{'^'.join(one.cause)}^I10||{_time(self.admitted)}|W")
        return lines


def message(event: str, at: datetime, number: str, lines: Sequence[str], *, event_at: datetime) -> bytes:
    """An ADT message as the hospital's interface writes it."""
    head = f"MSH|^~\\&|ADT|{NAME}|THROUGHCARE|CARE|{_time(at)}||ADT^{event}|{number}|P|2.5.1|||||||UNICODE UTF-8"
    return "\r".join([head, f"EVN|{event}|{_time(event_at)}", *lines, ""]).encode()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")


def shuffled(messages: Sequence[tuple[datetime, bytes]], seed: int, twice: float = 0.1) -> Iterator[bytes]:
    """As a bad line delivers them: in any order, some of them twice."""
    chance = Random(seed)
    all = [data for _, data in messages]
    all += chance.sample(all, int(len(all) * twice))
    chance.shuffle(all)
    return iter(all)
