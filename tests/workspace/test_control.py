"""A measure's page draws its months between limits and says in words whether anything changed."""

from datetime import date

import pytest

from throughcare.definitions.grammar import Measure
from throughcare.measure.control import Month
from throughcare.workspace import control_chart

from .conftest import signed_in

PAGE = "/measures/transitions/transitions/seen"
STEADY = [(20, 40), (18, 40)] * 6


def months(town, told=(*STEADY, *[(34, 40)] * 8), *, first: int = 2024 * 12, stratum: str = "") -> None:
    """Scores of months from January 2024 on, each as (numerator, counted), beside the year's that the town has."""
    with town.site.database.connection() as connection:
        for nth, (numerator, counted) in enumerate(told):
            year, month = divmod(first + nth, 12)
            start = date(year, month + 1, 1)
            following = date(*divmod(first + nth + 1, 12)[:1], (first + nth + 1) % 12 + 1, 1)
            connection.execute(
                "insert into think.score values ('transitions', 'transitions', 'seen', %s, %s, %s, %s, %s, 0, 0, %s, 0,"
                " %s, now())",
                [start, date.fromordinal(following.toordinal() - 1), stratum, counted, counted, numerator,
                 round(100 * numerator / counted, 2)],
            )  # fmt: skip


def test_a_change_that_lasts_is_told_with_its_month(town):
    months(town)
    text = signed_in(town)("noor").get(PAGE).text
    assert "<h2>Higher since Jan 2025, more than chance explains.</h2>" in text
    assert "Centre: 47.5%." in text, "38 of 80 in each two of the first twelve months"
    # 0.475 plus and minus 3 sqrt(0.475 * 0.525 / 40)
    assert text.count("23.8%") > 8 and text.count("71.2%") > 8
    assert text.count("Beyond a limit") == 8 and text.count('<path class="nd"') == 8


def test_the_year_stays_the_number_of_the_page(town):
    months(town)
    text = signed_in(town)("noor").get(PAGE).text
    assert "<b>75%</b>" in text and "2026-01-01 to 2026-12-31" in text
    assert "<b>75%</b>" in signed_in(town)("noor").get("/measures").text


def test_without_a_change_the_page_says_so(town):
    months(town, [*STEADY, (19, 40)])
    text = signed_in(town)("noor").get(PAGE).text
    assert "No real change in 13 months." in text and '<path class="nd"' not in text


def test_months_of_few_people_and_groups_are_not_drawn(town):
    months(town, [*[(5, 10)] * 12, *[(20, 40)] * 3])
    months(town, [(20, 40)] * 20, stratum="language=en")
    text = signed_in(town)("noor").get(PAGE).text
    assert "Too early for a chart: 3 months are told, 8 are needed." in text


def test_without_months_nothing_is_drawn(visit):
    assert "control" not in visit("noor").get(PAGE).text.partition("<main")[2]
    assert "Too early" not in visit("noor").get(PAGE).text


@pytest.mark.parametrize(
    ("score", "kind"),
    [("share", "shares"), ("rate_per(1000, visits, 1)", "rates"), ("rate_per(100, stays, person_years)", "individuals"),
     ("mean(days)", "individuals"), ("ratio_of(kept, slots)", "individuals")],
)  # fmt: skip
def test_each_kind_of_score_has_the_chart_that_fits(score, kind):
    """Exposure is kept only where it is the rows that are counted."""
    measure = Measure(id="m", says="", numerator="true", cites="", score=score)
    told = [Month(date(2024, n, 1), 0.5, 40) for n in range(1, 10)]
    found, chart = control_chart._chart(measure, told)
    assert found == kind and chart is not None
    assert (chart.points[0].high_limit > 0.5) is (kind != "individuals")
