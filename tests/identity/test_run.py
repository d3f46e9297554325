"""Identity on a real record: links that re-point rows, links that fall away, and people kept apart by people."""

import json
from datetime import UTC, datetime

import pytest

from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.identity import run, words
from throughcare.record import sources
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


LIKE = {
    "name": [{"given": ["Estefania"], "family": "Quintanilla"}],
    "telecom": [{"system": "phone", "value": "555-294-8890"}],
    "address": [{"line": ["829 Harbor St"], "city": "Lowell", "postalCode": "01850"}],
}


def named(given, **more):
    return LIKE | {"name": [{"given": [given], "family": "Quintanilla"}]} | more


def test_who_is_alike_is_linked_and_the_reason_names_levels_and_no_value(world, database):
    world.say(patient("a", None, **LIKE))
    changes = world.say(patient("b", None, **named("Estefana")))
    assert len(set(world.people("a", "b"))) == 1
    (link,) = changes.links
    assert link.reason.startswith("likeness ") and "name.given_slip born.same" in link.reason
    assert not any(value in link.reason.casefold() for value in ("quintanilla", "1950", "555"))
    assert not world.look("a", "b")


def test_doubt_is_stored_from_both_sides_and_falls_away_with_its_cause(world, database):
    world.say(patient("a", "531-20-1234", **LIKE), patient("b", "531-20-1235", **LIKE))
    one, other = world.people("a", "b")
    rows = Moment(database).doubts([one, other])
    assert [(row[0], row[1], row[6]) for row in rows] == [(one, other, "next_number"), (other, one, "next_number")]
    assert not world.look("a"), "looking again writes nothing"
    world.say(patient("b", "531-20-1234", **LIKE))
    assert len(set(world.people("a", "b"))) == 1
    assert Moment(database).doubts([one, other]) == []


def test_what_another_side_still_doubts_is_kept(world, database):
    world.say(patient("a", "531-20-1234", **LIKE), patient("b", "531-20-1235", **LIKE))
    world.say(patient("c", "531-20-1236", **LIKE))
    a, b, c = world.people("a", "b", "c")
    assert {(r[0], r[1]) for r in Moment(database).doubts([a, b, c])} == {
        (a, b),
        (b, a),
        (a, c),
        (c, a),
        (b, c),
        (c, b),
    }
    world.say(patient("c", "531-20-1236", birthDate="1999-09-09"))
    assert {(r[0], r[1]) for r in Moment(database).doubts([a, b, c])} == {(a, b), (b, a)}


def test_a_word_links_parts_and_is_taken_back(world, database):
    world.say(patient("a", "531-20-1234", **LIKE), patient("b", "531-20-1235", **LIKE))
    before = world.people("a", "b")
    world.word("a", "b", words.SAME)
    assert len(set(world.people("a", "b"))) == 1
    assert not world.look("b")
    world.word("b", "a", None)
    assert world.people("a", "b") == before
    world.word("a", "b", words.APART)
    assert Moment(database).doubts(before) == []
    assert run.say(Moment(database), "a", "nobody", words.SAME) is None


def replaced(ident, by, **more):
    return patient(ident, None, link=[{"other": {"reference": f"Patient/{by}"}, "type": "replaced-by"}], **more)


def test_a_registrars_merge_waits_for_both_and_holds_along_a_chain(world):
    bare = {"birthDate": "1950-02-03"}
    world.say(replaced("a", "b", **bare))
    world.say(replaced("b", "c", **bare))
    assert len(set(world.people("a", "b"))) == 1
    world.say(patient("c", None, **bare))
    assert len(set(world.people("a", "b", "c"))) == 1


def test_a_merge_taken_back_by_its_source_parts_them(world):
    world.say(patient("b", None), replaced("a", "b"))
    assert len(set(world.people("a", "b"))) == 1
    world.say(patient("a", None))
    assert len(set(world.people("a", "b"))) == 2


def test_a_merge_of_two_who_are_plainly_two_waits_for_a_person(world, database):
    vic = named("Vic", birthDate="1933-01-02", gender="male")
    world.say(patient("vic", "531-20-7777", **vic))
    world.say(patient("eve", "531-20-1234", **LIKE, link=[{"other": {"reference": "Patient/vic"}, "type": "replaces"}]))
    one, other = world.people("vic", "eve")
    assert one != other
    assert {(r[0], r[1]) for r in Moment(database).doubts([one])} == {(one, other)}


def test_a_batch_asks_the_database_as_often_as_one_patient_does(world, database):
    world.say(*(patient(f"p{n}", None, **named(f"Name{chr(97 + n)}")) for n in range(12)))
    asked = []

    class Counting(Moment):
        def _rows(self, name, **values):
            asked.append(name)
            return super()._rows(name, **values)

    everyone = world.people(*(f"p{n}" for n in range(12)))
    run.run(Counting(database), NOW, everyone[:1])
    for_one, asked[:] = len(asked), []
    run.run(Counting(database), NOW, everyone)
    assert len(asked) <= for_one


def test_patients_of_a_source_with_a_prefix_are_linked_under_the_ids_of_the_record(world, database):
    sources.ensure(database, "clinic", "cl-", at=NOW)
    world.say(patient("a"))
    merged = {"link": [{"other": {"reference": "Patient/a"}, "type": "replaces"}]}
    puts = [
        Put(json.dumps(p).encode(), source="clinic")
        for p in (patient("a", "531-20-9999"), patient("b", None, **merged))
    ]
    commit(database, Changes(puts=puts), stage="intake", at=NOW)
    world.look("cl-a", "cl-b", "a")
    hospital, one, other = world.people("a", "cl-a", "cl-b")
    assert one == other != hospital
    puts = [Put(json.dumps(patient("c")).encode(), source="clinic")]
    commit(database, Changes(puts=puts), stage="intake", at=NOW)
    world.look("cl-c")
    assert world.people("cl-c") == [hospital]
