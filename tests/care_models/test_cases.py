"""Every case of every care model that ships, found by looking; each care model is thought about in a plan of its own.

That the one plan of all care models answers the same is proved in tests/definitions/test_fused.py.
"""

from functools import cache
from pathlib import Path

import pytest

from throughcare.decide.cases import run_cases
from throughcare.definitions.cases import KINDS, Case, load_cases
from throughcare.definitions.check import check
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.grammar import CareModel
from throughcare.definitions.load import SHIPPED, shipped_library
from throughcare.faults import Finding

from ..shipped import care_models

FOLDERS = sorted(p.parent for p in SHIPPED.glob("*/model.toml"))
LIVES = {folder: load_cases(folder) for folder in FOLDERS}
CASES = [pytest.param(folder, case, id=f"{folder.name}/{case.story}") for folder in FOLDERS for case in LIVES[folder]]
MODELS = [pytest.param(folder, id=folder.name) for folder in FOLDERS]


@cache
def model(folder: Path) -> CareModel:
    return next(m for m in care_models() if m.model.id == folder.name)


@cache
def differences(folder: Path) -> dict[str, list[Finding]]:
    """Story -> what is not as expected; all stories of a care model together, the first time one is asked for."""
    cases = LIVES[folder]
    found = run_cases([(case, model(folder)) for case in cases], compile_models([model(folder)], shipped_library()))
    return {case.story: some for case, some in zip(cases, found, strict=True)}


def test_care_models_ship() -> None:
    assert FOLDERS


@pytest.mark.parametrize("folder", MODELS)
def test_a_shipped_model_passes_the_check(folder: Path) -> None:
    findings = check(model(folder), shipped_library())
    assert not findings, "\n".join(map(str, findings))


@pytest.mark.parametrize("folder", MODELS)
def test_a_shipped_model_shows_yes_no_edge_and_unknown(folder: Path) -> None:
    assert {kind for case in LIVES[folder] for kind in case.kinds} == set(KINDS)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("folder", "case"), CASES)
def test_case(folder: Path, case: Case) -> None:
    told = differences(folder)[case.story]
    assert not told, "\n".join(map(str, told))
