"""A planned trip is a page: stops in order with their times, how full they are, and who is booked that one may see."""

import json as plain

from throughcare.fhir import json
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit

from .conftest import signed_in
from .world import NOW

FRIDAY = "2026-03-20"


def place(ident: str, name: str) -> dict:
    return {"resourceType": "Location", "id": ident, "status": "active", "name": name}


def session(ident: str, at: str, start: str, end: str, booked: int) -> dict:
    return {
        "resourceType": "Schedule",
        "id": ident,
        "active": True,
        "actor": [{"reference": f"Location/{at}"}],
        "planningHorizon": {"start": f"{FRIDAY}T{start}:00-04:00", "end": f"{FRIDAY}T{end}:00-04:00"},
        "extension": [{"url": "urn:throughcare:booked", "valueInteger": booked}],
    }


def visit_of(patient: str, at: str, *, status: str = "booked", walk_up: bool = False) -> dict:
    return {
        "resourceType": "Appointment",
        "id": f"stop-{patient}",
        "status": status,
        "start": f"{FRIDAY}T{at}:00-04:00",
        "end": f"{FRIDAY}T{at}:30-04:00",
        "participant": [{"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"}],
        "extension": [
            {"url": "urn:throughcare:session", "valueReference": {"reference": "Schedule/mill"}},
            {"url": "urn:throughcare:walk-up", "valueBoolean": walk_up},
        ],
    }


def planned(town, person: int | None = 0) -> None:
    """A van with two stops and one out of reach, three of them booked at the first: one's own, another's, one gone."""
    told = [
        place("yard", "The yard"), place("mill-place", "Mill & Main"), place("dock-place", "Dock"),
        place("far-place", "Far hill"), session("mill", "mill-place", "09:00", "11:00", 3),
        session("dock", "dock-place", "13:00", "15:00", 0), session("far", "far-place", "13:00", "14:00", 2),
        visit_of("p0", "09:20"), visit_of("p1", "09:40", walk_up=True), visit_of("canary", "10:00"),
        visit_of("p2", "10:20", status="cancelled"),
    ]  # fmt: skip
    puts = [Put(json.write(one), "Harbor") for one in told]
    assert not commit(town.site.database, Changes(puts), door="flow", stage="test", actor="tests", at=NOW).refused
    shows = {"Schedule/mill": {"places_left": "4"}, "Schedule/dock": {"places_left": None}, "Schedule/far": {}}
    with town.site.database.connection() as connection:
        connection.execute(
            "insert into think.trip (model, routing, trip, person_id, stops, begins, shows, left_out, travel, finish,"
            " gap, at) values ('transitions', 'next_out', 'Location/yard', %s, %s, %s, %s, %s, 75, 950, 0, %s)",
            [person, ["Schedule/mill", "Schedule/dock"], [540.0, 785.4], plain.dumps(shows), ["Schedule/far"], NOW],
        )


def test_stops_stand_in_order_with_their_times_and_how_full_they_are(town):
    planned(town)
    text = signed_in(town)("noor").get("/trips").text
    assert "<bdi>The yard</bdi>, Fri, Mar 20, 2026" in text
    assert "1 h 15 min on the road, back at 3:50 pm" in text
    mill, dock, far = (text.index(name) for name in ("Mill &amp; Main", "Dock", "Far hill"))
    assert mill < dock < far
    assert "9 am" in text[mill:dock] and "places left <b>4</b>" in text[mill:dock] and ">3<" in text[mill:dock]
    assert "1:05 pm" in text[dock:far] and "1 pm – 3 pm" in text[dock:far], "it begins on arrival, not as announced"
    assert "Out of reach" in text[far:]


def test_names_are_only_of_people_one_may_see_and_of_those_still_coming(town):
    planned(town)
    visit = signed_in(town)
    mine = visit("noor").get("/trips").text
    assert "Odell Greenlaw" in mine and "9:20 am" in mine and "walked up" in mine.partition("Hanh")[2]
    assert "zzyxcanary" not in mine.lower() and "Corliss" not in mine
    theirs = visit("ben").get("/trips").text
    assert "Zzyxcanary" in theirs and "Odell" not in theirs and "Mill &amp; Main" in theirs


def test_today_leads_to_a_trip_only_when_one_is_planned(town):
    visit = signed_in(town)
    assert "/trips" not in visit("noor").get("/today").text
    assert "No trip is planned." in visit("noor").get("/trips").text
    planned(town)
    assert 'href="/trips"' in visit("noor").get("/today").text


def test_a_round_of_visits_to_people_is_not_shown_here(town):
    planned(town, person=None)
    text = signed_in(town)("noor").get("/trips").text
    assert "Mill" not in text and "No trip is planned." in text
