"""Commit: everything or nothing, at one moment, in one line."""

from datetime import UTC, datetime

from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit
from throughcare.record.view import View

AT = datetime(2026, 7, 6, 13, 0, tzinfo=UTC)


def put(database, *bodies: str, source="hospital", at=AT, **more):
    changes = Changes([Put(body.encode(), source) for body in bodies], **more)
    return commit(database, changes, door="flow", stage="test", actor="test", at=at)


def test_a_resource_reads_back_exactly_as_it_came(database):
    body = '{ "resourceType":"Observation","id":"o1","status":"final","note":[{"text":"a\\tb \\\\ é"}],\n"valueQuantity":{"value":1.10}}'
    assert put(database, body).stored == 1
    assert View(database).read("Observation", "o1") == body.encode()


def test_the_same_put_twice_is_known(database):
    body = '{"resourceType":"Patient","id":"ana"}'
    assert (put(database, body).stored, put(database, body).known) == (1, 1)
    assert len(View(database).history("Patient", "ana")) == 1
