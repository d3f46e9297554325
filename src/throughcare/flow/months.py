"""Months: the scores of a month that has ended, told once it has settled, so that change can be told from chance."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from throughcare.definitions.periods import period_of
from throughcare.flow import population
from throughcare.flow.published import Published
from throughcare.stores.postgres import Database
from throughcare.stores.sql import query

SETTLES_DAYS = 10  # what is known late of a month is waited for this long


def ended(now: datetime, zone: str, months: int = 1) -> list[tuple[date, date]]:
    """The last months that have ended and settled, oldest first, each as its first and last day."""
    day = now.astimezone(ZoneInfo(zone)).date() - timedelta(days=SETTLES_DAYS)
    found: list[tuple[date, date]] = []
    while len(found) < months:
        day = day.replace(day=1) - timedelta(days=1)
        found.append(period_of(f"{day:%Y-%m}"))
    return found[::-1]


def tell(
    database: Database,
    published: Published,
    now: datetime,
    wanted: Iterable[tuple[date, date]] | None = None,
    *,
    progress: Callable[[date], None] = lambda first: None,
) -> int:
    """Tell and keep the scores of these months anew; at night, without any named, of the last one if it is not kept."""
    if wanted is None:
        wanted = [m for m in ended(now, database.settings.time_zone) if not _kept(database, m)]
    told = 0
    for month in wanted:
        found = population.look(database, published.models, published.library, now, month)
        with database.connection() as connection, connection.transaction():
            population.keep_scores(connection, found, now)
        progress(month[0])
        told += 1
    return told


def _kept(database: Database, month: tuple[date, date]) -> bool:
    with database.connection() as connection:
        row = connection.execute(query("flow/month_kept"), {"start": month[0], "end": month[1]}).fetchone()
    return bool(row and row[0])
