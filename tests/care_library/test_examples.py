"""Each view has examples: resources beside the rows they give, and together they fill every column."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from throughcare.decide.lives import lives
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.record import recipes

HERE = Path(__file__).parent / "views"
ZONE = "America/New_York"
NOW = datetime(2026, 12, 31, tzinfo=UTC)
PEOPLE = [{"resourceType": "Patient", "id": name} for name in ("ana", "kit")]
EXAMPLES = sorted(f"{path.parent.name}/{path.stem}" for path in HERE.glob("*/*.json"))
VIEWS = recipes.shipped(ZONE)
OF_NOBODY = {r.view for some in VIEWS.recipes.values() for r in some if r.person_at is None}


def examples(name: str) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    for one in json.loads((HERE / f"{name}.json").read_text(), parse_float=Decimal):
        yield one["resource"], one["rows"]


def made(view: str, resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one resource as care models see them, blanks left out."""
    found = lives([*PEOPLE, resource], NOW, ZONE)
    mine = [r for r in found.tables[view].to_pylist() if r["key"].split("#")[0] == _key(resource)]
    return [_plain(row, found.patients) for row in mine]


def _key(resource: dict[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _plain(row: dict[str, Any], patients: dict[int, str]) -> dict[str, Any]:
    whose = {"person": patients.get(row["person_id"])}
    kept = {k: v for k, v in row.items() if v is not None and k not in {"key", "person_id", "source", "known_from"}}
    return whose | {k: _text(v) for k, v in kept.items()}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value


def told(view: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row as an example writes it: Ana's, unless it says otherwise."""
    return {"person": None if view in OF_NOBODY else "Patient/ana", **row}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_resource_gives_the_rows_its_example_tells(name: str) -> None:
    view = name.split("/")[0]
    for resource, rows in examples(name):
        assert made(view, resource) == [told(view, row) for row in rows], resource["id"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_fhir_as_published(name: str) -> None:
    for resource, _ in examples(name):
        validate.check(fhir_json.write(resource), where=name)


def test_every_definition_has_an_example() -> None:
    definitions = {f"{view}/{kind}" for view, table in VIEWS.tables.items() for kind in table.resource_types}
    assert definitions == set(EXAMPLES)


@pytest.mark.parametrize("view", sorted(VIEWS.tables))
def test_every_column_is_filled_by_some_example(view: str) -> None:
    rows = [row for path in HERE.glob(f"{view}/*.json") for _, some in examples(f"{view}/{path.stem}") for row in some]
    assert VIEWS.tables[view].columns.keys() == {column for row in rows for column in row} - {"about", "person"}


@pytest.mark.parametrize("view", sorted(VIEWS.tables))
def test_columns_have_names_that_a_model_may_write_bare(view: str) -> None:
    for column in VIEWS.tables[view].columns:
        duckdb.sql(f"select {column} from (select 1 as {column}) as {view} where {column} = 1")


def test_rows_of_organizations_places_and_workers_belong_to_nobody() -> None:
    assert {"organization", "worker", "payment_input", "session", "slot", "practice_evidence", "cost"} <= OF_NOBODY
    assert not OF_NOBODY & {"coverage", "claim_line", "stay", "task", "meeting", "attendance"}
