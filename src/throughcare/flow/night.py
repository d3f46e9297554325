"""Night: everyone thought about at once, the numbers told and workers given; then whoever that moved is settled."""

from collections.abc import Callable
from datetime import datetime

from throughcare.flow import assigning, population
from throughcare.flow.passes import settle
from throughcare.flow.published import Published
from throughcare.stores.postgres import Database


def tell(
    database: Database,
    published: Published,
    now: datetime,
    *,
    at: datetime | None = None,
    progress: Callable[[str, int], None] = lambda stage, people: None,
) -> assigning.Chosen:
    """Measures, settlements and assignments of everyone, as they were settled last; `at` is when this is committed."""
    chosen = assigning.tell(database, population.tell(database, published, now).answers, now)
    settle(database, published, now, at=at, progress=progress)
    return chosen
