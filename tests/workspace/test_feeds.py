"""The page of feeds: silence first, months as bars with their words, what is sent and what waits; for whom it is."""

import re
from datetime import timedelta

import pytest

from throughcare.workspace import bars

from .conftest import signed_in
from .world import NOW

FELL = (2025, 11)  # in this month the hospital sent a tenth


@pytest.fixture
def feeding(town):
    """A hospital heard every day for fourteen months until four days ago, a clinic heard an hour ago, one entry."""
    with town.site.database.connection() as connection:
        for name, days, last in (
            ("st_marys", 420, NOW - timedelta(days=4)),
            ("clinic", 200, NOW - timedelta(hours=1)),
        ):
            source = connection.execute(
                "insert into record.source (name) values (%s) returning source_id", [name]
            ).fetchone()[0]
            for n in range(days):
                at = last - timedelta(days=n)
                things = 10 if name == "st_marys" and (at.year, at.month) == FELL else 100
                connection.execute("insert into think.heard values (%s, date_trunc('hour', %s::timestamptz), %s, %s)",
                                   [source, at, at, things])  # fmt: skip
            for kind, things in (("Encounter", 1234), ("Patient", 40), ("hl7v2", 30), ("Basic", 2)):
                connection.execute("insert into think.heard_kind values (%s, %s, %s)", [source, kind, things])
        connection.execute(
            "insert into record.quarantine (source, file, line, reason, body, digest)"
            " values ('st_marys', 'canary-file.hl7', 1, 'It is not read.', 'canary-text', 'x')"
        )
    return town


def test_the_silent_one_stands_first_and_says_so(feeding):
    text = signed_in(feeding)("sam").get("/feeds").text
    assert "One source is silent for longer than it ever is." in text
    assert text.index("<bdi>st marys</bdi>") < text.index("<bdi>clinic</bdi>")
    assert "Silent for 4 days" in text and "Heard 60 min ago" in text.replace("1 h", "60 min")
    hospital = text[text.index("<bdi>st marys</bdi>") : text.index("<bdi>clinic</bdi>")]
    assert "Fri 8:40 am" in hospital, "in the site's own zone"
    assert "<dd>up to 24 h</dd>" in hospital, "the longest it is usually quiet"
    assert "Visits and stays 1,234" in hospital and "HL7 v2 messages 30" in hospital and "Basic 2" in hospital


def test_a_month_that_fell_is_said_in_the_picture_beside_it_and_in_the_numbers(feeding):
    text = signed_in(feeding)("sam").get("/feeds").text
    hospital = text[text.index("<bdi>st marys</bdi>") : text.index("<bdi>clinic</bdi>")]
    assert "Far less than usual: Nov 2025" in hospital
    label = re.search(r'role="img" aria-label="([^"]*)"', hospital)[1].split("; ")
    assert len(label) == 13 and label[0] == "Mar 2025 3,100" and label[-1] == "Mar 2026 1,300"
    assert label[8] == "Nov 2025 300, far less than usual"
    assert hospital.count('class="mark"') == 1 and hospital.count('class="fell"') == 1
    assert "Nov 2025</th><td" in hospital


def test_in_spanish(feeding):
    browser = signed_in(feeding)("sam")
    browser.get("/feeds")
    browser.post("/language", {"language": "es", "back": "/feeds"})
    text = browser.get("/feeds").text
    assert "En silencio desde hace 4 días" in text and "Visitas y estancias" in text


@pytest.mark.parametrize(
    ("name", "status", "links"),
    [("sam", 200, 0), ("ada", 200, 0), ("ines", 200, 0), ("dana", 200, 1), ("noor", 403, 0)],
)
def test_who_minds_sources_sees_them_and_only_a_data_steward_is_led_to_what_waits(feeding, name, status, links):
    answer = signed_in(feeding)(name).get("/feeds")
    assert answer.status == status
    assert ("One thing waits in quarantine" in answer.text) is (status == 200)
    assert answer.text.count('href="/quarantine"') == links
    assert "canary" not in answer.text, "neither files nor texts are shown here"
    home = signed_in(feeding)(name).get("/care-models").text
    assert ('href="/feeds"' in home) is (status == 200), "found where one looks"


def test_nothing_heard_yet_is_said(town):
    with town.site.database.connection() as connection:
        connection.execute("delete from record.source where name <> 'throughcare'")
    assert "No other system has sent anything yet." in signed_in(town)("ada").get("/feeds").text


def test_a_bar_is_as_high_as_its_share_and_what_towers_over_all_is_cut():
    drawn = str(bars.months([90_000, 100, 50, 0], set(), "said"))
    highs = re.findall(r'd="M\d+ 64v-([\d.]+)', drawn)
    assert highs == ["60.0", "60.0", "30.0", "0.0"]
    assert drawn.count("cut-off") == 1 and 'aria-label="said"' in drawn
    assert "cut-off" not in bars.months([100, 100, 50], set(), "")
    assert "<svg" in bars.months([0], set(), "") and "<svg" in bars.months([], set(), "")


def test_one_page_asks_as_often_for_many_sources_as_for_one(feeding, monkeypatch):
    browser, asked = signed_in(feeding)("sam"), []
    from throughcare.intake import status

    plain = status.query
    monkeypatch.setattr(status, "query", lambda name: asked.append(name) or plain(name))
    browser.get("/feeds")
    assert asked == ["intake/heard_before", "intake/heard", "intake/status"]
