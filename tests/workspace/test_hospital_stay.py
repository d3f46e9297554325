"""A stay by the person's own word: written down from the timeline, seen there, undone; by nobody who may not see it."""

import pytest

from throughcare.flow import door
from throughcare.flow.moment import Moment
from throughcare.identity import stays

from .conftest import signed_in
from .world import NOW

TOLD = {"place": "General", "began_on": "2026-02-02", "left_on": "2026-02-05", "left_to": "01", "told_by": "family"}


@pytest.fixture
def noor(town):
    browser = signed_in(town)("noor")
    browser.page = f"/people/{town.people['p7']}/hospital"
    browser.get(browser.page)
    return browser


def stays_now(town) -> list[tuple[str, str]]:
    people = [town.people["p7"]]
    door.commit(town.site.database, stays.run(Moment(town.site.database), NOW, people), stage="identity", at=NOW)
    rows = Moment(town.site.database).tables(people, ["encounter"])["encounter"].to_pylist()
    return [(f"{r['started_on']}", f"{r['ended_on']}") for r in rows if r["source"] == "throughcare"]


def test_written_down_it_is_a_stay_and_undone_it_is_none(town, noor):
    assert noor.page in noor.get(f"/people/{town.people['p7']}/timeline").text
    said = noor.post(noor.page, TOLD)
    assert said.status == 303 and "done=told" in said.header("location")
    assert stays_now(town) == [("2026-02-02", "2026-02-05")]
    page = noor.get(said.header("location"))
    assert "Written down." in page.text
    back = noor.post(noor.page, {"how": "take_back", "which": page.field("which")})
    assert "done=taken_back" in back.header("location") and stays_now(town) == []


def test_a_wrong_day_is_said_in_words_and_nothing_is_written(town, noor):
    for wrong, says in (
        ({"began_on": "soon"}, "Say the first day"),
        ({"left_on": "2026-01-01"}, "lies before the first"),
        ({"began_on": "2027-01-01"}, "once it has begun"),
    ):
        assert says in noor.get(noor.post(noor.page, TOLD | wrong).header("location")).text
    assert stays_now(town) == []


def test_nobody_else_writes_or_takes_back(town, noor):
    said = noor.post(noor.page, TOLD)
    which = noor.get(said.header("location")).field("which")
    ben = signed_in(town)("ben")
    ben.get("/today")
    assert ben.post(noor.page, TOLD).status == 404
    theirs = f"/people/{town.people['other']}/hospital"
    assert ben.post(theirs, {"how": "take_back", "which": which}).status == 404
    assert stays_now(town) == [("2026-02-02", "2026-02-05")]


def test_in_spanish(noor):
    noor.post("/language", {"language": "es", "back": noor.page})
    text = noor.get(noor.page).text
    assert "Qué hospital, en sus palabras" in text and "Went then" not in text
