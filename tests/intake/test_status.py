"""Feeds: a source that falls silent is told by its own habit, as of any moment, and quarantine is counted beside it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from throughcare.flow import door
from throughcare.intake import silence
from throughcare.intake.completeness import fallen
from throughcare.intake.status import Feed, feeds
from throughcare.record.changes import Changes, Message, Put
from throughcare.stores.postgres import Database

from .loading import run

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def says(database: Database, source: str, number: int, at: datetime) -> None:
    body = {"resourceType": "Organization", "id": f"{source}-{number}", "name": "A practice"}
    door.commit(database, Changes(puts=[Put(json.dumps(body).encode(), source)]), stage="intake", at=at)


def feed(database: Database, source: str, at: datetime) -> Feed:
    return next(one for one in feeds(database, at=at) if one.source == source)


def test_a_daily_source_is_silent_after_its_usual_gap_and_not_before(database: Database) -> None:
    for number in range(25):
        says(database, "hospital", number, START + number * DAY)
    last = START + 24 * DAY
    assert not feed(database, "hospital", last + timedelta(hours=23)).silent
    found = feed(database, "hospital", last + timedelta(hours=25))
    assert found.silent and found.usual_hours == 24 and found.last is not None and found.last - last < timedelta(1 / 24)
    assert found.months == {"2026-03": 25} and found.a_day == round(25 / 30, 1)


def test_as_of_an_earlier_moment_what_came_later_is_not_counted(database: Database) -> None:
    for number in range(25):
        says(database, "hospital", number, START + number * DAY)
    assert sum(feed(database, "hospital", START + 9 * DAY + timedelta(hours=1)).months.values()) == 10


def test_a_source_without_a_habit_is_not_called_silent(database: Database) -> None:
    says(database, "new", 1, START)
    says(database, "new", 2, START + DAY)
    assert not feed(database, "new", START + 300 * DAY).silent


def test_what_waits_in_quarantine_is_counted_by_source(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"resourceType": "Patient", "id": "a"}\n{broken\n')
    run(database, tmp_path, source="clinic")
    assert feed(database, "clinic", datetime(2026, 3, 18, tzinfo=UTC)).quarantined == 1


@pytest.mark.parametrize(("quiet_hours", "silent"), [(1, False), (2, False), (3, True)])
def test_a_source_of_every_minute_gets_two_hours(quiet_hours: int, silent: bool) -> None:
    assert silence.is_silent(START, 500, 1.0, at=START + timedelta(hours=quiet_hours)) is silent


def test_every_word_of_a_source_moves_the_time_that_screens_show(database: Database) -> None:
    for number in range(2):
        says(database, "hospital", number, START + number * DAY)
    with database.connection() as connection:
        rows = connection.execute(
            "select first_heard, last_heard from record.source where name = 'hospital'"
        ).fetchall()
    assert rows == [(START, START + DAY)]


def test_what_was_counted_before_is_not_counted_again_and_kinds_come_most_first(database: Database) -> None:
    says(database, "hospital", 1, START)
    assert feed(database, "hospital", START + DAY).kinds == {"Organization": 1}
    says(database, "hospital", 2, START + DAY)
    told = Message("hospital", "hl7v2", "7", b"digest", START, (), False, "MSH|")
    for _ in range(2):  # the same message again is no second one
        door.commit(database, Changes(messages=[told]), stage="intake", at=START + DAY)
    for _ in range(2):
        found = feed(database, "hospital", START + 2 * DAY)
        assert list(found.kinds.items()) == [("Organization", 2), ("hl7v2", 1)]
        assert found.months == {"2026-03": 3}


def test_months_are_the_sites_own_and_one_without_a_word_is_told(database: Database) -> None:
    says(database, "hospital", 1, datetime(2026, 1, 1, 3, tzinfo=UTC))  # still December in New York
    says(database, "hospital", 2, datetime(2026, 3, 2, 12, tzinfo=UTC))
    found = feed(database, "hospital", datetime(2026, 4, 1, 3, tzinfo=UTC))
    assert found.months == {"2025-12": 1, "2026-01": 0, "2026-02": 0, "2026-03": 1}


def test_thirteen_months_are_told(database: Database) -> None:
    says(database, "hospital", 1, datetime(2024, 1, 15, tzinfo=UTC))
    found = feed(database, "hospital", START)
    assert [*found.months][:1] + [*found.months][-1:] == ["2025-03", "2026-03"] and len(found.months) == 13


@pytest.mark.parametrize(
    ("things", "fell"),
    [
        ([9000, 100, 110, 90, 49, 100], ["2026-05"]),  # the median before it is 100
        ([9000, 100, 110, 90, 51, 100], []),
        ([9000, 100, 110, 49, 100], []),  # two earlier months are no habit
        ([9000, 100, 110, 90, 100, 3], []),  # the month still goes on
        ([9000, 100, 110, 90, 0, 0, 100], ["2026-05", "2026-06"]),
        ([5], []),
        ([], []),
    ],
)
def test_a_month_fell_when_it_holds_less_than_half_of_what_those_before_it_did(
    things: list[int], fell: list[str]
) -> None:
    assert list(fallen({f"2026-{month:02}": n for month, n in enumerate(things, 1)})) == fell
