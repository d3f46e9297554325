"""Verbs over numbers, orders and stretches of time: each with an answer worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from throughcare.definitions.compiled import compile_models
from throughcare.faults import WrongDefinition

from .tiny import LIBRARY, fact, model, think


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def lab(day: int | None, value: str | None, **more: Any) -> dict[str, Any]:
    given = D(value) if value is not None else None
    return {"effective_on": on(7, day) if day else None, "code": "x", "value": given, **more}


X = "observation where code = 'x'"
FOUR = [lab(1, "7.0"), lab(2, "8.5"), lab(3, "6.1"), lab(4, "9.9")]
TEN = [lab(n, str(n * 10)) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("text", "rows", "expected"),
    [
        ('mean = "X"', FOUR, D("7.875000")),  # 31.5 by four
        ('mean = "X"', FOUR[:3], D("7.200000")),  # 21.6 by three
        ('mean = "X"', [lab(1, "1"), lab(2, "1"), lab(3, "0")], D("0.666667")),
        ('mean = "X"', [], None),
        ('mean = "X"\nif_none = 0', [], D(0)),
        ('mean = "X"', [*FOUR, lab(5, None)], None),
        ('mean = "X"', [*FOUR, lab(5, "3", code=None)], None),
        ('mean = "X"\nskip_unknown = true', [*FOUR, lab(5, None), lab(5, "3", code=None)], D("7.875000")),
        ('median = "X"', FOUR, D("7.750000")),  # 6.1 7.0 8.5 9.9: half way between the two in the middle
        ('median = "X"', FOUR[:3], D("7.000000")),
        ('median = "X"', FOUR[:1], D("7.000000")),
        ('median = "X"', [], None),
        ('percentile = "X"\np = 0.9', TEN, D(90)),  # nine of ten do not exceed 90
        ('percentile = "X"\np = 0.91', TEN, D(100)),
        ('percentile = "X"\np = 0.1', TEN, D(10)),
        ('percentile = "X"\np = 1', TEN, D(100)),
        ('percentile = "X"\np = 0.5', FOUR, D("7.0")),
        ('percentile = "X"\np = 0.9', [], None),
        ('spread = "X"', FOUR, D("3.8")),
        ('spread = "X"', FOUR[:1], D(0)),
        ('spread = "X"', [], None),
        ('spread = "X"', [*FOUR, lab(5, None)], None),
        ('nth = "X"\nn = 1', FOUR, D("7.0")),
        ('nth = "X"\nn = 3', FOUR, D("6.1")),
        ('nth = "X"\nn = 5', FOUR, None),
        ('nth = "X"\nn = 5\nif_none = 0', FOUR, D(0)),
        ('nth = "X"\nn = 2', [lab(1, "1"), lab(3, "3"), lab(2, "9", code=None)], None),  # the ninth may be the second
        ('nth = "X"\nn = 2', [lab(1, "1"), lab(2, "3"), lab(2, "9", code=None)], None),  # of one day: either may be
        ('nth = "X"\nn = 2', [lab(1, "1"), lab(2, "3"), lab(3, "9", code=None)], D(3)),
        ('nth = "X"\nn = 2', [lab(1, "1"), lab(2, "3"), lab(None, "9")], None),
        ('nth = "X"\nn = 2', [lab(1, "1"), lab(9, "9", code=None)], None),  # there may be a second
        ('nth = "X"\nn = 2\nskip_unknown = true', [lab(1, "1"), lab(3, "3"), lab(2, "9", code=None)], D(3)),
    ],
)  # fmt: skip
def test_numbers_and_orders(text: str, rows: list[dict[str, Any]], expected: Any) -> None:
    assert fact(text.replace("X", X) + '\ntake = "value"', observation=rows) == expected


def test_of_two_rows_of_one_day_the_tie_says_which_is_second() -> None:
    rows = [lab(1, "1"), lab(2, "5", key="b"), lab(2, "9", key="a")]
    text = f'nth = "{X}"\nn = 2\ntake = "value"'
    assert fact(text, observation=rows) == 9  # the key decides
    assert fact(text + '\nties = "lowest value"', observation=rows) == 5


def test_days_may_be_spread_and_the_nth_is_a_day_by_default() -> None:
    assert fact(f'spread = "{X}"\ntake = "effective_on"', observation=FOUR) == 3
    assert fact(f'nth = "{X}"\nn = 2', observation=FOUR) == on(7, 2)


def work(first: tuple[int, int], last: tuple[int, int] | None, **more: Any) -> dict[str, Any]:
    """From hour and minute to hour and minute of 9 July."""
    end = datetime(2026, 7, 9, *last, tzinfo=UTC) if last else None
    return {
        "on_date": on(7, 9),
        "kind": "call",
        "start_at": datetime(2026, 7, 9, *first, tzinfo=UTC),
        "end_at": end,
        **more,
    }


MINUTES = 'minutes = "work_time where kind = \'call\'"\ntake = "start_at, end_at"\n'


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([work((9, 0), (9, 20)), work((10, 0), (10, 15))], 35),
        ([work((9, 0), (9, 20)), work((9, 10), (9, 30))], 30),  # two staff in one huddle: minutes count once
        ([work((9, 0), (10, 0)), work((9, 10), (9, 30)), work((9, 50), (10, 5))], 65),
        ([work((9, 20), (9, 40)), work((9, 0), (9, 20))], 40),  # they touch, in either order
        ([work((9, 0), (9, 20)), work((9, 0), (9, 20))], 20),
        ([work((9, 0), (9, 0))], 0),
        ([], 0),
        ([work((9, 0), (9, 20)), work((9, 30), None)], None),
        ([work((9, 0), (9, 20)), work((9, 30), (9, 10))], None),  # it ends before it begins: nobody knows
        ([work((9, 0), (9, 20)), work((9, 30), (9, 40), kind=None)], None),
        ([work((9, 0), (9, 20)), work((9, 30), (9, 40), kind="letter")], 20),
    ],
)  # fmt: skip
def test_a_minute_is_counted_once_whoever_works_in_it(rows: list[dict[str, Any]], expected: int | None) -> None:
    assert fact(MINUTES + "if_none = 0", work_time=rows) == expected


def test_minutes_lie_in_the_window_of_their_day_and_seconds_are_not_rounded_up() -> None:
    rows = [work((9, 0), (9, 20)), work((9, 30), (9, 40), on_date=on(6, 30))]
    rows.append(work((11, 0), (11, 0)) | {"end_at": datetime(2026, 7, 9, 11, 0, 59, tzinfo=UTC)})
    assert fact(MINUTES + 'window = "same month as today"\nif_none = 0', work_time=rows) == 20


GROUPED = """
[[set]]
id = "by_code"
from = "observation"
group = { by = ["code"] }
sum = [ { id = "mean_value", mean = "value" }, { id = "middle", median = "value" },
        { id = "high_mean", mean = "value", where = "value > 7.5" } ]
"""


def test_a_group_has_a_mean_and_a_middle() -> None:
    sets = GROUPED.replace("\n        {", " {")
    rows = [*FOUR, lab(1, "3", code="y"), lab(2, None, code="y"), lab(1, "1", code="z")]
    found = {r["code"]: r for r in think(model(sets), observation=rows).rows("tiny", "by_code").values()}
    assert (found["x"]["mean_value"], found["x"]["middle"], found["x"]["high_mean"]) == (
        D("7.875"),
        D("7.75"),
        D("9.2"),
    )
    assert (found["y"]["mean_value"], found["y"]["middle"]) == (None, None)
    assert (found["z"]["middle"], found["z"]["high_mean"]) == (1, None)


WRONG = [
    (f'nth = "{X}"', "nth does not say which one"),
    (f'percentile = "{X}"\ntake = "value"', "percentile does not say how many it reaches"),
    (f'percentile = "{X}"\ntake = "value"\np = 90', "percentile does not say how many it reaches"),
    (f'mean = "{X}"\ntake = "code"', '"code" is a text, but a number is wanted'),
    (f'mean = "{X}"', 'mean needs take, the column to read'),
    ('minutes = "work_time"\ntake = "start_at"', '"start_at" is not what minutes reads'),
    ('minutes = "work_time"\ntake = "on_date, end_at"', "are not two moments"),
    (f'latest = "{X}"\ntake = "value, code"', '"value, code" is not what latest reads'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), WRONG, ids=[says[:40] for _, says in WRONG])
def test_a_verb_that_lacks_something_says_what(text: str, says: str) -> None:
    with pytest.raises(WrongDefinition) as caught:
        compile_models([model(f'[[fact]]\nid = "x"\n{text}')], LIBRARY)
    assert says in str(caught.value)


HOSPITAL = {"reason": "hospital", "from_on": on(3, 3), "to_on": on(3, 5)}


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([], on(3, 8)),
        ([HOSPITAL], on(3, 11)),  # WRAP-W4: three days in hospital, both ends paused, move the day by three
        ([HOSPITAL, {"from_on": on(3, 5), "to_on": on(3, 6)}], on(3, 12)),  # the 5th is covered twice and counts once
        ([{"from_on": on(2, 1), "to_on": on(3, 1)}], on(3, 8)),  # over before the first day
        ([{"from_on": on(2, 1), "to_on": on(3, 2)}], on(3, 9)),
        ([{"from_on": on(3, 9), "to_on": on(3, 20)}], on(3, 8)),  # begins after the day is reached
        ([{"from_on": on(3, 8), "to_on": on(3, 8)}], on(3, 9)),
        ([{"from_on": on(3, 3)}], None),  # still open, and it began before the day was reached
        ([{"from_on": on(3, 9)}], on(3, 8)),
        ([{"to_on": on(3, 9)}], on(3, 8)),
    ],
)  # fmt: skip
def test_days_without_pauses_are_counted_one_by_one(pauses: list[dict[str, Any]], expected: date | None) -> None:
    """Seven days after 1 March, for the person and for a row of theirs."""
    sets = """
[[fact]]
id = "due"
value = "unpaused_days_after(started, days)"
[[fact]]
id = "started"
lowest = "encounter"
take = "started_on"
[[set]]
id = "stays"
from = "encounter"
[[fact]]
on = "stays"
id = "due_too"
value = "unpaused_days_after(started_on, days)"
[[set]]
id = "late"
from = "encounter where unpaused_days_after(started_on, days) < today"
"""
    answers = think(model(sets, days=7), encounter=[{"started_on": on(3, 1)}], pause=pauses)
    (stay,) = answers.rows("tiny", "stays").values()
    assert (answers.rows("tiny", "person")["Patient/1"]["due"], stay["due_too"]) == (expected, expected)
    assert len(answers.rows("tiny", "late")) == (expected is not None)


def test_what_is_no_persons_is_never_paused() -> None:
    sets = '[[set]]\nid = "x"\nfrom = "organization"\nalso = { y = "unpaused_days_after(asked_on, days)" }'
    with pytest.raises(WrongDefinition, match="means nothing here"):
        compile_models([model(sets, days=7)], LIBRARY)
