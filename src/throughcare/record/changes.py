"""Changes: what a stage wants to be true, as data. Two doors commit them: flow for the system, access for people."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

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
    file: str = ""  # where it was read; a refused Put that has one goes into quarantine in the same commit
    line: int = 0
    as_of: datetime | None = None  # for which moment its source says so; known when it said it for a later one


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Input that could not be read, kept whole with its reason so that it can be fixed and replayed."""

    source: str
    file: str
    line: int
    reason: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A message as received. What is stored of a thing is folded from all messages about it, by the format's reader.

    `control` is what its sender calls it, `digest` is of its text; `about` names things as "kind/id of resource".
    """

    source: str
    format: str
    control: str
    digest: bytes
    said_at: datetime
    about: tuple[str, ...]
    is_aside: bool
    body: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file has been read with this commit; what was stored, known and refused is counted by the commit."""

    file_digest: bytes
    source: str
    lines_done: int
    read: int  # since the last mark
    member: str = ""
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Say that a resource is no longer so. A deletion is a version too: what was known before stays readable."""

    resource_type: str
    resource_id: str
    source: str = "throughcare"
    if_version: int | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Say that a patient (as one source knows them) is this person; person_id None gives the patient a new person.

    `patient_id` is the id, or "Patient/<id>".
    """

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
    outcome: str = "allowed"  # or "refused"


@dataclass(slots=True)
class Changes:
    """Everything one commit writes, all of it or none.

    `answers` holds the engine's own answers as named relations (findings, obligations, roles, proposals,
    wakes: columns as the tables of schema `think`); each replaces the stored rows of the people in `answers_for`.
    `quarantined`, `mark` and `messages` are intake's: unreadable input, the checkpoint of a load, and what is kept as
    it was received until it is folded.
    `puts` may hold resources already prepared elsewhere (record.prepare), which are written as they are.
    `cursor` is (stage, commit_no): how far the stage has read the feed, moved in the same commit.
    """

    puts: list[Any] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    answers: dict[str, pa.Table] = field(default_factory=dict)
    answers_for: list[int] = field(default_factory=list)
    audit: list[Heard] = field(default_factory=list)
    cursor: tuple[str, int] | None = None
    deletes: list[Delete] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    mark: Mark | None = None
    messages: list[Message] = field(default_factory=list)

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            puts=self.puts + other.puts,
            links=self.links + other.links,
            answers=_together(self.answers, other.answers),
            answers_for=list(dict.fromkeys([*self.answers_for, *other.answers_for])),
            audit=self.audit + other.audit,
            cursor=other.cursor or self.cursor,
            deletes=self.deletes + other.deletes,
            quarantined=self.quarantined + other.quarantined,
            mark=other.mark or self.mark,
            messages=self.messages + other.messages,
        )

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))


def _together(ours: dict[str, pa.Table], theirs: dict[str, pa.Table]) -> dict[str, pa.Table]:
    both = ours.keys() & theirs.keys()
    joined = {n: pa.concat_tables([ours[n], theirs[n]], promote_options="permissive") for n in both}
    return {**ours, **theirs, **joined}


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did: its number and moment, and per Put whether it was stored or already known."""

    commit_no: int
    at: datetime
    stored: int
    known: int
    refused: tuple[tuple[int, str], ...] = ()  # (index of the Put, reason in words)
    messages: int = 0  # that were new
    entries: int = 0  # of quarantine, that are new
