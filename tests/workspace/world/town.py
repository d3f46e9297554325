"""The town as a test holds it, its moment, its place, and the one password everyone has."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from throughcare.workspace.site import Site

NOW = datetime(2026, 3, 17, 12, 40, tzinfo=UTC)

NEW_YORK = ZoneInfo("America/New_York")

PASSWORD = "a lamp in the harbor"


@dataclass
class World:
    site: Site
    people: dict[str, int] = field(default_factory=dict)  # "own", "team", "other" and each patient's id
    tasks: dict[str, str] = field(default_factory=dict)  # the same names -> a task id
    now: datetime = NOW
