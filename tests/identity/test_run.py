"""Identity on a real record: links that re-point rows, links that fall away, and people kept apart by people."""

import json
from datetime import UTC, datetime

import pytest

from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.identity import run, words
from throughcare.record.changes import Changes, Put

NOW = datetime(2026, 7, 3, 13, 0, tzinfo=UTC)


def patient(ident, ssn="531-20-1234", **more):
    number = {"system": "http://hl7.org/fhir/sid/us-ssn", "value": ssn}
    return {"resourceType": "Patient", "id": ident, "birthDate": "1950-02-03", "gender": "female"} | more | {
        "identifier": [number] if ssn else []
    }  # fmt: skip


@pytest.fixture
def world(database):
    class World:
        def say(self, *resources):
            """What a source says; then identity looks at whoever is concerned."""
            puts = [Put(json.dumps(r).encode(), source="hospital") for r in resources]
            commit(database, Changes(puts=puts), stage="intake", at=NOW)
            return self.look(*(r["id"] for r in resources if r["resourceType"] == "Patient"))

        def look(self, *patients):
            moment = Moment(database)
            changes = run.run(moment, NOW, sorted(set(moment.people(patients).values())))
            if changes:
                commit(database, changes, stage="identity", at=NOW)
            return changes

        def people(self, *patients):
            found = Moment(database).people(patients)
            return [found[p] for p in patients]

        def person_of_row(self, view, key):
            (row,) = [r for r in Moment(database).tables(None, [view])[view].to_pylist() if r["key"].startswith(key)]
            return row["person_id"]

        def word(self, one, other, word):
            commit(database, run.say(Moment(database), one, other, word), stage="identity", at=NOW)
            return self.look(one, other)

        def apart(self, patient_id, other):
            self.word(patient_id, other, words.APART)

    return World()


def test_two_sources_that_say_the_same_number_and_birth_date_speak_of_one_person(world, database):
    world.say(patient("a"))
    found = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/b"},
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10"}]}}  # fmt: skip
    world.say(patient("b", "531201234"), found)
    one, other = world.people("a", "b")
    assert one == other
    assert world.person_of_row("diagnosis", "Condition/c") == one
    person = json.loads(Moment(database).read("Person", f"person-{one}"))
    assert [link["target"]["reference"] for link in person["link"]] == ["Patient/a", "Patient/b"]


def test_looking_again_changes_nothing(world):
    world.say(patient("a"), patient("b"))
    assert not world.look("a", "b")


def test_a_number_that_was_wrong_parts_them_again_and_each_gets_back_their_own(world):
    world.say(patient("a"), patient("b"))
    before = world.people("a", "b")
    world.say(patient("b", "531-20-9999"))
    one, other = world.people("a", "b")
    assert (before, one != other, one) == ([one, one], True, before[0])
    world.say(patient("b"))
    assert world.people("a", "b") == before


def test_people_whom_someone_kept_apart_stay_apart(world):
    world.say(patient("a"), patient("b"))
    world.apart("a", "b")
    one, other = world.people("a", "b")
    assert one != other
    assert not world.look("a", "b").links
    world.say(patient("c"))
    assert len(set(world.people("a", "b"))) == 2


def test_a_stranger_stays_a_stranger(world):
    changes = world.say(patient("a"), patient("b", "531-20-9999"), patient("c", None))
    assert not changes
    assert len(set(world.people("a", "b", "c"))) == 3
