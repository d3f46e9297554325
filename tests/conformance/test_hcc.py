"""Every golden case of CMS-HCC, V24 and V28: payment conditions, raw and demographic score, and each coefficient."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from throughcare.settings import Settings

from .hcc import Score, golden, library, scored, site_tables

FOLDER = Path(Settings.read().shared_data) / "10_rules_tables"
NEAR = Decimal("0.001")

pytestmark = pytest.mark.skipif(not (FOLDER / "cms_hcc_tables.zip").is_file(), reason="the CMS tables are not here")


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    return golden(FOLDER / "hcc_golden_cases.ndjson.gz")


@pytest.fixture(scope="module")
def scores(cases: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> list[Score]:
    known = library(site_tables(FOLDER / "cms_hcc_tables.zip", tmp_path_factory.mktemp("tables")))
    return scored(known.measures["average_risk_score"], known, cases)


@pytest.mark.parametrize("version", ["V24", "V28"])
def test_every_golden_case_has_its_conditions_scores_and_coefficients(
    version: str, cases: list[dict[str, Any]], scores: list[Score]
) -> None:
    mine = [(case, score) for case, score in zip(cases, scores, strict=True) if case["model"] == version]
    wrong = [f"{case['id']}: {what}" for case, score in mine for what in _differences(case, score)]
    print(f"{version}: {len(mine) - len({w.partition(':')[0] for w in wrong})} of {len(mine)} cases")
    assert mine
    assert not wrong, "\n".join(wrong[:40])


def _differences(case: dict[str, Any], score: Score) -> list[str]:
    found = []
    if score.conditions != sorted(case["expected_hccs"]):
        found.append(f"conditions {score.conditions}, expected {case['expected_hccs']}")
    for name in ("raw", "demographic"):
        got, wanted = getattr(score, name), case[f"expected_{name}_score"]
        if abs(got - wanted) > NEAR:
            found.append(f"{name} {got}, expected {wanted}")
    expected, detail = _counting(case["expected_detail"]), _counting(score.detail)
    if expected != detail:
        found.append(f"{dict(sorted(detail.items()))}, expected {dict(sorted(expected.items()))}")
    return found


def _counting(detail: dict[str, Decimal]) -> dict[str, Decimal]:
    """What counts for something, by its name in capitals: CMS ends some names with the version, the cases do not."""
    return {re.sub(r"_V2[48]$", "", name.upper()): value for name, value in detail.items() if value}
