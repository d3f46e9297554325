"""Changes: what a stage wants to be true, as data. Two doors commit them: flow for the system, access for people."""

from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Put:
    """Write one FHIR resource: a new one, or the next version of one we authored.

    `body` is the JSON text as received (bytes are stored unchanged). `source` names who says so; our own
    stages use "throughcare". `if_version` refuses the write when the current version is another.
    """

    body: bytes
    source: str = "throughcare"
    if_version: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Say that a patient (as one source knows them) is this person; person_id None gives the patient a new person."""

    patient_id: str
    person_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of the audit: who did what, about whom, for which purpose. No clinical content."""

    action: str
    person_id: int | None = None
    detail: str = ""
    purpose: str = "TREAT"


@dataclass(slots=True)
class Changes:
    """Everything one commit writes, all of it or none.

    `answers` holds the engine's own answers as named relations (findings, obligations, roles, proposals,
    wakes: columns as the tables of schema `think`); each replaces the stored rows of the people in `answers_for`.
    `cursor` is (stage, commit_no): how far the stage has read the feed, moved in the same commit.
    """

    puts: list[Put] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    answers: dict[str, pa.Table] = field(default_factory=dict)
    answers_for: list[int] = field(default_factory=list)
    audit: list[Heard] = field(default_factory=list)
    cursor: tuple[str, int] | None = None

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.puts + other.puts,
            self.links + other.links,
            {**self.answers, **other.answers},
            self.answers_for + [p for p in other.answers_for if p not in set(self.answers_for)],
            self.audit + other.audit,
            other.cursor or self.cursor,
        )

    def __bool__(self) -> bool:
        return bool(self.puts or self.links or self.answers or self.audit or self.cursor)


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did: its number and moment, and per Put whether it was stored or already known."""

    commit_no: int
    at: datetime
    stored: int
    known: int
    refused: tuple[tuple[int, str], ...] = ()  # (index of the Put, reason in words)
