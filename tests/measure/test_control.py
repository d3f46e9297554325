"""Control charts against worked examples that others published, and the two signals one by one."""

from datetime import date

import pytest

from throughcare.measure import control
from throughcare.measure.control import Month, individuals, rates, shares

# NIST/SEMATECH e-Handbook 6.3.3.2: misregistered chips of 50 on each of 30 wafers; p = .2313.
WAFERS = (
    .24, .30, .16, .20, .08, .14, .32, .18, .28, .20, .10, .12, .34, .24, .44,
    .16, .20, .10, .26, .22, .40, .36, .48, .30, .18, .24, .14, .26, .18, .12,
)  # fmt: skip
# NIST/SEMATECH e-Handbook 6.3.2.2: flow rates of ten batches; limits 45.8159 and 55.8041, in control.
FLOW = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)


def months(scores, counted: int = 0) -> list[Month]:
    return [Month(date(2020 + n // 12, n % 12 + 1, 1), score, counted) for n, score in enumerate(scores)]


def test_a_share_as_nist_works_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "BASELINE", 30)
    chart = shares(months(WAFERS, 50))
    assert chart
    assert round(chart.centre, 4) == 0.2313
    assert {(round(p.low, 4), round(p.high_limit, 4)) for p in chart.points} == {(0.0524, 0.4102)}
    assert [round(p.month.score, 2) for p in chart.beyond] == [0.44, 0.48]


def test_a_rate_has_limits_from_the_formula_of_the_u_chart() -> None:
    """NIST/SEMATECH e-Handbook 6.3.3.1: u plus and minus 3 sqrt(u / n); the figures are worked out from that by hand.

    16 events per 100 in months of 100 have limits 16 - 3 * 4 and 16 + 3 * 4; in a month of 25, n is a quarter.
    """
    late = [Month(date(2021, 1, 1), 29.0, 100), Month(date(2021, 2, 1), 29.0, 25)]
    chart = rates([*months([15.0, 17.0] * 6, 100), *late], 100)
    assert chart and chart.centre == 16.0
    assert [(p.low, p.high_limit) for p in chart.points[:13]] == [(4.0, 28.0)] * 13
    assert (chart.points[13].low, chart.points[13].high_limit) == (0.0, 40.0), "no rate lies below nought"
    assert [p.month.first for p in chart.beyond] == [date(2021, 1, 1)], "29 of 100 is more than chance, of 25 it is not"


def test_the_centre_of_a_rate_weighs_months_by_what_was_counted_and_the_unit_changes_no_signal() -> None:
    some = [*months([10.0] * 6, 300), *months([20.0] * 6, 100), Month(date(2022, 1, 1), 40.0, 100)]
    chart, finer = rates(some, 100), rates([Month(m.first, m.score * 10, m.counted) for m in some], 1000)
    assert chart and finer
    assert chart.centre == 12.5 and finer.centre == 125.0
    assert [p.signal for p in chart.points] == [p.signal for p in finer.points]
    assert finer.points[0].high_limit == pytest.approx(10 * chart.points[0].high_limit)
    assert rates(months([1.0] * 7, 100), 100) is None


def test_single_values_as_nist_works_them_out() -> None:
    chart = individuals(months(FLOW))
    assert chart
    assert round(chart.centre, 2) == 50.81
    assert {(round(p.low, 4), round(p.high_limit, 4)) for p in chart.points} == {(45.8159, 55.8041)}
    assert not chart.beyond
    assert chart.since is None


def test_eight_in_a_row_on_one_side_are_a_change_and_seven_are_not() -> None:
    steady = [0.5, 0.4] * 6
    seven, eight = (shares(months([*steady, *[0.5] * n], 40)) for n in (7, 8))
    assert seven and eight
    assert (seven.since, seven.beyond) == (None, [])
    assert eight.since and (eight.since.month.first, eight.since.high) == (date(2021, 1, 1), True)


def test_a_month_on_the_centre_neither_adds_to_a_row_nor_ends_it() -> None:
    chart = individuals(months([1.0, 3.0] * 6 + [3.0, 2.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0]))
    assert chart and chart.since and chart.since.month.first == date(2020, 12, 1)
    assert [p.month.score for p in chart.points if p.signal == "run"] == [3.0] * 8


def test_limits_come_from_the_first_twelve_months_and_stay() -> None:
    before, after = shares(months([0.5] * 12, 100)), shares(months([0.5] * 12 + [0.9] * 6, 100))
    assert before and after
    assert (before.centre, before.points[0]) == (after.centre, after.points[0])
    assert len(after.beyond) == 6


def test_a_month_of_few_has_wider_limits_and_a_share_never_leaves_its_scale() -> None:
    chart = shares([*months([0.9] * 11, 400), Month(date(2021, 1, 1), 0.75, 12)])
    assert chart
    assert not chart.beyond, "9 of 12 is no wonder where 9 of 10 is usual"
    assert chart.points[-1].high_limit == 1.0
    assert chart.points[-1].low < chart.points[0].low


def test_a_few_months_say_nothing_yet() -> None:
    assert shares(months([0.5] * 7, 40)) is None
    assert shares(months([0.5] * 7, 40) + months([0.0] * 5, 0)) is None, "a month in which nobody counted is none"
    assert individuals(months([2.0] * 7)) is None
