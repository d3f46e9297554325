"""What a case expects where each choice changes the next: who takes whom, how fairly, and in which order a day goes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from throughcare.decide.assignment import Assigned, Placed
from throughcare.decide.routes import Trip
from throughcare.definitions.grammar import ExpectAssigned, ExpectRouted, ExpectShared

ROUNDED = Decimal("0.01")  # travel and minutes are worked out in floating point


def assigned(e: ExpectAssigned, found: list[Assigned], people: dict[str, int]) -> Iterator[str]:
    """How one case was placed, beside what was expected of it."""
    placed = [p for a in found if a.given.id == e.assignment for p in a.placed if _meant(e, p, people)]
    whom = e.case or e.person
    if len(placed) != 1:
        yield f"{e.assignment}: expected {whom} to be one case, got {len(placed)}."
        return
    (one,) = placed
    if e.worker is not None and one.worker != e.worker:
        yield f"{e.assignment}: expected {whom} to go to {e.worker}, got {one.worker or 'nobody'} ({one.because})."
    for name in ("because", "weight", "used"):
        wanted, got = getattr(e, name), getattr(one, name)
        if wanted is not None and wanted != got:
            yield f"{e.assignment}: expected {name} {wanted} of {whom}, got {_told(got)}."


def _meant(e: ExpectAssigned, placed: Placed, people: dict[str, int]) -> bool:
    return placed.case == e.case if e.case else placed.person_id == people[e.person or ""]


def shared(e: ExpectShared, found: list[Assigned]) -> Iterator[str]:
    """How full everyone is once all are placed, and Jain's index of it."""
    for one in (a for a in found if a.given.id == e.assignment):
        if e.fairness is not None and one.fairness != e.fairness:
            yield f"{e.assignment}: expected a fairness of {e.fairness}, got {_told(one.fairness)}."
        for worker, share in e.used.items():
            if one.used.get(worker) != share:
                yield f"{e.assignment}: expected {worker} to be used {share}, got {_told(one.used.get(worker))}."


def routed(e: ExpectRouted, found: list[Trip]) -> Iterator[str]:
    """One trip: its order, its travel, when it ends, and which stops it leaves out."""
    mine = [t for t in found if t.routing == e.routing and t.trip == e.trip]
    if not mine:
        trips = ", ".join(t.trip for t in found if t.routing == e.routing) or "none"
        yield f"{e.routing}: there is no trip {e.trip}. Trips: {trips}."
    for route in (t.route for t in mine):
        for name, wanted, got in (("order", e.order, route.order), ("left_out", e.left_out, route.left_out)):
            if wanted is not None and tuple(wanted) != got:
                yield f"{e.trip}: expected {name} {', '.join(wanted) or 'none'}, got {', '.join(got) or 'none'}."
        for name, amount, was in (("travel", e.travel, route.travel), ("finish", e.finish, route.finish)):
            if amount is not None and Decimal(str(amount)) != Decimal(was).quantize(ROUNDED):
                yield f"{e.trip}: expected {name} {amount}, got {was:.2f}."


def _told(value: Any) -> str:
    return "unknown" if value is None else str(value)
