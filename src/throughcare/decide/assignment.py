"""Assignments: which worker takes which case, so that nobody is filled beyond their room and work is shared fairly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from throughcare.decide.balance import balanced
from throughcare.definitions.compiled import Plan
from throughcare.definitions.grammar import Assignment

Row = Mapping[str, Any]
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Placed:
    """One case and its worker, or none and why not. `used` is the worker's share of room taken afterwards."""

    case: str
    person_id: int | None
    worker: str | None
    weight: Decimal | None
    used: Decimal | None
    because: str


@dataclass(slots=True)
class Worker:
    """One worker's room: all there is, and how much is taken."""

    key: str
    cap: Decimal
    load: Decimal

    def used_with(self, weight: Decimal) -> Decimal:
        return (self.load + weight) / self.cap


def assign(pairs: Iterable[Row], how: str) -> list[Placed]:
    """Every case once, in the order it was placed: by weight, the heaviest first, then by name."""
    by_case: dict[str, list[Row]] = defaultdict(list)
    for row in pairs:
        by_case[row["case_key"]].append(row)
    workers = _workers(row for listed in by_case.values() for row in listed)
    cases = sorted(by_case.values(), key=lambda listed: (-(listed[0]["weight"] or NOTHING), listed[0]["case_key"]))
    chosen = balanced(cases, workers) if how == "together" else {}
    return [_place(listed, workers, chosen.get(listed[0]["case_key"]), how) for listed in cases]


@dataclass(frozen=True, slots=True)
class Assigned:
    """One assignment of one care model, done: who was placed where, everyone's share of room, and how fair it is."""

    model: str
    given: Assignment
    placed: list[Placed]
    used: dict[str, Decimal]
    fairness: Decimal | None


def assignments(relations: Mapping[str, Mapping[str, Any]], plan: Plan) -> list[Assigned]:
    """Every assignment of a plan about everyone, chosen from the pairs its look has found."""
    found = []
    for one in plan.assigning:
        if isinstance(one.given, Assignment):
            columns = relations[one.relation]
            rows = [dict(zip(columns, values, strict=True)) for values in zip(*_lists(columns), strict=True)]
            placed = assign(rows, one.given.how)
            used = shares(rows, placed)
            found.append(Assigned(one.model, one.given, placed, used, fairness(used.values())))
    return found


def _lists(columns: Mapping[str, Any]) -> list[list[Any]]:
    return [column.to_pylist() for column in columns.values()]


def _workers(rows: Iterable[Row]) -> dict[str, Worker]:
    return {
        r["worker"]: Worker(r["worker"], r["cap"], r["load"])
        for r in rows
        if r["worker"] is not None and r["cap"] and r["load"] is not None
    }


def _place(listed: list[Row], workers: dict[str, Worker], wanted: str | None, how: str) -> Placed:
    case = listed[0]
    weight, fit = case["weight"], [workers[r["worker"]] for r in listed if r["worker"] in workers]
    if weight is None:
        return Placed(case["case_key"], case["person_id"], None, None, None, "weight_unknown")
    if not fit:
        return Placed(case["case_key"], case["person_id"], None, weight, None, "nobody_fits")
    room = [w for w in fit if w.used_with(weight) <= case["full_at"]]
    worker, because = _chosen(case, weight, room, workers.get(wanted or ""), how)
    if worker is None:
        return Placed(case["case_key"], case["person_id"], None, weight, None, "no_room")
    worker.load += weight
    return Placed(case["case_key"], case["person_id"], worker.key, weight, worker.used_with(NOTHING), because)


def _chosen(
    case: Row, weight: Decimal, room: list[Worker], wanted: Worker | None, how: str
) -> tuple[Worker | None, str]:
    """The worker from before while there is room; else the one used least afterwards, of equals the lowest name."""
    if how == "together":
        return wanted, "balanced"
    before = next((w for w in room if w.key == case["previous"] and w.used_with(weight) <= case["keep_to"]), None)
    if before:
        return before, "kept"
    return min(room, key=lambda w: (w.used_with(weight), w.key), default=None), "least_used"


def fairness(shares_used: Iterable[Decimal]) -> Decimal | None:
    """Jain's index of shares used: 1 when all are used alike, towards 1/n when one does everything."""
    used = list(shares_used)
    squares = len(used) * sum((u * u for u in used), NOTHING)
    return round(sum(used, NOTHING) ** 2 / squares, 4) if squares else None


def shares(pairs: Iterable[Row], placed: Iterable[Placed]) -> dict[str, Decimal]:
    """Each worker's share of room taken once all are placed."""
    workers = _workers(pairs)
    for one in placed:
        if one.worker and one.weight is not None:
            workers[one.worker].load += one.weight
    return {key: worker.used_with(NOTHING) for key, worker in sorted(workers.items())}
