"""The silent sources of people of a site: their habits looked up once a day, their last words once a minute."""

from datetime import datetime, timedelta
from typing import Any

from throughcare.intake import status

KEPT = timedelta(minutes=1)
HABITS_KEPT = timedelta(days=1)


class Silent:
    """Whom `intake.silence` calls silent, each with when it was last heard."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self._found: list[tuple[str, datetime]] = []
        self._at: datetime | None = None
        self._habits: status.Habits = {}
        self._habits_at: datetime | None = None

    def now(self, at: datetime) -> list[tuple[str, datetime]]:
        """The longest silent first."""
        if not _fresh(self._habits_at, at, HABITS_KEPT):
            self._habits, self._habits_at = status.habits(self._database, at=at), at
        if not _fresh(self._at, at, KEPT):
            self._found, self._at = status.silent(self._database, self._habits, at=at), at
        return self._found


def _fresh(since: datetime | None, at: datetime, kept: timedelta) -> bool:
    return since is not None and timedelta(0) <= at - since < kept
