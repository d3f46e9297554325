"""Loading: what comes in is stored once, the rest is kept with file, line and reason, and counts add up."""

import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from throughcare.faults import Unavailable
from throughcare.flow import door
from throughcare.intake import load, quarantine
from throughcare.record.changes import Changes, Delete
from throughcare.record.view import View
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

from .loading import run
from .test_hmis import EXPORT, STAMP, client, stay, table

PATIENT = {"resourceType": "Patient", "id": "a", "birthDate": "1950-01-31"}
PRACTICE = {"resourceType": "Organization", "id": "org", "name": "A practice"}


def ndjson(path: Path, *rows: dict | str, end: str = "\n") -> Path:
    path.write_text(end.join(r if isinstance(r, str) else json.dumps(r) for r in rows), newline="")
    return path


def observation(n: int, **more: object) -> dict:
    made = {"resourceType": "Observation", "id": f"o{n}", "status": "final", "code": {"text": "Weight"}}
    return {**made, "subject": {"reference": "Patient/a"}, **more}


def test_a_folder_is_stored_and_the_same_again_is_known(database: Database, tmp_path: Path) -> None:
    ndjson(tmp_path / "Patient.ndjson", PATIENT)
    ndjson(tmp_path / "Observation.ndjson", *(observation(n) for n in range(30)))
    assert run(database, tmp_path).as_json() == {"read": 31, "stored": 31, "known": 0, "quarantined": 0}
    again = run(database, tmp_path)
    assert (again.read, again.stored, again.known, again.quarantined) == (31, 0, 31, 0)
    assert again.as_json()["skipped"] == [
        str(tmp_path / "Observation.ndjson")
    ]  # a document has no mark: it is compared


def test_after_many_resources_the_database_has_counted_anew(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = "select reltuples from pg_class where oid = 'record.resource'::regclass"
    ndjson(tmp_path / "Observation.ndjson", *(observation(n) for n in range(40)))
    monkeypatch.setattr(load, "MANY", 41)
    with database.connection() as connection:
        before = connection.execute(counted).fetchone()
    run(database, tmp_path / "Observation.ndjson")
    monkeypatch.setattr(load, "MANY", 40)
    run(database, ndjson(tmp_path / "more.ndjson", *(observation(n) for n in range(40, 79))))
    with database.connection() as connection:
        assert connection.execute(counted).fetchone() == before
    run(database, ndjson(tmp_path / "rest.ndjson", *(observation(n) for n in range(80, 120))))
    with database.connection() as connection:
        assert connection.execute(counted).fetchone() == (119,)


def test_text_comes_back_exactly_as_it_was_sent(database: Database, tmp_path: Path) -> None:
    line = (
        '{"resourceType": "Observation","id":"o1", "status":"final",'
        '"code":{"text":"Weight\\u00e9 \\\\ x"},"valueQuantity":{"value":1.10}}'
    )
    run(database, ndjson(tmp_path / "x", line))
    assert View(database).read("Observation", "o1") == line.encode()


def test_a_bad_line_is_kept_with_its_place_and_the_good_ones_behind_it_come_in(
    database: Database, tmp_path: Path
) -> None:
    path = ndjson(
        tmp_path / "mixed.ndjson",
        PATIENT,
        "{broken",
        "",
        observation(1),
        observation(2, status="no such status"),
        observation(3),
    )
    counts = run(database, path)
    assert counts.as_json() == {"read": 5, "stored": 3, "known": 0, "quarantined": 2, "entries": 2, "refused_before": 0}
    listed = quarantine.listed(database)
    assert [(q.file, q.line) for q in listed] == [(str(path), 2), (str(path), 5)]
    assert "not JSON" in listed[0].reason and "status" in listed[1].reason


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_of_any_system_and_a_missing_last_one(database: Database, tmp_path: Path, end: str) -> None:
    assert run(database, ndjson(tmp_path / "f", PATIENT, observation(1), end=end)).stored == 2


def test_a_fixed_entry_is_replayed_and_leaves_the_list(database: Database, tmp_path: Path) -> None:
    run(database, ndjson(tmp_path / "f", PATIENT, observation(1, status="no such status")))
    found = quarantine.entry(database, quarantine.listed(database)[0].entry_no)

    def commit(changes):
        return door.commit(database, changes, stage="intake", at=datetime(2026, 3, 18, tzinfo=UTC))

    again = quarantine.replay(database, found, settings=Settings.read({}), commit=commit)
    assert "status" in again[0] and quarantine.listed(database)
    fixed = found.body.replace(b"no such status", b"final")
    assert quarantine.replay(database, found, settings=Settings.read({}), commit=commit, fixed=fixed) == []
    assert not quarantine.listed(database) and View(database).read("Observation", "o1")


def test_gzip_and_zip_are_told_by_looking(database: Database, tmp_path: Path) -> None:
    (tmp_path / "patients.txt").write_bytes(gzip.compress(json.dumps(PATIENT).encode()))
    with zipfile.ZipFile(tmp_path / "rest.bin", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("in/one.json", json.dumps(observation(1), indent=2))
        packed.writestr("in/more.ndjson", "\n".join(json.dumps(observation(n)) for n in (2, 3)))
    assert run(database, tmp_path).stored == 4


def test_a_file_that_swells_is_stopped_and_named(database: Database, tmp_path: Path) -> None:
    row = json.dumps(observation(1, note=[{"text": " " * 2_000_000}]))
    (tmp_path / "bomb.ndjson.gz").write_bytes(gzip.compress("\n".join([row] * 4).encode()))
    counts = run(database, tmp_path, archive_ratio_max=20)
    assert counts.quarantined == 1 and "swells" in next(iter(counts.reasons))


def test_files_that_are_not_fhir_are_left_out_and_said(database: Database, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"output": []}')
    (tmp_path / "notes.txt").write_text("hello")
    ndjson(tmp_path / "p.ndjson", PATIENT)
    counts = run(database, tmp_path)
    assert counts.read == 1 and sorted(Path(f).name for f in counts.left_out) == ["manifest.json", "notes.txt"]


def transaction(*entries: tuple[str, dict]) -> dict:
    return {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": url, "resource": r, "request": {"method": "POST", "url": r["resourceType"]}} for url, r in entries
    ]}  # fmt: skip


def test_a_transaction_gets_ids_and_its_references_lead_there(database: Database, tmp_path: Path) -> None:
    patient, weight = (
        {k: v for k, v in PATIENT.items() if k != "id"},
        observation(1, subject={"reference": "urn:uuid:p"}),
    )
    path = tmp_path / "t.json"
    path.write_text(json.dumps(transaction(("urn:uuid:p", patient), ("urn:uuid:w", weight)), indent=1))
    assert run(database, path).stored == 2
    stored = json.loads(View(database).read("Observation", "o1") or b"{}")
    kind, _, id = stored["subject"]["reference"].partition("/")
    assert kind == "Patient" and View(database).read("Patient", id)
    assert run(database, path).known == 2


def test_what_a_collection_holds_keeps_its_own_text(database: Database, tmp_path: Path) -> None:
    own = (
        '{"resourceType": "Observation", "id":"o1","status":"final","code":{"text":"x"},'
        '"valueQuantity":{"value": 1.50e1}}'
    )
    (tmp_path / "c.json").write_text('{"resourceType":"Bundle","type":"collection","entry":[{"resource":' + own + "}]}")
    assert run(database, tmp_path).stored == 1 and View(database).read("Observation", "o1") == own.encode()


def test_a_mark_of_byte_order_at_the_start_of_a_file_is_passed_over(database: Database, tmp_path: Path) -> None:
    rows = "\r\n".join(json.dumps(r) for r in (PATIENT, observation(1))).encode()
    (tmp_path / "bom.ndjson").write_bytes(b"\xef\xbb\xbf" + rows)
    assert run(database, tmp_path).as_json() == {"read": 2, "stored": 2, "known": 0, "quarantined": 0}


def test_a_transaction_with_one_bad_entry_stores_nothing(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(transaction(("urn:uuid:p", PATIENT), ("urn:uuid:w", observation(1, status="no such")))))
    counts = run(database, path)
    assert counts.stored == 0 and counts.quarantined == 1 and "Entry 2" in quarantine.listed(database)[0].reason


def test_a_bundle_that_names_another_bundle_waits_for_it(database: Database, tmp_path: Path) -> None:
    visit = {
        "resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "AMB"},
        "serviceProvider": {"reference": "urn:uuid:org"}, "subject": {"reference": "urn:uuid:a"},
    }  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(transaction(("urn:uuid:a", PATIENT), ("urn:uuid:e", visit))))
    (tmp_path / "b.json").write_text(json.dumps(transaction(("urn:uuid:org", PRACTICE))))
    assert run(database, tmp_path).stored == 3
    assert json.loads(View(database).read("Encounter", "e1") or b"{}")["serviceProvider"] == {
        "reference": "Organization/org"
    }


def test_a_conditional_reference_finds_the_one_it_means(database: Database, tmp_path: Path) -> None:
    known = {**PRACTICE, "identifier": [{"system": "urn:npi", "value": "1"}]}
    run(database, ndjson(tmp_path / "org.ndjson", known))
    visit = {"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "AMB"},
             "serviceProvider": {"reference": "Organization?identifier=urn:npi|1"}}  # fmt: skip
    (tmp_path / "t.json").write_text(json.dumps(transaction(("urn:uuid:e", visit))))
    run(database, tmp_path / "t.json")
    assert b"Organization/org" in (View(database).read("Encounter", "e1") or b"")


def test_an_id_of_another_source_is_refused_with_the_advice_to_use_a_prefix(database: Database, tmp_path: Path) -> None:
    path = ndjson(tmp_path / "p.ndjson", PATIENT)
    run(database, path, source="clinic")
    counts = run(database, ndjson(tmp_path / "q.ndjson", {**PATIENT, "birthDate": "1960-01-01"}), source="hospital")
    assert counts.quarantined == 1 and "--id-prefix" in next(iter(counts.reasons))


def test_a_path_that_is_not_there_is_said_plainly(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no such file"):
        run(database, tmp_path / "nothing")


def test_a_history_ends_with_what_was_said_last(database: Database, tmp_path: Path) -> None:
    said = [observation(1, status="amended"), observation(1, status="final"), observation(2)]
    entries = [{"resource": r, "request": {"method": "PUT", "url": f"Observation/{r['id']}"}} for r in said]
    gone = {"request": {"method": "DELETE", "url": "Observation/o2"}}
    path = tmp_path / "h.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "history", "entry": [gone, *entries]}))
    run(database, path)
    assert b"amended" in (View(database).read("Observation", "o1") or b"")
    assert View(database).read("Observation", "o2") is None


def test_a_bundle_with_an_entry_that_is_no_object_is_kept_whole(database: Database, tmp_path: Path) -> None:
    for number, entry in enumerate([None, "x", {"resource": 7}, {"resource": PATIENT, "request": "PUT"}]):
        told = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}, entry]}
        (tmp_path / f"{number}.json").write_text(json.dumps(told))
    counts = run(database, tmp_path)
    assert (counts.read, counts.quarantined, counts.entries) == (4, 4, 4)
    assert all("Entry 2" in reason for reason in counts.reasons)


def spoil(path: Path, word: bytes) -> None:
    """Change a word wherever it stands in a zip that is not packed, so that its sums no longer fit."""
    path.write_bytes(path.read_bytes().replace(word, word[:-1] + b"!"))


def left(key: str) -> dict[str, str]:
    return {"ExitID": f"X{key}", "EnrollmentID": key, "PersonalID": "C", "ExitDate": "2024-03-01", **STAMP}


def test_a_damaged_archive_is_one_entry_and_the_rest_goes_on(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and then nothing of a zip")
    whole = gzip.compress("\n".join(json.dumps(observation(n)) for n in range(400)).encode())
    (tmp_path / "b.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as packed:
        packed.writestr("bad.ndjson", json.dumps(observation(500)) * 9)
        packed.writestr("good.ndjson", json.dumps(observation(501)))
        packed.writestr("worse.ndjson", json.dumps(observation(500)) * 5)
    spoil(tmp_path / "c.zip", b"o500")
    ndjson(tmp_path / "d.ndjson", PATIENT)
    counts = run(database, tmp_path)
    assert View(database).read("Patient", "a") and View(database).read("Observation", "o501")
    kept = {entry.file.removeprefix(f"{tmp_path}/"): entry.reason for entry in quarantine.listed(database)}
    assert set(kept) == {"a.zip", "b.ndjson.gz", "c.zip!bad.ndjson", "c.zip!worse.ndjson"}
    assert all("cannot be read on (it is damaged" in reason for reason in kept.values())
    assert counts.quarantined == 4


def test_files_that_speak_together_are_not_taken_without_the_one_that_is_damaged(
    database: Database, tmp_path: Path
) -> None:
    """Without its Exit.csv, everyone in an export would seem to be still there."""
    tables = {"Export": [EXPORT], "Client": [client("C")], "Enrollment": [stay("E")], "Exit": [left("E")]}
    for name in ("whole", "spoilt"):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as packed:
            for table_name, rows in tables.items():
                packed.writestr(f"{table_name}.csv", table(table_name, *rows).open().read())
    spoil(tmp_path / "spoilt.zip", b"ExitDate")
    ndjson(tmp_path / "z.ndjson", PATIENT, observation(1))
    counts = run(database, tmp_path / "spoilt.zip", tmp_path / "z.ndjson")
    assert (counts.stored, counts.quarantined) == (2, 2)
    kept = {Path(entry.file).name: entry.reason for entry in quarantine.listed(database)}
    assert "cannot be read on" in kept["spoilt.zip!Exit.csv"] and "speak only together" in kept["spoilt.zip"]
    assert run(database, tmp_path / "whole.zip").stored >= 2


def test_loose_files_that_speak_together_wait_until_the_damaged_one_beside_them_is_mended(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for name, rows in {"Export": [EXPORT], "Client": [client("C")], "Enrollment": [stay("E")]}.items():
        (folder / f"{name}.csv").write_bytes(table(name, *rows).open().read())
    whole = gzip.compress(table("Exit", left("E")).open().read())
    (folder / "Exit.csv.gz").write_bytes(whole[:30])
    ndjson(folder / "other.ndjson", PATIENT)
    counts = run(database, folder)
    assert (counts.stored, counts.quarantined) == (1, 2), "what speaks alone is taken"
    kept = {Path(entry.file).name: entry.reason for entry in quarantine.listed(database)}
    assert "cannot be read on" in kept["Exit.csv.gz"]
    assert kept["export"].startswith("Exit.csv.gz cannot be read, and the files beside it speak only together")
    (folder / "Exit.csv.gz").write_bytes(whole)
    assert (after := run(database, folder)).stored >= 2 and after.quarantined == 0
    with database.connection() as connection:
        assert connection.execute("select count(exit_on) from flat.stay").fetchone() == (1,)


def test_a_file_is_loaded_again_only_when_asked(database: Database, tmp_path: Path) -> None:
    path = ndjson(tmp_path / "p.ndjson", PATIENT, observation(1))
    run(database, path)
    door.commit(
        database, Changes(deletes=[Delete("Observation", "o1", "clinic")]), stage="intake",
        at=datetime(2026, 3, 18, tzinfo=UTC),
    )  # fmt: skip
    skipped = run(database, path)
    assert (skipped.stored, skipped.skipped) == (0, [str(path)])
    assert not View(database).read("Observation", "o1")
    again = run(database, path, again=True)
    assert (again.read, again.stored, again.known, again.skipped) == (2, 1, 1, [])
    assert View(database).read("Observation", "o1")
    assert run(database, path).read == 2
