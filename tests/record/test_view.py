"""A view is one moment: past ones read like the present one, and nothing committed meanwhile shows."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from throughcare.record import tables
from throughcare.record.view import View

from .conftest import AT
from .lives import patient, stay, weight

DAY = timedelta(days=1)


def stays(view):
    return [(r["key"], str(r["ended_on"])) for r in view.tables(None, ["encounter"])["encounter"].to_pylist()]


def test_as_of_gives_what_was_known_before_and_after_a_correction(database, put):
    put(stay("s", "ana", end=None), at=AT)
    put(stay("s", "ana", end="2026-07-05T10:00:00Z"), at=AT + 2 * DAY)
    put(stay("s", "ana", end="2026-07-04T10:00:00Z"), at=AT + 4 * DAY)
    moments = [AT - DAY, AT, AT + DAY, AT + 2 * DAY, AT + 3 * DAY, AT + 4 * DAY, AT + 5 * DAY]
    found = [stays(View(database, at)) for at in moments]
    known = [[], [("Encounter/s", "None")], [("Encounter/s", "2026-07-05")], [("Encounter/s", "2026-07-04")]]
    assert found == [known[0], known[1], known[1], known[2], known[2], known[3], known[3]]
    assert [View(database, at).commit_no for at in moments] == [0, 1, 1, 2, 2, 3, 3]


def test_reads_and_history_of_a_past_moment_end_there(database, put):
    put(patient("ana"), at=AT)
    put(patient("ana", gender="female"), at=AT + DAY)
    past = View(database, AT)
    assert b"female" not in past.read("Patient", "ana") and past.read("Patient", "ana", 2) is None
    assert [v.version for v in past.history("Patient", "ana")] == [1]
    assert past.read_many(["Patient/ana", "Patient/ben"]) == {"Patient/ana": (1, past.read("Patient", "ana"))}


def test_a_view_stays_as_it_was_while_others_commit(database, put):
    put(stay("s", "ana", end=None))
    view = View(database)
    put(stay("s", "ana"), stay("t", "ana"))
    assert stays(view) == [("Encounter/s", "None")] and len(stays(View(database))) == 2


def test_few_and_many_people_read_the_same(database, put, monkeypatch):
    put(*(stay(f"s{i}", f"p{i}") for i in range(20)), *(weight(f"w{i}", f"p{i}", i) for i in range(20)))
    put(*(patient(f"p{i}", address=[{"city": 'A "quoted", one\nline'}, {"city": ""}]) for i in range(20)))
    some = list(View(database).people([f"p{i}" for i in range(7)]).values())
    by_row = View(database).tables(some)
    monkeypatch.setattr(tables, "FEW", 0)
    by_copy = View(database).tables(some)
    assert by_row.keys() == by_copy.keys() and by_row["encounter"].num_rows == 7
    order = [("key", "ascending")]
    for name in by_row:
        if "key" in by_row[name].column_names:
            assert by_row[name].sort_by(order).equals(by_copy[name].sort_by(order)), name
        assert by_row[name].schema == by_copy[name].schema


def test_only_the_named_views_and_columns_come(database, put):
    put(stay("s", "ana"))
    view = View(database)
    assert list(view.tables(None, ["encounter", "never"])) == ["encounter"]
    found = view.tables(None, {"encounter": {"class", "ended_on"}})["encounter"]
    assert found.column_names == ["key", "person_id", "class", "ended_on"]


def test_the_answers_before_come_with_a_view_of_the_present_only(database, put):
    finding = pa.table({
        "person_id": [40001], "model": ["m"], "version": ["1"], "rule": ["eligible"], "answer": ["met"],
        "criteria": ['[{"id": "a"}]'], "deciding": pa.array([["a", "b"]]), "since": [datetime(2026, 7, 1, tzinfo=UTC)],
    })  # fmt: skip
    put(stay("s", "ana"), answers={"finding": finding}, answers_for=[40001], at=AT)
    for people in ([40001], None):
        (row,) = View(database).tables(people)["finding"].to_pylist()
        assert (row["answer"], row["deciding"], row["criteria"]) == ("met", ["a", "b"], '[{"id": "a"}]')
    past = View(database, AT - DAY).tables([40001])["finding"]
    assert past.num_rows == 0 and past.schema.field("deciding").type == pa.list_(pa.string())


def test_changed_people_come_in_portions_that_miss_nobody(database, put):
    for i in range(6):
        put(stay(f"s{i}", f"p{i}"), stay(f"again{i}", "everybody"), patient(f"both{i}"))
    seen, cursor = set(), 0
    for _ in range(20):
        people, cursor = View(database).changed_people(cursor, limit=4)
        seen |= set(people)
        if not people:
            break
    assert len(seen) == 13 and cursor == View(database).commit_no == 6


def test_people_are_woken_by_time_alone_the_longest_waiting_first(database, put):
    at = [AT, AT + DAY, AT + 3 * DAY]
    wake = pa.table({"person_id": [1, 2, 3], "looks_again_at": [at[1], at[0], at[2]]})
    put(answers={"wake": wake}, answers_for=[1, 2, 3])
    assert View(database).woken(AT + DAY) == [2, 1] and View(database).woken(AT + DAY, limit=1) == [2]


@pytest.mark.parametrize("missing", ["ana", "../ana", "ANA", "ana%", ""])
def test_what_is_not_there_reads_as_nothing(database, put, missing):
    put(patient("ana-1"))
    assert View(database).read("Patient", missing) is None and View(database).history("Patient", missing) == []
