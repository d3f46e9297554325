"""HMIS and HSDS as others give them: every row is stored, known, kept or beside, and care models see what it says."""

import csv
import io
import json
import tomllib
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.intake.loading import run
from throughcare.cli.directory import standing
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import archive, hmis, hsds
from throughcare.intake.formats import Given, Piece
from throughcare.intake.hsds import write
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .conformance_data import HOW, cases_or_skip, open_archive, shared

HSDS = "07_social/hsds_3.0_examples_and_schema.zip"
OLD, NEW, EDGES = (f"07_social/hmis_csv_{name}.zip" for name in ("fy2024", "fy2026", "fy2024_edge_cases"))
EXPECTED = tomllib.loads((Path(__file__).parent / "test_social.toml").read_text())
EXPECTED_LEFT_OUT = [
    f"examples/{name}.json" for name in ("base", "taxonomy", "taxonomy_list", "taxonomy_term", "taxonomy_term_list")
]
SETTINGS = Settings.read({})


def rows(name: str, folder: str = "") -> dict[str, list[dict[str, str]]]:
    """The tables as the csv module reads them: the count we must come to."""
    packed = open_archive(name)
    assert packed
    inside = [n for n in packed.namelist() if n.startswith(folder) and n.endswith(".csv")]
    read = {n: list(csv.DictReader(io.StringIO(packed.read(n).decode("utf-8-sig")))) for n in inside}
    return {n.rpartition("/")[2].removesuffix(".csv"): table for n, table in read.items()}


def pieces(name: str, folder: str = "", source: str = "shelters") -> list[Piece]:
    groups = archive.groups([shared(name)], SETTINGS.archive_ratio_max)
    for group in groups:
        if group[0].name.startswith(folder):
            return list(hmis.pieces(group, Given(source, SETTINGS)))
    raise AssertionError(folder)


def kinds(made: list[Piece]) -> Counter[str]:
    return Counter(one["resourceType"] for piece in made for one in piece.resources)


def needs(name: str) -> None:
    if not shared(name).exists():
        pytest.skip(HOW)


@pytest.mark.parametrize("name", [OLD, NEW])
def test_every_row_of_an_export_is_a_piece_and_each_table_has_its_resources(name: str) -> None:
    needs(name)
    told, made = rows(name), pieces(name)
    assert len(made) == sum(map(len, told.values()))
    assert [piece.reason for piece in made if piece.reason] == []
    found = kinds(made)
    assert found["Patient"] == len(told["Client"]) == 392
    assert found["EpisodeOfCare"] == len(told["Enrollment"]) == 444
    assert found["Procedure"] == len(told["Services"]) + len(told["Event"])
    assert found["Organization"] == len(told["Organization"]) + len(told["Project"])
    assert found["Group"] == len({(r["ProjectID"], r["HouseholdID"]) for r in told["Enrollment"]})
    for piece in made:
        for one in piece.resources:
            validate.check(fhir_json.write(one))


def test_the_same_people_are_the_same_before_and_after_the_migration() -> None:
    """Every resource, member by member: the two layouts keep gender in different tables and say the same."""
    needs(OLD)
    before, after = ({one["id"]: one for p in pieces(name) for one in p.resources} for name in (OLD, NEW))
    assert before == after and len(before) > 10_000


def test_the_same_export_again_is_known_and_care_models_see_its_stays(database: Database, tmp_path: Path) -> None:
    needs(OLD)
    first = run(database, shared(OLD), source="shelters")
    assert (first.quarantined, first.stored) == (0, sum(kinds(pieces(OLD)).values()))
    again = run(database, shared(NEW), source="shelters")
    assert (again.stored, again.quarantined) == (0, 0) and again.known == first.stored
    with database.connection() as connection:

        def one(sql: str) -> tuple[Any, ...]:
            found = connection.execute(sql).fetchone()
            assert found
            return tuple(found.values()) if isinstance(found, dict) else tuple(found)

        told = rows(OLD)
        exits = {r["EnrollmentID"] for r in told["Exit"]}
        assert one("select count(*), count(exit_on) from flat.stay") == (444, len(exits))
        street = sum(r["LivingSituation"] == "116" for r in told["Enrollment"])
        assert one("select count(*) from flat.stay where situation = 116") == (street,)
        developmental = sum(r["DisabilityType"] == "6" and r["DisabilityResponse"] == "1" for r in told["Disabilities"])
        assert one("select count(*) from flat.disability where kind = '6' and response = 1") == (developmental,)
        nights = sum(r["RecordType"] == "200" for r in told["Services"])
        assert one("select count(*) from flat.bed_night") == (nights,)
        assert one("select count(*) from flat.housing_event where event_code = '4'") == (9,)
        assert one("select count(*) from flat.housing_assessment") == (len(told["Assessment"]),)
        earned = sum(r["SSI"] == "1" for r in told["IncomeBenefits"])
        assert one("select count(*) from flat.income_record where kind = 'ssi'") == (earned,)
        assert one("select count(*) from flat.household_member") == (len(told["Enrollment"]),)
        fleeing = sum(r["CurrentlyFleeing"] == "1" for r in told["HealthAndDV"])
        assert one("select count(*) from flat.determination where outcome = 'yes'") == (fleeing,)
        medicaid = sum(r["Medicaid"] == "1" for r in told["IncomeBenefits"])
        assert one("select count(*) from flat.coverage where plan_kind = 'medicaid'") == (medicaid,)
        veterans = sum(r["VeteranStatus"] == "1" for r in told["Client"])
        assert one("select count(*) from flat.person where veteran") == (veterans,)


FOLDERS = sorted(EXPECTED) if open_archive(EDGES) else []


def test_every_folder_of_the_edge_cases_has_an_expectation() -> None:
    needs(EDGES)
    packed = open_archive(EDGES)
    assert packed
    assert {n.partition("/source/")[0] for n in packed.namelist() if "/source/" in n} == set(EXPECTED)


@pytest.mark.parametrize("folder", cases_or_skip(FOLDERS))
def test_an_edge_case_does_what_is_expected_of_it(folder: str) -> None:
    """Refused rows are named exactly; every other row is taken, beside or withdrawn."""
    told = rows(EDGES, f"{folder}/source/")
    made, expected = pieces(EDGES, f"{folder}/source"), EXPECTED[folder]
    refused: dict[str, list[str]] = defaultdict(list)
    for piece in made:
        if piece.reason:
            refused[piece.reason.partition(" line ")[0].removesuffix(".csv")].append(piece.reason)
    assert {table: len(reasons) for table, reasons in refused.items()} == expected.get("refused", {})
    for reason in expected.get("reasons", []):
        assert reason in [one for reasons in refused.values() for one in reasons]
    assert len([p for p in made if p.deletes]) == expected.get("withdrawn", 0)
    assert len(made) == sum(map(len, told.values())) + expected.get("rows_beyond_the_csv_module", 0)
    people = len(told.get("Client", [])) - len(refused["Client"])
    gone = sum(bool(r["DateDeleted"]) for r in told.get("Client", []) if None not in r)  # None: cells too many
    assert kinds(made)["Patient"] == people - gone


@pytest.mark.parametrize("folder", cases_or_skip(FOLDERS))
def test_an_edge_case_loads_with_counts_that_add_up(folder: str, database: Database, tmp_path: Path) -> None:
    packed = open_archive(EDGES)
    assert packed
    for name in packed.namelist():
        if name.startswith(f"{folder}/source/") and not name.endswith("/"):
            (tmp_path / name.rpartition("/")[2]).write_bytes(packed.read(name))
    counts = run(database, tmp_path)
    made = pieces(EDGES, f"{folder}/source", "clinic")
    assert counts.left_out == [] and counts.pieces["HMIS CSV"] == len(made)
    assert counts.quarantined == sum(bool(piece.reason) for piece in made)
    assert counts.stored == sum(kinds(made).values())


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [("update", "initial", (2, 1)), ("initial", "update", (0, 2))],
    ids=["withdrawn", "restored"],
)
def test_a_stay_is_withdrawn_and_restored(
    first: str, second: str, stays: tuple[int, int], database: Database, tmp_path: Path
) -> None:
    """The first export withdraws stay 1-1; the second has it and stay 1-2 (rows of Enrollment.csv)."""
    needs(EDGES)
    packed = open_archive(EDGES)
    assert packed
    for which, expected in zip((first, second), stays, strict=True):
        start = f"enrollment_test_with_restores_{which}_files/source/"
        for name in packed.namelist():
            if name.startswith(start) and not name.endswith("/"):
                (tmp_path / name.removeprefix(start)).write_bytes(packed.read(name))
        run(database, tmp_path, source="shelters")
        with database.connection() as connection:
            found = connection.execute("select entry_on from flat.stay where known_to is null").fetchall()
        assert len(found) == expected


def directory(folder: str) -> dict[str, dict[str, Any]]:
    """The resources that one folder of the HSDS examples becomes, by "Type/id"; nothing is refused."""
    for group in archive.groups([shared(HSDS)], SETTINGS.archive_ratio_max):
        members = [m for m in group if m.name.rpartition("/")[0] == folder and hsds.knows(m.open().read(), m.name)]
        if members:
            made = list(hsds.pieces(members, Given("directory", SETTINGS)))
            assert [piece.reason for piece in made if piece.reason] == []
            return {f"{one['resourceType']}/{one['id']}": one for piece in made for one in piece.resources}
    raise AssertionError(folder)


def test_the_examples_of_hsds_come_in_and_their_schemas_do_not(database: Database) -> None:
    """One organization, location and service, told in eight JSON files and again in 21 tables."""
    needs(HSDS)
    first = run(database, shared(HSDS), source="directory")
    assert (first.quarantined, first.pieces["HSDS directory"]) == (0, 6)
    left = sorted(name.rpartition("!")[2] for name in first.left_out)
    assert [name for name in left if not name.startswith("schema/")] == EXPECTED_LEFT_OUT
    with database.connection() as connection:
        found = connection.execute("select assured_on, age_from, age_to from flat.directory_service").fetchall()
    row = tuple(found[-1].values()) if isinstance(found[-1], dict) else tuple(found[-1])
    assert row == (date(2005, 1, 1), 12, 100)


@pytest.mark.parametrize("folder", ["examples", "examples/csv"])
def test_what_goes_out_is_valid_against_the_schema_of_hsds(folder: str) -> None:
    needs(HSDS)
    packed = open_archive(HSDS)
    assert packed
    schema = json.loads(packed.read("schema/compiled/service_with_definitions.json"))
    made = directory(folder)
    organizations, locations = ({k: v for k, v in made.items() if k.startswith(kind)} for kind in ("Organ", "Loc"))
    (service,) = (v for k, v in made.items() if k.startswith("HealthcareService"))
    (out,) = write.services([service], organizations, locations)
    text = json.loads(fhir_json.write(out))
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [problem.message for problem in checker.iter_errors(text)] == []
    original = json.loads(packed.read("examples/service_full.json"))
    for name in ("id", "name", "status", "assured_date", "minimum_age", "maximum_age", "email", "url"):
        assert text[name] == original[name], name
    assert text["organization"]["id"] == original["organization"]["id"]
    assert text["service_at_locations"][0]["location"]["id"] == original["service_at_locations"][0]["location"]["id"]
    assert [s["byday"] for s in text["schedules"]] == [original["schedules"][0]["byday"]]
    assert list(checker.iter_errors({**text, "status": "sometimes"}))
    assert len(standing([service], date(2026, 1, 1), 180)["stale"]) == 1  # vouched for in 2005
