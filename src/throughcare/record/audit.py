"""The audit: who did what about whom, appended only, each line sealed by the hash of the one before."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from throughcare.record.changes import Heard
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

START = bytes(32)
_PORTION = 10_000


@dataclass(frozen=True, slots=True)
class Broken:
    """The first audit line that is not what was written, and what is wrong with it."""

    audit_no: int
    what: str

    def __str__(self) -> str:
        return f"audit line {self.audit_no}: {self.what}"


def append(
    connection: Connection, heard: Sequence[Heard], *, after: tuple[int, bytes], commit_no: int | None,
    actor: str, role: str, at: datetime,
) -> tuple[int, bytes]:  # fmt: skip
    """Add lines behind the end of the chain, which the caller holds locked; the new end."""
    number, seal = after
    lines, hashes = [], []
    for one in heard:
        number += 1
        said = (one.action, one.person_id, one.purpose, one.detail, one.outcome)
        seal = sealed(seal, (number, at, commit_no, actor, role, *said))
        lines.append((number, *said))
        hashes.append(seal)
    if lines:
        numbers, actions, people, purposes, details, outcomes = map(list, zip(*lines, strict=True))
        connection.execute(query("record/add_audit"), {
            "at": at, "commit_no": commit_no, "actor": actor, "role": role, "numbers": numbers, "actions": actions,
            "people": people, "purposes": purposes, "details": details, "outcomes": outcomes, "hashes": hashes,
        })  # fmt: skip
    return number, seal


def sealed(before: bytes, line: Sequence[Any]) -> bytes:
    """SHA-256 over the seal before and this line as canonical JSON: fixed order, UTC, no spaces."""
    plain = [v.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(v, datetime) else v for v in line]
    return sha256(before + json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode()).digest()


def verify(database: Database) -> Broken | None:
    """Walk the whole chain; the first line that was changed, removed, moved or added behind our back."""
    number, seal = 0, START
    with database.connection() as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        while rows := connection.execute(query("record/audit_chain"), {"after": number, "rows": _PORTION}).fetchall():
            for *line, found in rows:
                if line[0] != number + 1:
                    return Broken(number + 1, "it is missing")
                number, seal = line[0], sealed(seal, line)
                if seal != bytes(found):
                    return Broken(number, "it does not match its seal")
        end = connection.execute("select audit_no, audit_hash from record.head").fetchone()
    if end is None or end[0] > number:
        return Broken(number + 1, "it is missing, and so is everything after it")
    if end[0] < number or bytes(end[1]) != seal:
        return Broken(end[0] + 1, "it was added outside of any commit")
    return None
