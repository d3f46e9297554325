"""Assigning: once everyone was thought about, who takes whom and in which order; kept, and those it moves are woken."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from throughcare.decide.assignment import Assigned, Held, assigned
from throughcare.decide.evaluate import Answers
from throughcare.decide.routes import Trip, routed
from throughcare.definitions.compiled.plan import Assigning
from throughcare.definitions.grammar import Assignment
from throughcare.faults import Fault
from throughcare.stores import copy
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

NOBODY = 0  # whose cases are no person's
_ROOM = pa.decimal128(18, 6)
_ROW = pa.schema(
    [("person_id", pa.int64())]
    + [(name, pa.string()) for name in ("model", "assignment", "role", "case_key", "worker")]
    + [("weight", _ROOM), ("used", _ROOM), ("because", pa.string()), ("previous", pa.string())]
    + [("since", pa.timestamp("us", "UTC"))]
)

Case = tuple[str, str, str]  # care model, assignment, case
Seat = tuple[int, str, str, str | None]  # person, care model, assignment, worker


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one look chose; `waiting` are the assignments and routings that a missing library keeps as they were."""

    assigned: list[Assigned] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    waiting: list[tuple[Assigning, Fault]] = field(default_factory=list)
    moved: set[int] = field(default_factory=set)  # people who have another worker now, or none any more


@dataclass(frozen=True, slots=True)
class _Before:
    """What was chosen before: the worker of each case, since when, and who was given to whom."""

    held: dict[tuple[str, str], dict[str, Held]]
    since: dict[tuple[Case, str | None], tuple[datetime, str]]  # since when, and why it was chosen then
    seats: set[Seat]


def tell(database: Database, answers: Answers, now: datetime) -> Chosen:
    """Choose every assignment and routing from answers about everyone, keep it, and wake whoever it gives or takes."""
    with database.connection() as connection, connection.transaction():
        before = _before(connection)
        chosen = _choose(answers, before)
        rows = [row for one in chosen.assigned for row in _rows(one, before, now)]
        for table, kind in (("assigned", "assignment"), ("sharing", "assignment"), ("trip", "routing")):
            connection.execute(query("flow/drop_chosen", table=f"think.{table}", kind=kind), _waiting(chosen))
        given = pa.Table.from_pylist(rows, schema=_ROW)
        copy.into(connection, "think.assigned", given.column_names, copy.lines_of(given))
        _keep_sharing(connection, chosen.assigned, now)
        _keep_trips(connection, chosen.trips, now)
        kept = {(one.model, one.given.id) for one, _ in chosen.waiting}
        moved = {s for s in {_seat(row) for row in rows} ^ before.seats if s[1:3] not in kept and s[0] != NOBODY}
        chosen.moved.update(person for person, *_ in moved)
        connection.execute(query("flow/wake"), {"people": sorted(chosen.moved), "now": now})
    return chosen


def _before(connection: Connection) -> _Before:
    held: dict[tuple[str, str], dict[str, Held]] = defaultdict(dict)
    since, seats = {}, set()
    rows = connection.execute(query("flow/assigned")).fetchall()
    for person, model, assignment, case, worker, previous, begun, because in rows:
        if worker is not None:
            held[model, assignment][case] = Held(worker, previous)
        since[(model, assignment, case), worker] = begun, because
        seats.add((person, model, assignment, worker))
    return _Before(held, since, seats)


def _choose(answers: Answers, before: _Before) -> Chosen:
    chosen = Chosen()
    for one in answers.plan.assigning:
        try:
            if isinstance(one.given, Assignment):
                held = before.held.get((one.model, one.given.id), {})
                chosen.assigned.append(assigned(answers.relations, one, held))
            else:
                chosen.trips.extend(routed(answers.relations, one))
        except Fault as missing:
            chosen.waiting.append((one, missing))
    return chosen


def _rows(one: Assigned, before: _Before, now: datetime) -> Iterable[dict[str, Any]]:
    """A case that stays keeps the reason it was chosen for."""
    for p in one.placed:
        place = one.model, one.given.id, p.case
        since, why = before.since.get((place, p.worker), (now, p.because))
        yield {
            "person_id": p.person_id or NOBODY, "model": one.model, "assignment": one.given.id,
            "role": one.given.role, "case_key": p.case, "worker": p.worker, "weight": p.weight,
            "used": p.used and round(p.used, 6), "because": why if p.because == "stays" else p.because,
            "previous": p.previous, "since": since,
        }  # fmt: skip


def _seat(row: dict[str, Any]) -> Seat:
    return row["person_id"], row["model"], row["assignment"], row["worker"]


def _waiting(chosen: Chosen) -> dict[str, list[str]]:
    ours = [one for one, _ in chosen.waiting]
    return {"models": [one.model for one in ours], "ids": [one.given.id for one in ours]}


def _keep_sharing(connection: Connection, found: Iterable[Assigned], now: datetime) -> None:
    for one in found:
        connection.execute(
            query("flow/keep_sharing"),
            {
                "model": one.model, "assignment": one.given.id, "cases": len(one.placed),
                "placed": sum(p.worker is not None for p in one.placed), "fairness": one.fairness,
                "used": json.dumps({worker: f"{share:.4f}" for worker, share in one.used.items()}), "at": now,
            },
        )  # fmt: skip


def _keep_trips(connection: Connection, trips: Iterable[Trip], now: datetime) -> None:
    for one in trips:
        made = one.route
        connection.execute(
            query("flow/keep_trip"),
            {
                "model": one.model, "routing": one.routing, "trip": one.trip, "stops": list(made.order),
                "left_out": list(made.left_out), "travel": made.travel, "finish": made.finish, "gap": made.gap,
                "begins": list(made.begins), "shows": json.dumps(one.shows),
                "person": None if one.about_people else NOBODY, "at": now,
            },
        )  # fmt: skip
