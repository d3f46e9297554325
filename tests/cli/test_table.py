"""throughcare table: a first mapping by looking at a table, and what it becomes before anything is stored."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.intake.tables import BY_MAPPING, CLIENTS, MAPPINGS, VISITS
from tests.intake.test_tables import workbook
from throughcare.cli import throughcare
from throughcare.faults import Fault
from throughcare.intake.tables import mappings


def told(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(throughcare, ["table", *map(str, words)])
    if isinstance(result.exception, Fault):
        return 1, str(result.exception)
    return result.exit_code, result.output


@pytest.mark.parametrize("name", sorted(BY_MAPPING))
def test_the_mappings_of_the_guide_take_their_tables_whole(name: str, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(BY_MAPPING[name])
    code, said = told("check", tmp_path / "roster.csv", "--mapping", MAPPINGS / f"{name}.toml", "--json")
    (report,) = json.loads(said)["tables"]
    rows = len(BY_MAPPING[name].splitlines()) - 1
    assert (code, report["rows"], report["refused"], report["replaced"]) == (0, rows, 0, 0)
    assert report["samples"] and all(one["resourceType"] in report["made"] for one in report["samples"])


def test_a_check_says_cell_reason_and_fix_of_bad_rows_and_ends_with_1(tmp_path: Path) -> None:
    bad = CLIENTS.replace("01/31/1950", "31/01/1950") + "".join(f"D{n},Roe,Eva,,soon,F,,,,,,\n" for n in range(12))
    (tmp_path / "c.csv").write_text(bad)
    code, said = told("check", tmp_path / "c.csv", "--mapping", MAPPINGS / "clients.toml")
    assert code == 1 and "15 rows, 2 can be taken, 13 cannot" in said
    assert 'line 2 [31/01/1950]: Column "Born" is no date as 2026-01-31 or %m/%d/%Y.' in said
    assert "Correct it, or add its pattern to `dates` in [reads]." in said
    assert said.count("  line ") == 10


def test_a_check_finds_the_column_that_makes_no_valid_fhir(tmp_path: Path) -> None:
    text = (MAPPINGS / "clients.toml").read_text().replace('"F" = "female"', '"F" = "feminine"')
    (tmp_path / "m.toml").write_text(text)
    (tmp_path / "c.csv").write_text(CLIENTS)
    code, said = told("check", tmp_path / "c.csv", "--mapping", tmp_path / "m.toml", "--json")
    (bad,) = json.loads(said)["tables"][0]["bad"]
    assert code == 1 and (bad["line"], bad["column"], bad["cell"]) == (2, "Sex", "F")
    assert "The code is not one of those FHIR allows here" in bad["reason"]


def test_a_check_counts_rows_that_replace_others(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(CLIENTS + "C1,Reyes,Anna,,01/31/1950,F,,,,,,\n")
    code, said = told("check", tmp_path / "c.csv", "--mapping", MAPPINGS / "clients.toml")
    assert code == 0 and "1 replace what an earlier row of the same key said" in said


def test_a_wrong_mapping_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text((MAPPINGS / "clients.toml").read_text().replace("birthDate", "birthday"))
    (tmp_path / "c.csv").write_text(CLIENTS)
    code, said = told("check", tmp_path / "c.csv", "--mapping", tmp_path / "m.toml")
    assert code == 1 and "m.toml:23" in said and "Did you mean birthDate?" in said


def test_a_first_mapping_is_guessed_and_can_be_checked_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CLIENTS)
    code, _ = told("new", tmp_path / "people.csv", "--source", "food_bank", "--to", tmp_path / "m")
    text = (tmp_path / "m" / "people.toml").read_text()
    made = mappings.read(tmp_path / "m" / "people.toml")
    assert code == 0 and made.source == "food_bank" and made.reads.dates == ["%m/%d/%Y"]
    assert "# guess" in text and "Reyes" not in text and "555-0101" not in text
    code, said = told("check", tmp_path / "people.csv", "--mapping", tmp_path / "m" / "people.toml", "--json")
    (report,) = json.loads(said)["tables"]
    taken = {column["column"] for column in report["columns"] if column["becomes"]}
    assert taken == set(CLIENTS.splitlines()[0].split(","))
    assert (code, report["refused"]) == (1, 1)  # the one whose birth is "n/a", which nobody said means blank
    code, said = told("new", tmp_path / "people.csv", "--to", tmp_path / "m")
    assert code == 1 and "There is such a mapping already." in said


def test_a_guess_says_when_day_and_month_cannot_be_told_apart(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("Client No,Visit Date,Reason\nC1,02/03/2026,Food\n")
    told("new", tmp_path / "v.csv", "--to", tmp_path)
    text = (tmp_path / "v.toml").read_text()
    assert 'dates = ["%m/%d/%Y"]' in text and "%d/%m/%Y fits as many: ask which it is" in text
    assert mappings.read(tmp_path / "v.toml").resource[0].type == "Encounter"


@pytest.mark.parametrize("heading", ['Say "hi"', "a\\b", "#x", "Straße", "x" * 300, "=1+1"])
def test_a_guess_can_be_read_whatever_the_headings(heading: str, tmp_path: Path) -> None:
    (tmp_path / "o.tsv").write_text(f"{heading.replace(chr(34), chr(39))}\tother\n1\t2\n")
    assert told("new", tmp_path / "o.tsv", "--to", tmp_path)[0] == 0
    assert mappings.read(tmp_path / "o.toml").resource


def test_a_workbook_is_checked_sheet_by_sheet(tmp_path: Path) -> None:
    visits = [row.split(";") for row in VISITS.splitlines()]
    (tmp_path / "b.xlsx").write_bytes(workbook(Visits=visits, Notes=[["Call Ben"]]))
    code, said = told("check", tmp_path / "b.xlsx", "--mapping", MAPPINGS / "visits.toml")
    assert code == 0 and "2 rows, 2 can be taken, 0 cannot" in said and "No mapping knows" in said
