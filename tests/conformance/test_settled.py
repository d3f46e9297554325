"""A record of everything others wrote: loaded by the command, settled by the command, alive, and at rest after it.

Every file of the sets of HL7 v2, C-CDA, claims, social care and devices, under a source for each set. Messages that a
set keeps as lines of JSON are written out as the files they were.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from throughcare.stores.postgres import Database

from ..cli.test_measure_and_pay import said
from .conformance_data import HOW, shared
from .test_hl7v2 import messages

SETS = {
    "hospitals": ("03_hl7v2", ("malformed_hl7v2.zip", "hostile_fhir_cda_bulk.zip", "ms_fhir_converter_messages.zip")),
    "documents": ("04_ccda", ()),
    "claims": ("05_claims", ()),
    "shelters": ("07_social", ()),
    "devices": ("11_rpm", ()),
}
LINES = ("hapi_hl7v2", "hl7apy", "linuxforhealth_converter", "python_hl7")
NOON = "2026-11-27T12:00:00-05:00"


@dataclass
class Record:
    """What the load said of each set, what the settle said, and the database it stands in."""

    database: Database
    loaded: dict[str, dict[str, Any]]
    settled: str

    def number(self, sql: str) -> int:
        with self.database.connection() as connection:
            (found,) = connection.execute(sql).fetchone() or (0,)
        return int(found)


@pytest.fixture(scope="module")
def record(bundled_server: Any, bundled_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    if not shared("11_rpm").is_dir():
        pytest.skip(HOW)
    written = tmp_path_factory.mktemp("messages")
    for set_ in LINES:
        for number, data in enumerate(messages(set_).values()):
            (written / f"{set_}-{number:04}.hl7").write_bytes(data)
    name = bundled_server.create(bundled_template)
    with bundled_server.open(name) as database:
        loaded = {}
        for source, (folder, files) in SETS.items():
            paths = [shared(f"{folder}/{file}") for file in files] or [shared(folder)]
            paths += [written] if source == "hospitals" else []
            loaded[source] = json.loads(said(database, "load", *map(str, paths), "--source", source, "--json"))
        yield Record(database, loaded, said(database, "settle", "--at", NOON))
    bundled_server.drop(name)


def test_every_set_comes_in_and_its_counts_add_up(record: Record) -> None:
    for source, told in record.loaded.items():
        assert told["read"] == told["stored"] + told["known"] + told["quarantined"], source
        assert told["stored"] > 100, source
    came = record.number("select sum(times) from record.quarantine")
    assert came == sum(told["quarantined"] - told.get("refused_before", 0) for told in record.loaded.values())
    entries = record.number("select count(*) from record.quarantine")
    assert entries == sum(told.get("entries", 0) for told in record.loaded.values())


def test_what_came_in_is_alive(record: Record) -> None:
    assert record.number("select count(*) from flat.person where known_to is null") > 500
    assert record.number("select count(*) from flat.encounter where known_to is null and class = 'inpatient'") > 20
    assert record.number("select count(distinct source) from flat.encounter where known_to is null") >= 3
    assert record.number("select count(*) from flat.enrollment where known_to is null") > 0
    assert record.number("select count(*) from flat.task where known_to is null and status = 'requested'") > 0
    assert record.number("select count(*) from think.finding") > 0


def test_a_second_settle_has_nothing_to_do(record: Record) -> None:
    assert said(record.database, "settle", "--at", NOON).startswith(
        "0 people looked at, 0 resources written, 0 links.\n"
    )
