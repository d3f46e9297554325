"""People: patients known by reference alone, links that arrive late, twice or wrong, and unlinking."""

from throughcare.record.changes import Link
from throughcare.record.view import View

from .lives import patient, stay, weight


def everywhere(database):
    with database.connection() as connection:
        return {
            table: connection.execute(f"select distinct person_id from {table} order by 1").fetchall()
            for table in ("record.resource", "record.search", "flat.encounter", "flat.observation", "flat.person")
        }


def test_a_patient_first_heard_of_in_a_reference_is_the_same_person_later(database, put):
    put(stay("s", "ana"))
    put(patient("ana"))
    assert set(everywhere(database)["record.resource"]) == {(40001,)}
    assert View(database).patients([40001]) == {40001: ["ana"]}


def test_what_is_about_nobody_has_no_person(database, put):
    put({"resourceType": "Organization", "id": "o"}, {**stay("s", "x"), "subject": {"reference": "Group/g"}})
    assert everywhere(database)["record.resource"] == [(None,)]


def test_a_link_moves_every_row_and_unlinking_moves_back_only_its_own(database, put):
    put(patient("ana"), stay("s1", "ana"), patient("old"), stay("s2", "old"), weight("w", "old", 80))
    put(weight("w", "old", 81))
    one, two = View(database).people(["ana", "old"]).values()
    put(links=[Link("Patient/old", one, "same number and birth date")])
    assert set(map(tuple, everywhere(database).values())) == {((one,),)}
    put(weight("w", "old", 82))
    assert set(View(database).changed_people(0)[0]) == {one, two}
    put(links=[Link("old", None, "kept apart")])
    three = View(database).people(["old"])["old"]
    assert three not in (one, two)
    found = everywhere(database)
    assert found["flat.observation"] == [(three,)] and found["flat.encounter"] == [(one,), (three,)]


def test_both_people_of_a_link_have_changed(database, put):
    since = put(patient("ana"), patient("old")).commit_no
    one, two = View(database).people(["ana", "old"]).values()
    put(links=[Link("old", one, "same")])
    assert set(View(database).changed_people(since)[0]) == {one, two}


def test_the_same_link_again_changes_nothing(database, put):
    put(patient("ana"), patient("old"))
    one = View(database).people(["ana"])["ana"]
    first, again = put(links=[Link("old", one, "same")]), put(links=[Link("Patient/old", one, "same")])
    assert first.commit_no == again.commit_no


def test_a_link_before_the_patient_was_ever_seen_holds_when_it_comes(database, put):
    put(patient("ana"))
    one = View(database).people(["ana"])["ana"]
    put(links=[Link("later", one, "the source says so")])
    put(patient("later"), stay("s", "later"))
    assert everywhere(database)["flat.encounter"] == [(one,)]


def test_the_last_link_of_a_change_counts_and_moves_what_came_with_it(database, put):
    put(patient("ana"), patient("ben"))
    one, two = View(database).people(["ana", "ben"]).values()
    put(stay("s", "new"), links=[Link("new", one, "first thought"), Link("new", two, "second thought")])
    assert everywhere(database)["flat.encounter"] == [(two,)]
