"""A plan for answers alone answers what the whole plan does, in fewer statements; sets asked for stay whole."""

from datetime import UTC, datetime
from typing import Any

import pytest

from throughcare.decide import evaluate
from throughcare.decide.evaluate import ANSWERS, Answers, Engine
from throughcare.decide.invented import invented
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.load import shipped_library

from ..shipped import care_models

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
SOME = 3  # care models: enough to share sets, few enough to run for many people twice


@pytest.fixture(scope="module")
def whole() -> Plan:
    return compile_models(care_models()[:SOME], shipped_library())


@pytest.fixture(scope="module")
def tables(whole: Plan) -> Any:
    return invented(whole, care_models()[:SOME], shipped_library(), 60, NOW, 5)


@pytest.fixture(scope="module")
def answers(whole: Plan, tables: Any) -> Answers:
    return _run(whole, tables)


def _run(plan: Plan, tables: Any) -> Answers:
    engine = Engine(plan)
    try:
        engine.run(tables, NOW, "UTC", own={})
        return engine.run(tables, NOW, "UTC", own={})
    finally:
        engine.close()


def _rows(table: Any) -> list[str]:
    return sorted(map(repr, table.to_pylist()))


def _unread(whole: Plan, lean: Plan) -> tuple[str, str]:
    """A set that no answer rests on."""
    return min(on for on in whole.relations.keys() - lean.relations.keys() if on not in whole.whole)


def test_answers_are_the_same_without_what_none_rests_on(
    whole: Plan, tables: Any, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean = compile_models(care_models()[:SOME], shipped_library(), only=())
    assert len(lean.statements) < len(whole.statements)
    assert len(lean.columns) < len(whole.columns) / 2
    monkeypatch.setattr(evaluate, "FEW", 0)  # as for many people, whose rows are let go
    found = _run(lean, tables)
    for name in ANSWERS:
        assert _rows(getattr(found, name)) == _rows(getattr(answers, name)), name


def test_the_rows_of_a_set_that_is_asked_for_are_whole(
    whole: Plan, tables: Any, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    models, library = care_models()[:SOME], shipped_library()
    model, on = _unread(whole, compile_models(models, library, only=()))
    monkeypatch.setattr(evaluate, "FEW", 0)
    found = _run(compile_models(models, library, only=[(model, on)]), tables)
    rows = answers.rows(model, on)
    assert rows and found.rows(model, on) == rows
