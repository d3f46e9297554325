"""Views: rows of a resource, mistakes said before any resource is read, and direct reading that never differs."""

from decimal import Decimal
from typing import Any

import pytest

from throughcare.faults import Malformed
from throughcare.fhir.views import Column, View, compile_view, run

PULSE = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-03",
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}, {"code": "PULSE"}]},
    "valueQuantity": {"value": Decimal("72.0"), "code": "/min"},
}
COLUMNS = [
    {"name": "key", "path": "getResourceKey()", "type": "string"},
    {"name": "person", "path": "subject.getReferenceKey(Patient)", "type": "string"},
    {"name": "on", "path": "effective.ofType(dateTime)", "type": "dateTime"},
    {"name": "value", "path": "value.ofType(Quantity).value", "type": "decimal"},
]


def view(*selects: dict, where: str = "", **more: Any) -> dict:
    definition = {"resource": "Observation", "select": list(selects), **more}
    return {**definition, "where": [{"path": where}]} if where else definition


def engine_rows(compiled: View, resource: dict) -> list[tuple]:
    context = compiled._context(resource)
    return compiled._throughout()([context.start], context)


def test_a_row_holds_the_columns_in_their_order_and_decimals_keep_their_digits() -> None:
    compiled = compile_view(view({"column": COLUMNS}, {"forEach": "code.coding", "column": [_named("code", "code")]}))
    assert [column.name for column in compiled.columns] == ["key", "person", "on", "value", "code"]
    assert compiled.columns[3] == Column("value", "decimal", False)
    rows = compiled.rows(PULSE)
    assert rows == [
        ("Observation/o1", "Patient/p1", "2026-03", Decimal("72.0"), "8867-4"),
        ("Observation/o1", "Patient/p1", "2026-03", Decimal("72.0"), "PULSE"),
    ]
    assert str(rows[0][3]) == "72.0"


def test_a_resource_of_another_type_or_filtered_out_gives_no_row() -> None:
    compiled = compile_view(view({"column": COLUMNS}, where="status = 'amended'"))
    assert compiled.rows(PULSE) == []
    assert compiled.rows({"resourceType": "Patient", "status": "amended"}) == []
    assert len(compiled.rows({**PULSE, "status": "amended"})) == 1


def test_nothing_to_run_over_gives_no_row_or_one_empty_row_as_asked() -> None:
    bare = {"resourceType": "Observation", "id": "o2"}
    column = [_named("code", "code"), _named("n", "%rowIndex")]
    assert run(view({"forEach": "code.coding", "column": column}), [bare]) == []
    assert run(view({"forEachOrNull": "code.coding", "column": column}), [bare]) == [{"code": None, "n": 0}]
    plain = {"forEachOrNull": "code.coding", "column": [_named("code", "code"), _named("any", "code.exists()")]}
    assert run(view(plain), [bare]) == [{"code": None, "any": False}]


def test_a_value_that_must_be_one_is_not_silently_the_first() -> None:
    with pytest.raises(Malformed, match="several values"):
        compile_view(view({"column": [_named("code", "code.coding.code")]})).rows(PULSE)
    several = view({"column": [{**_named("code", "code.coding.code"), "collection": True}]})
    assert run(several, [PULSE]) == [{"code": ["8867-4", "PULSE"]}]


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"resource": "Nothing", "select": [{"column": COLUMNS}]},
        {"resource": "Observation", "select": []},
        view({"column": [*COLUMNS, COLUMNS[0]]}),
        view({"column": [{"name": "bad name", "path": "id"}]}),
        view({"column": [{"name": "a", "path": "status.where("}]}),
        view({"column": [{"name": "a", "path": "%unknown"}]}),
        view({"column": [{"name": "a", "path": "status.nothing()"}]}),
        view({"forEach": "code", "forEachOrNull": "code"}),
        view({"unionAll": [{"column": [COLUMNS[0]]}, {"column": [COLUMNS[1]]}]}),
        view({"column": COLUMNS}, constant=[{"name": "c"}]),
    ],
)
def test_a_wrong_definition_is_refused_before_any_resource_is_read(definition: dict) -> None:
    with pytest.raises(Malformed):
        compile_view(definition)


def test_a_path_to_an_element_that_does_not_exist_is_refused_when_asked_to_be_strict() -> None:
    misspelt = view({"forEach": "code.coding", "column": [{"name": "a", "path": "cod"}]})
    assert compile_view(misspelt).rows(PULSE) == [(None,), (None,)]
    with pytest.raises(Malformed, match="no element cod"):
        compile_view(misspelt, strict=True)


def test_a_condition_that_is_neither_true_nor_false_is_refused() -> None:
    with pytest.raises(Malformed, match="true or false"):
        compile_view(view({"column": COLUMNS}, where="code.text")).rows({**PULSE, "code": {"text": "x"}})


def _named(name: str, path: str) -> dict:
    return {"name": name, "path": path}


EVERYTHING = view(
    {
        "column": [
            *COLUMNS,
            _named("status", "status"),
            _named("first", "code.coding.first().code"),
            _named("low", "value.ofType(Quantity).value.lowBoundary()"),
            _named("wanted", "code.coding.where(system = %loinc_here).code"),
        ]
    },
    {"forEachOrNull": "component", "column": [_named("part", "code.text"), _named("n", "%rowIndex")]},
    {
        "unionAll": [
            {"forEach": "category", "column": [_named("word", "text")]},
            {"column": [_named("word", "'-'")]},
        ]
    },
    where="status != 'entered-in-error'",
    constant=[{"name": "loinc_here", "valueUri": "http://loinc.org"}],
)
OBSERVATIONS: list[dict] = [
    PULSE,
    {"id": "a", "status": "entered-in-error"},
    {"id": "b", "_status": {"id": "s"}, "category": [{"text": "vital"}, {}, {"text": "lab"}]},
    {"id": "c", "status": "final", "component": [{"code": {"text": "x"}}, {"code": {}}]},
    {"id": "d", "status": "final", "code": {"coding": {"code": "not-a-list"}}, "component": {"code": {"text": "y"}}},
    {"id": "e", "status": "final", "code": {"coding": [{"_code": {"id": "k"}}, {"code": "second"}]}},
    {"id": "f", "status": "final", "subject": {"reference": "Group/g"}, "valueQuantity": {"value": Decimal("1.50")}},
]


@pytest.mark.parametrize("resource", OBSERVATIONS, ids=lambda resource: resource["id"])
def test_reading_directly_gives_the_rows_of_the_engine(resource: dict) -> None:
    compiled = compile_view(EVERYTHING)
    observation = {"resourceType": "Observation", **resource}
    assert compiled.rows(observation) == engine_rows(compiled, observation)


def test_counting_rows_leaves_nothing_behind_in_the_view() -> None:
    compiled = compile_view(EVERYTHING)
    observation = {"resourceType": "Observation", **OBSERVATIONS[3]}
    first = compiled._context(observation)
    assert compiled._context(observation).env is not first.env
    assert [row[9] for row in compiled.rows(observation)] == [0, 1]
