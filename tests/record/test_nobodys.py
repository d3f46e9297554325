"""Rows that are no person's are kept between looks, and are those of the moment all the same."""

from datetime import timedelta

import pytest

from throughcare.record import nobodys
from throughcare.record.changes import Delete
from throughcare.record.view import View
from throughcare.stores.postgres import Database

from .conftest import AT
from .lives import patient


def place(ident, name):
    return {"resourceType": "Organization", "id": ident, "active": True, "name": name}


def names(view, people):
    rows = view.tables(people, {"organization": {"name"}})["organization"].to_pylist()
    return sorted(row["name"] for row in rows)


@pytest.fixture
def people(database, put):
    put(patient("ana"), place("north", "North"))
    return list(View(database).people(["ana"]).values())


def test_what_is_written_is_there_at_the_next_look(database, put, people):
    assert names(View(database), people) == ["North"]
    put(place("south", "South"))
    assert names(View(database), people) == ["North", "South"]
    put(place("north", "North again"))
    assert names(View(database), people) == ["North again", "South"]
    put(deletes=[Delete("Organization", "south", "hospital")])
    assert names(View(database), people) == ["North again"]


def test_a_view_that_began_before_keeps_what_it_saw(database, put, people):
    before = View(database)
    put(place("north", "Renamed"))
    assert names(View(database), people) == ["Renamed"]
    assert names(before, people) == ["North"]
    assert names(View(database), people) == ["Renamed"]


def test_the_past_is_read_as_it_was(database, put, people):
    put(place("north", "Renamed"), at=AT + timedelta(days=1))
    assert names(View(database), people) == ["Renamed"]
    assert names(View(database, AT), people) == ["North"]


def test_only_what_was_written_is_read_again(database, put, people):
    view = View(database)
    kept = view.tables(people, ["organization", "site"])
    put(patient("ben"), place("south", "South"))
    now = View(database).tables(people, ["organization", "site"])
    assert now["site"] is kept["site"] and now["organization"] is not kept["organization"]


def test_another_database_has_rows_of_its_own(database):
    other = Database(database.dsn, database.settings)
    assert nobodys.kept(database) is nobodys.kept(database) is not nobodys.kept(other)
