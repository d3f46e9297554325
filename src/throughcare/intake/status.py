"""Status: each source with its last word, its rate, its silence against its own habit, and what waits in quarantine."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from throughcare.intake.silence import is_silent
from throughcare.stores.postgres import Database
from throughcare.stores.sql import query

RATE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Feed:
    """`a_day` counts resources and messages over 30 days; `months` those of each month, by the site's own calendar."""

    source: str
    last: datetime | None
    a_day: float
    usual_hours: float | None  # the longest it is usually quiet; None before it has a habit
    silent: bool
    months: dict[str, int]
    quarantined: int

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source, "last": self.last.isoformat() if self.last else None, "a_day": self.a_day,
            "usual_hours": self.usual_hours, "silent": self.silent, "months": self.months,
            "quarantined": self.quarantined,
        }  # fmt: skip


def feeds(database: Database, *, at: datetime) -> list[Feed]:
    """Every source but ourselves, as of a moment."""
    with database.connection() as connection:
        rows = connection.execute(query("intake/status"), {"at": at, "zone": database.settings.time_zone})
        return [_feed(*row, at=at) for row in rows]


def _feed(
    name: str, last: datetime | None, things: int, gaps: int | None, hours: float | None, months: dict[str, int] | None,
    quarantined: int, *, at: datetime,
) -> Feed:  # fmt: skip
    silent = is_silent(last, gaps or 0, hours, at=at)
    return Feed(name, last, round(things / RATE_DAYS, 1), hours, silent, months or {}, quarantined)
