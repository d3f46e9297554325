"""Freshness: a page says which silent source may leave it short, and looking it up costs once a minute."""

from datetime import timedelta

import pytest

from throughcare.fhir import json
from throughcare.intake import status
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit
from throughcare.workspace.silent import Silent

from .conftest import signed_in
from .test_feeds import feeding as feeding
from .world import NOW, new_patient

MEASURES = ("/measures", "/measures/transitions/transitions/seen")
NUMBER = "st marys has been silent since Fri 8:40 am: what it did not send is not counted."
PEOPLE = "st marys has been silent since Fri 8:40 am: what happened since then may be missing here."


@pytest.fixture
def telling(feeding):
    """The silent hospital knows Noor's p1, who is not Ben's."""
    patient = new_patient("marys-1", "Hanh", "Tran-Whitlock", "harbor", "1947-02-02")
    put = Put(json.write(patient), "st_marys")
    assert not commit(feeding.site.database, Changes([put]), door="flow", stage="t", actor="t", at=NOW).refused
    with feeding.site.database.connection() as connection:
        connection.execute(
            "update flat.person set person_id = %s where key = 'Patient/marys-1'", [feeding.people["p1"]]
        )
        # what was just put in is no word of today's
        connection.execute("insert into think.cursor (stage, commit_no) select 'heard', commit_no from record.head")
        connection.execute("update record.source set last_heard = %s where name <> 'clinic'", [NOW - timedelta(days=4)])
        connection.execute("update record.source set last_heard = %s where name = 'clinic'", [NOW - timedelta(hours=1)])
    return feeding


@pytest.mark.parametrize("page", MEASURES)
def test_a_measure_says_which_source_is_silent_and_since_when(feeding, page):
    text = signed_in(feeding)("noor").get(page).text
    assert NUMBER in text and "clinic has been silent" not in text


@pytest.mark.parametrize("page", MEASURES)
def test_nothing_is_said_while_every_source_speaks_as_usual(town, page):
    assert "silent since" not in signed_in(town)("noor").get(page).text


def test_a_source_that_never_sent_a_person_is_beside_no_number(feeding):
    with feeding.site.database.connection() as connection:
        connection.execute("delete from think.heard_kind where kind = 'Patient'")
    assert "silent since" not in signed_in(feeding)("noor").get("/measures").text


def test_a_page_about_someone_names_the_silent_source_that_tells_of_them_and_no_other(telling):
    visit = signed_in(telling)
    assert PEOPLE in visit("noor").get(f"/people/{telling.people['p1']}").text
    assert "silent since" not in visit("noor").get(f"/people/{telling.people['p0']}").text


def test_today_names_it_to_whoever_serves_somebody_it_tells_of(telling):
    visit = signed_in(telling)
    assert PEOPLE in visit("noor").get("/today").text
    assert PEOPLE in visit("noor").get("/today?view=waiting").text, "no row, for nothing came"
    assert PEOPLE in visit("noor").get("/today?view=team").text, "of one's own, whoever is listed"
    assert "silent since" not in visit("ben").get("/today").text


def test_an_empty_day_may_be_empty_because_of_any_silent_source(telling):
    assert PEOPLE in signed_in(telling)("cory").get("/today").text


def test_a_source_that_is_quiet_as_it_usually_is_is_not_called_silent(town):
    with town.site.database.connection() as connection:
        connection.execute("update record.source set last_heard = %s", [NOW - timedelta(hours=5)])
    text = signed_in(town)("noor").get("/today").text
    assert "St. Brigid</bdi> <b>5 h ago" in text and "silent" not in text and "quiet" not in text


def test_the_silent_one_is_not_among_those_that_were_heard(telling):
    text = signed_in(telling)("noor").get("/today").text
    assert "clinic</bdi> <b>60 min ago" in text.replace("1 h", "60 min") and "st marys</bdi>" not in text


def test_whoever_minds_the_sources_is_led_to_them(telling):
    visit = signed_in(telling)
    assert 'href="/feeds">See the feeds' in visit("sam").get("/today").text
    assert "See the feeds" not in visit("noor").get("/today").text


def test_more_than_three_are_counted(feeding):
    with feeding.site.database.connection() as connection:
        found = connection.execute("select source_id from record.source where name = 'st_marys'").fetchone()[0]
        for name in ("north", "south", "west"):
            made = "insert into record.source (name) values (%s) returning source_id"
            new = connection.execute(made, [name]).fetchone()[0]
            for table, columns in (("heard", "hour, last, things"), ("heard_kind", "kind, things")):
                copied = f"insert into think.{table} select %s, {columns} from think.{table} where source_id = %s"
                connection.execute(copied, [new, found])
    text = signed_in(feeding)("noor").get("/measures").text
    assert text.count("has been silent since") == 3 and "One more source is silent." in text


def test_in_spanish(telling):
    browser = signed_in(telling)("noor")
    browser.get("/measures")
    browser.post("/language", {"language": "es", "back": "/measures"})
    assert "st marys está en silencio desde" in browser.get("/measures").text
    assert "aquí puede faltar lo que pasó desde entonces" in browser.get("/today").text


def test_sources_are_looked_up_once_a_minute(feeding):
    silent = Silent(feeding.site.database)
    last = NOW - timedelta(days=4)
    assert silent.now(NOW) == [("st_marys", last)]
    with feeding.site.database.connection() as connection:
        connection.execute("delete from think.heard")
    assert silent.now(NOW + timedelta(seconds=59)) == [("st_marys", last)]
    assert silent.now(NOW + timedelta(seconds=60)) == []


def test_it_is_the_silence_of_the_page_of_feeds(feeding):
    database = feeding.site.database
    for hours in (0, 1, 23, 25, 90, 100, 400):
        at = NOW - timedelta(hours=hours)
        feeds = [f for f in status.feeds(database, at=at) if f.silent and "Patient" in f.kinds]
        wanted = sorted((f.last, f.source) for f in feeds)
        found = status.silent(database, status.habits(database, at=at), at=at)
        assert [(last, source) for source, last in found] == wanted
    assert wanted == [], "heard a day apart, as usual"


def test_habits_are_read_once_a_day(feeding, monkeypatch):
    read, plain = [], status.habits
    monkeypatch.setattr(status, "habits", lambda database, *, at: read.append(at) or plain(database, at=at))
    silent = Silent(feeding.site.database)
    for minutes in (0, 2, 60 * 23, 60 * 24):
        silent.now(NOW + timedelta(minutes=minutes))
    assert read == [NOW, NOW + timedelta(days=1)]


def test_with_nobody_silent_a_page_asks_nothing_more(town, monkeypatch):
    from throughcare.access.reader import Reader

    asked, plain = [], Reader.rows
    monkeypatch.setattr(Reader, "rows", lambda self, name, **given: asked.append(name) or plain(self, name, **given))
    browser = signed_in(town)("noor")
    browser.get("/today")
    browser.get(f"/people/{town.people['p1']}")
    assert "workspace/sources" in asked and "workspace/told_by" not in asked
