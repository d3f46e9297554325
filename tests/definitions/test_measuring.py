"""What measures mean: each row in its place, and the places added up, with values worked out by hand."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from throughcare.definitions.compiled.measuring import Score, score
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.grammar import Measure
from throughcare.definitions.scores import added, place

from .tiny import model, think

STAYS = """[[set]]
id = "stays"
says = "Stays that ended"
from = "encounter where class = 'inpatient'"
"""
FOLLOWED = """[[fact]]
on = "stays"
id = "called"
exists = "contact where activity = 'call' and reached"
window = "day 0 to day 7 after ended_on"
if_none = false
"""


def measure(**columns: str) -> str:
    lines = ['[[measure]]\nid = "m"\non = "stays"', *(f'{name} = "{text}"' for name, text in columns.items())]
    return "\n".join(lines)


def rows(columns: dict[str, str], **tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return think(model(STAYS + FOLLOWED, measures=measure(**columns)), **tables).measure_row.to_pylist()


def stay(ended: date | None, class_: str = "inpatient") -> dict[str, Any]:
    return {"class": class_, "started_on": date(2026, 6, 1), "ended_on": ended}


def call(day: date, reached: bool | None = True) -> dict[str, Any]:
    return {"activity": "call", "on_date": day, "reached": reached}


def test_the_row_of_a_measure_is_a_row_of_its_set() -> None:
    stays = [stay(date(2026, 6, 5)), stay(date(2026, 6, 20)), stay(date(2026, 6, 5), "emergency")]
    found = rows({"numerator": "called"}, encounter=stays, contact=[call(date(2026, 6, 12))])
    assert {r["row_key"]: r["numerator"] for r in found} == {"encounter/1": True, "encounter/2": False}
    assert {r["person_id"] for r in found} == {1}


def test_whoever_is_surely_outside_the_population_gives_no_row_and_who_may_be_inside_does() -> None:
    stays = [stay(date(2026, 6, 5)), stay(date(2026, 7, 20)), stay(None)]
    found = rows({"numerator": "called", "population": "ended_on <= today"}, encounter=stays)
    assert {r["row_key"]: r["population"] for r in found} == {"encounter/1": True, "encounter/3": None}


def test_what_is_shown_beside_a_row_is_named_by_the_author() -> None:
    made = model(STAYS + FOLLOWED, measures=measure(numerator="called") + '\nproof = ["ended_on", "called"]')
    (row,) = think(made, encounter=[stay(date(2026, 6, 5))]).measure_row.to_pylist()
    assert row["proof"] == '{"ended_on":"2026-06-05","called":false}'


def test_a_fact_of_the_set_it_comes_from_may_tell_a_measure_apart() -> None:
    ended = """[[set]]
id = "ended"
from = "stays where known(ended_on)"
"""
    apart = measure(numerator="true").replace('on = "stays"', 'on = "ended"') + '\nstrata = ["called"]'
    (row,) = think(
        model(STAYS + FOLLOWED + ended, measures=apart), encounter=[stay(date(2026, 6, 5))]
    ).measure_row.to_pylist()
    assert row["strata"] == '{"called":false}'


T, F, U = True, False, None


@pytest.mark.parametrize(
    ("population", "denominator", "exclusion", "numerator", "exception", "where"),
    [
        (F, T, F, T, F, "outside"),
        (T, F, T, T, F, "population"),
        (T, T, T, T, F, "exclusion"),
        (T, T, F, T, T, "numerator"),  # an exception is taken only of those who did not reach the numerator
        (T, T, F, F, T, "exception"),
        (T, T, F, F, F, "denominator"),
        (U, T, F, T, F, "cannot_tell"),
        (T, U, F, T, F, "cannot_tell"),
        (T, T, U, T, F, "cannot_tell"),
        (T, T, F, U, F, "cannot_tell"),
        (T, T, F, F, U, "cannot_tell"),
        (F, U, U, U, U, "outside"),
    ],
)
def test_each_row_stands_in_one_place(
    population: Any, denominator: Any, exclusion: Any, numerator: Any, exception: Any, where: str
) -> None:
    row = {"population": population, "denominator": denominator, "exclusion": exclusion, "numerator": numerator,
           "exception": exception}  # fmt: skip
    assert place(row) == where


def counted(numerator: bool, **more: Any) -> dict[str, Any]:
    plain = {"population": T, "denominator": T, "exclusion": F, "exception": F, "value": None, "exposure": None}
    return plain | {"numerator": numerator} | more


def test_three_readmissions_of_eight_stays_are_37_and_a_half_percent() -> None:
    found = added(Measure(id="m"), [counted(n < 3) for n in range(8)])
    assert (found.denominator, found.numerator, found.score) == (8, 3, D("37.50"))


def test_a_death_leaves_the_denominator() -> None:
    """48 of 54 kept their home, one more died: 88.89 percent."""
    stayed = [counted(n < 48) for n in range(54)]
    assert added(Measure(id="m"), [*stayed, counted(F, exclusion=T)]).score == D("88.89")


@pytest.mark.parametrize(
    ("how", "amounts", "expected"),
    [
        ("mean(nights)", ["10", "45", "120", "200"], "93.75"),
        ("median(nights)", ["10", "45", "120", "200"], "82.50"),
        ("sum(nights)", ["1.005", "2"], "3.01"),
    ],
)
def test_amounts_are_added_up(how: str, amounts: list[str], expected: str) -> None:
    assert added(Measure(id="m", score=how), [counted(T, value=D(a)) for a in amounts]).score == D(expected)


def test_a_rate_counts_per_so_much_exposure() -> None:
    """3 falls in 1,234 days are 2.43 for a thousand."""
    days = [counted(n < 3, exposure=D(1234) if n == 0 else D(0)) for n in range(10)]
    assert added(Measure(id="m", score="rate_per(1000, days)"), days).score == D("2.43")
    falls = [counted(T, value=D(3), exposure=D(1234))]
    assert added(Measure(id="m", score="rate_per(1000, falls, days)"), falls).score == D("2.43")


def test_nobody_in_the_denominator_is_no_score() -> None:
    assert added(Measure(id="m"), []).score is None
    assert added(Measure(id="m", score="ratio_of(a, b)"), [counted(T, value=D(1), exposure=D(0))]).score is None


def test_a_score_is_read_as_a_call() -> None:
    assert score("share") == Score("share")
    assert score("rate_per(1000, member_months)") == Score("rate_per", 1000, "", "member_months")
    for text in ("shares", "mean", "ratio_of(a)", "rate_per(1000)"):
        with pytest.raises(Mistake):
            score(text)
