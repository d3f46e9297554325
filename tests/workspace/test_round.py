"""A round of visits at home: in the order that drives least, hours agreed on kept, and only of people one may see."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest

from throughcare.fhir import json
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit
from throughcare.workspace.round_order import STOPS_MAX, Home, ordered

from .conftest import signed_in
from .world import NOW, new_patient, new_task

GEO = "http://hl7.org/fhir/StructureDefinition/geolocation"
# p2, p3, p5 and p8 live along one street from west to east; p4 is known by its address alone
STREET = {"p2": -72.90, "p5": -72.86, "p3": -72.82, "p8": -72.78, "p4": None}


def living(ident: str, given: str, family: str, lon: float | None) -> dict:
    place = [{"url": "latitude", "valueDecimal": 40.8}, {"url": "longitude", "valueDecimal": lon}]
    home = {"use": "home", "line": [f"{ident} Shore Road"], "city": "East Landing", "postalCode": "06001"}
    return new_patient(ident, given, family, "harbor", "1950-01-01") | {
        "address": [home | ({"extension": [{"url": GEO, "extension": place}]} if lon else {})]
    }


def to_visit(ident: str, days: float = 0, **more) -> dict:
    return new_task(ident, "home_visit", 24 * days + 5, "Practitioner/noor") | {"id": f"v-{ident}"} | more


def agreed(ident: str, hour: str, who: str = "noor") -> dict:
    return {
        "resourceType": "Appointment", "id": f"a-{ident}", "status": "booked",
        "appointmentType": {"coding": [{"system": "urn:throughcare:meeting", "code": "home_visit"}]},
        "start": f"{hour}:00-04:00", "minutesDuration": 45,
        "participant": [{"actor": {"reference": f"Patient/{ident}"}, "status": "accepted"},
                        {"actor": {"reference": f"Practitioner/{who}"}, "status": "accepted"}],
    }  # fmt: skip


def tell(town, *bodies: dict) -> None:
    for source in ("St. Brigid", "throughcare"):
        mine = [b for b in bodies if (b["resourceType"] == "Task") == (source == "throughcare")]
        puts = [Put(json.write(body), source) for body in mine]
        assert not commit(town.site.database, Changes(puts), door="flow", stage="t", actor="t", at=NOW).refused


@pytest.fixture
def street(town):
    names = {"p2": ("Corliss", "Mayfair"), "p3": ("Dwight", "Okonjo"), "p4": ("Pilar", "Santamarina"),
             "p5": ("Theo", "Vandermolen"), "p8": ("Sunniva", "Castell")}  # fmt: skip
    tell(
        town,
        *(living(ident, *names[ident], lon) for ident, lon in STREET.items()),
        *(to_visit(ident) for ident in ("p3", "p4", "p5", "p8")),
    )
    return town


def names(text: str) -> list[str]:
    return re.findall(r'class="who" href="/people/\d+"><bdi>(\w+)', text)


def test_homes_stand_in_the_order_that_drives_least(street):
    text = signed_in(street)("noor").get("/round").text
    order, rest = text.split("Outside the order")
    assert names(order) in (["Corliss", "Theo", "Dwight", "Sunniva"], ["Sunniva", "Dwight", "Theo", "Corliss"])
    assert names(rest) == ["Pilar"] and "Not on the map" in rest and "p4 Shore Road, East Landing 06001" in rest
    # from door to door 0.04 degrees of longitude at 40.8 north: 3.37 km, 4.38 by road, 8.8 minutes at 30 an hour
    assert "4 homes. 26 min on the road" in text
    assert "from the first home to the last" in text.lower()


def test_an_hour_agreed_on_is_kept_and_the_rest_goes_around_it(street):
    tell(street, agreed("p3", "2026-03-17T10:00"))
    text = signed_in(street)("noor").get("/round").text
    stop = text[text.index("Booked 10 am") :]
    assert names(stop)[0] == "Dwight"


def test_one_comes_back_to_ones_own_pages_only(street):
    text = signed_in(street)("noor").get("/today?open=v-p5&back=//evil.example/x").text
    assert "evil" not in text.partition('id="panel"')[2]


def test_an_hour_that_cannot_be_kept_is_said(street):
    tell(street, agreed("p3", "2026-03-17T07:00"))
    rest = signed_in(street)("noor").get("/round").text.split("Outside the order")[1]
    assert names(rest)[0] == "Dwight" and "The hour cannot be kept" in rest


def test_a_visit_booked_with_no_task_is_a_stop_of_its_day(street):
    tell(street, living("p9", "Amadou", "Sesay-Cole", -72.8), agreed("p9", "2026-03-19T09:30"))
    noor = signed_in(street)("noor")
    assert "Thu <span>1</span>" in noor.get("/round").text
    text = noor.get("/round?day=2026-03-19").text
    assert names(text) == ["Amadou"] and "Booked 9:30 am" in text and "45 min" in text


def test_a_visit_due_on_another_day_stands_there(street):
    tell(street, to_visit("p8", days=2))
    noor = signed_in(street)("noor")
    assert "Sunniva" not in names(noor.get("/round").text)
    assert names(noor.get("/round?day=2026-03-19").text) == ["Sunniva"]
    assert "Sunniva" not in names(noor.get("/round?day=nonsense").text)


def test_each_stop_says_why_where_whom_to_call_and_what_else_is_due_there(street):
    text = signed_in(street)("noor").get("/round").text
    stop = text[text.index("<bdi>Corliss") : text.index("<bdi>Theo")] + text[text.index("<bdi>Corliss") :]
    assert "Visit at home" in stop and "Left hospital Sat" in stop
    assert 'href="geo:40.8,-72.9"' in text and 'href="tel:' in stop
    dwight = text[text.index("<bdi>Dwight") :]
    assert "Also there:" in dwight and "Coaching call" in dwight


def test_what_is_done_leaves_the_round_and_can_be_undone_there(street):
    noor = signed_in(street)("noor")
    href = re.search(r'href="(/today\?open=v-p5[^"]*)"', noor.get("/round").text)[1].replace("&amp;", "&")
    panel = noor.get(href).text.partition('id="panel"')[2]
    back = re.search(r'name="back" value="([^"]*)"', panel)[1]
    answer = noor.post("/tasks/v-p5/contact", {"outcome": "no_answer", "mode": "visit", "back": back})
    assert answer.header("location").startswith("/round?day=2026-03-17&done=v-p5")
    told = noor.get(answer.header("location")).text
    assert 'action="/tasks/v-p5/undo"' in told
    noor.post("/tasks/v-p5/done", {"note": "seen", "back": "/round"})
    assert "Theo" not in names(noor.get("/round").text)


def test_nobody_elses_visits_and_no_address_of_whom_one_may_not_see(street):
    tell(street, new_task("p6", "home_visit", 5, "Practitioner/cleo") | {"id": "v-p6"},
         living("canary", "Zzyxcanary", "Quorlwren", -72.9), to_visit("canary"))  # fmt: skip
    visit = signed_in(street)
    text = visit("noor").get("/round").text
    assert "p2 Shore Road" in text, "the page does show addresses"
    assert "Zzyxcanary" not in text and "canary Shore Road" not in text
    assert "Jerome" not in names(text), "a colleague's own visit"
    assert "Shore Road" not in visit("cory").get("/round").text
    assert visit("ada").get("/round").status == 403


def test_a_health_worker_sees_hers_in_spanish_on_her_own_page(street):
    tell(street, living("p7", "Maribel", "Quintanar", -72.8),
         new_task("p7", "home_visit", 5, "Practitioner/cleo") | {"id": "v-p7"})  # fmt: skip
    cleo = signed_in(street)("cleo")
    assert 'href="/round">One home to visit today' in cleo.get("/today").text
    cleo.post("/language", {"language": "es", "back": "/round"})
    text = cleo.get("/round").text
    assert names(text) == ["Maribel"] and "Ronda de visitas" in text and "Una casa." in text


def test_today_speaks_of_rounds_to_those_who_visit(street):
    visit = signed_in(street)
    assert "5 homes to visit today" in visit("noor").get("/today").text
    assert "/round" not in visit("vance").get("/today").text


def test_the_base_is_where_the_worker_starts_and_ends(street):
    yard = {"resourceType": "Location", "id": "yard", "status": "active", "name": "Harbor yard",
            "position": {"longitude": -72.91, "latitude": 40.8}}  # fmt: skip
    role = {"resourceType": "PractitionerRole", "id": "r", "active": True, "location": [{"reference": "Location/yard"}],
            "practitioner": {"reference": "Practitioner/noor"}}  # fmt: skip
    tell(street, yard, role)
    text = signed_in(street)("noor").get("/round").text
    assert "From <bdi>Harbor yard</bdi> and back." in text
    assert names(text)[0] in ("Corliss", "Sunniva")


def test_a_day_holds_so_many_and_the_others_are_named(town):
    some = [f"p{n}" for n in range(10, 20)]
    tell(town, *(living(i, f"G{i}", "Fam", -72.9 + n / 100) for n, i in enumerate(some)), *(to_visit(i) for i in some))
    order, rest = signed_in(town)("noor").get("/round").text.split("Outside the order")
    assert len(names(order)) == STOPS_MAX and rest.count("One day holds no more") == 2


def test_every_order_is_weighed_soon_enough_for_a_page():
    homes = [Home(n, -72.9 + (n * 37 % 11) / 100, 40.8 + (n * 53 % 7) / 100, 45) for n in range(STOPS_MAX)]
    found = ordered(homes, (-72.9, 40.8), 480)
    assert sorted(found.order) == list(range(STOPS_MAX)) and found.left_out == ()
    assert all(b - a >= 50 for a, b in pairwise(found.begins)), "a visit and the way to the next"


def test_without_a_base_the_way_to_the_first_home_costs_nothing():
    near, far = Home(1, -72.9, 40.8, 30), Home(2, -72.8, 40.8, 30)
    found = ordered([near, far], None, 480)
    assert found.begins[0] == 480 and found.travel == pytest.approx(found.begins[1] - 510)
    assert ordered([near, far], (-72.9, 40.8), 480).travel > 2 * found.travel - 1


def test_the_sleeping_and_the_waiting_are_not_in_it(street):
    until = (NOW + timedelta(days=3)).date().isoformat()
    asleep = {"extension": [{"url": "urn:throughcare:snoozed-until", "valueDate": until}]}
    tell(street, to_visit("p5") | asleep, to_visit("p8") | {"status": "on-hold"})
    noor = signed_in(street)("noor")
    assert not {"Theo", "Sunniva"} & set(names(noor.get("/round").text))
    assert names(noor.get(f"/round?day={until}").text) == ["Theo"]
