"""Whose answers may rest on another's record: a mother and her child are looked at together."""

from throughcare.flow.moment import Moment
from throughcare.record import views
from throughcare.record.view import View

from .conftest import patient


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
