"""Rules between services, on the care models that ship: what two programs both know of is paid once."""

from collections.abc import Iterator
from typing import Any

import pytest

from throughcare.decide.evaluate import evaluate
from throughcare.decide.lives import lives
from throughcare.definitions.cases import Case, load_cases
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.load import SHIPPED, load_model, shipped_library

NEEDS, WORKER = "community_based_care_coordination", "community_health_worker"


@pytest.fixture(scope="module")
def plan() -> Plan:
    library = shipped_library()
    return compile_models([load_model(SHIPPED / name, library) for name in (NEEDS, WORKER)], library)


@pytest.fixture(scope="module")
def case() -> Case:
    return next(case for case in load_cases(SHIPPED / NEEDS) if case.story == "135_minutes_in_a_month")


def joined(case: Case, started: str) -> dict[str, Any]:
    """The same person in the other program as well."""
    other = next(r for r in case.life if r["resourceType"] == "EpisodeOfCare")
    coding = {"system": "urn:throughcare:care-model", "code": WORKER}
    return {**other, "id": "e-other", "type": [{"coding": [coding]}], "period": {"start": started}}


def lines(plan: Plan, case: Case, *more: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    known = lives([*case.life, *more], case.now, case.expect.zone)
    for line in evaluate(plan, known.tables, case.now, case.expect.zone).line.to_pylist():
        yield line["model"], line["code"], line["status"], line["why_not"]


def test_the_minutes_of_one_program_are_paid(plan: Plan, case: Case) -> None:
    assert sorted(lines(plan, case)) == [(NEEDS, "G0019", "payable", ""), (NEEDS, "G0022", "payable", "")]


@pytest.mark.parametrize(("started", "paid", "waits"), [("2026-02-21", NEEDS, WORKER), ("2026-02-19", WORKER, NEEDS)])
def test_of_two_programs_the_one_joined_first_is_paid(
    plan: Plan, case: Case, started: str, paid: str, waits: str
) -> None:
    found = sorted(lines(plan, case, joined(case, started)))
    assert {(model, code, status) for model, code, status, _ in found} == {
        (paid, "G0019", "payable"),
        (paid, "G0022", "payable"),
        (waits, "G0019", "suppressed"),
        (waits, "G0022", "suppressed"),
    }
    assert all("another program has counted this month" in why for model, _, _, why in found if model == waits)
