"""Same person?: who meets a doubtful pair, what its decision does, and how it is taken back."""

from dataclasses import replace

import pytest

from throughcare.fhir import json
from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.identity import run
from throughcare.record.changes import Changes, Put

from .conftest import signed_in
from .world import NOW


def linked(database, people):
    changes = run.run(Moment(database), NOW, people)
    if changes:
        commit(database, changes, stage="identity", at=NOW)


@pytest.fixture
def doubtful(town):
    """Two patients of the harbor team, born the same day, of one telephone, with names that are only like."""
    database = town.site.database
    bodies = {i: json.read(Moment(database).read("Patient", i)) for i in ("p3", "mate")}
    same = {"birthDate": "1956-03-09", "gender": "female", "telecom": [{"system": "phone", "value": "555-298-1140"}]}
    puts = [
        Put(
            json.write(bodies[i] | same | {"name": [{"given": [given], "family": "Teamwright"}]}),
            source=source_of(database, i),
        )
        for i, given in (("p3", "Marisela"), ("mate", "Marisol"))
    ]
    commit(database, Changes(puts=puts), stage="intake", at=NOW)
    settled = replace(town, site=replace(town.site, settle=lambda people: linked(database, people)))
    linked(database, [town.people["p3"], town.people["mate"]])
    return settled


def source_of(database, patient):
    with database.connection() as connection:
        asked = (
            "select s.name from record.resource r join record.source s using (source_id)"
            " where r.resource_type = 'Patient' and r.resource_id = %s and r.known_to is null"
        )
        return connection.execute(asked, [patient]).fetchone()[0]


def people_of(town):
    found = Moment(town.site.database).people(["p3", "mate"])
    return found["p3"], found["mate"]


def test_a_doubtful_pair_stands_side_by_side_with_its_reason(doubtful):
    page = signed_in(doubtful)("noor").get("/same-person")
    assert page.status == 200
    assert "Marisela Teamwright" in page.text and "Marisol Teamwright" in page.text
    assert "perhaps twins" in page.text and "same telephone" in page.text


def test_said_same_they_are_one_and_taken_back_they_are_two_again(doubtful):
    browser = signed_in(doubtful)("noor")
    before = people_of(doubtful)
    browser.get("/same-person")
    told = browser.post("/same-person", {"one": "p3", "other": "mate", "word": "same"})
    assert told.status == 303
    assert len(set(people_of(doubtful))) == 1
    page = browser.get(told.header("location"))
    assert "one person" in page.text and "Undo" in page.text
    browser.post("/same-person", {"one": "p3", "other": "mate", "word": "undo"})
    assert people_of(doubtful) == before
    assert "Marisela" in browser.get("/same-person").text


def test_said_two_they_are_not_asked_about_again(doubtful):
    browser = signed_in(doubtful)("noor")
    browser.get("/same-person")
    browser.post("/same-person", {"one": "p3", "other": "mate", "word": "two"})
    assert len(set(people_of(doubtful))) == 2
    assert "Marisela" not in browser.get("/same-person").text


def test_who_may_not_see_both_sees_no_pair_and_decides_nothing(doubtful):
    browser = signed_in(doubtful)("ben")
    assert "Marisela" not in browser.get("/same-person").text
    before = people_of(doubtful)
    for word in ("same", "two", "undo", "", "else"):
        assert browser.post("/same-person", {"one": "p3", "other": "mate", "word": word}).status == 404
    assert browser.post("/same-person", {"one": "p3", "other": "canary", "word": "same"}).status == 404
    assert people_of(doubtful) == before


def test_the_records_of_a_person_say_why_and_one_can_be_taken_out(doubtful):
    browser = signed_in(doubtful)("noor")
    browser.get("/same-person")
    browser.post("/same-person", {"one": "p3", "other": "mate", "word": "same"})
    person = people_of(doubtful)[0]
    page = browser.get(f"/people/{person}/records")
    assert "Someone on staff said they are one person." in page.text
    assert "Marisela Teamwright" in page.text and "Marisol Teamwright" in page.text
    browser.post("/same-person", {"one": "mate", "other": "p3", "word": "two"})
    assert len(set(people_of(doubtful))) == 2


def test_a_decision_is_written_down_for_both_people(doubtful):
    browser = signed_in(doubtful)("noor")
    browser.get("/same-person")
    browser.post("/same-person", {"one": "p3", "other": "mate", "word": "two"})
    with doubtful.site.database.connection() as connection:
        rows = connection.execute("select actor, person_id from door.audit where action = 'keep_apart'").fetchall()
    assert {actor for actor, _ in rows} == {"noor"}
    assert {person for _, person in rows} == set(people_of(doubtful))
