"""HMIS CSV: a bad row is kept with file, line and column, and nothing any table holds stops the rows behind it."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.intake import archive, formats, hmis
from throughcare.intake.formats import Given, Piece
from throughcare.settings import Settings

GIVEN = Given("shelter", Settings.read({}))
STAMP = {"DateCreated": "2024-01-01", "DateUpdated": "2024-01-01", "UserID": "u", "DateDeleted": "", "ExportID": "1"}
EXPORT = {"ExportID": "1", "SourceID": "9", "ExportStartDate": "2024-01-01", "CSVVersion": "2024 v1.3"}


def table(name: str, *rows: dict[str, str]) -> archive.Member:
    written = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(written, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return archive.of_bytes(f"export/{name}.csv", written.getvalue().encode())


def client(key: str, **more: str) -> dict[str, str]:
    return {"PersonalID": key, "FirstName": "Ana", "LastName": "Reyes", "DOB": "1980-05-01", **more, **STAMP}


def stay(key: str, **more: str) -> dict[str, str]:
    usual = {"EnrollmentID": key, "PersonalID": "C", "ProjectID": "P", "EntryDate": "2024-02-01", "HouseholdID": "H"}
    return {**usual, "RelationshipToHoH": "", **more, **STAMP}


def pieces(*members: archive.Member) -> list[Piece]:
    return list(hmis.pieces([table("Export", EXPORT), *members], GIVEN))


def made(all_pieces: list[Piece], kind: str) -> list[dict[str, Any]]:
    return [one for piece in all_pieces for one in piece.resources if one["resourceType"] == kind]


def reasons(all_pieces: list[Piece]) -> list[str]:
    return [piece.reason for piece in all_pieces if piece.reason]


def said(resource: dict[str, Any], name: str) -> object:
    return next((v for e in resource.get("extension", ()) if e["url"] == f"urn:throughcare:{name}"
                 for k, v in e.items() if k != "url"), None)  # fmt: skip


def test_a_table_is_known_by_its_columns() -> None:
    assert formats.of(table("anything", client("C"))) == "hmis"
    assert formats.of(archive.of_bytes("Client.csv", b"name,born\nAna,1980-05-01\n")) != "hmis"


def test_an_export_without_its_version_or_of_another_layout_is_refused() -> None:
    with pytest.raises(Malformed, match=r"no Export\.csv"):
        list(hmis.pieces([table("Client", client("C"))], GIVEN))
    with pytest.raises(Malformed, match="layout other"):
        list(hmis.pieces([table("Export", EXPORT | {"CSVVersion": "2022"})], GIVEN))


def test_a_bad_row_is_kept_with_its_place_and_the_next_is_taken() -> None:
    bad = client("A", DOB="08-MAY-67")
    result = pieces(table("Client", bad, client("B", DOB="05/17/1980"), client("B"), client("")))
    assert reasons(result) == [
        "Client.csv line 2, DOB: it is not a date (YYYY-MM-DD).",
        "Client.csv line 4, PersonalID: an earlier row of the table has the same key.",
        "Client.csv line 5, PersonalID: it is missing.",
    ]
    assert [one["birthDate"] for one in made(result, "Patient")] == ["1980-05-17"]
    assert next(piece.body for piece in result if piece.reason).startswith(b"A,Ana,Reyes,08-MAY-67")


def test_a_quote_that_is_never_closed_takes_one_line_and_no_more() -> None:
    whole = table("Client", client("A"), client("B"), client("C")).open().read()
    broken = archive.of_bytes("Client.csv", whole.replace(b"B,Ana", b'B,"Ana'))
    result = pieces(broken)
    assert [one["identifier"][0]["value"] for one in made(result, "Patient")] == ["A", "C"]
    assert len(reasons(result)) == 1 and reasons(result)[0].startswith("Client.csv line 3: the row has")


def test_a_name_may_go_over_two_lines() -> None:
    result = pieces(table("Client", client("A", FirstName="Ana\nMaria"), client("B")))
    assert not reasons(result) and len(made(result, "Patient")) == 2


def test_the_last_column_of_a_name_in_another_language_is_read() -> None:
    old = table("Client", client("A", FirstName="José")).open().read().decode().encode("cp1252")
    result = pieces(archive.of_bytes("Client.csv", b"" + old))
    assert made(result, "Patient")[0]["name"][0]["given"] == ["José"]


def test_only_a_whole_number_is_a_social_security_number() -> None:
    kinds = [("464815587", "1"), ("464815587", "2"), ("888888", "1"), ("", "99")]
    rows = [client(str(n), SSN=ssn, SSNDataQuality=quality) for n, (ssn, quality) in enumerate(kinds)]
    numbers = [[i["value"] for i in one["identifier"][1:]] for one in made(pieces(table("Client", *rows)), "Patient")]
    assert numbers == [["464-81-5587"], [], [], []]


def test_a_stay_and_its_exit_are_one() -> None:
    gone = {"ExitID": "X", "EnrollmentID": "S", "PersonalID": "C", "ExitDate": "2024-03-01", "Destination": "410"}
    project = {"ProjectID": "P", "OrganizationID": "O", "ProjectName": "Elm Street", "ProjectType": "3", **STAMP}
    result = pieces(
        table("Enrollment", stay("S")),
        table("Exit", gone | STAMP, gone | {"ExitID": "Y", "EnrollmentID": "nowhere"} | STAMP),
        table("Project", project),
    )
    (episode,) = made(result, "EpisodeOfCare")
    assert (episode["status"], episode["period"]) == ("finished", {"start": "2024-02-01", "end": "2024-03-01"})
    assert (said(episode, "destination"), said(episode, "project-type")) == (410, 3)
    assert said(episode, "head-relation") == 1  # alone, so the head
    assert reasons(result) == ["Exit.csv line 3, EnrollmentID: no stay of this key is in Enrollment.csv."]


def test_a_stay_that_ends_before_it_begins_is_refused() -> None:
    gone = {"ExitID": "X", "EnrollmentID": "S", "PersonalID": "C", "ExitDate": "2024-01-31"}
    result = pieces(table("Enrollment", stay("S")), table("Exit", gone | STAMP))
    assert reasons(result) == ["Enrollment.csv line 2, EntryDate: the stay ends before it begins."]


def test_a_household_holds_all_sound_rows_and_no_refused_one() -> None:
    rows = [stay("1", RelationshipToHoH="1"), stay("2", PersonalID="D", RelationshipToHoH="2")]
    bad = stay("3", PersonalID="E", RelationshipToHoH="0")
    elsewhere = stay("4", PersonalID="F", ProjectID="Q", RelationshipToHoH="1")
    result = pieces(table("Enrollment", *rows, bad, elsewhere))
    first, second = made(result, "Group")
    assert [said(one, "head") for one in first["member"]] == [True, False]
    assert len(second["member"]) == 1 and first["id"] != second["id"]  # a household number counts within a project
    stays = made(result, "EpisodeOfCare")
    assert said(stays[0], "household-id") == said(stays[1], "household-id") == first["id"]


def test_what_is_withdrawn_is_deleted_under_the_id_it_had() -> None:
    (before,) = made(pieces(table("Client", client("A"))), "Patient")
    gone = client("A") | {"DateDeleted": "2024-05-01 10:00:00"}
    result = pieces(table("Client", gone))
    assert not made(result, "Patient")
    assert [piece.deletes for piece in result if piece.deletes] == [[("Patient", before["id"])]]


def test_fleeing_holds_until_it_is_asked_again_or_the_stay_ends() -> None:
    def asked(key: str, on: str, fleeing: str) -> dict[str, str]:
        about = {"HealthAndDVID": key, "EnrollmentID": "S", "PersonalID": "C", "InformationDate": on}
        return {**about, "DomesticViolenceSurvivor": "1", "CurrentlyFleeing": fleeing, **STAMP}

    gone = {"ExitID": "X", "EnrollmentID": "S", "PersonalID": "C", "ExitDate": "2024-06-30"} | STAMP
    told = table("HealthAndDV", asked("1", "2024-02-01", "1"), asked("2", "2024-04-01", "0"))
    result = pieces(table("Enrollment", stay("S")), table("Exit", gone), told)
    found = [o for o in made(result, "Observation") if o["code"]["coding"][0]["system"].endswith("determination")]
    outcomes = [(o["valueCodeableConcept"]["coding"][0]["code"], said(o, "valid-to")) for o in found]
    assert outcomes == [("yes", "2024-03-31"), ("no", "2024-06-30")]


CELL = st.text(max_size=12) | st.sampled_from(["1", "0", "99", "2024-02-30", '"', "=cmd()", "9" * 400, "1e9", "NaN"])


@st.composite
def exports(draw: st.DrawFn) -> list[archive.Member]:
    """Some tables with rows of anything at all in the columns the layout has."""
    names = draw(st.lists(st.sampled_from(sorted(set(hmis.TABLES) - {"Export"})), min_size=1, max_size=3, unique=True))
    return [table(name, *draw(st.lists(_row(name), min_size=1, max_size=4))) for name in names]


def _row(name: str) -> st.SearchStrategy[dict[str, str]]:
    one = hmis.TABLES[name]
    columns = """EnrollmentID PersonalID ProjectID HouseholdID DOB SSN LastName EnrollmentCoC OrganizationID ProjectName
        OrganizationName TypeProvided RecordType Event AssessmentType SSIAmount SSI Medicaid City ExitDate
        RelationshipToHoH DisabilityType""".split()
    columns += [one.get("key", "ExportID"), one.get("at", "EntryDate"), *one.get("answers", ())]
    return st.fixed_dictionaries({**dict.fromkeys(columns, CELL), "DateDeleted": st.sampled_from(["", "2024-01-01"])})


@settings(max_examples=400, deadline=None)
@given(exports())
def test_anything_in_any_cell_is_valid_fhir_or_a_reason(members: list[archive.Member]) -> None:
    for piece in pieces(*members):
        for resource in piece.resources:
            validate.check(fhir_json.write(resource))


@settings(max_examples=600, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400))
def test_bytes_of_any_kind_in_a_table_raise_nothing(junk: bytes, at: int) -> None:
    whole = table("Client", client("A"), client("B")).open().read()
    mutated = archive.of_bytes("Client.csv", whole[:at] + junk + whole[at:])
    for piece in pieces(mutated):
        assert piece.number and (piece.reason or piece.resources or piece.body)
