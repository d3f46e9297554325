"""The fused plan answers exactly what the statements of each entry answer, row by row, on random lives."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from throughcare.decide.evaluate import ANSWERS, Answers, Engine
from throughcare.decide.invented import invented
from throughcare.definitions.compiled import Plan, compile_models, compile_unfused
from throughcare.definitions.load import load_all, load_library
from throughcare.settings import Settings

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def published() -> Any:
    return load_all(Settings()), load_library()


@pytest.fixture(scope="module")
def plans(published: Any) -> Any:
    models, library = published
    return compile_models(models, library), compile_unfused(models, library)


@pytest.fixture(scope="module")
def engines(plans: Any) -> Any:
    fused, unfused = (Engine(plan) for plan in plans)
    yield fused, unfused
    fused.close()
    unfused.close()


def _rows(table: pa.Table) -> list[str]:
    return sorted(repr(row) for row in table.to_pylist())


def _sets(answers: Answers, plan: Plan) -> dict[tuple[str, str], list[str]]:
    """Every set of every care model, by the names its author gave."""
    found = {}
    for model, on in plan.relations:
        rows = answers.rows(model, on).values()
        found[model, on] = sorted(repr(sorted((k, repr(v)) for k, v in row.items())) for row in rows)
    return found


@pytest.mark.parametrize(("seed", "people"), [(1, 1), (2, 1), (3, 40), (4, 150)])
def test_fused_and_unfused_agree_on_every_relation(
    engines: Any, plans: Any, published: Any, seed: int, people: int
) -> None:
    tables = invented(plans[0], *published, people, NOW, seed)
    fused, unfused = (engine.run(tables, NOW, "America/New_York") for engine in engines)
    for name in ANSWERS:
        assert _rows(getattr(fused, name)) == _rows(getattr(unfused, name)), name
    assert _sets(fused, plans[0]) == _sets(unfused, plans[1])


def test_random_lives_reach_every_kind_of_answer(engines: Any, plans: Any, published: Any) -> None:
    tables = invented(plans[0], *published, 600, NOW, 4)
    answers = engines[0].run(tables, NOW, "America/New_York")
    assert set(answers.finding.column("answer").to_pylist()) == {"met", "not_met", "unknown"}
    seen = set(answers.obligation.column("status").to_pylist())
    assert {"open", "met", "late", "breached", "cancelled", "paused", "future"} <= seen
    assert answers.role.num_rows
    assert answers.proposal.num_rows
    assert answers.wake.num_rows


def test_a_second_run_with_other_rows_is_not_shaped_by_the_first(engines: Any, plans: Any, published: Any) -> None:
    """Prepared statements and remembered blanks must not leak from one run into the next."""
    big, small = (invented(plans[0], *published, n, NOW, 9) for n in (60, 1))
    fresh = Engine(plans[0])
    try:
        first = fresh.run(small, NOW, "America/New_York").tables()
    finally:
        fresh.close()
    engines[0].run(big, NOW, "America/New_York")
    again = engines[0].run(small, NOW, "America/New_York").tables()
    for name in ANSWERS:
        assert _rows(first[name]) == _rows(again[name]), name


def test_equal_sets_and_facts_of_different_care_models_are_one(plans: Any) -> None:
    fused, unfused = plans
    assert len(fused.statements) < len(unfused.statements) / 2
