"""Flat tables follow their definitions, and what a definition may not say is refused."""

import json

import pytest

from throughcare.faults import Fault
from throughcare.record import recipes
from throughcare.record.changes import Changes, Link, Put
from throughcare.record.commit import commit
from throughcare.record.prepare import prepare
from throughcare.record.view import View
from throughcare.record.views import ensure_views

from .conftest import AT
from .lives import patient, stay

ZONE = "America/New_York"


@pytest.fixture
def library(tmp_path):
    """Writes a library of one view, `visit`, with these columns; loads it for a zone."""

    def library(*columns, zone=ZONE, codes="", resource="Encounter", view="visit"):
        (tmp_path / view).mkdir(exist_ok=True)
        select = [{"column": [{"name": n, "path": p, "type": t} for n, p, t in columns]}]
        definition = {"resourceType": "ViewDefinition", "name": view, "resource": resource, "select": select}
        (tmp_path / view / f"{resource}.json").write_text(json.dumps(definition))
        (tmp_path / view / "codes.toml").write_text(codes)
        return recipes.load(tmp_path, zone)

    return library


PERSON = ("person", "subject.reference", "string")
STATUS = ("status", "status", "string")
ENDED = ("ended_at", "period.end", "dateTime")


def write(database, views, *resources, at=AT):
    puts = [Put(json.dumps(r).encode(), "hospital") for r in resources]
    return commit(database, Changes(puts), door="flow", stage="t", actor="t", at=at, views=views)


def visits(database, views, as_of=None):
    return View(database, as_of, views=views).tables(None, ["visit"])["visit"].sort_by("key").to_pylist()


def test_nothing_is_made_anew_when_nothing_changed(database):
    assert ensure_views(database) == []


def test_a_changed_definition_rebuilds_its_rows_with_their_moments(database, library):
    one = library(PERSON, STATUS)
    assert ensure_views(database, one) == ["visit"]
    write(database, one, stay("s", "ana", end=None), patient("ana"), stay("t", "ben"))
    write(database, one, stay("s", "ana"))
    before = visits(database, one)
    two = library(PERSON, STATUS, ENDED)
    assert ensure_views(database, two) == ["visit"] and ensure_views(database, two) == []
    after = visits(database, two)
    assert [{k: v for k, v in row.items() if not k.startswith("ended")} for row in after] == before
    assert [(row["key"], str(row["ended_on"])) for row in after] == [(f"Encounter/{k}", "2026-07-03") for k in "st"]
    assert {row["key"]: row["ended_on"] for row in visits(database, two, AT)}["Encounter/s"] is None


def test_rows_made_anew_follow_links_like_the_others(database, library):
    one = library(PERSON, STATUS)
    ensure_views(database, one)
    write(database, one, stay("s", "ana"), stay("t", "old"))
    (ana,) = View(database, views=one).people(["ana"]).values()
    commit(database, Changes(links=[Link("old", ana, "same")]), door="flow", stage="t", actor="t", at=AT, views=one)
    two = library(PERSON, STATUS, ENDED)
    ensure_views(database, two)
    assert {row["person_id"] for row in visits(database, two)} == {ana}
    commit(database, Changes(links=[Link("old", None, "not")]), door="flow", stage="t", actor="t", at=AT, views=two)
    assert len({row["person_id"] for row in visits(database, two)}) == 2


def test_rows_made_anew_keep_the_prefix_of_their_source(database, library):
    from throughcare.record import sources

    sources.ensure(database, "hospital", "h-", at=AT)
    one = library(PERSON, STATUS)
    ensure_views(database, one)
    write(database, one, stay("s", "ana"))
    before = visits(database, one)
    ensure_views(database, library(PERSON, STATUS, ENDED))
    assert visits(database, one) == before and before[0]["key"] == "Encounter/h-s"


def test_a_view_that_left_the_library_leaves_the_database(database, library):
    ensure_views(database, library(PERSON, STATUS))
    with database.connection() as connection:
        left = connection.execute("select tablename from pg_tables where schemaname = 'flat'")
        assert left.fetchall() == [("visit",)]


def test_a_day_is_the_day_where_the_site_is(database, library):
    for zone, day in (("America/New_York", "2026-07-03"), ("Europe/Berlin", "2026-07-04")):
        views = library(PERSON, ENDED, ("day", "period.end", "date"), zone=zone)
        ensure_views(database, views)
        write(database, views, stay("s", "ana"))
        (row,) = visits(database, views)
        assert (str(row["ended_on"]), str(row["day"])) == (day, day)


def test_codes_are_translated_and_unknown_ones_kept(database, library):
    views = library(PERSON, STATUS, codes='[status]\nfinished = "over"\n')
    ensure_views(database, views)
    write(database, views, stay("s", "ana"), stay("t", "ana", status="planned"))
    assert sorted(row["status"] for row in visits(database, views)) == ["over", "planned"]


def test_files_of_one_view_must_agree_on_their_columns(library):
    library(PERSON, STATUS)
    with pytest.raises(Fault, match=r"status is .* in one file and .* here"):
        library(("status", "active", "boolean"), resource="Patient")


@pytest.mark.parametrize("column", [("known_from", "status", "string"), ("x", "status", "Period"), ("x", "status", "")])
def test_a_column_that_cannot_stand_is_refused_by_name(library, column):
    with pytest.raises(Fault, match="olumn " + column[0]):
        library(PERSON, column)


def test_a_look_at_some_people_sees_every_row_of_a_view_that_is_no_persons(database, library):
    """A place belongs to nobody: whoever is looked at, all of them are handed over; a stay only with its person."""
    library(PERSON, STATUS)
    views = library(("name", "name", "string"), resource="Location", view="place")
    ensure_views(database, views)
    places = [{"resourceType": "Location", "id": i, "name": f"Site {i}"} for i in ("a", "b")]
    write(database, views, stay("s", "ana"), stay("t", "ben"), patient("ana"), patient("ben"), *places)
    (ana,) = View(database).people(["ana"]).values()
    for few in ([ana], []):
        found = View(database, views=views).tables(few, ["visit", "place"])
        assert sorted(found["place"].column("key").to_pylist()) == ["Location/a", "Location/b"]
        assert found["visit"].column("key").to_pylist() == (["Encounter/s"] if few else [])


OURS = {
    "resourceType": "ViewDefinition",
    "name": "event",
    "resource": "Observation",
    "where": [{"path": "code.coding.where(system = 'urn:throughcare:event').exists()"}],
    "select": [{"column": [{"name": "code", "path": "code.coding.code.first()", "type": "string"}]}],
}


@pytest.mark.parametrize("colon, rows", [(":", 1), (r"\u003a", 1), ("-", 0)])
def test_a_code_of_ours_is_found_however_its_letters_are_written(tmp_path, colon, rows):
    (tmp_path / "event").mkdir()
    (tmp_path / "event" / "Observation.json").write_text(json.dumps(OURS))
    views = recipes.load(tmp_path, ZONE)
    coding = f'{{"system": "urn{colon}throughcare:event", "code": "moved"}}'
    body = f'{{"resourceType": "Observation", "id": "o", "code": {{"coding": [{coding}]}}}}'.encode()
    assert len(prepare(Put(body, "hospital"), views).flat) == rows
    assert views.recipes["Observation"][0].ours
