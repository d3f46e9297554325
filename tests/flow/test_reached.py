"""Whose answers may rest on another's record: a mother and her child are looked at together."""

import pytest

from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.record import views
from throughcare.record.changes import Changes
from throughcare.record.view import View

from .conftest import NOW, patient


def mother_of(child: str) -> dict:
    return {
        "resourceType": "RelatedPerson",
        "id": "rel",
        "active": True,
        "patient": {"reference": "Patient/ana"},
        "relationship": [{"coding": [{"code": "CHILD"}]}],
        "extension": [{"url": "urn:throughcare:other-patient", "valueReference": {"reference": f"Patient/{child}"}}],
    }


def test_a_relation_reaches_both_ways(database, put):
    views.ensure_views(database)
    put(patient("ana"), patient("baby"), patient("other"), mother_of("baby"))
    people = View(database).people(["ana", "baby", "other"])
    assert Moment(database).reached([people["ana"]]) == [people["baby"]]
    assert Moment(database).reached([people["baby"]]) == [people["ana"]]
    assert Moment(database).reached([people["other"]]) == []
    assert Moment(database).reached([people["ana"], people["baby"]]) == []


def household(*members: str) -> dict:
    return {
        "resourceType": "Group",
        "id": "h1",
        "type": "person",
        "actual": True,
        "code": {"coding": [{"system": "urn:throughcare:group", "code": "household"}]},
        "member": [{"entity": {"reference": f"Patient/{m}"}} for m in members],
    }


def test_a_household_is_reached_through_each_of_its_people(database, put):
    views.ensure_views(database)
    put(patient("ana"), patient("ben"), patient("other"), household("ana", "ben"))
    people = View(database).people(["ana", "ben", "other"])
    assert Moment(database).reached([people["ben"]]) == [people["ana"]]
    assert Moment(database).reached([people["other"]]) == []


def visit(*members: str) -> dict:
    return {
        "resourceType": "Appointment",
        "id": "stop-1",
        "status": "booked",
        "start": "2026-07-10T14:00:00Z",
        "appointmentType": {"coding": [{"system": "urn:throughcare:meeting", "code": "class"}]},
        "participant": [{"actor": {"reference": f"Patient/{m}"}, "status": "accepted"} for m in members],
    }


@pytest.mark.parametrize("shared", [household, visit])
def test_what_several_people_share_wakes_everyone_it_names_and_whoever_it_named_until_then(database, put, shared):
    views.ensure_views(database)
    done = put(patient("ana"), patient("ben"), patient("cam"), patient("other"))
    people = View(database).people(["ana", "ben", "cam"])

    def woken() -> set[int]:
        return set(Moment(database).changed("decide", 100).people)

    heard(database, done.commit_no)
    assert woken() == set()
    heard_until = put(shared("ana", "ben")).commit_no
    assert woken() == {people["ana"], people["ben"]}
    heard(database, heard_until)
    put(shared("ana", "cam"))
    assert woken() == {people["ana"], people["ben"], people["cam"]}


def heard(database, commit_no: int) -> None:
    """The feed is read up to here."""
    commit(database, Changes(cursor=("decide", commit_no)), stage="act", at=NOW)
