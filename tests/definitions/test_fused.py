"""The fused plan answers exactly what the statements of each entry answer, row by row, on random lives.

Each care model is taken alone three times: in the plan of all care models, in a plan of its own, and with a statement
for every entry. No two of them may differ.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from throughcare.decide import evaluate
from throughcare.decide.evaluate import ANSWERS, Answers, Engine
from throughcare.decide.invented import invented
from throughcare.definitions.compiled import Plan, compile_models, compile_unfused
from throughcare.definitions.load import shipped_library
from throughcare.stores.duckdb import Thinker

from ..shipped import care_models

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
ZONE = "America/New_York"
SIZES = [(1, 1), (3, 30)]  # (seed, people)


@lru_cache(maxsize=1)
def published() -> Any:
    return care_models(), shipped_library()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_models(*published())


@pytest.fixture(scope="module")
def engine(plan: Plan) -> Any:
    one = Engine(plan, hands=3)
    yield one
    one.close()


def _rows(table: pa.Table, model: str = "") -> list[str]:
    if model and "model" in table.column_names:
        table = table.filter(pc.equal(table["model"], model))
    return sorted(repr(row) for row in table.to_pylist())


def _personal(table: pa.Table) -> pa.Table:
    return table.filter(pc.is_valid(table["person_id"]))


def _sets(answers: Answers, model: str) -> dict[str, list[str]]:
    """Every set of a care model, by the names its author gave."""
    found = {}
    for name, on in answers.plan.relations:
        if name == model:
            rows = answers.rows(model, on).values()
            found[on] = sorted(repr(sorted((k, repr(v)) for k, v in row.items())) for row in rows)
    return found


@pytest.mark.parametrize("model", published()[0], ids=lambda m: m.model.id)
def test_fused_and_unfused_agree_on_every_relation(model: Any, plan: Plan, engine: Engine) -> None:
    _, library = published()
    alone, apart = (Engine(c([model], library)) for c in (compile_models, compile_unfused))
    name = model.model.id
    try:
        for seed, people in SIZES:
            tables = invented(plan, [model], library, people, NOW, seed)
            of_all, fused, unfused = (one.run(tables, NOW, ZONE) for one in (engine, alone, apart))
            for answer in (a for a in ANSWERS if a != "wake"):
                assert _rows(getattr(fused, answer)) == _rows(getattr(unfused, answer)), answer
                assert _rows(getattr(fused, answer), name) == _rows(getattr(of_all, answer), name), answer
            assert _rows(fused.wake) == _rows(unfused.wake)
            assert _sets(fused, name) == _sets(unfused, name) == _sets(of_all, name)
    finally:
        alone.close()
        apart.close()


def test_random_lives_reach_every_kind_of_answer(engine: Engine, plan: Plan) -> None:
    tables = invented(plan, *published(), evaluate.FEW, NOW, 4)  # the most for whom statements stay prepared
    answers = engine.run(tables, NOW, ZONE)
    assert set(answers.finding.column("answer").to_pylist()) == {"met", "not_met", "unknown"}
    seen = set(answers.obligation.column("status").to_pylist())
    assert {"open", "met", "late", "breached", "cancelled", "paused", "future"} <= seen
    assert answers.role.num_rows
    assert answers.proposal.num_rows
    assert answers.wake.num_rows
    assert answers.measure_row.num_rows
    assert "blocked" in answers.line.column("status").to_pylist()  # what is payable needs more luck; cases have it


def test_a_second_run_with_other_rows_is_not_shaped_by_the_first(engine: Engine, plan: Plan) -> None:
    """Prepared statements and remembered blanks must not leak from one run into the next."""
    big, small = (invented(plan, *published(), n, NOW, 9) for n in (60, 1))
    fresh = Engine(plan)
    try:
        first = fresh.run(small, NOW, ZONE).tables()
    finally:
        fresh.close()
    engine.run(big, NOW, ZONE)
    again = engine.run(small, NOW, ZONE).tables()
    for name in ANSWERS:
        assert _rows(first[name]) == _rows(again[name]), name


def test_equal_sets_and_facts_of_different_care_models_are_one(plan: Plan) -> None:
    models, library = published()
    apart = sum(len(compile_models([m], library).statements) for m in models)
    assert len(plan.statements) < apart


def test_a_plan_for_some_people_answers_what_a_plan_for_everyone_does(engine: Engine, plan: Plan) -> None:
    models, library = published()
    tables = invented(plan, models, library, 40, NOW, 5)
    all_of_it = engine.run(tables, NOW, ZONE)
    for whole_sets in (True, False):
        some = Engine(compile_models(models, library, everyone=False, whole_sets=whole_sets))
        try:
            mine = some.run(tables, NOW, ZONE)
        finally:
            some.close()
        for name in (a for a in ANSWERS if a != "measure_row"):
            assert _rows(_personal(getattr(mine, name))) == _rows(_personal(getattr(all_of_it, name))), name


def test_few_people_are_told_what_many_are(engine: Engine, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of few people it is asked first which sets have rows at all, and several hands think side by side."""
    tables = invented(plan, *published(), 3, NOW, 11)
    engine.run(tables, NOW, ZONE)
    assert any(s.screens for s in plan.statements) and engine.runner.screened
    few = engine.run(tables, NOW, ZONE)
    monkeypatch.setattr(evaluate, "FEW", 0)
    many = engine.run(tables, NOW, ZONE)
    assert not engine.runner.screened
    for name in ANSWERS:
        assert _rows(getattr(few, name)) == _rows(getattr(many, name)), name
    for model in (m.model.id for m in published()[0]):
        assert _sets(few, model) == _sets(many, model), model


def test_without_whole_sets_a_set_keeps_what_answers_rest_on() -> None:
    models, library = published()
    whole, lean = (compile_models(models, library, everyone=False, whole_sets=whole) for whole in (True, False))
    assert [s.name for s in lean.statements] == [s.name for s in whole.statements]
    assert len(lean.columns) < len(whole.columns) / 2
    assert set(lean.columns) < set(whole.columns) and lean.rests_on == whole.rests_on


def test_a_second_look_runs_only_what_changed(engine: Engine, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same person a moment later, with one thing more: what a fresh engine would say, in fewer statements."""
    ran: list[str] = []
    thought = Thinker.run_prepared

    def counted(self: Thinker, name: str, sql: str) -> pa.Table:
        ran.append(name)
        return thought(self, name, sql)

    monkeypatch.setattr(Thinker, "run_prepared", counted)
    tables = invented(plan, *published(), 1, NOW, 12)
    less = tables | {"contact": tables["contact"].slice(0, 1), "goal": tables["goal"].slice(0, 1)}
    found, looks = [], []
    for given, at in ((tables, NOW), (less, NOW + timedelta(minutes=1))):
        ran.clear()
        found.append(engine.run(given, at, ZONE, own={}).tables())
        looks.append(len(ran))
    fresh = Engine(plan)
    whole = fresh.run(less, NOW + timedelta(minutes=1), ZONE, own={}).tables()
    fresh.close()
    for name in ANSWERS:
        assert _rows(found[1][name]) == _rows(whole[name]), name
    assert found[0] != found[1]
    assert looks[1] < looks[0] / 2, looks
