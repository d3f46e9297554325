"""A format is a folder found by looking: pieces come in whole or not at all, counts add up, a stopped load goes on."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from throughcare.faults import Malformed
from throughcare.intake import formats, quarantine
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given, Piece
from throughcare.intake.shapes import coded, resource_id, without_blanks
from throughcare.record.view import View
from throughcare.stores.postgres import Database

from .loading import run


def read(members: list[Member], given: Given) -> Iterator[Piece]:
    """Lines of "name=day of birth": one Patient each."""
    lines = [line for member in members for line in member.open().read().splitlines()[1:]]
    for number, line in enumerate(lines, 1):
        name, _, born = line.decode().partition("=")
        if name == "stop":
            raise Malformed("The stream cannot be read on.")
        patient = {"resourceType": "Patient", "id": resource_id(given.source, name), "birthDate": born}
        yield Piece(number, [patient] if born else [], line, "" if born else "The line has no day of birth.")


@pytest.fixture(params=[False, True], ids=["apart", "together"])
def made_up(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    one = SimpleNamespace(
        TITLE="Lines", TOGETHER=request.param, knows=lambda start, name: start.startswith(b"#lines"), pieces=read
    )
    monkeypatch.setattr(formats, "known", lambda: {"made_up": one})
    return one


def lines(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(["#lines", *rows]))
    return path


def test_a_piece_is_stored_or_kept_with_its_reason(
    database: Database, tmp_path: Path, made_up: SimpleNamespace
) -> None:
    lines(tmp_path / "one.txt", "ana=1950-01-31", "ben", "cid=not a day")
    (tmp_path / "other.txt").write_text("anything")
    counts = run(database, tmp_path)
    assert (counts.stored, counts.quarantined) == (1, 2)
    assert counts.as_json()["pieces"] == {"Lines": {"read": 3, "quarantined": 2}}
    assert [Path(name).name for name in counts.left_out] == ["other.txt"]
    kept = {entry.line: quarantine.entry(database, entry.entry_no) for entry in quarantine.listed(database)}
    assert kept[2].body == b"ben" and kept[2].reason == "The line has no day of birth."
    assert kept[3].body == b"cid=not a day"
    assert View(database).read("Patient", resource_id("clinic", "ana"))


def test_what_came_in_before_is_not_read_again(database: Database, tmp_path: Path, made_up: SimpleNamespace) -> None:
    path = lines(tmp_path / "one.txt", "ana=1950-01-31", "stop", "ben=1960-01-31")
    first = run(database, path, load_batch=1)
    assert (first.stored, first.quarantined) == (1, 1)
    assert run(database, path).stored == 0
    lines(path, "ana=1950-01-31", "ben=1960-01-31")
    again = run(database, path)
    assert (again.stored, again.known) == (1, 1)
    last = run(database, path)
    assert (last.stored, last.known, last.as_json().get("pieces")) == (0, 2, None)


def test_files_of_one_zip_are_told_apart(database: Database, tmp_path: Path, made_up: SimpleNamespace) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("a/one.txt", "#lines\nana=1950-01-31")
        packed.writestr("a/two.txt", "#lines\nben=1960-01-31")
        packed.writestr("b/one.txt", "#lines\ncid=1970-01-31")
    counts = run(database, tmp_path)
    assert (counts.stored, counts.quarantined, counts.pieces["Lines"]) == (3, 0, 3)
    assert run(database, tmp_path).known == 3


def test_what_two_formats_know_is_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = SimpleNamespace(knows=lambda start, name: True)
    member = Member("x", "", b"", lambda: (tmp_path / "x").open("rb"))
    (tmp_path / "x").write_text("")
    monkeypatch.setattr(formats, "known", lambda: {"a": one, "b": one})
    assert formats.of(member) == ""
    monkeypatch.setattr(formats, "known", lambda: {"a": one})
    assert formats.of(member) == "a"


def test_every_folder_of_intake_is_a_format_but_fhir_and_the_ways_to_fetch_it() -> None:
    folders = {p.name for p in Path(formats.__file__).parent.iterdir() if (p / "__init__.py").exists()}
    assert set(formats.known()) == folders - {"fhir", "bulk"}


def test_shapes_hold_nothing_blank_and_ids_nobodys_number() -> None:
    assert coded("E11.9", "http://hl7.org/fhir/sid/icd-10-cm") == {
        "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "E11.9"}]
    }
    assert coded("", text="diabetes") == {"text": "diabetes"}
    assert without_blanks({"a": "", "b": [{}, {"c": None}], "d": [0, False, ""]}) == {"d": [0, False]}
    assert resource_id("clinic", "MRN 12345") == resource_id("clinic", "MRN 12345")
    assert "12345" not in resource_id("clinic", "MRN 12345") and resource_id("a", "bc") != resource_id("ab", "c")
