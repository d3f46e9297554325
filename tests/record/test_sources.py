"""Sources and their prefixes; quarantine and the checkpoint of a load."""

import pytest

from throughcare.faults import Conflict, Fault
from throughcare.fhir import json
from throughcare.record import sources, subject
from throughcare.record.changes import Changes, Mark, Put, Quarantined
from throughcare.record.commit import commit
from throughcare.record.prefix import prefixed
from throughcare.record.view import View

from .conftest import AT
from .lives import patient, stay


def test_a_prefix_keeps_two_sources_with_the_same_ids_apart(database, put):
    sources.ensure(database, "clinic", "c-", at=AT)
    put(patient("ana"), stay("s", "ana"))
    put(patient("ana"), stay("s", "ana"), source="clinic")
    rows = View(database).tables(None, ["encounter"])["encounter"].to_pylist()
    assert sorted((r["key"], r["person_id"]) for r in rows) == [("Encounter/c-s", 40002), ("Encounter/s", 40001)]
    assert json.read(View(database).read("Patient", "c-ana"))["id"] == "ana"


def test_a_prefix_can_never_change(database, put):
    put(patient("ana"))
    sources.ensure(database, "hospital", "", at=AT)
    with pytest.raises(Conflict, match="has the id prefix ''"):
        sources.ensure(database, "hospital", "h-", at=AT)
    with pytest.raises(Fault, match="cannot be an id prefix"):
        sources.ensure(database, "other", "a/b", at=AT)


def test_a_prefix_goes_on_what_is_referred_to_and_on_nothing_else():
    found = prefixed({
        "resourceType": "Encounter", "id": "s", "subject": {"reference": "Patient/ana"}, "url": "Patient/ana",
        "participant": [{"individual": {"reference": "Practitioner/p/_history/2"}}],
        "contained": [{"id": "o"}], "serviceProvider": {"reference": "#o"},
        "partOf": {"reference": "https://there.test/Encounter/1"},
    }, "x-")  # fmt: skip
    assert (found["id"], found["subject"], found["url"]) == ("x-s", {"reference": "Patient/x-ana"}, "Patient/ana")
    assert found["participant"][0]["individual"]["reference"] == "Practitioner/x-p"
    assert found["serviceProvider"]["reference"] == "#o" and found["contained"] == [{"id": "o"}]
    assert found["partOf"]["reference"] == "https://there.test/Encounter/1"


@pytest.mark.parametrize(
    ("resource", "whose"),
    [
        ({"resourceType": "Patient", "id": "a"}, "a"),
        ({"resourceType": "Task", "id": "t", "for": {"reference": "Patient/a"}}, "a"),
        ({"resourceType": "Coverage", "id": "c", "beneficiary": {"reference": "https://x.test/fhir/Patient/a"}}, "a"),
        ({"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/a/_history/3"}}, "a"),
        ({"resourceType": "Observation", "id": "o", "subject": {"reference": "Group/g"}}, None),
        ({"resourceType": "Observation", "id": "o", "subject": {"display": "Ana"}}, None),
        ({"resourceType": "Account", "subject": [{"reference": "Device/d"}, {"reference": "Patient/a"}]}, "a"),
        ({"resourceType": "Appointment", "id": "x", "participant": [{"actor": {"reference": "Patient/a"}}]}, "a"),
        ({"resourceType": "Organization", "id": "o"}, None),
    ],
)
def test_whose_record_a_resource_belongs_to(resource, whose):
    assert subject.patient_id(resource) == whose


def load(database, *puts, source="hospital", bad=(), mark=None):
    changes = Changes(list(puts), quarantined=list(bad), mark=mark)
    return commit(database, changes, door="flow", stage="load", actor="t", at=AT)


def line(number, resource, source="hospital"):
    return Put(json.write(resource), source, file="a.ndjson", line=number)


def test_unreadable_and_refused_lines_are_kept_whole_and_counted_with_the_checkpoint(database, put):
    put(patient("ana"))
    bad = [Quarantined("clinic", "a.ndjson", 3, "no JSON", b'{"x": \n\\')]
    taken = json.write(patient("ana", gender="male", text={"div": "a\\b"}))
    lines = [Put(taken, "clinic", file="a.ndjson", line=1), line(2, patient("ben"), "clinic")]
    for _ in range(2):
        load(database, *lines, bad=bad, mark=Mark(b"d", "clinic", 3, 3, finished=True))
    with database.connection() as connection:
        entries = connection.execute("select file, line, reason, body from record.quarantine order by line").fetchall()
        counts = connection.execute(
            "select lines_done, read_count, stored_count, known_count, quarantined_count, finished"
            " from record.load_mark"
        ).fetchall()
    assert [(f, n, bytes(b)) for f, n, _, b in entries] == [("a.ndjson", 1, taken), ("a.ndjson", 3, bad[0].body)]
    assert "held by" in entries[0][2]
    assert counts == [(3, 6, 1, 1, 4, True)]
