"""Tables come in by a mapping: every row becomes valid FHIR or waits with its line, its column and what to do."""

import io
import json
import os
import re
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from throughcare.faults import Malformed, WrongDefinition
from throughcare.fhir import json as fhir_json
from throughcare.fhir import validate
from throughcare.flow import door
from throughcare.intake import formats, quarantine
from throughcare.intake.tables import mappings
from throughcare.record.view import View
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .loading import run
from .tables import BY_MAPPING, CLIENTS, MAPPINGS, ROSTER, VISITS, pieces, reasons, site, table


def made(data: str | bytes, folder: Path, kind: str, name: str = "roster.csv") -> list[dict[str, Any]]:
    found = pieces(data, site(folder), name)
    assert reasons(found) == []
    resources = [one for piece in found for one in piece.resources]
    for one in resources:
        validate.check(fhir_json.write(one))
    return [one for one in resources if one["resourceType"] == kind]


def test_a_list_of_clients_is_people(tmp_path: Path) -> None:
    ana, ben, cid = made(CLIENTS, tmp_path, "Patient")
    assert ana["name"] == [{"family": "Reyes", "given": ["Ana"]}]
    assert ana["birthDate"] == "1950-01-31" and ana["gender"] == "female"
    assert ana["telecom"] == [{"system": "phone", "value": "555-0101"}]
    assert ana["address"] == [{"line": ["1 Main St"], "city": "Dayton", "state": "OH", "postalCode": "45402"}]
    assert ben["name"] == [{"family": "O'Neil, Jr.", "given": ["Ben", "Lee"]}] and "address" not in ben
    assert cid["gender"] == "unknown" and "birthDate" not in cid and "telecom" not in cid


def test_a_visit_knows_its_client_of_the_other_table(tmp_path: Path) -> None:
    ana, ben, _ = made(CLIENTS, tmp_path, "Patient")
    first, second = made(VISITS, tmp_path, "Encounter")
    assert first["subject"]["reference"] == f"Patient/{ana['id']}"
    assert second["subject"]["reference"] == f"Patient/{ben['id']}"
    assert first["period"]["start"] == "2026-01-31T09:30:00-05:00" and second["period"]["start"] == "2026-02-01"
    (weight,) = made(VISITS, tmp_path, "Observation")
    assert weight["valueQuantity"]["value"] == Decimal("71.5")
    assert weight["encounter"]["reference"] == f"Encounter/{first['id']}"


def test_rows_of_a_claim_are_its_lines(tmp_path: Path) -> None:
    first, second = made(BY_MAPPING["claims"], tmp_path, "ExplanationOfBenefit")
    assert [i["productOrService"]["coding"][0]["code"] for i in first["item"]] == ["99213", "83036"]
    assert [i["sequence"] for i in first["item"]] == [1, 2]
    assert first["payment"]["amount"]["value"] == Decimal("90.00")
    assert [d["diagnosisCodeableConcept"]["coding"][0]["code"] for d in first["diagnosis"]] == ["E11.9", "I10"]
    assert len(second["diagnosis"]) == 1 and second["status"] == "cancelled"
    (member, *_) = made(ROSTER, tmp_path, "Patient")
    assert first["patient"]["reference"] == f"Patient/{member['id']}"


def test_a_resource_is_made_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    found = made(BY_MAPPING["screenings"], tmp_path, "Observation")
    assert [one["valueCodeableConcept"]["coding"][0]["code"] for one in found] == ["LA33-6", "LA32-8"]
    (need,) = made(BY_MAPPING["screenings"], tmp_path, "Condition")
    assert need["code"]["coding"][0]["code"] == "Z59.00"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("C4,Roe,Eva,,13/01/1950,F,,,,,,", 'Line 2: Column "Born" is no date as 2026-01-31 or %m/%d/%Y.'),
        (",Roe,Eva,,,F,,,,,,", 'Line 2: Column "Client ID" is blank, and the client is told from others by it.'),
        ("C4,Roe,Eva", "Line 2: The row has 3 cells, the header 12."),
        ('C4,"Roe,Eva,,,F,,,,,,', "Line 2: The quotes in the row are not closed as they are opened."),
        ("C4,Roe\0,Eva,,,F,,,,,,", "Line 2: The row holds what is no text in its encoding."),
    ],
)
def test_a_bad_row_is_told_in_words_and_the_next_is_taken(tmp_path: Path, row: str, reason: str) -> None:
    header = CLIENTS.splitlines()[0]
    found = pieces("\n".join([header, row, "C5,Poe,Ida,,,F,,,,,,"]), site(tmp_path))
    assert reasons(found) == [reason] and [piece.line for piece in found] == [2, 3]
    assert len(found[1].resources) == 1 and found[0].body.decode().startswith(header)


def test_a_word_that_no_table_of_values_knows_is_refused_not_guessed(tmp_path: Path) -> None:
    found = pieces(BY_MAPPING["claims"].replace("VOID", "GONE"), site(tmp_path))
    assert reasons(found) == ['Line 4: Column "Status" holds a word that its table of values does not know.']


def test_rows_that_belong_together_but_stand_apart_are_refused(tmp_path: Path) -> None:
    header, first, second, other = BY_MAPPING["claims"].splitlines()
    found = pieces("\n".join([header, first, other, second]), site(tmp_path))
    assert reasons(found) == ["Line 4: Rows with the same Claim stand apart: sort the table by it."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_letters_and_line_ends_of_any_office(tmp_path: Path, encoding: str, end: str) -> None:
    data = CLIENTS.replace("Reyes", "Peña").replace("\n", end).encode(encoding)
    assert [one["name"][0]["family"] for one in made(data, tmp_path, "Patient")] == ["Peña", "O'Neil, Jr.", "Ng"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_seen_in_the_header(tmp_path: Path, separator: str) -> None:
    text = "\n".join(separator.join(row.split(",")) for row in CLIENTS.replace("O'Neil, Jr.", "ONeil").splitlines())
    assert len(made(text, tmp_path, "Patient")) == 3


NUMBERS = """
title = "Weights"
source = "gym"
[knows]
columns = ["Who", "Kg"]
[reads]
decimal = "{decimal}"
separator = ";"
[[resource]]
type = "Observation"
name = "weight"
key = ["Who"]
[resource.has]
status = "=final"
code.text = "=Weight"
valueQuantity.value = "Kg"
"""


@pytest.mark.parametrize(
    ("decimal", "written", "value"),
    [(",", "1.234,50", "1234.50"), (".", "1,234.50", "1234.50"), (",", "71,5", "71.5"), (".", "71,5", None),
     (",", "71.5", None), (".", "$5", "5"), (".", "1e5", None), (".", "-0.5", "-0.5"), (",", "1 234", "1234")],
)  # fmt: skip
def test_a_number_is_read_as_the_mapping_says_or_not_at_all(
    tmp_path: Path, decimal: str, written: str, value: str | None
) -> None:
    (piece,) = pieces(f"Who;Kg\na;{written}", site(tmp_path, gym=NUMBERS.format(decimal=decimal)))
    if value is None:
        assert piece.reason.startswith('Line 2: Column "Kg" is no number')
    else:
        assert piece.resources[0]["valueQuantity"]["value"] == Decimal(value)


def workbook(**sheets: list[list[Any]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_sheet_by_sheet(database: Database, tmp_path: Path) -> None:
    clients = [row.split(",") for row in CLIENTS.replace("O'Neil, Jr.", "ONeil").splitlines()]
    clients[1][4] = datetime(1950, 1, 31)
    visits = [
        ["Visit no", "Client ID", "Visit date", "Reason", "Weight kg"],
        ["V1", "C1", datetime(2026, 1, 31), "x", 71.5],
    ]
    (tmp_path / "book.xlsx").write_bytes(workbook(People=clients, Visits=visits, Notes=[["Call Ben"]]))
    settings = site(tmp_path / "site" if (tmp_path / "site").mkdir() is None else tmp_path)
    counts = run(database, tmp_path / "book.xlsx", data_dir=settings.data_dir)
    assert (counts.stored, counts.quarantined) == (5, 1)
    (kept,) = quarantine.listed(database)
    assert (
        kept.reason == "No mapping knows it." and kept.file.endswith("book.xlsx!Notes") and kept.source == "food_bank"
    )


def test_a_sheet_with_a_comma_before_decimals_keeps_its_numbers(tmp_path: Path) -> None:
    data = workbook(
        V=[["Visit no", "Client ID", "Visit date", "Reason", "Weight kg"], ["V1", "C1", "31.01.2026", "x", 71.5]]
    )
    (weight,) = made(data, tmp_path, "Observation", "v.xlsx")
    assert weight["valueQuantity"]["value"] == Decimal("71.5")


def test_a_table_is_found_by_its_columns_and_its_mapping_says_whose_it_is(database: Database, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "anything.txt").write_text(CLIENTS)
    with zipfile.ZipFile(tmp_path / "in" / "more.zip", "w") as packed:
        packed.writestr("roster_2026.csv", ROSTER)
    (tmp_path / "in" / "unknown.csv").write_text("a,b\n1,2\n")
    settings = site(tmp_path)
    counts = run(database, tmp_path / "in", data_dir=settings.data_dir)
    assert (counts.stored, counts.known, counts.quarantined) == (6, 1, 0)
    assert [Path(name).name for name in counts.left_out] == ["unknown.csv"]
    assert counts.as_json()["pieces"] == {"Table": {"read": 5, "quarantined": 0}}
    with database.connection() as connection:
        rows = connection.execute("select distinct name from record.source where name <> 'clinic'").fetchall()
        seen = connection.execute("select count(*) from flat.coverage").fetchone()
    assert {name for (name,) in rows} >= {"food_bank", "valley_plan"} and seen == (2,)
    assert run(database, tmp_path / "in", data_dir=settings.data_dir).stored == 0


def test_a_row_that_was_refused_is_taken_once_it_is_corrected(database: Database, tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_text(CLIENTS.replace("01/31/1950", "31/01/1950"))
    settings = site(tmp_path)
    assert run(database, tmp_path / "clients.csv", data_dir=settings.data_dir).quarantined == 1
    found = quarantine.entry(database, quarantine.listed(database)[0].entry_no)
    assert found.line == 2

    def commit(changes):
        return door.commit(database, changes, stage="intake", at=datetime.fromisoformat("2026-03-18T00:00+00:00"))

    fixed = found.body.replace(b"31/01/1950", b"01/31/1950")
    assert quarantine.replay(database, found, settings=settings, commit=commit, fixed=fixed) == []
    (ana,) = [one for one in pieces(CLIENTS, settings) if one.line == 2]
    assert json.loads(View(database).read("Patient", ana.resources[0]["id"]) or b"")["birthDate"] == "1950-01-31"


def test_a_refused_row_of_a_named_sheet_is_read_again_by_the_same_mapping(tmp_path: Path) -> None:
    named = (MAPPINGS / "clients.toml").read_text().replace("[knows]", '[knows]\nsheet = "People"')
    settings = site(tmp_path, clients=named)
    clients = [row.split(",") for row in CLIENTS.replace("O'Neil, Jr.", "ONeil").replace('"', "").splitlines()]
    clients[1][4] = "soon"
    refused = next(one for one in pieces(workbook(People=clients), settings, "book.xlsx") if one.reason)
    fixed = refused.body.replace(b"soon", b"1950-01-31")
    assert pieces(refused.body, settings, refused.file)[0].reason == refused.reason
    (again,) = pieces(fixed, settings, refused.file)
    assert again.resources[0]["birthDate"] == "1950-01-31"


def test_an_older_row_undoes_no_newer_one(database: Database, tmp_path: Path) -> None:
    newer = BY_MAPPING["referrals"].replace("open,01/15/2026", "closed,02/01/2026")
    settings = site(tmp_path)
    for name, text in (("b", newer), ("a", BY_MAPPING["referrals"])):
        (tmp_path / f"{name}.csv").write_text(text)
        run(database, tmp_path / f"{name}.csv", data_dir=settings.data_dir)
    (one,) = [p.resources[0] for p in pieces(newer, settings)]
    assert json.loads(View(database).read("ServiceRequest", one["id"]) or b"")["status"] == "completed"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("birthDate = ", 'Patient has no "birtDate" in FHIR. Did you mean birthDate?'),
        ('values = "sex"', "there is no [values.sx]. Did you mean sex?"),
        ('type = "Patient"', '"Pateint" is no type of FHIR. Did you mean Patient?'),
        ('dates = ["%m/%d/%Y"]', "a year of two figures says no century."),
        ('source = "food_bank"', '"Food bank" cannot name a source.'),
        ('gender = {', "a HumanName has parts: say which the column is."),
        ("[reads]", '"raeds" is not a key here. Did you mean reads?'),
    ],
)  # fmt: skip
def test_a_wrong_mapping_says_where_and_what_was_meant(tmp_path: Path, wrong: str, says: str) -> None:
    text = (MAPPINGS / "clients.toml").read_text()
    becomes = {
        "birthDate = ": "birtDate = ", 'values = "sex"': 'values = "sx"', 'type = "Patient"': 'type = "Pateint"',
        'dates = ["%m/%d/%Y"]': 'dates = ["%m/%d/%y"]', 'source = "food_bank"': 'source = "Food bank"',
        "gender = {": 'name = "Last name"\nmaritalStatus.text = {', "[reads]": "[raeds]",
    }[wrong]  # fmt: skip
    if wrong == "gender = {":
        text = text.replace('name = { family = "Last name", given = ["First name", "Middle"] }\n', "")
    (tmp_path / "m.toml").write_text(text.replace(wrong, becomes))
    with pytest.raises(WrongDefinition) as told:
        mappings.read(tmp_path / "m.toml")
    first = told.value.findings[0]
    assert says in first.what and first.line > 1


def test_a_mapping_with_mistakes_refuses_its_own_tables_and_stops_no_others(database: Database, tmp_path: Path) -> None:
    good = (MAPPINGS / "clients.toml").read_text()
    settings = site(tmp_path, clients=good.replace("birthDate = ", "birtDate = "), half="[knows\ncolumns = []")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "clients.csv").write_text(CLIENTS)
    (folder / "roster.csv").write_text(ROSTER)
    (folder / "z.ndjson").write_text('{"resourceType": "Organization", "id": "o", "name": "O"}\n')
    counts = run(database, folder, data_dir=settings.data_dir)
    assert counts.stored == 4 and counts.left_out == []
    (one,) = quarantine.listed(database)
    assert Path(one.file).name == "clients.csv"
    assert re.fullmatch(r'Its mapping clients\.toml has a mistake in line \d+: Patient has no "birtDate".*', one.reason)
    (said,) = counts.wrong_here
    assert said.startswith("half.toml has a mistake in line 1") and said.endswith("it knows cannot be read.")
    (tmp_path / "mappings" / "clients.toml").write_text(good)
    os.utime(tmp_path / "mappings" / "clients.toml", ns=(1, 1))
    again = run(database, folder, data_dir=settings.data_dir)
    assert (again.stored, again.quarantined) == (3, 0), "its table was not read before, and is now"


def test_a_table_that_two_mappings_know_alike_stops_no_others(database: Database, tmp_path: Path) -> None:
    settings = site(tmp_path, twin=(MAPPINGS / "clients.toml").read_text())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "clients.csv").write_text(CLIENTS)
    (tmp_path / "in" / "roster.csv").write_text(ROSTER)
    counts = run(database, tmp_path / "in", data_dir=settings.data_dir)
    assert counts.stored == 3 and list(counts.reasons) == [
        "Two mappings know the table: Clients of the food bank, and Clients of the food bank."
    ]


def test_a_table_that_two_mappings_know_alike_is_refused(tmp_path: Path) -> None:
    twin = (MAPPINGS / "clients.toml").read_text().replace("Clients of", "Twins of")
    with pytest.raises(Malformed, match="Two mappings know the table"):
        pieces(CLIENTS, site(tmp_path, twin=twin))


def test_a_column_that_is_gone_stops_the_table_in_words(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r'no column "Email"\. Did you mean E-Mail\?'):
        pieces(CLIENTS.replace("Email", "E-Mail", 1), site(tmp_path))


def test_a_table_is_no_ones_where_the_site_has_no_mapping(tmp_path: Path) -> None:
    assert formats.of(table(CLIENTS), Settings.read({}, data_dir=tmp_path)) == ""
    assert formats.of(table(CLIENTS), site(tmp_path)) == "tables"


def test_care_models_see_every_kind_of_row(database: Database, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in BY_MAPPING.items():
        (tmp_path / "in" / f"{name}.csv").write_text(text)
    counts = run(database, tmp_path / "in", data_dir=site(tmp_path).data_dir)
    assert counts.quarantined == 0 and not counts.left_out
    views = ("person", "encounter", "coverage", "claim", "claim_line", "observation", "diagnosis", "request")
    with database.connection() as connection:
        seen = {view: connection.execute(f"select count(*) from flat.{view}").fetchone()[0] for view in views}
        sql = "select count(*) from flat.claim join flat.coverage using (person_id) join flat.person using (person_id)"
        linked = connection.execute(sql).fetchone()
    assert seen == {
        "person": 4, "encounter": 2, "coverage": 2, "claim": 2, "claim_line": 3, "observation": 3, "request": 1,
        "diagnosis": 3,  # two of the claim that stands, none of the cancelled one, and the need that was found
    }  # fmt: skip
    assert linked == (4,)  # two claims, each under two coverages of the one member
