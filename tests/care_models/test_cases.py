"""Every case of every care model that ships, found by looking, run through the one fused plan of all of them."""

import pytest

from throughcare.decide.cases import run_cases
from throughcare.definitions.cases import KINDS, Case, load_cases
from throughcare.definitions.check import check
from throughcare.definitions.compiled import Plan, compile_models
from throughcare.definitions.grammar import CareModel
from throughcare.definitions.load import SHIPPED, load_library, load_model
from throughcare.faults import Finding

FOLDERS = sorted(p.parent for p in SHIPPED.glob("*/model.toml"))
CASES = [(folder.name, case) for folder in FOLDERS for case in load_cases(folder)]


@pytest.fixture(scope="module")
def models() -> dict[str, CareModel]:
    return {folder.name: load_model(folder) for folder in FOLDERS}


@pytest.fixture(scope="module")
def plan(models: dict[str, CareModel]) -> Plan:
    return compile_models(list(models.values()), load_library())


@pytest.fixture(scope="module")
def differences(models: dict[str, CareModel], plan: Plan) -> dict[tuple[str, str], list[Finding]]:
    found = run_cases([(case, models[name]) for name, case in CASES], plan)
    return {(name, case.story): some for (name, case), some in zip(CASES, found, strict=True)}


def test_care_models_ship() -> None:
    assert FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_a_shipped_model_passes_the_check(folder) -> None:  # type: ignore[no-untyped-def]
    findings = check(load_model(folder), load_library())
    assert not findings, "\n".join(map(str, findings))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)
def test_a_shipped_model_shows_yes_no_edge_and_unknown(folder) -> None:  # type: ignore[no-untyped-def]
    assert {kind for name, case in CASES if name == folder.name for kind in case.kinds} == set(KINDS)


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}/{case.story}" for name, case in CASES])
def test_case(name: str, case: Case, differences: dict[tuple[str, str], list[Finding]]) -> None:
    told = differences[name, case.story]
    assert not told, "\n".join(map(str, told))
