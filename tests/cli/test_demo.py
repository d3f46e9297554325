"""What the demo promises of every care model is counted, and what is not kept is named."""

from dataclasses import replace
from typing import Any

import pytest

from throughcare.cli._demo import Built
from throughcare.cli._demo_promises import of_hospital, promises
from throughcare.flow.standing import ModelStanding

from ..shipped import care_models

MODELS = care_models()
HUB = next(m for m in MODELS if m.team.assignment)
UNIT = next(m for m in MODELS if m.team.routing)


def standing(model: Any, **changed: Any) -> ModelStanding:
    """A care model of which everything lives, but for what is changed."""
    numbers = dict.fromkeys(
        ("eligible", "unknown", "enrolled", "offered", "ended", "future", "open", "late", "resolved", "cancelled"), 3
    )
    lives = ModelStanding(
        model=model.model.id, **numbers, measures=2, payable=4, held=1,
        states=dict.fromkeys(model.enrollment.states, 1), placed={a.id: 2 for a in model.team.assignment},
        trips={r.id: 1 for r in model.team.routing},
    )  # fmt: skip
    return replace(lives, **changed)


def dead(model: Any, one: ModelStanding) -> list[str]:
    built = Built(300, 22, 9000, [model], [one], {"requested": 5}, [{"story": "a"}])
    return [line.what.partition(": ")[2] for line in promises(built) if not line.lives]


@pytest.mark.parametrize("model", [HUB, UNIT])
def test_what_lives_is_said_to_live(model: Any) -> None:
    assert dead(model, standing(model)) == []


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"states": dict.fromkeys(HUB.enrollment.states, 1) | {"onhold": 0}}, "stages with people, nobody onhold"),
        ({"payable": 0}, "lines to claim"),
        ({"held": 0}, "lines held back"),
        ({"measures": 0}, "measures with a number"),
        ({"placed": {}}, f"workers given by {HUB.team.assignment[0].id}"),
        ({"future": 0, "open": 0, "late": 0, "resolved": 0}, "obligations"),
    ],
)
def test_a_promise_that_is_not_kept_is_named(changed: dict[str, Any], said: str) -> None:
    assert dead(HUB, standing(HUB, **changed)) == [said]


def test_trips_are_promised_where_a_care_model_has_a_routing() -> None:
    assert dead(UNIT, standing(UNIT, trips={})) == [f"trips of {UNIT.team.routing[0].id}"]


@pytest.mark.parametrize(("seconds", "lives", "number"), [(1.25, True, 1250), (None, False, 0)])
def test_a_hospital_whose_messages_come_to_no_task_is_named(seconds: float | None, lives: bool, number: int) -> None:
    assert (of_hospital(seconds).lives, of_hospital(seconds).number) == (lives, number)
