"""The value sets of a code are the same looked up beforehand and asked in a statement."""

import pyarrow as pa
import pytest

from throughcare.decide.marked import Marker
from throughcare.definitions.compiled import codes
from throughcare.definitions.compiled.frames import Frame, column
from throughcare.definitions.compiled.marks import BITS, Coded, Marks, named
from throughcare.definitions.grammar import ValueSet
from throughcare.stores.duckdb import Thinker

ICD, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
VIEW = Frame("diagnosis", "view", {"key": "text", "code": "text", "system": "text"}, None)
SETS = [
    ValueSet(id="diabetes", codes={"icd10cm": ["E08*", "E11.9"]}, excludes={"icd10cm": ["E08.4*"]}),
    ValueSet(id="asthma", codes={"snomed": ["195967001"], "icd10cm": ["J45*"]}),
    ValueSet(id="one", codes={ICD: ["I10"]}),
    ValueSet(id="long", codes={"snomed": ["1959*"]}),
]
ROWS = [
    (ICD, "E08.9"), (ICD, "E0842"), (ICD, "e11.9"), (ICD, "E119"), (ICD, "E11.99"), (ICD, "E1.19"), (ICD, "I10"),
    (ICD, "I109"), ("icd10cm", "J45"), ("urn:oid:2.16.840.1.113883.6.90", "J45.20"), (SNOMED, "195967001"),
    (SNOMED, "E11.9"), (None, "E11.9"), (ICD, None), ("", "E11.9"), ("urn:other", "J45"),
]  # fmt: skip
IN = {
    "diabetes": {(ICD, "E08.9"), (ICD, "e11.9"), (ICD, "E119")},
    "asthma": {("icd10cm", "J45"), ("urn:oid:2.16.840.1.113883.6.90", "J45.20"), (SNOMED, "195967001")},
    "one": {(ICD, "I10")},
    "long": {(SNOMED, "195967001")},
}


def table() -> pa.Table:
    return pa.table({"system": [system for system, _ in ROWS], "code": [code for _, code in ROWS]})


def marked(value_sets: list[ValueSet], *, with_system: bool = True) -> tuple[pa.Table, list[tuple[str, int]]]:
    marks, code, system = Marks(), column("v", "code", "text"), column("v", "system", "text")
    asked = [marks.asked(VIEW, code, system if with_system else None, one) for one in value_sets]
    assert all(asked)
    return Marker(marks).marked("diagnosis", table()), [one for one in asked if one]


@pytest.mark.parametrize("nth", range(len(SETS)), ids=lambda nth: SETS[nth].id)
@pytest.mark.parametrize("with_system", [True, False])
def test_marks_say_what_a_statement_would(nth: int, with_system: bool) -> None:
    rows, asked = marked(SETS, with_system=with_system)
    name, bit = asked[nth]
    told = [value and bool(value & bit) for value in rows[name].to_pylist()]
    code, system = column("v", "code", "text"), column("v", "system", "text")
    sql = codes.contains(SETS[nth], code, system if with_system else None).sql
    with Thinker(codes.MACROS) as thinker:
        thinker.give("v", table())
        said = thinker.run(f"select {sql} as x from v").column("x").to_pylist()
    assert [None if value is None else bool(value) for value in told] == said
    if with_system:
        assert {row for row, holds in zip(ROWS, told, strict=True) if holds} == IN[SETS[nth].id]


def test_many_value_sets_take_as_many_columns_as_they_need() -> None:
    many = [
        ValueSet(id=f"s{n}", codes={"snomed": ["195967001" if n in (1, 61, 62, 130) else str(n)]}) for n in range(131)
    ]
    rows, asked = marked(many)
    assert rows.column_names == ["system", "code", *(named(Coded("code", "system"), nth) for nth in range(3))]
    row = ROWS.index((SNOMED, "195967001"))
    found = [n for n, (name, bit) in enumerate(asked) if rows[name][row].as_py() & bit]
    assert found == [1, 61, 62, 130]
    assert asked[62] == ("code$1", 1) and BITS == 62


def test_a_code_that_is_no_longer_a_views_is_asked_in_the_statement() -> None:
    grouped = Frame("per_code", "set", {"code": "text", "system": "text"}, None, VIEW, grouped=True)
    renamed = Frame("renamed", "set", {**VIEW.columns, "first_code": "text"}, None, VIEW)
    marks, system = Marks(), column("v", "system", "text")
    assert marks.asked(grouped, column("v", "code", "text"), system, SETS[0]) is None
    assert marks.asked(renamed, column("v", "first_code", "text"), system, SETS[0]) is None
    assert marks.asked(renamed, column("v", "code", "text"), system, SETS[0]) == ("code$0", 1)
