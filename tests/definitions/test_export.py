"""Every shipped care model in the standard's own form, held against the standard's own types."""

from base64 import b64decode
from pathlib import Path

import pytest

from throughcare.definitions.export import as_fhir, bundle
from throughcare.definitions.grammar import CareModel
from throughcare.definitions.library import shipped_library
from throughcare.fhir import json, validate

from ..shipped import care_models

MODELS = care_models()
LIBRARY = shipped_library()


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.model.id)
def test_every_resource_is_valid_r4(model: CareModel) -> None:
    found = list(as_fhir(model, LIBRARY))
    for resource in found:
        validate.check(json.write(resource), where=f"{resource['resourceType']}/{resource['id']}")
    assert {"PlanDefinition", "Library"} <= {r["resourceType"] for r in found}
    assert len({(r["resourceType"], r["id"]) for r in found}) == len(found)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.model.id)
def test_every_step_is_an_action_whose_activity_is_there(model: CareModel) -> None:
    found = {r["url"]: r for r in as_fhir(model, LIBRARY)}
    (belongs,) = found[f"urn:throughcare:PlanDefinition:{model.model.id}"]["action"]
    steps = [a for a in belongs["action"] if a["id"].startswith("step-")]
    assert [a["title"] for a in steps] == [s.says or s.id for s in model.work.step]
    assert all(a["definitionCanonical"] in found for a in steps)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.model.id)
def test_the_library_holds_the_files_word_for_word(model: CareModel) -> None:
    library = next(r for r in as_fhir(model, LIBRARY) if r["resourceType"] == "Library")
    by_name = {c["title"]: b64decode(c["data"]) for c in library["content"]}
    assert by_name["eligibility.toml"] == (Path(model.folder) / "eligibility.toml").read_bytes()


def test_a_bundle_is_valid_too() -> None:
    validate.check(json.write(bundle(MODELS[0], LIBRARY)))
