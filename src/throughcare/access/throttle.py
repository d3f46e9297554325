"""Throttle: slows guessing per account and source, and lets the real user in again within fifteen minutes at most."""

from datetime import datetime, timedelta
from typing import Any

from throughcare.stores.sql import query

WINDOW = timedelta(minutes=15)
# Wrong passwords in the window before this account, asked from this source, must wait.
TRIES = 5
# Wrong passwords in the window before this source must wait, over any number of accounts.
TRIES_OF_SOURCE = 60


def must_wait(connection: Any, sign_in: str, source: str, at: datetime) -> bool:
    """Whether to refuse unread. Refused tries are not counted, so waiting always ends with the window."""
    row = connection.execute(
        query("access/tries"), {"sign_in": sign_in, "source": source, "since": at - WINDOW}
    ).fetchone()
    return row[0] >= TRIES or row[1] >= TRIES_OF_SOURCE


def remember(connection: Any, sign_in: str, source: str, ok: bool, at: datetime) -> None:
    """Write the try down, and forget tries that no longer count."""
    connection.execute("delete from door.sign_in_attempt where at < %s", [at - 4 * WINDOW])
    connection.execute(
        "insert into door.sign_in_attempt (at, sign_in, source, ok) values (%s, %s, %s, %s)", [at, sign_in, source, ok]
    )
