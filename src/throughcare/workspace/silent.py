"""The silent sources of people of a site, looked up no more than once a minute."""

from datetime import datetime, timedelta
from typing import Any

from throughcare.intake import status

KEPT = timedelta(minutes=1)


class Silent:
    """Whom `intake.silence` calls silent, each with when it was last heard."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self._found: list[tuple[str, datetime]] = []
        self._at: datetime | None = None

    def now(self, at: datetime) -> list[tuple[str, datetime]]:
        """The longest silent first."""
        if self._at is None or not timedelta(0) <= at - self._at < KEPT:
            self._found, self._at = status.silent(self._database, at=at), at
        return self._found
