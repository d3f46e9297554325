"""The FHIR model is made from the official definitions, whichever form they come in, and is the same R4."""

import os
from pathlib import Path

import msgspec
import pytest

from throughcare.faults import Unavailable
from throughcare.fhir import generate
from throughcare.fhir.official import codes, corrections, definitions, elements
from throughcare.fhir.r4.generated import model
from throughcare.settings import Settings

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "node_modules" / "@medplum" / "definitions"
SHARED = ROOT / Settings.read().shared_data / "02_conformance" / "r4_definitions"


@pytest.fixture(scope="module")
def found() -> definitions.Definitions:
    read = definitions.read(PACKAGE)
    corrections.correct(read)
    return read


def test_the_element_table_knows_types_choices_backbones_and_references_to_itself(
    found: definitions.Definitions,
) -> None:
    table = elements.table(found)
    assert (
        table["Observation"]["elements"]["value"]["choice"]
        and len(table["Observation"]["elements"]["value"]["types"]) == 11
    )
    assert table["Patient"]["elements"]["contact"] == {"types": ["Patient.contact"], "many": True}
    assert table["Questionnaire.item"]["elements"]["item"] == {"types": ["Questionnaire.item"], "many": True}
    assert table["Age"]["base"] == "Quantity" and table["code"]["kind"] == "primitive"
    assert sum(entry["kind"] == "resource" for entry in table.values()) == 148


@pytest.mark.parametrize("path", ["Meta.project", "Binary.url", "ResearchStudy.label", "DeviceDefinition.bodySite"])
def test_what_the_package_adds_to_r4_is_not_in_the_model(found: definitions.Definitions, path: str) -> None:
    owner, _, name = path.rpartition(".")
    assert name not in elements.table(found)[owner]["elements"]


def test_required_code_sets_expand_where_the_definitions_suffice(found: definitions.Definitions) -> None:
    assert codes.expand(found, "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1") == [
        "female",
        "male",
        "other",
        "unknown",
    ]
    assert "registered" in (codes.expand(found, "http://hl7.org/fhir/ValueSet/observation-status|4.0.1") or [])
    assert codes.expand(found, "http://hl7.org/fhir/ValueSet/mimetypes|4.0.1") is None
    assert codes.expand(found, "http://nowhere/ValueSet") is None


def test_the_model_is_one_union_of_every_resource_type() -> None:
    types = {t.__struct_config__.tag for t in model.AnyResource.__args__}
    assert len(types) == 146 and {"Patient", "Claim", "Bundle"} <= types and "DomainResource" not in types


def test_fields_of_a_choice_stand_together_so_that_they_can_be_counted() -> None:
    fields = [f.encode_name for f in msgspec.structs.fields(model.Extension)]
    forms = [n for n, name in enumerate(fields) if name.startswith("value")]
    assert forms == list(range(len(forms))) and len(forms) == 50


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    generate.generate(PACKAGE, tmp_path)
    first = {f.name: (f.stat().st_mtime_ns, f.read_bytes()) for f in tmp_path.iterdir()}
    os.utime(tmp_path / "SOURCE", ns=(1, 1))
    generate.generate(PACKAGE, tmp_path)
    assert (tmp_path / "SOURCE").stat().st_mtime_ns == 1
    assert {n: t for n, (_, t) in first.items()} == {f.name: f.read_bytes() for f in tmp_path.iterdir()}
    assert set(first) == {"model.py", "elements.json", "search_parameters.json", "SOURCE"}


def test_a_folder_without_definitions_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No FHIR definitions"):
        generate.generate(tmp_path, tmp_path)


@pytest.mark.skipif(not SHARED.exists(), reason="the published definitions are not here: set THROUGHCARE_SHARED_DATA")
def test_the_package_corrected_and_the_published_definitions_give_the_same_elements(
    found: definitions.Definitions,
) -> None:
    published = definitions.read(SHARED)
    corrections.correct(published)
    ours, theirs = elements.table(found), elements.table(published)
    assert ours == theirs
