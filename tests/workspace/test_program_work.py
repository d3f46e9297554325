"""Work that is about no person stands on Today and on its program's page, for whoever works with people's records."""

from datetime import timedelta

from throughcare.fhir import json
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit

from .conftest import signed_in
from .world import NOW

PLACE = {"resourceType": "Location", "id": "pier", "status": "active", "name": "Pier <9> market"}
SESSION = {
    "resourceType": "Schedule",
    "id": "pier-friday",
    "active": True,
    "actor": [{"reference": "Location/pier"}],
    "planningHorizon": {"start": "2026-03-20T14:30:00-04:00", "end": "2026-03-20T18:30:00-04:00"},
}


def owe(town, step: str, about: str, hours: float, *, status: str = "open", person: int = 0) -> None:
    with town.site.database.connection() as connection:
        connection.execute(
            "insert into think.obligation (obligation_key, person_id, model, version, step, anchor_key, activity,"
            " about, roles, opens_at, due_at, due_precision, status) values (%s, %s, 'transitions', '2026.1', %s, %s,"
            " 'home_visit', %s, %s, %s, %s, 'minute', %s)",
            [f"{step}|{about}|{person}", person, step, about, about, ["nurse"], NOW - timedelta(days=1),
             NOW + timedelta(hours=hours), status],
        )  # fmt: skip


def sessions_at_the_pier(town) -> None:
    puts = [Put(json.write(one), "Harbor") for one in (PLACE, SESSION)]
    assert not commit(town.site.database, Changes(puts), door="flow", stage="test", actor="tests", at=NOW).refused
    owe(town, "visit", "Schedule/pier-friday", 5)
    owe(town, "home", "Organization/harbor", -4, status="breached")
    owe(town, "coach", "Schedule/pier-friday", 3, status="met")
    owe(town, "medicines", "Schedule/pier-friday", 2, person=town.people["other"])


def test_what_is_owed_of_a_session_says_where_when_by_whom_and_until_when(town):
    sessions_at_the_pier(town)
    text = signed_in(town)("noor").get("/today").text.partition("2 things to do for programs")[2]
    late, _, rest = text.partition("Seen by a doctor within 14 days")
    assert "See the person at home within 72 hours" in late and "Harbor Health" in late and "Late 4 h" in late
    assert "Pier &lt;9&gt; market, Friday 2:30 pm" in rest or "Pier &lt;9&gt; market, Fri 2:30 pm" in rest
    assert "Nurse" in rest and "By 1:40 pm" in rest
    assert "Coaching call by day 28" not in text, "what is done is not asked for"
    assert "Compare the medicine lists" not in text, "work about somebody is no program's"


def test_the_programs_page_shows_its_own_and_another_programs_page_does_not(town):
    sessions_at_the_pier(town)
    visit = signed_in(town)
    text = visit("sam").get("/care-models/transitions").text
    assert "Work about no one in particular" in text and "Pier &lt;9&gt; market" in text
    assert "Work about no one in particular" not in visit("sam").get("/care-models/steady").text
    assert "Work about no one in particular" not in visit("ada").get("/care-models/transitions").text


def test_without_such_work_nothing_is_said_of_it(visit):
    assert "about no person" not in visit("noor").get("/today").text
