"""Tables of others, as they are: every row is taken or refused for a reason that the csv module finds too."""

import csv
import gzip
import io
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.intake.loading import run
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import formats, quarantine, tables
from throughcare.intake.archive import Member, of_bytes
from throughcare.intake.formats import Given, Piece
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .conformance_data import HOW, open_archive, shared

MAPPINGS = Settings.read({}, table_mappings_dir=str(Path(__file__).parent / "table_mappings"))
SYNTHEA = "01_synthea/synthea_csv_27.zip"


def text_of(name: str) -> bytes:
    """A table out of the archive of Synthea, or gzipped by itself."""
    packed = open_archive(SYNTHEA)
    path = shared(f"06_linkage/{name}.csv.gz")
    if packed is None or not path.parent.exists():
        pytest.skip(HOW)
    return gzip.decompress(path.read_bytes()) if path.exists() else packed.read(f"{name}.csv")


def pieces(member: Member, source: str) -> list[Piece]:
    return list(tables.pieces([member], Given(source, MAPPINGS)))


def is_day(text: str) -> bool:
    try:
        return not text or bool(date(int(text[:4]), int(text[4:6]), int(text[6:])))
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("name", "source", "rows", "made"),
    [
        ("patients", "synthea_csv", 27, "Patient"),
        ("encounters", "synthea_csv", 604, "Encounter"),
        ("claims", "synthea_csv", 1267, "ExplanationOfBenefit"),
        ("splink_fake_1000", "fake_1000", 1000, "Patient"),
        ("febrl_dataset1", "febrl", 1000, "Patient"),
    ],
)
def test_every_row_is_taken_or_refused_for_a_reason(name: str, source: str, rows: int, made: str) -> None:
    data = text_of(name)
    told = list(csv.DictReader(io.StringIO(data.decode()), skipinitialspace=True))
    member = of_bytes(f"{name}.csv", data)
    assert formats.of(member, MAPPINGS) == "tables"
    found = pieces(member, source)
    wrong = [n for n, row in enumerate(told, 2) if not is_day(row.get("date_of_birth", ""))]
    assert len(found) == len(told) == rows
    assert [piece.line for piece in found if piece.reason] == wrong
    for piece in found:
        for one in piece.resources:
            validate.check(fhir_json.write(one))
    assert Counter(one["resourceType"] for piece in found for one in piece.resources) == {made: rows - len(wrong)}


def test_a_visit_says_what_its_row_says() -> None:
    told = list(csv.DictReader(io.StringIO(text_of("encounters").decode())))
    found = pieces(of_bytes("encounters.csv", text_of("encounters")), "synthea_csv")
    patients = pieces(of_bytes("patients.csv", text_of("patients")), "synthea_csv")
    ids = {row["Id"]: piece.resources[0]["id"] for row, piece in
           zip(csv.DictReader(io.StringIO(text_of("patients").decode())), patients, strict=True)}  # fmt: skip
    for row, piece in zip(told, found, strict=True):
        (visit,) = piece.resources
        assert visit["subject"]["reference"] == f"Patient/{ids[row['PATIENT']]}"
        assert visit["period"]["start"] == row["START"].replace("Z", "+00:00")
        assert visit["type"][0]["coding"][0]["code"] == row["CODE"]
        assert [r["coding"][0]["code"] for r in visit.get("reasonCode", [])] == (
            [c] if (c := row["REASONCODE"]) else []
        )


def test_what_is_loaded_adds_up_and_is_seen_by_care_models(database: Database, tmp_path: Path) -> None:
    for name in ("patients", "encounters", "claims", "febrl_dataset1"):
        (tmp_path / f"{name}.csv").write_bytes(text_of(name))
    counts = run(database, tmp_path, table_mappings_dir=MAPPINGS.table_mappings_dir)
    kept = quarantine.listed(database, limit=2000)
    assert counts.read == 27 + 604 + 1267 + 1000 and counts.quarantined == len(kept)
    assert {entry.source for entry in kept} <= {"febrl"} and not counts.left_out
    with database.connection() as connection:
        seen = [
            connection.execute(f"select count(*) from flat.{view}").fetchone()[0] for view in ("encounter", "claim")
        ]
    assert seen == [604, 1267]
