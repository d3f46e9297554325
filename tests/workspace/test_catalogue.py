"""A care model's page is made from its definition; a number on it opens exactly the people it counts."""

import re
from datetime import date

import pytest

from throughcare.definitions import grammar as g
from throughcare.workspace import deadlines

from .world import care_models


def people_of(text: str) -> set[str]:
    return set(re.findall(r'<a class="who" href="/people/(\d+)"', text))


def test_the_page_says_who_belongs_who_serves_what_is_owed_and_where_it_comes_from(visit):
    text = visit("noor").get("/care-models/transitions").text
    for said in (
        "Is at least 18 years old",
        "Program manual, section 1",
        "Leads and calls.",
        "72 hours after it ended",
        "14 days after it ended",
        "An invented manual, 2026",
        "Stay at home",
    ):
        assert said in text, said
    assert '<svg class="w"' in text


def test_every_number_opens_its_list(visit):
    noor = visit("noor")
    text = noor.get("/care-models/transitions").text
    links = re.findall(r'<a(?: class="[a-z-]+")? href="(/people\?model=[^"]+)">(?:<b>)?([\d,]+)', text)
    assert len(links) >= 6
    for href, number in links:
        listed = noor.get(href.replace("&amp;", "&")).text
        assert len(people_of(listed)) == int(number), href


def test_an_administrator_reads_the_rules_and_no_numbers(visit):
    text = visit("ada").get("/care-models/transitions").text
    assert "Is at least 18 years old" in text and "/people?" not in text


def test_a_model_nobody_published_is_absent(visit):
    assert visit("noor").get("/care-models/made_up").status == 404


def test_why_in_and_why_not_with_evidence(shared, visit):
    noor = visit("noor")
    met = noor.get(f"/people/{shared.people['p7']}/why/transitions").text
    assert "Belongs to Care transitions." in met and "Left hospital Fri" in met and "Program manual, section 1" in met
    unknown = noor.get(f"/people/{shared.people['p7']}/why/steady").text
    assert "It is not known whether" in unknown and "birth date" in unknown


@pytest.mark.parametrize(
    ("phrase", "days"),
    [
        ("2 business days after ended_on", 2.8),
        ("home_hours hours after ended_at", 3.0),
        ("12 months after x", 364.8),
        ("1 day before started_on", -1.0),
        ("by visit_on", None),
        ("made_up days after x", None),
        (None, None),
        ("", None),
    ],
)
def test_deadlines_are_read_for_drawing(phrase, days):
    found = deadlines.days(phrase, care_models()[0], date(2026, 3, 17))
    assert found == (None if days is None else pytest.approx(days))


def test_the_value_in_force_is_the_last_one_dated_not_after_the_day():
    one = g.Parameter(says="x", unit="days", cites="y", values={"2026-01-01": 3, "2025-01-01": 2})
    days = [date(2024, 1, 1), date(2025, 6, 1), date(2026, 1, 1)]
    assert [deadlines.current(one, day) for day in days] == [2, 2, 3]
