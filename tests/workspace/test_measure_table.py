"""A measure's numbers can be taken along: the year, its groups and its months, with nothing a spreadsheet would run."""

import csv
import io

import pytest

from throughcare.workspace.measure_table import _plain

from .conftest import signed_in
from .test_control import months
from .test_feeds import feeding as feeding

PAGE = "/measures/transitions/transitions/seen"


def table(answer) -> list[dict[str, str]]:
    assert answer.status == 200 and answer.header("content-type") == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_year_whole_and_by_group_and_a_group_of_few_is_empty(visit):
    noor = visit("noor")
    assert f'href="{PAGE}/table.csv"' in noor.get(PAGE).text
    answer = noor.get(f"{PAGE}/table.csv")
    assert answer.header("content-disposition") == 'attachment; filename="transitions-seen.csv"'
    whole, many, few = table(answer)
    assert (whole["start"], whole["end"], whole["group"]) == ("2026-01-01", "2026-12-31", "")
    assert (whole["score"], whole["numerator"], whole["counted"], whole["target"]) == ("75", "30", "40", "90")
    assert (many["group"], many["value"], many["score"]) == ("language", "en", "80.56")
    assert (few["value"], few["score"], few["numerator"], few["counted"]) == ("vi", "", "", "")
    assert whole["silent_sources"] == ""


def test_months_stand_below_the_year_and_those_of_few_are_left_out(town):
    months(town, [(20, 40), (5, 10), (18, 40)])
    rows = table(signed_in(town)("noor").get(f"{PAGE}/table.csv"))[3:]
    assert [(r["start"], r["end"], r["score"], r["counted"]) for r in rows] == [
        ("2024-01-01", "2024-01-31", "50", "40"),
        ("2024-03-01", "2024-03-31", "45", "40"),
    ]


def test_each_row_names_the_sources_that_are_silent(feeding):
    rows = table(signed_in(feeding)("noor").get(f"{PAGE}/table.csv"))
    assert {r["silent_sources"] for r in rows} == {"st_marys since 2026-03-13T12:40:00+00:00"}


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@a", "\t=1", "-"])
def test_a_word_of_the_data_is_never_a_formula(text):
    assert _plain(text) == "'" + text


@pytest.mark.parametrize("value", ["-3", "-3.25", "12", 7, "", "75 and more"])
def test_numbers_and_words_stay_as_they_are(value):
    assert _plain(value) == str(value)


def test_a_measure_that_nobody_defines_has_no_table(visit):
    assert visit("noor").get("/measures/transitions/transitions/made_up/table.csv").status == 404
