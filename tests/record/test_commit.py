"""Commit: everything or nothing, at one moment, in one line."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from throughcare.faults import Conflict, Fault, Malformed
from throughcare.fhir import search
from throughcare.record import commit as commit_module
from throughcare.record.changes import Changes, Delete, Heard, Put
from throughcare.record.commit import commit
from throughcare.record.prepare import prepare
from throughcare.record.view import View

from .lives import patient, stay, weight


def rows(database, sql):
    with database.connection() as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(params=[commit_module.FEW, 0], ids=["together", "by copy"])
def both_ways(request, monkeypatch):
    """Few resources and many are sent to the database in two ways; what stands there must be the same."""
    monkeypatch.setattr(commit_module, "FEW", request.param)


def test_a_resource_reads_back_exactly_as_it_came(database, put, both_ways):
    body = '{ "resourceType":"Basic","id":"o1",\n\t"text":{"div":"a\\tb \\\\N \\\\. é 😀"},"x":1.10 }\r\n'
    assert put(body).stored == 1
    assert View(database).read("Basic", "o1") == body.encode()


def test_the_same_put_twice_is_known_and_takes_no_number(database, put):
    first, second = put(patient("ana")), put(patient("ana"))
    assert (first.stored, second.stored, second.known) == (1, 0, 1)
    assert first.commit_no == second.commit_no == View(database).commit_no
    assert len(View(database).history("Patient", "ana")) == 1


def test_a_changed_resource_is_the_next_version_and_the_old_one_stays_readable(database, put, both_ways):
    put(patient("ana"))
    put(patient("ana", gender="female"))
    view = View(database)
    assert b"female" in view.read("Patient", "ana") and b"female" not in view.read("Patient", "ana", 1)
    assert [(v.version, v.known_to is None) for v in view.history("Patient", "ana")] == [(2, True), (1, False)]


def test_twice_in_one_change_counts_as_one_after_the_other(database, put):
    done = put(patient("ana"), patient("ana"), patient("ana", gender="female"), patient("ana"))
    assert (done.stored, done.known) == (3, 1)
    assert rows(database, "select version from record.resource where known_to is null") == [(3,)]
    assert len(rows(database, "select * from flat.person")) == len(rows(database, "select * from record.search")) == 1


def test_a_writer_that_read_an_older_version_gets_a_conflict_and_writes_nothing(database, put):
    put(patient("ana"))
    put(patient("ana", gender="female"), if_version=1)
    with pytest.raises(Conflict, match="at version 2, not 1"):
        put(patient("ana", gender="male"), stay("s", "ana"), if_version=1)
    with pytest.raises(Conflict, match="version 0, not 1"):
        put(patient("ben"), if_version=1)
    assert View(database).read("Encounter", "s") is None
    assert put(patient("ben"), if_version=0).stored == 1


def test_a_resource_that_is_no_resource_stops_the_whole_change(database, put):
    ids = ['{"resourceType":"Patient"}', '{"resourceType":"Patient","id":7}', '{"resourceType":"Patient","id":"a b"}']
    for wrong in ("[]", '{"id":"x"}', *ids, "{", "\0"):
        with pytest.raises(Malformed):
            put(patient("ana"), wrong)
    assert View(database).read("Patient", "ana") is None and View(database).commit_no == 0


def test_a_deletion_is_a_version_too(database, put):
    put(patient("ana"), stay("s", "ana"))
    before = View(database)
    assert put(deletes=[Delete("Encounter", "s", "hospital")]).stored == 1
    view = View(database)
    assert view.read("Encounter", "s") is None and before.read("Encounter", "s") and view.read("Encounter", "s", 1)
    assert [v.deleted for v in view.history("Encounter", "s")] == [True, False]
    assert view.tables(None, ["encounter"])["encounter"].num_rows == 0
    assert put(deletes=[Delete("Encounter", "s", "hospital"), Delete("Encounter", "never", "hospital")]).known == 2
    assert put(stay("s", "ana")).stored == 1 and View(database).read("Encounter", "s")


def test_people_of_a_deleted_or_moved_resource_have_changed(database, put):
    since = put(stay("s", "ana"), stay("t", "ben")).commit_no
    ana, ben = View(database).people(["ana", "ben"]).values()
    deleted = put(deletes=[Delete("Encounter", "s", "hospital")]).commit_no
    assert View(database).changed_people(since) == ([ana], deleted)
    put(stay("t", "ana"))
    assert set(View(database).changed_people(deleted)[0]) == {ana, ben}


def test_an_id_that_another_source_holds_is_refused_and_the_rest_is_stored(database, put):
    put(patient("ana"))
    done = put(patient("ana", gender="male"), patient("ben"), source="clinic")
    assert (done.stored, [i for i, _ in done.refused]) == (1, [0])
    assert "held by" in done.refused[0][1] and "--id-prefix" in done.refused[0][1]
    assert b"male" not in View(database).read("Patient", "ana")


def test_moments_only_grow_whatever_the_clock_says(database, put):
    later, earlier = datetime(2030, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    first, second = put(patient("ana"), at=later), put(patient("ben"), at=earlier)
    assert first.at == later and second.at == later + timedelta(microseconds=1)


def test_flat_rows_carry_person_local_day_and_translated_code(database, put, both_ways):
    put(stay("s", "ana"), weight("w", "ana", Decimal("81.50")))
    tables = View(database).tables([40001])
    (row,) = tables["encounter"].to_pylist()
    assert (row["key"], row["person_id"]) == ("Encounter/s", 40001)
    assert (row["class"], str(row["ended_on"])) == ("inpatient", "2026-07-03")
    assert tables["observation"].to_pylist()[0]["value"] == Decimal("81.50")


def test_a_resource_that_gives_several_rows_closes_all_of_them_and_no_one_elses(database, put, both_ways):
    lines = [{"line": ["1 A St"]}, {"line": ["2 B St"]}]
    put(patient("ana", address=lines), patient("ana-2", address=lines), patient("an", address=lines))
    keys = {k for (k,) in rows(database, "select key from flat.address where known_to is null")}
    assert {"Patient/ana#1", "Patient/ana#2"} < keys and len(keys) == 6
    put(patient("ana", address=lines[:1]))
    now = [k for (k,) in rows(database, 'select key from flat.address where known_to is null order by key collate "C"')]
    assert now == ["Patient/an#1", "Patient/an#2", "Patient/ana#1", "Patient/ana-2#1", "Patient/ana-2#2"]


def test_search_rows_hold_the_same_whichever_way_they_came(database, put, both_ways):
    ana = patient("ana", name=[{"family": 'O\'Brien \\ "Quoted"', "given": ["Zoë"]}])
    put(ana, stay("s", "ana"))
    found = rows(database, "select terms, texts, span_params from record.search where resource_type = 'Patient'")
    row = search.extractor("Patient")(ana)
    assert found == [(list(map(int, row.terms)), row.texts, row.span_params)]
    assert View(database).search("Patient", [row.terms[0]]) == ["Patient/ana"]
    assert View(database).search("Encounter", [row.terms[0]]) == []


def test_an_impossible_value_leaves_its_cell_blank(database, put):
    put(weight("w", "ana", Decimal(10) ** 30), patient("ana", birthDate="2023-02-30"))
    put(stay("s", "ana", end="0001-01-01"))
    tables = View(database).tables(None)
    assert tables["observation"].to_pylist()[0]["value"] is None
    assert tables["person"].to_pylist()[0]["birth_date"] is None
    assert str(tables["encounter"].to_pylist()[0]["ended_on"]) == "0001-01-01"


def test_what_was_prepared_elsewhere_is_written_the_same(database, put):
    views = View(database).views
    ready = [prepare(Put(b'{"resourceType":"Patient","id":"ana"}', "hospital"), views)]
    done = commit(database, Changes(ready), door="flow", stage="t", actor="t", at=datetime(2026, 7, 6, tzinfo=UTC))
    assert done.stored == 1 and put('{"resourceType":"Patient","id":"ana"}').known == 1


def test_answers_replace_those_of_the_same_people_only(database, put):
    def wakes(*people):
        at = [datetime(2026, 8, 1, tzinfo=UTC)] * len(people)
        return {"wake": pa.table({"person_id": list(people), "looks_again_at": at})}

    put(answers=wakes(1, 2), answers_for=[1, 2])
    put(answers=wakes(3), answers_for=[1, 3])
    assert rows(database, "select person_id from think.wake order by 1") == [(2,), (3,)]
    with pytest.raises(Fault, match="no answers called"):
        put(answers={"cursor": pa.table({"a": [1]})})


def test_a_cursor_moves_with_the_change_it_belongs_to(database, put):
    put(patient("ana"), cursor=("decide", 7))
    with pytest.raises(Conflict):
        put(patient("ana", gender="male"), if_version=9, cursor=("decide", 8))
    assert View(database).cursor("decide") == 7


def test_what_only_was_heard_takes_no_number(database, put):
    done = put(audit=[Heard("read", 40001, "opened the record")])
    assert done.commit_no == 0
    assert rows(database, "select action, commit_no from door.audit") == [("read", None)]
