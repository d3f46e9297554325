"""What the demo promises of every care model: people at every stage, measures, money, and workers or trips it gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from throughcare.cli._demo import Built
from throughcare.definitions.grammar import CareModel
from throughcare.flow.standing import ModelStanding

_HEADS = ("may join", "cannot tell", "obligations", "late", "measures", "payable", "held back", "placed", "trips")


@dataclass(frozen=True, slots=True)
class Line:
    """One promise: what of, how many there are, and whether that keeps it."""

    what: str
    number: int
    lives: bool


def promises(built: Built) -> Iterator[Line]:
    """Every promise, with what was counted."""
    yield Line("people", built.people, built.people > 0)
    yield Line("sources", built.sources, built.sources > 3)
    yield Line("resources", built.resources, built.resources > built.people)
    yield Line("care models", len(built.models), len(built.models) > 0)
    yield Line("stories to look at", len(built.stories), len(built.stories) >= len(built.models))
    yield Line("tasks", sum(built.tasks.values()), built.tasks.get("requested", 0) > 0)
    for model, one in zip(built.care_models, built.models, strict=True):
        yield from _of(model, one)


def of_hospital(seconds: float | None) -> Line:
    """A message of the hospital is work on a worklist; the number is that of milliseconds in between."""
    if seconds is None:
        return Line("no message of the hospital came to a task", 0, False)
    return Line("milliseconds from a message of the hospital to its task", round(seconds * 1000), True)


def _of(model: CareModel, one: ModelStanding) -> Iterator[Line]:
    empty = [state for state in model.enrollment.states if not one.states.get(state)]
    told = f", nobody {' or '.join(empty)}" if empty else ""
    yield Line(f"{one.model}: stages with people{told}", len(model.enrollment.states) - len(empty), not empty)
    counted = [("obligations", _owed(one)), ("measures with a number", one.measures)]
    counted += [("lines to claim", one.payable), ("lines held back", one.held)]
    counted += [(f"workers given by {a.id}", one.placed.get(a.id, 0)) for a in model.team.assignment]
    counted += [(f"trips of {r.id}", one.trips.get(r.id, 0)) for r in model.team.routing]
    for what, number in counted:
        yield Line(f"{one.model}: {what}", number, number > 0)


def _owed(one: ModelStanding) -> int:
    return one.future + one.open + one.late + one.resolved


def tables(built: Built) -> Iterator[str]:
    """By care model: people at each stage, then work, measures, money, workers and trips."""
    states = list(dict.fromkeys(state for model in built.care_models for state in model.enrollment.states))
    yield _row("people by stage", states)
    for model, one in zip(built.care_models, built.models, strict=True):
        known = model.enrollment.states
        yield _row(one.model, [f"{one.states.get(s, 0):,}" if s in known else "" for s in states])
    yield _row("work and money", _HEADS)
    for one in built.models:
        given = (sum(one.placed.values()), sum(one.trips.values()))
        numbers = (one.eligible, one.unknown, _owed(one), one.late, one.measures, one.payable, one.held, *given)
        yield _row(one.model, [f"{n:,}" for n in numbers])


def _row(head: str, cells: Sequence[str]) -> str:
    return f"  {head:<36}" + "".join(f"{cell:>12}" for cell in cells)
