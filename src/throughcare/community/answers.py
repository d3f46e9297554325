"""Answers: what is truly so of one person and one program: yes, no or unknown, why, and what came of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from throughcare.community.claims import paid_by
from throughcare.community.people import Person
from throughcare.community.stays import Stay


@dataclass(frozen=True, slots=True)
class Life:
    """What is truly so of one person: who they are, their stays, and when their practice saw them."""

    person: Person
    stays: list[Stay]
    seen: list[tuple[date, str]]  # by whom of the practice
    high_readings: int  # days of two years with a high blood pressure
    called: frozenset[str]  # stays after which the team reached the person the next day
    on: date

    @property
    def visits(self) -> list[date]:
        return [day for day, _ in self.seen]

    @property
    def told_stays(self) -> list[Stay]:
        """Stays the hospital told of, and those a claim revealed since; of the others nobody can know yet."""
        return [s for s in self.stays if not s.silent or paid_by(self.person, s, self.on)]


@dataclass(frozen=True, slots=True)
class Answer:
    answer: str
    because: str = ""
    outcome: dict[str, Any] = field(default_factory=dict)


def answer(against: dict[str, bool], missing: dict[str, bool] | None = None, **outcome: Any) -> Answer:
    """No for any reason against; else unknown when something is missing; else yes."""
    no = [reason for reason, so in against.items() if so]
    if no:
        return Answer("no", "; ".join(no), outcome)
    open_ = [reason for reason, so in (missing or {}).items() if so]
    return Answer("unknown", "; ".join(open_), outcome) if open_ else Answer("yes", "", outcome)
