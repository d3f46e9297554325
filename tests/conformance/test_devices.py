"""Readings as others give them: open mHealth's own cases, HL7's examples, and ninety days of forty people's devices."""

import gzip
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.intake.loading import run
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import archive, devices
from throughcare.intake.devices.units import READ
from throughcare.intake.formats import Given
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .conformance_data import HOW, cases_or_skip, open_archive, shared

POINTS, SERIES = "11_rpm/open_mhealth_schemas_and_tests.zip", "11_rpm/simulated_rpm_90d_observations.ndjson.gz"
PHR, PHD = "11_rpm/phr_pghd_compiled.zip", "12_ig_examples/phd_ieee11073_examples.zip"
JUDGED: dict[str, str] = tomllib.loads((Path(__file__).parent / "test_devices.toml").read_text())["differs"]
GIVEN = Given("watch", Settings.read({}))


def cases() -> list[str]:
    packed = open_archive(POINTS)
    return [n for n in packed.namelist() if "/should" in n and n.endswith(".json")] if packed else []


def refused(name: str) -> str:
    """Why a body of open mHealth's tests is refused, under a header of its schema; '' when it is taken."""
    packed = open_archive(POINTS)
    assert packed
    namespace, schema, version = name.removeprefix("test-data/").split("/")[:3]
    told = {"namespace": namespace, "name": schema, "version": version}
    header = {"id": name, "user_id": "ana", "creation_date_time": "2026-01-01T00:00:00Z", "schema_id": told}
    body = json.loads(packed.read(name).decode("utf-8-sig"))
    text = json.dumps({"header": header, "body": body}).encode()
    (piece,) = devices.pieces([archive.of_bytes("point.json", text)], GIVEN)
    for one in piece.resources:
        validate.check(fhir_json.write(one))
    assert bool(piece.resources) != bool(piece.reason)
    return piece.reason


@pytest.mark.parametrize("name", cases_or_skip(cases()))
def test_what_should_pass_is_taken_and_what_should_fail_refused(name: str) -> None:
    """Schemas that are no reading we take are refused and say so."""
    reason, schema = refused(name), name.split("/")[2]
    if schema not in READ["point"] or not name.startswith("test-data/omh/"):
        assert reason == "The data point is of a schema that is not a reading we take."
    elif name in JUDGED:
        assert reason, "it passes now: take it off the list"
    else:
        assert bool(reason) == ("/shouldFail/" in name), reason


def test_the_list_of_differences_names_real_cases() -> None:
    if not cases():
        pytest.skip(HOW)
    assert set(JUDGED) <= set(cases())


def test_ninety_days_of_readings_come_in_once(database: Database, tmp_path: Path) -> None:
    """8,851 readings of 40 people, and 11 weights in pounds among them, each converted with the pounds beside it."""
    path = shared(SERIES)
    if not path.exists():
        pytest.skip(HOW)
    lines = gzip.decompress(path.read_bytes()).splitlines()
    first = run(database, path, source="rpm")
    assert (first.stored, first.known, first.quarantined) == (len(lines), 0, 0)
    backwards = tmp_path / "again.ndjson"
    backwards.write_bytes(b"\n".join(reversed(lines)))
    again = run(database, backwards, source="rpm")
    assert (again.stored, again.known, again.quarantined) == (0, len(lines), 0)
    with database.connection() as connection:
        units = connection.execute(
            "select distinct code, unit from flat.device_reading where code = '29463-7' and known_to is null"
        ).fetchall()
        readings = connection.execute("select 1 from flat.device_reading where known_to is null").fetchall()
    assert len(units) == 1 and "kg" in (units[0].values() if isinstance(units[0], dict) else units[0])
    final = [one for line in lines if (one := json.loads(line)).get("status") == "final"]
    assert len(readings) == len(final) == 8815  # 36 were taken back by their sender: entered-in-error


@pytest.mark.parametrize("name", [PHR, PHD])
def test_every_example_of_hl7_is_stored_or_kept_with_its_reason(name: str, database: Database, tmp_path: Path) -> None:
    path = shared(name)
    if not path.exists():
        pytest.skip(HOW)
    counts = run(database, path, source="examples")
    readings = [reason for reason in counts.reasons if "reading" in reason]
    assert counts.stored > 0 and not readings
    assert counts.read == counts.stored + counts.known + counts.quarantined


def test_a_reading_of_a_dead_battery_is_kept_and_not_believed(database: Database, tmp_path: Path) -> None:
    reading: dict[str, Any] = {
        "resourceType": "Observation",
        "id": "zero",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "59408-5"}]},
        "subject": {"reference": "Patient/a"},
        "effectiveDateTime": "2026-03-01",
        "device": {"display": "Oximeter"},
        "valueQuantity": {"value": 0, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
    }
    (tmp_path / "one.ndjson").write_text(json.dumps(reading) + "\n")
    counts = run(database, tmp_path)
    assert (counts.stored, counts.quarantined) == (0, 1)
    assert "living person" in next(iter(counts.reasons))
