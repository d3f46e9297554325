"""The official SQL on FHIR suite: every case is accounted for, read directly and read through the engine alone."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from throughcare.faults import Malformed
from throughcare.fhir.views import View, compile_view, run

from .conformance_data import cases_or_skip, known_failures, open_archive

ARCHIVE = "02_conformance/sqlonfhir/sql-on-fhir-v2_tests.zip"
KNOWN = known_failures("sql_on_fhir_known_failures.toml", "sql-on-fhir-v2")


def _cases() -> list:
    archive = open_archive(ARCHIVE)
    found = []
    for file in (
        sorted(n for n in archive.namelist() if n.startswith("tests/") and n.endswith(".json")) if archive else ()
    ):
        suite = json.loads(archive.read(file), parse_float=Decimal)
        for test in suite["tests"]:
            name = f"{suite['title']}-{test['title']}".replace(" ", "_")
            found.append(pytest.param(test, suite["resources"], id=name))
    return found


def _through_the_engine(definition: dict, resources: list[dict]) -> list[dict]:
    view = compile_view(definition)
    names = [column.name for column in view.columns]
    return [dict(zip(names, row, strict=True)) for r in resources for row in _full_rows(view, r)]


def _full_rows(view: View, resource: dict) -> list[tuple]:
    if resource["resourceType"] != view.resource:
        return []
    context = view._context(resource)
    return view._throughout()([context.start], context)


def _comparable(rows: list[dict]) -> list[str]:
    """Rows in no order, numbers by their value: the suite defines neither."""
    return sorted(
        json.dumps(row, sort_keys=True, default=lambda d: int(d) if d == int(d) else float(d)) for row in rows
    )


def _run(test: dict, resources: list[dict], rows_of: Callable[[dict, list[dict]], list[dict]]) -> None:
    view: Any = test["view"]
    if test.get("expectError"):
        with pytest.raises(Malformed):
            rows_of(view, resources)
        return
    rows = rows_of(view, resources)
    if "expectCount" in test:
        assert len(rows) == test["expectCount"]
    else:
        assert _comparable(rows) == _comparable(test["expect"])
    if "expectColumns" in test:
        assert [column.name for column in compile_view(view).columns] == test["expectColumns"]


@pytest.mark.parametrize("rows_of", [run, _through_the_engine], ids=["direct", "engine"])
@pytest.mark.parametrize(("test", "resources"), cases_or_skip(_cases(), width=2))
def test_official_case(test: dict, resources: list[dict], rows_of: Callable, request: pytest.FixtureRequest) -> None:
    KNOWN.judge(request.node.callspec.id.rpartition("-")[0], lambda: _run(test, resources, rows_of))


def test_every_declared_case_is_counted() -> None:
    cases_or_skip(_cases(), skip_now=True)
    assert len(_cases()) == 134
    KNOWN.all_named_in([case.id for case in _cases()])
