"""Assignments: which worker takes which case, so that nobody is filled beyond their room and work is shared fairly.

Whoever was given a worker keeps them while they fit; only a newer wish of the case itself moves it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from throughcare.decide.balance import balanced
from throughcare.definitions.compiled.plan import Assigning, Plan
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
    previous: str | None = None  # the worker the case itself named then


@dataclass(frozen=True, slots=True)
class Held:
    """What an earlier look gave a case: the worker, and whom the case itself had named by then."""

    worker: str
    previous: str | None


@dataclass(slots=True)
class Worker:
    """One worker's room: all there is, and how much is taken."""

    key: str
    cap: Decimal
    load: Decimal

    def used_with(self, weight: Decimal) -> Decimal:
        return (self.load + weight) / self.cap


def assign(pairs: Iterable[Row], how: str, held: Mapping[str, Held] | None = None) -> list[Placed]:
    """Every case once: first those that keep their worker, then the rest as they are placed.

    Both by weight, the heaviest first, then by name.
    """
    by_case: dict[str, list[Row]] = defaultdict(list)
    for row in pairs:
        by_case[row["case_key"]].append(row)
    workers = _workers(row for listed in by_case.values() for row in listed)
    cases = sorted(by_case.values(), key=lambda listed: (-(listed[0]["weight"] or NOTHING), listed[0]["case_key"]))
    keeping = {key: one.worker for key, one in (held or {}).items() if _keeps(by_case.get(key, []), one, workers)}
    kept = [_kept(listed[0], workers[keeping[key]]) for listed in cases if (key := listed[0]["case_key"]) in keeping]
    rest = [listed for listed in cases if listed[0]["case_key"] not in keeping]
    chosen = balanced(rest, workers) if how == "together" and rest else {}
    return [*kept, *(_place(listed, workers, chosen.get(listed[0]["case_key"]), how) for listed in rest)]


def _keeps(listed: list[Row], held: Held, workers: Mapping[str, Worker]) -> bool:
    """Does a case stay where it was: the worker still fits, and it has not come to name another who fits too."""
    fit = {row["worker"] for row in listed} & workers.keys()
    named = listed[0]["previous"] if listed else None
    return held.worker in fit and (named in (None, held.previous, held.worker) or named not in fit)


def _kept(case: Row, worker: Worker) -> Placed:
    worker.load += case["weight"] or NOTHING
    used = worker.used_with(NOTHING)
    return Placed(case["case_key"], case["person_id"], worker.key, case["weight"], used, "stays", case["previous"])


@dataclass(frozen=True, slots=True)
class Assigned:
    """One assignment of one care model, done: who was placed where, everyone's share of room, and how fair it is."""

    model: str
    given: Assignment
    placed: list[Placed]
    used: dict[str, Decimal]
    fairness: Decimal | None


def assignments(relations: Mapping[str, Mapping[str, Any]], plan: Plan) -> list[Assigned]:
    """Every assignment of a plan about everyone, as if nobody had been given a worker before."""
    return [assigned(relations, one, {}) for one in plan.assigning if isinstance(one.given, Assignment)]


def assigned(relations: Mapping[str, Mapping[str, Any]], one: Assigning, held: Mapping[str, Held]) -> Assigned:
    """An assignment chosen from the pairs that a look at everyone has found; raises a Fault without its solver."""
    assert isinstance(one.given, Assignment)
    columns = relations[one.relation]
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*_lists(columns), strict=True)]
    placed = assign(rows, one.given.how, held)
    used = shares(rows, placed)
    return Assigned(one.model, one.given, placed, used, fairness(used.values()))


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
        return _nobody(case, "weight_unknown")
    if not fit:
        return _nobody(case, "nobody_fits")
    room = [w for w in fit if w.used_with(weight) <= case["full_at"]]
    worker, because = _chosen(case, weight, room, workers.get(wanted or ""), how)
    if worker is None:
        return _nobody(case, "no_room")
    worker.load += weight
    used = worker.used_with(NOTHING)
    return Placed(case["case_key"], case["person_id"], worker.key, weight, used, because, case["previous"])


def _nobody(case: Row, because: str) -> Placed:
    return Placed(case["case_key"], case["person_id"], None, case["weight"], None, because, case["previous"])


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
