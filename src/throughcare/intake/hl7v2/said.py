"""Said: one message in its place: who sent it, when it was said, and which patients and visits it names.

Everything that is made of messages is a fold over all of them in `order`, which no arrival can change.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from throughcare.intake.hl7v2 import values
from throughcare.intake.hl7v2.message import Message, Part, Segment
from throughcare.intake.hl7v2.text import decoded
from throughcare.intake.shapes import resource_id

_NEVER = datetime(1, 1, 2, tzinfo=UTC)
_NOT_OF_A_RECORD = ("SS", "DL", "PPN", "MC", "MA", "MB", "NI", "XX", "TAX")


@cache
def events() -> dict[str, dict[str, dict[str, Any]]]:
    return tomllib.loads((files(__package__) / "events.toml").read_text("utf-8"))


def digest(text: str) -> bytes:
    """Of a message as its segments say it, however their ends were written."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


class Said:
    """A message from a source. `recorded` is when its sender wrote it down, `happened` when what it tells was."""

    def __init__(self, text: str, source: str, zone: ZoneInfo) -> None:
        self.message, self.source, self.zone = Message(text), source, zone
        self.digest = digest("\r".join(self.message.lines))
        msh = self.message.msh
        self.kind, self.event, self.home = msh.text(9), msh.text(9, 2), msh.text(4)
        evn = self.message.first("EVN")
        self.event = self.event or (evn.text(1) if evn else "")
        self.rule = events().get(self.kind, {}).get(self.event)
        sent, noted, occurred = msh.text(7), evn.text(2) if evn else "", evn.text(6) if evn else ""
        self.recorded = self._first(noted, sent, occurred)
        self.happened = self._first(occurred, noted, sent)
        self.order = (self.recorded, self.digest)

    def _first(self, *texts: str) -> datetime:
        return next((told.at for text in texts if text and (told := self.time(text))), _NEVER)

    @classmethod
    def of(cls, data: bytes, source: str, zone: ZoneInfo, charset: str = "") -> "Said":
        return cls(decoded(data, charset), source, zone)

    @property
    def control(self) -> str:
        """What the sender calls it: MSH-3, MSH-4 and MSH-10."""
        return "|".join((self.message.msh.text(3), self.home, self.message.msh.text(10)))

    @property
    def is_dated(self) -> bool:
        return self.happened > _NEVER

    @property
    def noted(self) -> values.Told | None:
        return values.Told(self.recorded.isoformat(), self.recorded) if self.recorded > _NEVER else None

    @property
    def is_aside(self) -> bool:
        """Not from registration: what it says of the person counts only where registration says nothing."""
        return self.kind != "ADT"

    def time(self, text: str) -> values.Told | None:
        return values.when(text, self.zone)

    def id(self, kind: str, *keys: str) -> str:
        return resource_id(self.source, kind, *keys)

    def people(self) -> Iterator["Spoken"]:
        """The segments about each patient: from one PID to the next; what stands before the first is of the first."""
        gathered: list[Segment] = []
        named = False
        for segment in self.message.segments():
            if segment.name == "PID" and named:
                yield Spoken(self, gathered)
                gathered = []
            named = named or segment.name == "PID"
            if segment.name not in ("MSH", "EVN"):
                gathered.append(segment)
        if named:
            yield Spoken(self, gathered)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Some segments of a message that belong together, and of whom and which visit they speak.

    `role` tells what the message says of the thing itself: '', or "merged" for what became another.
    """

    said: Said
    segments: list[Segment]
    patient: str = ""
    visit: str = ""
    role: str = ""
    other: str = ""  # what the thing became, or came from

    def first(self, name: str) -> Segment | None:
        return next((s for s in self.segments if s.name == name), None)

    def all(self, name: str) -> list[Segment]:
        return [s for s in self.segments if s.name == name]

    def text(self, name: str, field: int, component: int = 1) -> str:
        found = self.first(name)
        return found.text(field, component) if found else ""

    def time(self, name: str, field: int) -> values.Told | None:
        return self.said.time(self.text(name, field))

    def named(self) -> "Spoken":
        """The same with the ids of its patient and its visit."""
        return Spoken(self.said, self.segments, self._patient(), self._visit())

    def _patient(self) -> str:
        pid = self.first("PID")
        return patient_id(self.said, [*pid.parts(3), *pid.parts(2)]) if pid else ""

    def _visit(self) -> str:
        """By its number; without one, by whom and when; an event that moves a visit always has one."""
        pv1 = self.first("PV1")
        if pv1 is None or not (patient := self._patient()):
            return ""
        if number := next((p for n in (19, 50) for p in pv1.parts(n) if p.text(1)), None):
            return visit_id(self.said, number)
        admitted = self.said.time(pv1.text(44))
        moves = self.said.rule and ("moves" in self.said.rule or "cancels" in self.said.rule)
        if admitted or moves:
            at = admitted.at if admitted else self.said.happened
            return self.said.id("visit", patient, at.astimezone(UTC).isoformat())
        return ""


def patient_id(said: Said, numbers: list[Part]) -> str:
    """By the record number; the first that is one, else the first there is."""
    given = [p for p in numbers if p.text(1)]
    mine = next((p for kind in ("MR", "MRN", "PI") for p in given if p.text(5) == kind), None)
    mine = mine or next((p for p in given if p.text(5) not in _NOT_OF_A_RECORD), None) or next(iter(given), None)
    return said.id("patient", *_key(said, mine)) if mine else ""


def visit_id(said: Said, number: Part) -> str:
    return said.id("visit", *_key(said, number))


def _key(said: Said, number: Part) -> tuple[str, str]:
    name, oid, how = number.text(4), number.text(4, 2), number.text(4, 3)
    return values.authority(name, oid, how, said.source, said.home), number.text(1)
