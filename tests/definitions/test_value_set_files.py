"""A site's own value sets take the place of the shipped codes, and what nobody imported is unknown, not no."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from throughcare.definitions.compiled.codes import contains
from throughcare.definitions.expressions import Spelled
from throughcare.definitions.grammar import ValueSet
from throughcare.definitions.value_set_files import imported, with_imports
from throughcare.faults import Fault

from .tiny import model, think

OURS = ValueSet(id="glucose", codes={"loinc": ["1-1"]}, oid="2.16.1")


def write(path: Path, *sets: dict) -> Path:
    text = "\n".join(json.dumps({"resourceType": "ValueSet", **one}) for one in sets)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path.parent


LISTED = {
    "url": "http://cts.nlm.nih.gov/fhir/ValueSet/2.16.1",
    "compose": {"include": [{"system": "http://loinc.org", "concept": [{"code": "4548-4"}, {"code": "17856-6"}]}]},
}


def test_imported_codes_replace_ours_by_oid(tmp_path: Path) -> None:
    folder = write(tmp_path / "sets.ndjson.gz", LISTED)
    assert with_imports({"glucose": OURS}, folder)["glucose"].codes == {"http://loinc.org": ["4548-4", "17856-6"]}


def test_other_value_sets_stay_as_they_are(tmp_path: Path) -> None:
    other = ValueSet(id="other", codes={"loinc": ["2-2"]}, oid="2.16.2")
    assert with_imports({"other": other}, write(tmp_path / "sets.ndjson", LISTED)) == {"other": other}


def test_an_expansion_comes_before_a_list_and_abstract_codes_are_left_out(tmp_path: Path) -> None:
    inner = [{"system": "s", "code": "b"}, {"system": "s", "code": "c", "abstract": True}]
    expanded = LISTED | {"expansion": {"contains": [{"system": "s", "code": "a", "contains": inner}]}}
    assert imported(write(tmp_path / "one.json", expanded)) == {"2.16.1": {"s": ["a", "b"]}}


def test_a_file_that_is_no_value_set_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(Fault, match=r"broken\.json"):
        imported(tmp_path)


def test_a_folder_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="There is no folder"):
        imported(tmp_path / "none")


LAB = """[[fact]]
id = "tested"
exists = "observation where in_value_set(code, glucose)"
if_none = false
"""


def was_tested(value_set: ValueSet) -> object:
    row = {"effective_on": date(2026, 6, 1), "system": "http://loinc.org", "code": "4548-4"}
    answers = think(model(LAB), value_sets={"glucose": value_set}, observation=[row])
    return answers.rows("tiny", "person")["Patient/1"]["tested"]


def test_a_licensed_set_that_nobody_imported_is_unknown() -> None:
    assert was_tested(ValueSet(id="glucose", oid="2.16.1", licensed=True)) is None
    assert was_tested(ValueSet(id="glucose", codes={"loinc": ["4548-4"]})) is True
    assert was_tested(ValueSet(id="glucose", codes={"loinc": ["1-1"]})) is False


def test_whole_codes_and_prefixes_are_both_found() -> None:
    code, system = Spelled('v."code"', "text"), Spelled('v."system"', "text")
    mixed = contains(ValueSet(id="x", codes={"loinc": ["1-1", "2-2"], "icd10cm": ["E11*"]}), code, system).sql
    assert "in ('loinc|1-1', 'loinc|2-2')" in mixed and "regexp_full_match" in mixed
    assert "regexp_full_match" not in contains(ValueSet(id="x", codes={"loinc": ["1-1"]}), code, system).sql
