"""Quarantine: what is tried again and refused again stays one entry, in every format; a drop can be taken back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from throughcare.cli import throughcare
from throughcare.fhir import json
from throughcare.flow import door
from throughcare.intake import quarantine
from throughcare.intake.quarantine import Entry
from throughcare.record.view import View
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .ccda_documents import document
from .loading import run

ADT = (
    "MSH|^~\\&|ADT|WEST|TC|TC|20260310093000||ADT^A01|{control}|P|2.5.1\rEVN|A01|20260310093000\r"
    "PID|1||MRN8^^^WEST^MR||LOPEZ^ANA||19500131|F\rPV1|1|I|3W^1^1^WEST|||||||||||||||||V8|||||||||||||||||||||||||20260310092500\r"
)
OBSERVATION = {
    "resourceType": "Observation", "id": "o1", "status": "no such status", "code": {"text": "Weight"},
}  # fmt: skip


def only(database: Database) -> Entry:
    (one,) = quarantine.listed(database)
    return quarantine.entry(database, one.entry_no)


def again(database: Database, found: Entry, fixed: bytes | None = None) -> list[str]:
    def commit(changes):
        return door.commit(database, changes, stage="intake", at=datetime(2026, 3, 18, tzinfo=UTC))

    return quarantine.replay(database, found, settings=Settings.read({}), commit=commit, fixed=fixed)


def spoilt(kind: str, folder: Path) -> tuple[Path, bytes, bytes]:
    """A file that is one entry, what of it is wrong, and what it should be."""
    if kind == "ccda":
        path, wrong, right = folder / "d.xml", b"</ClinicalDocumen>", b"</ClinicalDocument>"
        path.write_bytes(document().replace(right, wrong))
        return path, wrong, right
    if kind == "hl7":
        path = folder / "m.hl7"
        path.write_text(ADT.format(control="").replace("MSH|^~\\&|", "MSX|^~\\&|"), newline="")
        return path, b"MSX|", b"MSH|"
    path = folder / "o.ndjson"
    path.write_bytes(json.write(OBSERVATION))
    return path, b"no such status", b"final"


@pytest.mark.parametrize("kind", ["ccda", "hl7", "fhir"])
def test_tried_as_it_is_and_corrected_wrongly_it_stays_one_entry_until_it_is_right(
    database: Database, tmp_path: Path, kind: str
) -> None:
    path, wrong, right = spoilt(kind, tmp_path)
    assert run(database, path).quarantined == 1
    found = only(database)
    assert wrong in found.body
    for _ in range(2):
        assert again(database, found), "refused as it is, with its reason"
        assert again(database, found, found.body.replace(wrong, b"<Wrong ")), "refused, and may be tried once more"
        assert only(database) == found
    assert again(database, found, found.body.replace(wrong, right)) == []
    assert not quarantine.listed(database)
    assert quarantine.entry(database, found.entry_no).state == "replayed"


def test_a_line_that_the_record_itself_refuses_stays_one_entry(database: Database, tmp_path: Path) -> None:
    theirs = {"resourceType": "Organization", "id": "theirs", "name": "One"}
    (tmp_path / "a.ndjson").write_bytes(json.write(theirs))
    (tmp_path / "b.ndjson").write_bytes(json.write(theirs | {"name": "Another"}))
    run(database, tmp_path / "a.ndjson", source="one")
    run(database, tmp_path / "b.ndjson", source="two")
    found = only(database)
    assert again(database, found) == [found.reason]
    assert again(database, found, found.body.replace(b"Another", b"Third")) == [found.reason]
    assert only(database) == found
    assert again(database, found, found.body.replace(b"theirs", b"ours")) == []
    assert View(database).read("Organization", "ours")


def test_a_row_that_says_nothing_by_itself_is_told_to_be_corrected_in_its_file(database: Database) -> None:
    alone = Entry(7, "shelters", "rows.csv", 7, "", b"7,2026-03-01,Ana", "waiting")
    assert again(database, alone) == [quarantine.ALONE]
    assert not quarantine.listed(database)


def test_the_same_text_is_one_entry_that_says_how_often_it_came(database: Database, tmp_path: Path) -> None:
    line, other = json.write(OBSERVATION), json.write(OBSERVATION | {"id": "o2"})
    (tmp_path / "o.ndjson").write_bytes(b"\n".join([line, other, line, line]))
    first = run(database, tmp_path, load_batch=2)
    assert (first.quarantined, first.entries) == (4, 2)
    (tmp_path / "p.ndjson").write_bytes(b"\n".join([line, json.write(OBSERVATION | {"id": "o3"})]))
    second = run(database, tmp_path)
    assert (second.quarantined, second.entries, second.refused_before) == (4 + 2, 1, 4), (
        "the first file was read before"
    )
    assert sorted(one.times for one in quarantine.listed(database)) == [1, 1, 4]
    assert again(database, entry_of(database, b'"o1"')), "trying it again is not its coming again"
    assert sum(one.times for one in quarantine.listed(database)) == 6


def test_what_load_and_list_say_adds_up(database: Database, tmp_path: Path) -> None:
    (tmp_path / "o.ndjson").write_bytes(b"\n".join([json.write(OBSERVATION)] * 3 + [json.write({})]))
    told = CliRunner().invoke(throughcare, ["--database", database.dsn, "load", str(tmp_path)]).output
    assert "4   2 new entries, 2 came again as an entry that is there; see: throughcare quarantine list" in told
    told = CliRunner().invoke(throughcare, ["--database", database.dsn, "quarantine", "list"]).output
    assert "files  came 3 times, last  " in told and told.endswith("2 waiting, which came 4 times.\n")


def entry_of(database: Database, part: bytes) -> Entry:
    found = (quarantine.entry(database, one.entry_no) for one in quarantine.listed(database))
    return next(one for one in found if part in one.body)


def test_a_dropped_entry_waits_again_when_that_is_taken_back(database: Database, tmp_path: Path) -> None:
    run(database, spoilt("fhir", tmp_path)[0])
    number = only(database).entry_no
    assert not quarantine.restore(database, number), "it was not dropped"
    assert quarantine.drop(database, number) and not quarantine.drop(database, number)
    assert not quarantine.listed(database) and len(quarantine.listed(database, state="dropped")) == 1
    assert quarantine.restore(database, number)
    assert only(database).entry_no == number


@pytest.mark.parametrize("text", [b"ISA*00*  ", b"ExportID,ExportStartDate,DateCreated\n"])
def test_a_text_whose_format_cannot_be_read_on_is_refused_with_its_reason(
    database: Database, tmp_path: Path, text: bytes
) -> None:
    run(database, spoilt("fhir", tmp_path)[0])
    found = only(database)
    assert len(again(database, found, text)) == 1
    assert only(database) == found
