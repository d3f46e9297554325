"""Risk scores in a care model: by name alone, with the tables that a site brought, and unknown without them."""

import json
from datetime import datetime
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import msgspec
import pytest

from throughcare.decide.evaluate import Engine
from throughcare.decide.lives import lives
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.desugar import complete_model
from throughcare.definitions.grammar import Fact
from throughcare.definitions.library import SHIPPED_LIBRARY, load_library
from throughcare.definitions.load import SHIPPED, load_model

CASES = SHIPPED_LIBRARY / "measures" / "average_risk_score" / "cases"
NOW = datetime.fromisoformat("2026-07-01T12:00:00-04:00")
ILL = Fact(id="risk_points", says="Raw score", value="cms_hcc_v28_raw", cites="test")


def points(tables: Path | str) -> list[Any]:
    """The raw scores of the worked examples, as the first shipped care model has them when it asks by name."""
    library = load_library(tables_dir=tables)
    model = load_model(next(folder for folder in sorted(SHIPPED.iterdir()) if (folder / "model.toml").is_file()))
    facts = [fact for fact in model.sets.fact if fact.id != ILL.id]
    asking = msgspec.structs.replace(model, sets=msgspec.structs.replace(model.sets, fact=[*facts, ILL]))
    engine = Engine(compile_models([complete_model(asking, library)], library, everyone=False))
    try:
        life = json.loads((CASES / "worked_examples" / "life.json").read_bytes(), parse_float=D)
        known = lives([entry["resource"] for entry in life["entry"]], NOW, "America/New_York")
        rows = engine.run(known.tables, NOW, "America/New_York").rows(model.model.id, "person")
        return [rows[f"Patient/{name}"]["risk_points"] for name in ("one", "two", "four")]
    finally:
        engine.close()


def test_a_care_model_has_a_score_by_its_name() -> None:
    assert points(CASES / "tables") == [D("1.803"), D("2.152"), D("1.377")]


@pytest.mark.parametrize("brought", [[], ["cms_hcc_coefficients"], ["cms_hcc_diagnoses", "cms_hcc_coefficients"]])
def test_without_all_tables_a_score_is_unknown_and_never_half(tmp_path: Path, brought: list[str]) -> None:
    for name in brought:
        (tmp_path / f"{name}.csv").write_bytes((CASES / "tables" / f"{name}.csv").read_bytes())
    assert points(tmp_path) == [None, None, None]
