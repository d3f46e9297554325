"""The 717 examples of the FHIR R4 specification: each is read, passes validation, comes back equal and is indexed."""

from zipfile import ZipFile

import pytest

from throughcare.faults import Malformed
from throughcare.fhir import json, search, validate

from .conformance_data import cases_or_skip, open_archive

ARCHIVE = "02_conformance/r4_examples_json.zip"
BYTES_MAX = 32 * 2**20

# The one example that breaks the specification it belongs to: Questionnaire.item.linkId is required (1..1).
WRONG = {"Questionnaire-qs1.json": "item[0].item[0]: Object missing required field `linkId`."}


def _names() -> list:
    archive = open_archive(ARCHIVE)
    return [] if archive is None else [pytest.param(n, id=n) for n in archive.namelist() if n.endswith(".json")]


def _text(name: str) -> bytes:
    archive: ZipFile | None = open_archive(ARCHIVE)
    assert archive is not None
    return archive.read(name)


def test_all_717_are_here() -> None:
    assert len(cases_or_skip(_names(), skip_now=True)) == 717


@pytest.mark.parametrize("name", cases_or_skip(_names()))
def test_an_example_is_read_passes_and_comes_back_equal(name: str) -> None:
    text = _text(name)
    resource = json.read(text, bytes_max=BYTES_MAX)
    written = json.write(resource)
    assert json.read(written, bytes_max=BYTES_MAX) == resource
    search.extractor(resource["resourceType"])(resource)
    if name in WRONG:
        with pytest.raises(Malformed) as refused:
            validate.check(text)
        assert refused.value.what == WRONG[name]
        return
    validate.check(text)
    validate.check(written)
