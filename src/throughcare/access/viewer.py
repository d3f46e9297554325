"""A viewer: the member of staff a request comes from, as signed in now, with roles, teams and language."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

CARE_ROLES = frozenset({"care_coordinator", "nurse", "supervisor", "clinician", "community_health_worker"})
SOURCE_ROLES = frozenset({"supervisor", "administrator", "auditor", "data_steward"})
ROLES = (*sorted(CARE_ROLES), "administrator", "auditor", "data_steward")


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks. `at` is the moment of the request, so that one page is true about one moment."""

    staff_id: int
    sign_in: str
    name: str
    roles: frozenset[str]
    at: datetime
    zone: ZoneInfo
    credentials: str = ""
    practitioner: str | None = None
    teams: tuple[int, ...] = ()
    minutes_a_day: int = 300
    must_change: bool = False
    language: str = ""
    seen_before: datetime | None = None
    csrf: str = ""

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    @property
    def cares(self) -> bool:
        """Whether any of the roles works with people's records at all."""
        return bool(self.roles & CARE_ROLES)

    @property
    def minds_sources(self) -> bool:
        """Whether any of the roles looks after what other systems send."""
        return bool(self.roles & SOURCE_ROLES)

    @property
    def signature(self) -> str:
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    @property
    def role(self) -> str:
        """The roles as one word for the audit."""
        return ",".join(sorted(self.roles))
