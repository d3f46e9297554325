"""Partial dates, instants and the days they stand for."""

from datetime import UTC, date, datetime

import pytest

from throughcare.fhir import dates

DETROIT = "America/Detroit"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "year"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "month"),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28), "month"),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29), "day"),
        ("2024-03-01T23:30:00-05:00", date(2024, 3, 1), date(2024, 3, 1), "time"),
    ],
)
def test_a_partial_date_stands_for_all_its_days(text: str, first: date, last: date, precision: str) -> None:
    assert (dates.first_day(text), dates.last_day(text), dates.precision(text)) == (first, last, precision)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2024-02-30",
        "2100-02-29",
        "2024-13",
        "2024-00",
        "0000",
        "24",
        "",
        "2024-1-1",
        "2024-01-01 ",
        "soon",
    ],
)
def test_what_no_calendar_has_is_no_date(text: str) -> None:
    assert dates.first_day(text) is dates.last_day(text) is dates.precision(text) is None
    assert dates.instant(text, DETROIT) is dates.local_date(text, DETROIT) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-07-01T09:00:00-04:00", at(2024, 7, 1, 13)),
        ("2024-07-01T09:00:00Z", at(2024, 7, 1, 9)),
        ("2024-07-01T09:00:00.1234567Z", at(2024, 7, 1, 9, 0, 0, 123456)),
        ("2024-07-01T09:00", at(2024, 7, 1, 13)),
        ("2024-07-01", at(2024, 7, 1, 4)),
        ("2024-01", at(2024, 1, 1, 5)),
        ("2024", at(2024, 1, 1, 5)),
    ],
)
def test_an_instant_without_an_offset_is_read_in_the_zone(text: str, moment: datetime) -> None:
    assert dates.instant(text, DETROIT) == moment


def test_a_leap_second_is_the_first_moment_of_the_next_minute() -> None:
    assert dates.instant("2016-12-31T23:59:60Z", "UTC") == at(2017, 1, 1)


@pytest.mark.parametrize("text", ["2024-07-01T25:00:00Z", "2024-07-01T09:61:00Z", "2023-02-29T09:00:00Z"])
def test_a_time_no_clock_shows_is_no_instant(text: str) -> None:
    assert dates.instant(text, "UTC") is None


def test_late_in_the_evening_it_is_already_tomorrow_elsewhere() -> None:
    assert dates.local_date("2024-03-02T03:30:00Z", DETROIT) == date(2024, 3, 1)
    assert dates.local_date("2024-03-01T23:30:00-05:00", "UTC") == date(2024, 3, 2)
    assert dates.local_date("1950", DETROIT) == date(1950, 1, 1)


def test_the_year_nine_thousand_is_a_date_and_its_end_in_another_zone_is_refused() -> None:
    assert dates.first_day("9999-12-31") == date(9999, 12, 31)
    assert dates.local_date("9999-12-31T23:59:59-14:00", "UTC") is None
