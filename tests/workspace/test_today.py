"""Today says what to do next, for whom and why; and what people are called stays text."""

import pytest

from throughcare.fhir import json
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit

from .conftest import signed_in
from .world import NOW

NASTY = [
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "${7*7}",
    "'\"><script>alert(1)</script>",
    "\u202eevil",
    "a&amp;b",
]


def rows(text: str) -> list[str]:
    return [part.split('"')[0] for part in text.split('id="t-')[1:]]


def test_the_title_counts_people_and_what_fits(visit):
    text = visit("noor").get("/today").text
    assert "21 people need you. 12 fit in your 4 h 20 min." in text
    assert "Your time ends here." in text


def test_late_comes_first_then_the_hour_then_the_day(visit):
    text = visit("noor").get("/today").text
    assert rows(text)[:7] == ["p0", "p22", "p1", "p23", "p2", "p3", "p4"]
    assert rows(text).index("p10") < rows(text).index("p11"), "by 5 pm comes before sometime today"
    assert text.index("Late 3 h") < text.index("By 10:04 am") < text.index(">Today</span>")


def test_more_time_moves_the_line(visit):
    noor = visit("noor")
    assert "All fit in your 16 h 40 min." in noor.get("/today?minutes=1000").text
    assert "Your time ends here." not in noor.get("/today?minutes=1000").text


def test_each_row_says_why_with_event_rule_and_program(visit):
    text = visit("noor").get("/today").text
    assert "Left hospital Fri" in text and "Speak with the person within two business days of leaving" in text
    panel = visit("noor").get("/today?open=t-p7").text
    assert "Program manual, section 2" in panel and "Opened Fri, Mar 13, 2026." in panel
    assert "1 try" in panel and "not reached Mon 9:40 am" in panel


def test_each_view_is_an_address(visit):
    noor = visit("noor")
    assert rows(noor.get("/today?view=week").text) == ["p19", "p20", "p21"]
    assert rows(noor.get("/today?view=team").text) == ["mate"]
    assert "Nothing waits on others." in noor.get("/today?view=waiting").text
    assert rows(noor.get("/today?program=Steady%20care").text)[0] == "p4"
    assert rows(noor.get("/today?view=made-up").text) == rows(noor.get("/today").text)


def test_an_empty_day_says_so_and_what_comes_next(visit):
    text = visit("cory").get("/today").text
    assert "No one is waiting for you" in text and "1 person of your teams has no one yet" in text


def test_spanish_is_spanish(town):
    noor = signed_in(town)("noor")
    noor.get("/today")
    noor.post("/language", {"language": "es", "back": "/today"})
    text = noor.get("/today?open=t-p8").text
    assert '<html lang="es"' in text and "personas le necesitan" in text and "Salió del hospital vie" in text
    assert "people need you" not in text


@pytest.mark.parametrize("name", NASTY)
def test_a_name_is_only_ever_text(town, name):
    patient = {
        "resourceType": "Patient",
        "id": "p7",
        "active": True,
        "name": [{"use": "official", "given": [name], "family": name}],
        "birthDate": "1955-02-03",
        "managingOrganization": {"reference": "Organization/harbor"},
    }
    commit(
        town.site.database, Changes([Put(json.write(patient), "St. Brigid")]), door="flow", stage="t", actor="t", at=NOW
    )
    noor = signed_in(town)("noor")
    person = town.people["p7"]
    for path in (
        "/today?open=t-p7",
        f"/people/{person}",
        f"/people/{person}/timeline",
        "/people",
        f"/tasks/new?person={person}",
    ):
        text = noor.get(path).text
        assert "<img" not in text and "<script>" not in text and "49" not in text.split("<h1>")[-1].split("</h1>")[0]
        assert (
            name.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace("'", "&#39;")
            .replace('"', "&#34;")
            in text
        )


def test_what_the_address_says_is_only_ever_text(visit):
    for path in (
        "/people?q=<script>alert(1)</script>",
        "/find?q=<script>",
        "/today?program=<script>x",
        "/care-models/<script>",
    ):
        assert "<script>" not in visit("noor").get(path.replace("<", "%3C").replace(">", "%3E")).text
