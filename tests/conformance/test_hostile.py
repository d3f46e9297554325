"""Hostile FHIR and NDJSON that others wrote: each file does what its manifest expects, in a record of its own."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from throughcare.flow import door
from throughcare.intake.counts import Counts
from throughcare.intake.load import load
from throughcare.record.changes import Changes, Committed
from throughcare.record.view import View
from throughcare.stores.postgres import Database

from .conformance_data import HOW, open_archive

ARCHIVE = "03_hl7v2/hostile_fhir_cda_bulk.zip"
FHIR = {
    "bulk_bad_lines.ndjson", "bulk_duplicate_ids.ndjson", "bulk_bom_crlf.ndjson", "bulk_truncated.ndjson.gz",
    "fhir_deep_nesting.json", "fhir_duplicate_key.json", "fhir_decimal_precision.json", "fhir_bundle_cycle.json",
    "fhir_transaction_partial_failure.json", "fhir_xss_narrative.json",
}  # fmt: skip


@pytest.fixture
def take(database: Database, tmp_path: Path):
    """Load one file of the archive; gives back what was counted."""

    def taken(name: str) -> Counts:
        archive = open_archive(ARCHIVE)
        if archive is None:
            pytest.skip(HOW)
        (tmp_path / name).write_bytes(archive.read(name))

        def commit(changes: Changes) -> Committed:
            return door.commit(database, changes, stage="intake", at=datetime.now(UTC))

        return load(database, [tmp_path / name], source="hostile", settings=database.settings, commit=commit)

    return taken


def _counted(counts: Counts) -> tuple[int, int, int]:
    assert counts.read == counts.stored + counts.known + counts.quarantined
    return counts.read, counts.stored, counts.quarantined


def _lines(database: Database) -> list[int]:
    with database.connection() as connection:
        return [line for (line,) in connection.execute("select line from record.quarantine order by line")]


def test_the_files_of_these_cases_are_all_the_fhir_there_is() -> None:
    archive = open_archive(ARCHIVE)
    if archive is None:
        pytest.skip(HOW)
    named = {json.loads(line)["file"] for line in archive.read("manifest.ndjson").splitlines()}
    assert {name for name in named if not name.startswith("cda_")} == FHIR


def test_good_lines_load_and_every_bad_line_is_listed_with_its_number(take, database: Database) -> None:
    assert _counted(take("bulk_bad_lines.ndjson")) == (7, 2, 5)
    view = View(database)
    assert view.read("Patient", "x1") and view.read("Patient", "x3") and not view.read("Patient", "x2")
    assert _lines(database) == [2, 5, 6, 7, 8]


def test_of_two_lines_with_one_id_the_last_is_current_and_the_first_is_history(take, database: Database) -> None:
    assert _counted(take("bulk_duplicate_ids.ndjson")) == (2, 2, 0)
    assert b"Other" in (View(database).read("Patient", "x1") or b"")
    assert len(View(database).history("Patient", "x1")) == 2


def test_a_byte_order_mark_and_foreign_line_ends_are_no_obstacle_in_a_file(take, database: Database) -> None:
    assert _counted(take("bulk_bom_crlf.ndjson")) == (1, 1, 0)
    assert View(database).read("Patient", "x1")


def test_a_truncated_file_is_reported_and_what_was_whole_is_kept(take, database: Database) -> None:
    read, stored, quarantined = _counted(take("bulk_truncated.ndjson.gz"))
    assert quarantined == 1 and read == stored + 1


@pytest.mark.parametrize("name", ["fhir_deep_nesting.json", "fhir_duplicate_key.json"])
def test_what_is_too_deep_or_says_two_things_is_kept_in_quarantine(name: str, take, database: Database) -> None:
    assert _counted(take(name)) == (1, 0, 1)


def test_a_trailing_nought_stays(take, database: Database) -> None:
    """The example has no id, which a load cannot invent: it waits whole, to the last digit, for somebody to name it."""
    assert _counted(take("fhir_decimal_precision.json")) == (1, 0, 1)
    with database.connection() as connection:
        assert b'"value":1.10,' in bytes(connection.execute("select body from record.quarantine").fetchone()[0])


def test_two_that_refer_to_each_other_are_stored_and_both_references_resolve(take, database: Database) -> None:
    assert _counted(take("fhir_bundle_cycle.json")) == (2, 2, 0)
    with database.connection() as connection:
        found = {
            i: json.loads(b)["partOf"]["reference"]
            for i, b in connection.execute("select resource_id, body from record.resource")
        }
    first, second = found
    assert found == {first: f"Organization/{second}", second: f"Organization/{first}"}


def test_of_a_transaction_with_a_bad_entry_nothing_is_stored(take, database: Database) -> None:
    assert _counted(take("fhir_transaction_partial_failure.json")) == (1, 0, 1)
    assert View(database).read("Patient", "tx-rollback-1") is None and View(database).read("Patient", "x1") is None


def test_script_in_a_narrative_is_kept_as_text_and_goes_into_no_view(take, database: Database) -> None:
    assert _counted(take("fhir_xss_narrative.json")) == (1, 1, 0)
    with database.connection() as connection:
        views = [v for (v,) in connection.execute("select view from record.flat_view")]
        assert views
        for view in views:
            shown = connection.execute(
                f"select count(*) from flat.{view} as f where f::text like '%alert(%'"
            ).fetchone()
            assert shown == (0,)
