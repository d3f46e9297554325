"""Night: the directory's doubles are found, everyone is thought about at once, the numbers are told and workers given.

Whoever that moved is settled afterwards.
"""

from collections.abc import Callable
from datetime import datetime

from throughcare.flow import assigning, months, population
from throughcare.flow.door import commit
from throughcare.flow.moment import Moment
from throughcare.flow.passes import settle
from throughcare.flow.published import Published
from throughcare.identity import directory
from throughcare.stores.postgres import Database


def tell(
    database: Database,
    published: Published,
    now: datetime,
    *,
    at: datetime | None = None,
    progress: Callable[[str, int], None] = lambda stage, people: None,
) -> assigning.Chosen:
    """Measures, settlements and assignments of everyone, as they were settled last; `at` is when this is committed.

    Once a month the scores of the month that ended are told as well.
    """
    _, doubles = directory.run(Moment(database))
    if doubles:
        commit(database, doubles, stage="identity", at=at or now)
    chosen = assigning.tell(database, population.tell(database, published, now).answers, now)
    months.tell(database, published, now)
    settle(database, published, now, at=at, progress=progress)
    return chosen
