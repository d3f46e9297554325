"""What an author may type, and how a mistake is answered: what is wrong, and what to write instead."""

from collections.abc import Iterator
from datetime import date

import pytest

from throughcare.definitions.expressions import Mistake, names_in, phrase
from throughcare.definitions.windows import window

from .worth import Plain, Worth


@pytest.fixture(scope="module")
def worth() -> Iterator[Worth]:
    made = Worth()
    yield made
    made.thinker.close()


@pytest.mark.parametrize(
    ("text", "teaches"),
    [
        ("x / 2 > 1", "ratio(a, b, places)"),
        ("x is null", "known(x)"),
        ("case when x = 1 then 2 end", "choose"),
        ("s like 'a%'", "in_value_set"),
        ("s || 'a'", "Keep the columns apart"),
        ("cast(x as varchar)", "Casts are not allowed"),
        ("d + 7", "days_after"),
        ("d - d", "days_between"),
        ("x = 'one'", "compares a number with a text"),
        ("s and x = 1", "true or false is wanted"),
        ("age_in_year(d, d)", "Did you mean age_in_years(birth_date, on_date)?"),
        ("now()", "now() is not a function"),
        ("days_after(s, 1)", "wants a date as day, not a text"),
        ("days_after(d)", "takes 2 values, not 1"),
        ("xx = 1", "Did you mean x?"),
        ("this.x = 1", "Write x"),
        ("other.x = 1", "person.x"),
        ("person.age > 1", 'person has no "age"'),
        ("x = 1 and", "cannot be read"),
        ("(select 1)", "not one expression"),
        ("x in (select 1)", "not allowed"),
        ("count(x) > 1", "count() is not a function"),
        ("sum(x) over () > 1", "not a"),
        ("lookup(t, x)", '"t" is not a table'),
        ("x in some_list", "not a parameter that holds a list"),
    ],
)
def test_what_is_not_allowed_teaches_what_is(worth: Worth, text: str, teaches: str) -> None:
    with pytest.raises(Mistake) as caught:
        worth(text, {"x": 1, "s": "a", "d": date(2026, 1, 1)})
    assert teaches in str(caught.value)


def test_a_name_with_two_meanings_is_a_mistake(worth: Worth) -> None:
    with pytest.raises(Mistake, match="two meanings"):
        worth("x = 1", {"x": 1}, parameters={"x": {"2020-01-01": 2}})


def test_a_parameter_of_one_kind_only(worth: Worth) -> None:
    with pytest.raises(Mistake, match="different kinds"):
        worth("x = 1", {"y": 1}, parameters={"x": {"2020-01-01": 2, "2021-01-01": "two"}})


def test_a_phrase_is_a_view_and_a_condition() -> None:
    assert phrase("contact") == ("contact", None)
    assert phrase(" contact where reached and mode = 'phone' ") == ("contact", "reached and mode = 'phone'")
    with pytest.raises(Mistake, match="is not a phrase"):
        phrase("contact with reached")


def test_the_names_an_expression_speaks_of() -> None:
    assert set(names_in("this.a > b and person.c = 'x'")) == {("this", "a"), ("", "b"), ("person", "c")}


X = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("day 0 to day 30 after x", date(2026, 3, 31), date(2026, 4, 30)),
        ("day 1 to day 7 after x", date(2026, 4, 1), date(2026, 4, 7)),
        ("day 1 to day 7 before x", date(2026, 3, 24), date(2026, 3, 30)),
        ("180 days ending the day before x", date(2025, 10, 2), date(2026, 3, 30)),
        ("7 days ending on x", date(2026, 3, 25), date(2026, 3, 31)),
        ("1 week before x", date(2026, 3, 24), date(2026, 3, 30)),
        ("1 month before x", date(2026, 2, 28), date(2026, 3, 30)),
        ("6 months before x", date(2025, 9, 30), date(2026, 3, 30)),
        ("12 months ending on x", date(2025, 4, 1), date(2026, 3, 31)),
        ("1 year before x", date(2025, 3, 31), date(2026, 3, 30)),
        ("same day as x", X, X),
        ("same month as x", date(2026, 3, 1), date(2026, 3, 31)),
        ("same year as x", date(2026, 1, 1), date(2026, 12, 31)),
        ("from x to y", X, date(2026, 5, 1)),
        ("any time up to x", date(1900, 1, 1), X),
        ("any time before x", date(1900, 1, 1), date(2026, 3, 30)),
        ("any time on or after x", X, date(2900, 1, 1)),
        ("any time after x", date(2026, 4, 1), date(2900, 1, 1)),
        ("any time", date(1900, 1, 1), date(2900, 1, 1)),
    ],
)
def test_a_window_holds_both_its_ends_and_no_day_more(worth: Worth, text: str, first: date, last: date) -> None:
    for day, inside in ((first, True), (last, True), (date.fromordinal(first.toordinal() - 1), first.year < 1901),
                        (date.fromordinal(last.toordinal() + 1), last.year > 2899)):  # fmt: skip
        assert worth.holds(text, {"x": X, "y": date(2026, 5, 1), "on_day": day}, "on_day") is inside, day


def test_a_window_of_an_unknown_day_is_unknown(worth: Worth) -> None:
    assert worth.holds("30 days before x", {"on_day": X}, "on_day", blank={"x": "date"}) is None


def test_a_wrong_window_shows_the_right_ones() -> None:
    with pytest.raises(Mistake, match="day 0 to day 30 after X"):
        window("a while before x", Plain("rows", {"x": "date"}, None))  # type: ignore[arg-type]
