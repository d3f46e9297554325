"""How things stand: by care model, who is eligible and enrolled and how their obligations stand, from the record."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from throughcare.stores.postgres import Database
from throughcare.stores.sql import query

_OPEN = ("open", "paused", "unknown")


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """One care model in numbers. `late` is past due and not done; `resolved` is done, in time or not.

    `measures` are those that have a number, `payable` the lines of payment that can be claimed, `held` those that lack
    something or gave way. `states` counts people by state of enrollment, `placed` cases with a worker by assignment,
    `trips` the trips of each routing.
    """

    model: str
    eligible: int
    unknown: int
    enrolled: int
    offered: int
    ended: int
    future: int
    open: int
    late: int
    resolved: int
    cancelled: int
    measures: int
    payable: int
    held: int
    states: dict[str, int]
    placed: dict[str, int]
    trips: dict[str, int]


def by_model(database: Database, models: list[str]) -> list[ModelStanding]:
    """The numbers of these care models, in their order; a model nobody is in has noughts."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    with database.connection() as connection:
        for model, kind, name, number in connection.execute(query("flow/counts")):
            counts[model, kind][name] = int(number)
    kinds = ("eligible", "enrolled", "owed", "told", "placed", "trips")
    return [_standing(model, *(counts[model, kind] for kind in kinds)) for model in models]


def _standing(
    model: str,
    found: dict[str, int],
    states: dict[str, int],
    owed: dict[str, int],
    told: dict[str, int],
    placed: dict[str, int],
    trips: dict[str, int],
) -> ModelStanding:
    return ModelStanding(
        model=model,
        eligible=found["met"],
        unknown=found["unknown"],
        enrolled=states["active"] + states["onhold"],
        offered=states["planned"] + states["waitlist"],
        ended=states["finished"] + states["cancelled"],
        future=owed["future"],
        open=sum(owed[s] for s in _OPEN),
        late=owed["breached"],
        resolved=owed["met"] + owed["late"],
        cancelled=owed["cancelled"],
        measures=told["measures"],
        payable=told["payable"],
        held=told["held"],
        states=dict(states),
        placed=dict(placed),
        trips=dict(trips),
    )


def tasks(database: Database) -> dict[str, int]:
    """Tasks by status."""
    with database.connection() as connection:
        return {status: int(number) for status, number in connection.execute(query("flow/task_counts"))}


def as_json(standings: list[ModelStanding], by_status: dict[str, int]) -> dict[str, Any]:
    return {"models": [asdict(s) for s in standings], "tasks": by_status}
