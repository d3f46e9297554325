"""FHIR documents that others wrote, file by file: in = stored + known + quarantined, and nothing dropped silently.

What a file holds is counted here by Python's own JSON reader. The suite takes some files of each archive; all of them:

    THROUGHCARE_EVERY_FILE=1 .venv/bin/pytest -n 0 tests/conformance/test_fhir_intake.py
"""

import json
import os
import tomllib
from pathlib import Path

import pytest

from throughcare.intake import quarantine
from throughcare.stores.postgres import Database

from ..intake.loading import run
from .conformance_data import HOW, open_archive

EVERY = bool(os.environ.get("THROUGHCARE_EVERY_FILE"))
STEP = {  # archive -> one file of how many the suite takes
    "02_conformance/r4_examples_json.zip": 40,
    "12_ig_examples/pacio_2022_bsj_scenario.zip": 100,
    "12_ig_examples/pacio_2023_scenes.zip": 20,
    "12_ig_examples/davinci-alerts.zip": 3,
    "01_synthea/r4_small_transaction_bundles.zip": 6,
    "01_synthea/tietai_uscore_bundles.zip": 5,
}
ALWAYS = {"02_conformance/r4_examples_json.zip": "bundle"}  # names with this are taken in any case
JUDGED = tomllib.loads((Path(__file__).parent / "fhir_intake_judged.toml").read_text())


def held(document: dict) -> int:
    """Resources a document brings: itself, or those in its Bundle; a request that only asks brings none."""
    if document["resourceType"] != "Bundle":
        return 1
    entries = document.get("entry", [])
    asks = document["type"] in ("transaction", "batch")
    brings = [e for e in entries if "resource" in e and (not asks or e["request"]["method"] in ("POST", "PUT"))]
    return len(brings)


def judged(file: str, reason: str) -> bool:
    return any(one["says"] in reason and file.endswith(tuple(one["files"])) for one in JUDGED["refused"])


@pytest.mark.parametrize("name", STEP)
def test_every_resource_of_a_file_is_stored_known_or_in_quarantine_for_a_judged_reason(
    database: Database, tmp_path: Path, name: str
) -> None:
    archive = open_archive(name)
    if archive is None:
        pytest.skip(HOW)
    files = sorted(n for n in archive.namelist() if n.endswith(".json"))
    mark = ALWAYS.get(name, "\0")
    taken = [n for i, n in enumerate(files) if EVERY or i % STEP[name] == 0 or mark in n]
    wrong, whole = [], {}
    for number, file in enumerate(taken):
        text = archive.read(file)
        (tmp_path / f"{number}.json").write_bytes(text)
        counts = run(
            database, tmp_path / f"{number}.json", source=f"{Path(name).stem}-{number}", id_prefix=f"f{number}-"
        )
        expected = held(json.loads(text.decode("utf-8-sig")))
        if counts.left_out or (counts.read != expected and not (counts.read == counts.quarantined == 1)):
            wrong.append((file, expected, counts.as_json(), counts.left_out))
        whole[f"{number}.json"] = file
    assert wrong == []
    refused = [(whole[Path(q.file).name], q.reason) for q in quarantine.listed(database, limit=10_000)]
    assert [(file, reason) for file, reason in refused if not judged(file, reason)] == []
