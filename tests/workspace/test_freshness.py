"""Freshness: a number says which silent source may leave it short, and looking it up costs once a minute."""

from datetime import timedelta

import pytest

from throughcare.workspace.silent import Silent

from .conftest import signed_in
from .test_feeds import feeding as feeding
from .world import NOW

MEASURES = ("/measures", "/measures/transitions/transitions/seen")
SAYS = "st marys has been silent since Fri 8:40 am: what it did not send is not counted."


@pytest.mark.parametrize("page", MEASURES)
def test_a_measure_says_which_source_is_silent_and_since_when(feeding, page):
    text = signed_in(feeding)("noor").get(page).text
    assert SAYS in text and "clinic has been silent" not in text


@pytest.mark.parametrize("page", MEASURES)
def test_nothing_is_said_while_every_source_speaks_as_usual(town, page):
    assert "silent since" not in signed_in(town)("noor").get(page).text


def test_in_spanish(feeding):
    browser = signed_in(feeding)("noor")
    browser.get("/measures")
    browser.post("/language", {"language": "es", "back": "/measures"})
    assert "st marys está en silencio desde" in browser.get("/measures").text


def test_sources_are_looked_up_once_a_minute(feeding):
    silent = Silent(feeding.site.database)
    last = NOW - timedelta(days=4)
    assert silent.now(NOW) == [("st_marys", last)]
    with feeding.site.database.connection() as connection:
        connection.execute("delete from think.heard")
    assert silent.now(NOW + timedelta(seconds=59)) == [("st_marys", last)]
    assert silent.now(NOW + timedelta(seconds=60)) == []
