"""`throughcare model`, typed as a stranger would, in an empty folder. (The guide's test runs the installed program.)"""

import contextlib
import io
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from msgspec import structs

from throughcare.cli import main
from throughcare.definitions.grammar import Library
from throughcare.definitions.library import SHIPPED_LIBRARY, shipped_library
from throughcare.definitions.library_measures import load_measures
from throughcare.flow import door
from throughcare.record.changes import Changes, Put
from throughcare.stores.postgres import Database

NOW = "2026-07-03T09:00:00-04:00"


@dataclass
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, *arguments: str, options: tuple[str, ...] = ()) -> Done:
    """The whole program, from its arguments to its exit code."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    typed = patch("sys.argv", ["throughcare", *options, "model", *arguments])
    with typed, contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
    return Done(code, out.getvalue(), err.getvalue())


def said(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Path:
    said(tmp_path, "new", "evening_calls", "--to", "mine")
    return tmp_path


def spoil(home: Path, file: str, old: str, new: str) -> None:
    path = home / "mine/evening_calls" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize("command", ["list", "check", "try", "explain", "new", "schema", "grammar"])
def test_every_command_explains_itself_with_an_example(tmp_path: Path, command: str) -> None:
    assert f"throughcare model {command}" in said(tmp_path, command, "--help").replace("\n", " ")


def test_a_new_model_passes_the_check(home: Path) -> None:
    assert said(home, "check", "mine/evening_calls") == (
        "evening_calls: 4 cases (2 yes, 1 no, 1 edge, 1 unknown), 0 findings\n"
    )


def test_a_new_model_is_called_as_its_author_calls_it(home: Path) -> None:
    assert "Evening calls" in (home / "mine/evening_calls/README.md").read_text()
    assert "new_model" not in "".join(p.read_text() for p in (home / "mine").rglob("*") if p.is_file())


def test_a_folder_that_is_there_is_not_written_over(home: Path) -> None:
    done = run(home, "new", "evening_calls", "--to", "mine")
    assert (done.returncode, "is there already" in done.stderr) == (1, True)


def test_an_id_that_is_no_name_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "new", "Evening Calls")
    assert (done.returncode, '"Evening Calls" is not an id.' in done.stderr) == (1, True)


def test_a_mistake_ends_with_1_and_is_told_with_file_and_line(home: Path) -> None:
    spoil(home, "eligibility.toml", "age_in_years(", "age_in_year(")
    done = run(home, "check", "mine/evening_calls")
    assert done.returncode == 1
    first = "mine/evening_calls/eligibility.toml:6  criterion adult: age_in_year() is not a function."
    assert first in done.stderr
    assert done.stdout.endswith("1 finding\n")


def test_a_case_that_does_not_hold_ends_with_1_and_says_why(home: Path) -> None:
    spoil(home, "work.toml", "2 business days", "1 business day")
    done = run(home, "check", "mine/evening_calls")
    assert done.returncode == 1
    assert (
        "cases/leaves_before_a_holiday/expect.toml:8  case leaves_before_a_holiday: "
        "first_call: expected due 2026-07-07, got 2026-07-06 "
        "because it is due 1 business day after ended_on, and ended_on is 2026-07-02."
    ) in done.stderr


def test_a_file_that_cannot_be_read_is_told_without_a_traceback(home: Path) -> None:
    (home / "mine/evening_calls/work.toml").write_text("[[step]\n")
    done = run(home, "check", "mine/evening_calls")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "mine/evening_calls/work.toml:1  work.toml cannot be read: this line is not TOML." in done.stderr


def test_every_turn_of_unknown_is_listed_when_asked(home: Path) -> None:
    assert "unknown is settled here: sets.toml:6  set discharges" in said(
        home, "check", "mine/evening_calls", "--turns"
    )


def test_all_models_are_checked_when_none_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said(home, "new", "morning_calls", "--to", "mine")
    monkeypatch.setattr("throughcare.definitions.load.SHIPPED", home / "mine")
    spoil(home, "work.toml", "2 business days", "2 busy days")
    monkeypatch.setattr("throughcare.cli.model.site_library", lambda settings: _with_one_measure())
    done = run(home, "check")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "evening_calls: 4 cases (2 yes, 1 no, 1 edge, 1 unknown), 1 finding",
        "morning_calls: 4 cases (2 yes, 1 no, 1 edge, 1 unknown), 0 findings",
        "library measure readmission_30: 5 cases, 0 findings",
        "In all: 2 care models with 8 cases, 1 library measure with 5 cases; 3 measures, 1 finding",
    ]


def _with_one_measure() -> Library:
    """The shipped library, with one of its measures: five cases, and back in hospital after 30, 90 and 180 days."""
    library = shipped_library()
    return structs.replace(library, measures={"readmission_30": library.measures["readmission_30"]})


def test_a_case_of_a_library_measure_that_does_not_hold_ends_with_1(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("throughcare.definitions.load.SHIPPED", home / "mine")
    copied = tmp_path / "measures/readmission_30"
    shutil.copytree(SHIPPED_LIBRARY / "measures/readmission_30", copied)
    expect = copied / "cases/day_thirty_and_day_thirty_one/expect.toml"
    expect.write_text(expect.read_text().replace("numerator = true", "numerator = false", 1))
    library = structs.replace(shipped_library(), measures=load_measures(tmp_path / "measures"))
    monkeypatch.setattr("throughcare.cli.model.site_library", lambda settings: library)
    done = run(home, "check")
    assert done.returncode == 1
    assert "readmission_30: expected numerator false, got true." in done.stderr
    shutil.rmtree(copied / "cases")
    done = run(home, "check")
    assert (done.returncode, "no case proves this measure." in done.stderr) == (1, True)


def test_a_model_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "evening_calls")
    assert (done.returncode, 'There is no care model "evening_calls".' in done.stderr) == (1, True)


def test_a_site_lists_its_own_models_beside_the_shipped_ones(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROUGHCARE_CARE_MODELS_DIR", str(home / "mine"))
    assert "Evening calls, version 1, in force from 2026-01-01 (trial)" in said(home, "list")


def test_try_says_who_would_join_and_what_would_be_owed(home: Path) -> None:
    life = "mine/evening_calls/cases/turns_eighteen_today/life.json"
    told = said(home, "try", "mine/evening_calls", "--on", life, "--at", NOW)
    assert told == (
        "Evening calls, version 1, on 2026-07-03 09:00\n"
        "People: 1. 1 belong, 0 do not, 0 unknown\n"
        "Belong: Patient/ana\n"
        "If all of them joined now (1 new), this would be owed:\n"
        "  first_call: 1 open, next due 2026-07-07   "
        "Speak with the person within two business days of leaving hospital\n"
    )


def test_try_says_why_people_do_not_belong_and_what_is_missing(home: Path) -> None:
    cases = home / "mine/evening_calls/cases"
    told = said(home, "try", "mine/evening_calls", "--on", str(cases / "is_a_child"), "--at", NOW)
    assert "     1  does not hold: Is an adult" in told
    told = said(home, "try", "mine/evening_calls", "--on", str(cases / "birth_date_is_missing"), "--at", NOW)
    assert "     1  missing: birth_date" in told


def test_try_reads_what_can_be_read_and_counts_the_rest(home: Path) -> None:
    (home / "people.ndjson").write_text('{"resourceType": "Patient", "id": "ana"}\n{"resourceType": "Patient", \n')
    done = run(home, "try", "mine/evening_calls", "--on", "people.ndjson", "--at", NOW)
    assert done.returncode == 0
    assert "1 could not be read and were left out." in done.stderr
    assert "People: 1. 0 belong" in done.stdout


def test_a_moment_without_an_offset_is_refused(home: Path) -> None:
    done = run(home, "try", "mine/evening_calls", "--on", ".", "--at", "2026-07-03T09:00:00")
    assert done.returncode == 2
    assert "has no offset" in done.stderr


def test_data_that_is_not_there_is_said(home: Path) -> None:
    done = run(home, "try", "mine/evening_calls", "--on", "nowhere", "--at", NOW)
    assert (done.returncode, "nowhere is not there." in done.stderr) == (1, True)


def test_schemas_and_the_grammar_are_written_where_asked(tmp_path: Path) -> None:
    assert "schemas/work.schema.json" in said(tmp_path, "schema", "--to", "schemas")
    said(tmp_path, "grammar", "--to", "reference/grammar.md")
    assert "## work.toml" in (tmp_path / "reference/grammar.md").read_text()


def test_explain_gives_every_criterion_its_inputs_evidence_and_source(home: Path) -> None:
    case = "mine/evening_calls/cases/leaves_before_a_holiday"
    told = said(home, "explain", "mine/evening_calls", "--person", "Patient/ana", "--on", case, "--at", NOW)
    assert told.splitlines() == [
        "Evening calls, version 1: Patient/ana on 2026-07-03 09:00",
        "",
        "Belongs: yes   (adult and left_hospital)",
        "  yes       Is an adult",
        "            age_in_years(person.birth_date, today) >= age_min",
        "            birth_date is 1950-03-01, today is 2026-07-03, age_min is 18",
        "            source: Our own way of working",
        "  yes       Left hospital in the last weeks",
        "            discharged_lately",
        "            discharged_lately is true",
        "            evidence: Encounter/stay-1",
        "            source: Our own way of working",
        "Owed: 1",
        "  open      due 2026-07-07  Speak with the person within two business days of leaving hospital",
        "            first_call for Encounter/stay-1, opens 2026-07-02",
        "            it is due 2 business days after ended_on, and ended_on is 2026-07-02",
        "            who: care_coordinator or nurse",
        "            source: Our own way of working",
    ]


def test_explain_says_what_is_missing_and_that_it_decides(home: Path) -> None:
    case = "mine/evening_calls/cases/birth_date_is_missing"
    told = said(home, "explain", "mine/evening_calls", "--person", "Patient/ana", "--on", case, "--at", NOW)
    assert "  unknown   Is an adult  <- decides\n" in told
    assert "            missing: birth_date\n" in told


def test_explain_of_someone_who_is_not_there_says_so(home: Path) -> None:
    done = run(home, "explain", "mine/evening_calls", "--person", "Patient/ben", "--on", "mine", "--at", NOW)
    assert (done.returncode, "Patient/ben is not there." in done.stderr) == (1, True)


def test_explain_without_files_asks_the_installations_own_record(home: Path, database: Database) -> None:
    life = json.loads((home / "mine/evening_calls/cases/leaves_before_a_holiday/life.json").read_text())
    puts = [Put(json.dumps(entry["resource"]).encode()) for entry in life["entry"]]
    door.commit(database, Changes(puts=puts), stage="intake", at=datetime(2026, 7, 2, 22, tzinfo=UTC))
    asked = ("explain", "mine/evening_calls", "--person", "Patient/ana", "--at", NOW)
    done = run(home, *asked, options=("--database", database.dsn))
    assert done.returncode == 0, done.stderr
    assert "Belongs: yes" in done.stdout
    assert "  open      due 2026-07-07  Speak with the person" in done.stdout
