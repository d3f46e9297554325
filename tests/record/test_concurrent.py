"""Many committers at once: the feed has no gaps, the chain is whole, nothing is written twice or half."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from throughcare.faults import Conflict
from throughcare.fhir import json
from throughcare.record import audit
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit
from throughcare.record.view import View

from .conftest import AT
from .lives import patient, stay


def at_once(count, work):
    start = threading.Barrier(count)

    def run(i):
        start.wait()
        return work(i)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def write(database, *resources, if_version=None):
    puts = [Put(json.write(r), "hospital", if_version) for r in resources]
    return commit(database, Changes(puts), door="flow", stage="t", actor="t", at=AT)


def test_the_feed_has_no_gaps_and_the_chain_is_whole(database):
    def work(i):
        return [write(database, patient(f"p{i}-{j}"), stay(f"s{i}-{j}", "shared")).commit_no for j in range(10)]

    numbers = sorted(n for some in at_once(6, work) for n in some)
    assert numbers == list(range(1, 61))
    with database.connection() as connection:
        rows = connection.execute("select commit_no, at from record.commit order by commit_no").fetchall()
        shared = connection.execute("select count(*) from record.patient_person where patient_id = 'shared'").fetchone()
    assert [n for n, _ in rows] == numbers and sorted(at for _, at in rows) == [at for _, at in rows]
    assert shared == (1,) and audit.verify(database) is None


def test_the_same_resource_from_all_sides_is_stored_once(database):
    done = at_once(6, lambda i: write(database, patient("ana")))
    assert sorted(d.stored for d in done) == [0, 0, 0, 0, 0, 1]


def test_of_writers_that_read_the_same_version_one_wins(database):
    write(database, patient("ana"))

    def work(i):
        try:
            return write(database, patient("ana", multipleBirthInteger=i), if_version=1).stored
        except Conflict:
            return "conflict"

    assert sorted(map(str, at_once(6, work))) == ["1", *["conflict"] * 5]
    assert len(View(database).history("Patient", "ana")) == 2


def test_a_count_kept_with_versions_loses_no_addition(database):
    write(database, patient("ana", multipleBirthInteger=0))

    def add_one(i):
        for _ in range(50):
            version, body = View(database).read_many(["Patient/ana"])["Patient/ana"]
            count = json.read(body)["multipleBirthInteger"]
            try:
                return write(database, patient("ana", multipleBirthInteger=count + 1), if_version=version)
            except Conflict:
                continue
        pytest.fail("fifty conflicts in a row")

    at_once(6, add_one)
    assert json.read(View(database).read("Patient", "ana"))["multipleBirthInteger"] == 6


def test_a_reader_never_sees_half_of_a_commit(database):
    """Each commit gives every one of eight stays the same reason; a view must find one reason among them."""
    eight = [f"s{i}" for i in range(8)]
    done = threading.Event()

    def commits():
        for n in range(25):
            write(database, *(stay(s, "ana", reasonCode=[{"text": str(n)}]) for s in eight))
        done.set()

    seen = []
    with ThreadPoolExecutor() as pool:
        writing = pool.submit(commits)
        while not done.is_set() and not writing.done():
            view = View(database)
            found = [body for body in (view.read("Encounter", s) for s in eight) if body]
            seen.append({json.read(body)["reasonCode"][0]["text"] for body in found})
        writing.result()
    assert seen and all(len(reasons) <= 1 for reasons in seen)
