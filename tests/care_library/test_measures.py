"""Every measure of the care library: its definition compiles, and its cases hold, found by looking."""

import pytest

from throughcare.decide.cases import run_cases
from throughcare.definitions.cases import Case, load_cases
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.library import SHIPPED_LIBRARY, load_library
from throughcare.faults import Finding

LIBRARY = load_library()
CASES = [(name, case) for name in LIBRARY.measures for case in load_cases(SHIPPED_LIBRARY / "measures" / name)]


@pytest.fixture(scope="module")
def differences() -> dict[tuple[str, str], list[Finding]]:
    books = list(LIBRARY.measures.values())
    found = run_cases([(case, LIBRARY.measures[name]) for name, case in CASES], compile_models(books, LIBRARY))
    return {(name, case.story): some for (name, case), some in zip(CASES, found, strict=True)}


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}/{case.story}" for name, case in CASES])
def test_case(name: str, case: Case, differences: dict[tuple[str, str], list[Finding]]) -> None:
    told = differences[name, case.story]
    assert not told, "\n".join(map(str, told))


@pytest.mark.parametrize("name", sorted(LIBRARY.measures))
def test_every_measure_is_proved_by_cases_and_says_where_it_comes_from(name: str) -> None:
    assert [case for book, case in CASES if book == name]
    assert LIBRARY.measures[name].model.source
