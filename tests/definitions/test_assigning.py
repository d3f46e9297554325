"""Assignments and routes in a care model: the pairs and stops come from its sets, the choice from the solver."""

from datetime import date
from decimal import Decimal as D
from typing import Any

from throughcare.decide.assignment import Held, assigned, assignments
from throughcare.decide.routes import trips

from .tiny import model, think

STAYS = """[[set]]
id = "stays"
from = "encounter where class = 'inpatient'"
also = { area = "clinician_id" }
"""
TEAM = """role = []
[[assignment]]
id = "coach"
role = "transitions_coach"
cases = "stays"
among = "worker where area = this.area"
weight = "days_between(started_on, ended_on)"
cap = "room"
load = "taken"
worker = "worker_id"
"""


def stay(days: int | None, area: str) -> dict[str, Any]:
    ended = date(2026, 6, 1 + days) if days is not None else None
    return {"class": "inpatient", "started_on": date(2026, 6, 1), "ended_on": ended, "clinician_id": area}


def worker(worker_id: str, area: str, room: int, taken: int) -> dict[str, Any]:
    return {"person_id": None, "worker_id": worker_id, "area": area, "room": room, "taken": taken}


def test_cases_meet_the_workers_whom_the_phrase_allows() -> None:
    answers = think(
        model(STAYS, team=TEAM),
        encounter=[stay(2, "north"), stay(4, "north"), stay(3, "south"), stay(None, "north")],
        worker=[worker("a", "north", 10, 0), worker("b", "north", 10, 3)],
    )
    (done,) = assignments(answers.relations, answers.plan)
    assert [(p.case, p.worker, p.because) for p in done.placed] == [
        ("encounter/2", "a", "least_used"),
        ("encounter/3", None, "nobody_fits"),
        ("encounter/1", "b", "least_used"),
        ("encounter/4", None, "weight_unknown"),
    ]
    assert done.used == {"a": D("0.4"), "b": D("0.5")}
    assert {p.person_id for p in done.placed} == {1}


def test_whoever_was_given_a_worker_keeps_them_while_they_fit() -> None:
    answers = think(
        model(STAYS, team=TEAM),
        encounter=[stay(2, "north"), stay(4, "north")],
        worker=[worker("a", "north", 10, 0), worker("b", "north", 10, 0), worker("c", "south", 10, 0)],
    )
    (one,) = answers.plan.assigning
    done = assigned(answers.relations, one, {"encounter/1": Held("b", None), "encounter/2": Held("c", None)})
    assert [(p.case, p.worker, p.because) for p in done.placed] == [
        ("encounter/1", "b", "stays"),
        ("encounter/2", "a", "least_used"),
    ]
    assert done.used == {"a": D("0.4"), "b": D("0.2")}


def test_a_pass_over_some_people_assigns_nobody() -> None:
    answers = think(model(STAYS, team=TEAM), everyone=False, encounter=[stay(2, "north")])
    assert assignments(answers.relations, answers.plan) == []


def test_stops_of_a_set_become_trips() -> None:
    team = """role = []
[[routing]]
id = "visits"
stops = "stays"
trip = "clinician_id"
x = "days_between(started_on, ended_on)"
y = "0"
starts_x = "0"
starts_y = "0"
starts_at = "0"
minutes = "1"
"""
    answers = think(model(STAYS, team=team), encounter=[stay(5, "a"), stay(2, "a"), stay(3, "b"), stay(None, "b")])
    found = {t.trip: t.route for t in trips(answers.relations, answers.plan)}
    assert (found["a"].order, found["a"].travel) == (("encounter/1", "encounter/2"), 10.0)
    assert found["b"].left_out == ("encounter/4",)
