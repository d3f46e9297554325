"""Whoever left a program comes in again only for something newer than the day they left."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from throughcare.decide.evaluate import evaluate
from throughcare.decide.lives import lives
from throughcare.definitions.compiled import compile_models, compile_unfused
from throughcare.definitions.load import load_model, model_folders, shipped_library
from throughcare.settings import Settings

ZONE, NOON = "America/New_York", datetime(2026, 7, 6, 16, tzinfo=UTC)
STORY = "care_transitions_intervention/cases/back_in_hospital/life.json"


@pytest.fixture(scope="module", params=[compile_models, compile_unfused], ids=["fused", "unfused"])
def plan(request: pytest.FixtureRequest):
    folder = next(f for f in model_folders(Settings.read({})) if f.name == Path(STORY).parts[0])
    return request.param([load_model(folder)], shipped_library())


@pytest.mark.parametrize(
    ("left_on", "state", "answer"),
    [
        ("2026-06-29", "cancelled", "met"),  # readmitted that day, home again on 2 July
        ("2026-07-02", "cancelled", "not_met"),  # said no on the day of leaving: not asked again for that stay
        ("2026-07-05", "finished", "not_met"),
        (None, "active", None),  # still in it: there is nothing to answer
    ],
)
def test_only_a_newer_discharge_opens_the_door_again(plan, left_on: str | None, state: str, answer: str | None) -> None:  # type: ignore[no-untyped-def]
    answers = evaluate(plan, lives(_life(left_on, state), NOON, ZONE).tables, NOON, ZONE)
    found = [r["answer"] for r in answers.finding.to_pylist() if r["rule"] == "again"]
    assert found == ([answer] if answer else [])


def _life(left_on: str | None, state: str) -> list[dict]:
    """Twice in hospital, the second time until 2 July; the enrollment of the first time ended as told."""
    folder = next(f for f in model_folders(Settings.read({})) if f.name == Path(STORY).parts[0])
    bundle = json.loads((folder.parent / STORY).read_text())
    resources = {r["resource"]["id"]: r["resource"] for r in bundle["entry"]}
    second = {"start": "2026-06-29T09:00:00-04:00", "end": "2026-07-02T14:00:00-04:00"}
    resources["stay-2"] |= {"status": "finished", "period": second}
    resources["stay-2"]["hospitalization"] = resources["stay-1"]["hospitalization"]
    period = {"start": "2026-06-20"} | ({"end": left_on} if left_on else {})
    why = [{"url": "urn:throughcare:reason", "valueCode": "declined" if left_on == "2026-07-02" else "completed"}]
    resources["e-ana"] |= {"status": state, "period": period, "extension": why}
    return list(resources.values())
