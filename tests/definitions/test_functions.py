"""The closed set of functions, each against values worked out by hand or given by a regulation."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from throughcare.definitions import calendar
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.functions import FUNCTIONS
from throughcare.definitions.grammar import Table, ValueSet

from .tiny import model, think
from .worth import Worth


@pytest.fixture(scope="module")
def worth() -> Iterator[Worth]:
    made = Worth()
    yield made
    made.thinker.close()


DAYS = [
    ("days_after(d, 7)", date(2026, 7, 2), date(2026, 7, 9)),  # T-TCM-1: the discharge is day 0
    ("days_after(d, 14)", date(2026, 7, 2), date(2026, 7, 16)),
    ("last_day_of_period(d, 30)", date(2026, 7, 2), date(2026, 7, 31)),  # K4: the discharge is day 1
    ("last_day_of_period(d, 30)", date(2026, 5, 4), date(2026, 6, 2)),
    ("days_before(d, 1)", date(2026, 3, 1), date(2026, 2, 28)),
    ("business_days_after(d, 2)", date(2026, 7, 2), date(2026, 7, 7)),  # the 4th is a Saturday, observed on Friday
    ("business_days_after(d, 1)", date(2026, 7, 3), date(2026, 7, 6)),
    ("business_days_after(d, 2)", date(2026, 6, 1), date(2026, 6, 3)),
    ("business_days_after(d, 1)", date(2026, 12, 24), date(2026, 12, 28)),
    ("business_days_after(d, 2)", date(2026, 11, 25), date(2026, 11, 30)),  # Thanksgiving, then the Friday counts
    ("business_days_after(d, 10)", date(2026, 6, 12), date(2026, 6, 29)),  # Juneteenth lies between
    ("months_after(d, 1)", date(2026, 1, 31), date(2026, 2, 28)),
    ("months_after(d, 1)", date(2024, 1, 31), date(2024, 2, 29)),
    ("months_after(d, 6)", date(2026, 2, 15), date(2026, 8, 15)),
    ("months_before(d, 1)", date(2026, 3, 31), date(2026, 2, 28)),
    ("first_of_month(d)", date(2026, 2, 28), date(2026, 2, 1)),
    ("end_of_month(d)", date(2028, 2, 3), date(2028, 2, 29)),
    ("first_of_next_month(d)", date(2026, 12, 31), date(2027, 1, 1)),
    ("quarter_of(d)", date(2026, 7, 9), 3),
    ("age_in_days(d, today)", date(2026, 7, 2), 7),
    ("weeks_between(d, today)", date(2026, 6, 26), 1),
    ("gestational_days(d, today)", date(2026, 7, 9), 280),
    ("window_number(today, d, 30)", date(2026, 6, 9), 2),  # the 31st day opens the second window
    ("window_number(today, d, 30)", date(2026, 6, 10), 1),
    ("months_between(d, today)", date(2026, 4, 9), 3),
    ("months_between(d, today)", date(2026, 4, 10), 2),  # the third month is full tomorrow
    ("months_between(d, today)", date(2026, 8, 9), -1),
    ("months_between(d, today)", date(2026, 7, 10), -1),
    ("months_between(d, date '2026-02-28')", date(2026, 1, 31), 1),  # as months_after says: 31 January + 1
    ("months_between(d, date '2026-02-27')", date(2026, 1, 31), 0),
    ("year_of(d)", date(2026, 12, 31), 2026),
    ("month_of(d)", date(2026, 12, 31), 12),
    ("weekday_of(d)", date(2026, 7, 6), 1),  # a Monday
    ("weekday_of(d)", date(2026, 7, 12), 7),
]


@pytest.mark.parametrize(("text", "day", "expected"), DAYS)
def test_days(worth: Worth, text: str, day: date, expected: Any) -> None:
    assert worth(text, {"d": day}) == expected


@pytest.mark.parametrize("text", sorted({text for text, _, _ in DAYS}))
def test_an_unknown_day_gives_unknown(worth: Worth, text: str) -> None:
    assert worth(text, blank={"d": "date"}) is None


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(1971, 7, 10), date(2026, 7, 9), 54),  # PACE begins at 55: the day before is not enough
        (date(1971, 7, 9), date(2026, 7, 9), 55),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 7, 9), date(2026, 7, 9), 0),
    ],
)
def test_age_counts_completed_birthdays(worth: Worth, birth: date, on: date, age: int) -> None:
    assert worth("age_in_years(b, d)", {"b": birth, "d": on}) == age
    assert worth("age_in_years(b, d)", {"d": on}, blank={"b": "date"}) is None


def test_hours_are_elapsed_time_across_the_change_of_the_clock(worth: Worth) -> None:
    before = datetime(2026, 3, 7, 17, 0, tzinfo=UTC)  # noon in New York, the day before summer time
    assert worth("hours_after(t, 72)", {"t": before}) == before + timedelta(hours=72)


def test_a_day_where_hours_are_counted_begins_at_local_midnight(worth: Worth) -> None:
    assert worth("hours_after(d, 24)", {"d": date(2026, 7, 2)}) == datetime(2026, 7, 3, 4, 0, tzinfo=UTC)


def test_a_moment_where_a_day_is_wanted_is_read_in_the_persons_zone(worth: Worth) -> None:
    late = datetime(2026, 7, 3, 2, 30, tzinfo=UTC)
    assert worth("days_after(t, 0)", {"t": late}) == date(2026, 7, 2)
    assert worth("days_after(t, 0)", {"t": late}, zone="Europe/Paris") == date(2026, 7, 3)


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("smaller(a, b)", {"a": 2, "b": 3}, 2),
        ("larger(a, b)", {"a": 2, "b": 3}, 3),
        ("clamp(a, 0, 10)", {"a": 12}, 10),
        ("clamp(a, 0, 10)", {"a": -1}, 0),
        ("whole_units(a, 20)", {"a": 39}, 1),
        ("whole_units(a - 20, 20)", {"a": 19}, 0),  # never below nought
        ("ratio(a, b, 2)", {"a": 1, "b": 3}, D("0.33")),
        ("ratio(a, b, 2)", {"a": 2, "b": 3}, D("0.67")),
        ("ratio(a, b, 4)", {"a": D("388000"), "b": D("400000")}, D("0.97")),
        ("ratio(a, b, 1)", {"a": -1, "b": 20}, D("-0.1")),  # half away from nought
        ("ratio(a, b, 2)", {"a": 1, "b": 0}, None),
        ("round_half_up(a, 2)", {"a": D("1.005")}, D("1.01")),
        ("round_half_up(a, 0)", {"a": D("-2.5")}, D("-3")),
        ("a * b", {"a": D("1300.50"), "b": 2}, D("2601")),
        ("overlap_days(s, e, d, today)", {"s": date(2026, 7, 1), "e": date(2026, 7, 5), "d": date(2026, 7, 3)}, 3),
        ("overlap_days(s, e, d, today)", {"s": date(2026, 7, 1), "e": date(2026, 7, 2), "d": date(2026, 7, 3)}, 0),
    ],
)
def test_numbers(worth: Worth, text: str, row: dict[str, Any], expected: Any) -> None:
    assert worth(text, row) == expected


@pytest.mark.parametrize("call", ["smaller(a, b)", "larger(a, b)", "smaller(b, a)", "clamp(a, b, 9)", "ratio(a, b, 2)"])
def test_a_missing_side_is_unknown_and_never_skipped(worth: Worth, call: str) -> None:
    assert worth(call, {"a": 2}, blank={"b": "integer"}) is None


def test_an_end_that_has_not_come_is_no_end(worth: Worth) -> None:
    row = {"s": date(2026, 7, 1), "d": date(2026, 7, 3)}
    assert worth("overlap_days(s, e, d, today)", row, blank={"e": "date"}) == 7
    assert worth("overlap_days(s, e, d, e)", row, blank={"e": "date"}) is None


@pytest.mark.parametrize(
    ("word", "words", "expected"),
    [("es", "en,es", True), ("en", "en, es", True), ("es", "en", False), ("e", "en,es", False), ("es", "es-MX", False)],
)
def test_a_word_among_words_joined_with_commas(worth: Worth, word: str, words: str, expected: bool) -> None:
    assert worth("listed_in(w, ws)", {"w": word, "ws": words}) is expected
    assert worth("listed_in(w, ws)", {"w": word}, blank={"ws": "text"}) is None
    assert worth("listed_in(w, ws)", {"ws": words}, blank={"w": "text"}) is None


T, F, U = "x = 1", "x = 2", "u = 1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"at_least(2, {T}, {T}, {U})", True),
        (f"at_least(2, {T}, {F}, {U})", None),
        (f"at_least(2, {F}, {F}, {U})", False),
        (f"at_least(1, {U}, {F})", None),
        (f"({F}) and ({U})", False),
        (f"({T}) and ({U})", None),
        (f"({T}) or ({U})", True),
        (f"({F}) or ({U})", None),
        (f"not ({U})", None),
        ("known(u)", False),
        ("known(x)", True),
        (f"is_true({U})", False),
        ("u in (1, 2)", None),
        ("x not in (1, 2)", False),
        ("x between 1 and u", None),
        ("x between 2 and u", False),
    ],
)
def test_three_values(worth: Worth, text: str, expected: Any) -> None:
    assert worth(text, {"x": 1}, blank={"u": "integer"}) is expected


def test_the_first_that_is_known(worth: Worth) -> None:
    assert worth("first_known(u, x)", {"x": 1}, blank={"u": "integer"}) == 1


LENGTH = Table(id="days", kind="band", rows=[[0, 0], [1, 1], [2, 2], [3, 3], [4, 4], [7, 5], [14, 7]])


@pytest.mark.parametrize(("days", "points"), [(0, 0), (1, 1), (6, 4), (7, 5), (13, 5), (14, 7), (99, 7), (-1, None)])
def test_a_band_gives_the_highest_row_not_above(worth: Worth, days: int, points: int | None) -> None:
    assert worth("lookup(days, x)", {"x": days}, tables=[LENGTH]) == points


def test_an_exact_table_is_unknown_outside_its_rows(worth: Worth) -> None:
    grid = Table(id="checks", kind="exact", rows=[["G1", "A1", 1], ["G3", "A3", 3]])
    assert worth("lookup(checks, g, a)", {"g": "G3", "a": "A3"}, tables=[grid]) == 3
    assert worth("lookup(checks, g, a)", {"g": "G3", "a": "A1"}, tables=[grid]) is None


ICD, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
HEART = ValueSet(id="heart", codes={"icd10cm": ["I50*", "I11.0"], "snomed": ["84114007"]})


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICD, "I50.9", True),
        (ICD, "I509", True),
        (ICD, "i50", True),
        (ICD, "I11.0", True),
        (ICD, "I110", True),
        (ICD, "I11.9", False),
        (ICD, "I5", False),
        (SNOMED, "84114007", True),
        (ICD, "84114007", False),
        ("snomed", "84114007", True),
        (SNOMED, "841140070", False),
    ],
)
def test_codes_are_in_their_sets(worth: Worth, system: str, code: str, expected: bool) -> None:
    row = {"system": system, "code": code}
    assert worth("in_value_set(code, heart)", row, value_sets={"heart": HEART}) is expected


def test_a_missing_code_is_unknown(worth: Worth) -> None:
    sets = {"heart": HEART}
    assert worth("in_value_set(code, heart)", {"system": ICD}, blank={"code": "text"}, value_sets=sets) is None


def test_what_a_set_excludes_is_not_in_it(worth: Worth) -> None:
    some = {"some": ValueSet(id="some", codes={"icd10cm": ["E08*"]}, excludes={"icd10cm": ["E08.4*"]})}
    assert worth("in_value_set(code, some)", {"system": ICD, "code": "E08.42"}, value_sets=some) is False
    assert worth("in_value_set(code, some)", {"system": ICD, "code": "E08.3"}, value_sets=some) is True


RATE = {"rate": {"2025-01-01": 10, "2026-01-01": 12}}


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2026, 1, 1), 12), (date(2025, 12, 31), 10), (date(2024, 12, 31), None)]
)
def test_a_parameter_is_read_on_the_rows_own_date(worth: Worth, day: date, expected: int | None) -> None:
    assert worth("rate + 0", {"d": day}, parameters=RATE, day="d") == expected


def test_a_list_parameter_answers_in(worth: Worth) -> None:
    listed = {"gone": {"2020-01-01": ["20", "07"]}}
    assert worth("x not in gone", {"x": "01"}, parameters=listed) is True
    assert worth("x in gone", {"x": "20"}, parameters=listed) is True
    assert worth("x in gone", blank={"x": "text"}, parameters=listed) is None


def test_a_state_may_have_days_of_its_own(worth: Worth) -> None:
    """Michigan keeps the day after Thanksgiving."""
    thanksgiving = {"d": date(2026, 11, 25)}
    assert worth("business_days_after(d, 1)", thanksgiving) == date(2026, 11, 27)
    assert worth("business_days_after(d, 1)", thanksgiving, calendar_name="US-MI") == date(2026, 11, 30)


@pytest.mark.parametrize("name", ["US", "US-MI"])
def test_business_days_agree_with_counting_them_one_by_one(worth: Worth, name: str) -> None:
    for start in (date(2019, 12, 20), date(2026, 7, 1), date(2033, 11, 22), date(2058, 12, 20)):
        day, left = start, 12
        while left:
            day += timedelta(days=1)
            left -= calendar.is_business_day(day, name)
        assert worth("business_days_after(d, 12)", {"d": start}, calendar_name=name) == day


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_has_a_sentence(name: str) -> None:
    assert FUNCTIONS[name].says.endswith(".")


@pytest.mark.parametrize(
    "text", ["ratio(1, 2)", "at_least(2)", "lookup(nothing, 1)", "in_value_set(c, nothing)", "known()"]
)
def test_a_wrong_call_is_refused_in_words(worth: Worth, text: str) -> None:
    with pytest.raises(Mistake):
        worth(text, {"c": "x"})


@pytest.mark.parametrize(("x", "expected"), [(D("-3.5"), D("3.5")), (D(0), D(0)), (D("2.1"), D("2.1"))])
def test_a_number_without_its_sign(worth: Worth, x: D, expected: D) -> None:
    assert worth("absolute(x)", {"x": x}) == expected


def test_minutes_between_moments_are_whole_ones(worth: Worth) -> None:
    start = datetime(2026, 7, 9, 9, 0, tzinfo=UTC)
    for seconds, minutes in ((0, 0), (59, 0), (60, 1), (3599, 59), (-1, -1)):
        assert worth("minutes_between(a, b)", {"a": start, "b": start + timedelta(seconds=seconds)}) == minutes
    assert worth("minutes_between(a, b)", {"a": start}, blank={"b": "timestamp"}) is None


def test_a_lottery_is_drawn_once_and_can_be_drawn_again(worth: Worth) -> None:
    """The first twelve hexadecimal digits of md5("2026-spring|Patient/1"): any engine draws the same."""
    assert worth("lottery(s, i)", {"s": "2026-spring", "i": "Patient/1"}) == 254_671_908_810_444
    drawn = {worth("lottery(s, i)", {"s": seed, "i": f"Patient/{n}"}) for seed in ("a", "b") for n in range(20)}
    assert len(drawn) == 40
    assert worth("lottery(s, i)", {"s": "a"}, blank={"i": "text"}) is None


SCORES = [
    ("power(two, ten)", D("1024")),
    ("power(two, -ten)", D("0.000977")),
    ("power(0, two)", D(0)),
    ("power(0, -two)", None),
    ("power(-two, ten)", D("1024")),
    ("power(-two, half)", None),
    ("exp(0)", D(1)),
    ("exp(1)", D("2.718282")),
    ("exp(ten * ten)", None),  # it does not fit; unknown, and no wrong number
    ("ln(1)", D(0)),
    ("ln(ten)", D("2.302585")),
    ("ln(0)", None),
    ("ln(-two)", None),
    ("sqrt(two)", D("1.414214")),
    ("sqrt(-two)", None),
]


@pytest.mark.parametrize(("text", "expected"), SCORES)
def test_scores_may_use_what_is_not_exact(text: str, expected: D | None) -> None:
    sets = f'[[fact]]\nid = "x"\nkind = "score"\nvalue = "{text}"'
    numbers = {"two": 2, "ten": 10, "half": D("0.5")}
    assert think(model(sets, **numbers)).rows("tiny", "person")["Patient/1"]["x"] == expected


def test_kidney_function_by_the_equation_of_2021() -> None:
    """CKD-EPI 2021: a man of 50 with a creatinine of 1.0 mg/dL has 92; 142 * 1.1111^-1.2 * 0.9938^50."""
    sets = (
        '[[fact]]\nid = "x"\nkind = "score"\n'
        'value = "round_half_up(factor * power(ratio(creatinine, kappa, 6), low) * power(yearly, age), 0)"'
    )
    numbers = {"factor": 142, "creatinine": D("1.0"), "kappa": D("0.9"), "low": D("-1.2"), "yearly": D("0.9938"),
               "age": 50}  # fmt: skip
    assert think(model(sets, **numbers)).rows("tiny", "person")["Patient/1"]["x"] == 92


@pytest.mark.parametrize("text", ["power(a, a)", "exp(a)", "ln(a)", "sqrt(a)"])
def test_elsewhere_powers_are_refused(worth: Worth, text: str) -> None:
    with pytest.raises(Mistake, match="is for scores alone"):
        worth(text, {"a": D(2)})
