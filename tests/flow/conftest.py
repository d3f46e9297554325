"""A small record: resources put in through the door, and answers written by hand as decide would."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from throughcare.flow.door import commit
from throughcare.record.changes import Changes, Delete, Put

NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)
SINCE = datetime(2026, 7, 1, tzinfo=UTC)
_TIME = pa.timestamp("us", "UTC")
OBLIGATION = pa.schema(
    [("obligation_key", pa.string()), ("person_id", pa.int64())]
    + [(c, pa.string()) for c in ("model", "version", "step", "anchor_key")]
    + [("occurrence", pa.int32())]
    + [(c, pa.string()) for c in ("activity", "about")]
    + [("roles", pa.list_(pa.string())), ("escalates_to", pa.string())]
    + [("opens_at", _TIME), ("due_at", _TIME), ("due_precision", pa.string()), ("warn_at", _TIME)]
    + [("status", pa.string()), ("resolved_at", _TIME), ("resolved_by", pa.string()), ("reason", pa.string())]
    + [("done_count", pa.int32()), ("needs", pa.int32())]
)


def patient(ident: str, **more) -> dict:
    return {"resourceType": "Patient", "id": ident, "birthDate": "1950-02-03", "gender": "female"} | more


@pytest.fixture
def put(database):
    """Write resources as a source would, and say what the commit did."""

    def write(*resources: dict, source: str = "hospital", stage: str = "intake", at: datetime = NOW):
        puts = [Put(json.dumps(r).encode(), source=source) for r in resources]
        return commit(database, Changes(puts=puts), stage=stage, at=at)

    return write


@pytest.fixture
def drop(database):
    def delete(kind: str, ident: str, source: str = "hospital", at: datetime = NOW):
        return commit(database, Changes(deletes=[Delete(kind, ident, source)]), stage="intake", at=at)

    return delete


def finding(person: int, answer: str = "met", rule: str = "eligible", model: str = "coaching") -> dict:
    return {
        "person_id": person,
        "model": model,
        "version": "2026.1",
        "rule": rule,
        "answer": answer,
        "criteria": "[]",
        "deciding": [],
        "since": SINCE,
    }


def obligation(person: int, about: str, **said) -> dict:
    plain = {
        "obligation_key": f"coaching|call|{about}|0|{person}",
        "person_id": person,
        "model": "coaching",
        "version": "2026.1",
        "step": "call",
        "anchor_key": about,
        "occurrence": 0,
        "activity": "call",
        "about": about,
        "roles": ["coach"],
        "opens_at": SINCE,
        "due_at": datetime(2026, 7, 8, 3, 59, 59, tzinfo=UTC),
        "due_precision": "day",
        "status": "open",
        "reason": "",
        "done_count": 0,
        "needs": 1,
    }
    return {column: None for column in OBLIGATION.names} | plain | said


@pytest.fixture
def answered():
    """Answers as decide gives them, from rows by name."""

    def changes(people: list[int], findings=(), obligations=(), wakes=()) -> Changes:
        rows = list(findings)
        schema = pa.schema(
            [("person_id", pa.int64())]
            + [(c, pa.string()) for c in ("model", "version", "rule", "answer", "criteria")]
            + [("deciding", pa.list_(pa.string())), ("since", _TIME)]
        )
        wake = pa.schema([("person_id", pa.int64()), ("looks_again_at", _TIME)])
        tables = {
            "finding": pa.Table.from_pylist(rows, schema=schema),
            "obligation": pa.Table.from_pylist(list(obligations), schema=OBLIGATION),
            "wake": pa.Table.from_pylist([{"person_id": p, "looks_again_at": t} for p, t in wakes], schema=wake),
        }
        return Changes(answers=tables, answers_for=people)

    return changes
