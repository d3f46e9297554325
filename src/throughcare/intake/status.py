"""Status: each source with its last word, its rate, its silence and months against its own habit, and what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from throughcare.intake.completeness import fallen
from throughcare.intake.silence import is_silent
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

RATE_DAYS = 30
PEOPLE = "Patient"  # a source tells of people once it sent one; each sends its own
Habits = dict[str, tuple[int, float | None]]  # source -> (gaps, usual longest quiet in hours)


@dataclass(frozen=True, slots=True)
class Feed:
    """`a_day` counts resources and messages over 30 days; `months` those of each month, by the site's own calendar.

    `kinds` counts them by resource type and by format of messages, the most first, over all time.
    """

    source: str
    last: datetime | None
    a_day: float
    usual_hours: float | None  # the longest it is usually quiet; None before it has a habit
    silent: bool
    months: dict[str, int]
    fallen: tuple[str, ...]  # the months that fell far below those before them
    kinds: dict[str, int]
    quarantined: int
    missed: dict[str, int]  # stays at its place that a claim told of and it did not, by the month they ended in

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source, "last": self.last.isoformat() if self.last else None, "a_day": self.a_day,
            "usual_hours": self.usual_hours, "silent": self.silent, "months": self.months,
            "fallen": list(self.fallen), "kinds": self.kinds, "quarantined": self.quarantined,
            "missed": self.missed,
        }  # fmt: skip


def feeds(database: Database, *, at: datetime) -> list[Feed]:
    """Every source but ourselves, as of a moment."""
    with database.connection() as connection:
        _count_on(connection)
        rows = connection.execute(query("intake/status"), {"at": at, "zone": database.settings.time_zone})
        return [_feed(*row, at=at) for row in rows]


def habits(database: Database, *, at: datetime) -> Habits:
    """How often each source of people speaks: it has read a year of hours, and changes little in a day."""
    with database.connection() as connection:
        _count_on(connection)
        rows = connection.execute(query("intake/habits"), {"at": at, "people": PEOPLE}).fetchall()
    return {name: (gaps, hours) for name, gaps, hours in rows}


def silent(database: Database, known: Habits, *, at: datetime) -> list[tuple[str, datetime]]:
    """The sources with these habits that are silent, each with when it was last heard, the longest silent first."""
    with database.connection() as connection:
        _count_on(connection)
        rows = connection.execute(query("intake/last_words"), {"at": at}).fetchall()
    found = [(name, last) for name, last in rows if is_silent(last, *known.get(name, (0, None)), at=at)]
    return sorted(found, key=lambda one: (one[1], one[0]))


def _count_on(connection: Connection) -> None:
    """Count what was said since the last look, so that a look costs what is new and not all that ever came."""
    row = connection.execute(query("intake/heard_before")).fetchone()
    assert row is not None
    connection.execute(query("intake/heard"), {"after": row[0]})


def _feed(
    name: str, last: datetime | None, things: int, gaps: int | None, hours: float | None, months: dict[str, int] | None,
    kinds: dict[str, int] | None, quarantined: int, missed: dict[str, int] | None, *, at: datetime,
) -> Feed:  # fmt: skip
    silent = is_silent(last, gaps or 0, hours, at=at)
    months = dict(sorted((months or {}).items()))
    most_first = dict(sorted((kinds or {}).items(), key=lambda one: (-one[1], one[0])))
    a_day = round(things / RATE_DAYS, 1)
    return Feed(name, last, a_day, hours, silent, months, fallen(months), most_first, quarantined, missed or {})
