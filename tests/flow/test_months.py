"""Months: what has ended and settled is told once, and a year keeps its own numbers beside them."""

from datetime import UTC, date, datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest

from throughcare.definitions.load import shipped_library
from throughcare.flow import months, population
from throughcare.flow.published import Published
from throughcare.record import views

from .conftest import patient
from .test_population import models, stay  # noqa: F401

ZONE = "America/New_York"
JUNE = (date(2026, 6, 1), date(2026, 6, 30))
MAY = (date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture
def published(database, put, models) -> Published:  # noqa: F811
    """Two of the three stays ended after at most three nights, all in June."""
    views.ensure_views(database)
    put(patient("ana"), patient("ben"))
    put(stay("a", "ana", 2, "north"), stay("b", "ben", 5, "north"), stay("c", "ben", 3, "south"))
    return Published(models, shipped_library(), None, ZoneInfo(ZONE), frozenset())


def kept(database) -> list[tuple]:
    with database.connection() as connection:
        return connection.execute(
            "select period_start, numerator, denominator, score from think.score where stratum = ''"
            " order by period_end - period_start, period_start"
        ).fetchall()


def test_a_month_has_settled_ten_days_after_its_end():
    assert months.ended(datetime(2026, 7, 10, 12, tzinfo=UTC), ZONE) == [MAY]
    assert months.ended(datetime(2026, 7, 11, 12, tzinfo=UTC), ZONE) == [JUNE]
    assert months.ended(datetime(2026, 7, 11, 2, tzinfo=UTC), ZONE) == [MAY], "it is still the tenth in New York"
    assert [m[0] for m in months.ended(datetime(2026, 2, 1, 12, tzinfo=UTC), ZONE, 3)] == [
        date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1),
    ]  # fmt: skip


def test_a_month_is_told_once_and_the_year_keeps_its_own(database, published):
    now = datetime(2026, 7, 12, 12, tzinfo=UTC)
    population.tell(database, published, now)
    assert months.tell(database, published, now) == 1
    assert months.tell(database, published, now) == 0
    assert kept(database) == [(date(2026, 6, 1), 2, 3, D("66.67")), (date(2026, 1, 1), 2, 3, D("66.67"))]


def test_months_that_are_named_are_told_anew_by_what_is_known_now(database, published, put):
    now = datetime(2026, 7, 12, 12, tzinfo=UTC)
    months.tell(database, published, now, [MAY, JUNE])
    assert kept(database) == [(date(2026, 6, 1), 2, 3, D("66.67")), (date(2026, 5, 1), 0, 0, None)]
    put(stay("d", "ana", 1, "south"))
    assert months.tell(database, published, now, [JUNE]) == 1
    assert kept(database)[0] == (date(2026, 6, 1), 3, 4, D("75.00"))
