"""Every measure of the care library: its definition compiles, and its cases hold, found by looking."""

from pathlib import Path

import pytest

from throughcare.decide.cases import run_cases
from throughcare.definitions.cases import TABLES, Case, load_cases
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.library import SHIPPED_LIBRARY, load_library, shipped_library
from throughcare.faults import Finding

LIBRARY = shipped_library()
CASES = [(name, case) for name in LIBRARY.measures for case in load_cases(SHIPPED_LIBRARY / "measures" / name)]


@pytest.fixture(scope="module")
def differences() -> dict[tuple[str, str], list[Finding]]:
    """All measures together; one whose cases bring tables of their own stands alone with them."""
    told: dict[tuple[str, str], list[Finding]] = {}
    alone = [name for name in LIBRARY.measures if _tables(name).is_dir()]
    for names in ([name for name in LIBRARY.measures if name not in alone], *([name] for name in alone)):
        library = load_library(tables_dir=_tables(names[0])) if names[0] in alone else LIBRARY
        mine = [(name, case) for name, case in CASES if name in names]
        plan = compile_models([library.measures[name] for name in names], library)
        found = run_cases([(case, library.measures[name]) for name, case in mine], plan)
        told |= {(name, case.story): some for (name, case), some in zip(mine, found, strict=True)}
    return told


def _tables(name: str) -> Path:
    return SHIPPED_LIBRARY / "measures" / name / "cases" / TABLES


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}/{case.story}" for name, case in CASES])
def test_case(name: str, case: Case, differences: dict[tuple[str, str], list[Finding]]) -> None:
    told = differences[name, case.story]
    assert not told, "\n".join(map(str, told))


@pytest.mark.parametrize("name", sorted(LIBRARY.measures))
def test_every_measure_is_proved_by_cases_and_says_where_it_comes_from(name: str) -> None:
    assert [case for book, case in CASES if book == name]
    assert LIBRARY.measures[name].model.source
