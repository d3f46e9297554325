"""Obligations as act reads them, and which of them make one piece of work together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

OPENING = frozenset({"open", "breached", "unknown"})
WAITING = frozenset({"future", "paused"})
LIVE = OPENING | WAITING
FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation as decide answered it last: what, about which event, by when, who may do it, and how it stands."""

    key: str
    person_id: int
    model: str
    step: str
    activity: str
    about: str
    roles: tuple[str, ...]
    status: str
    due_at: datetime | None = None
    opens_at: datetime | None = None
    warn_at: datetime | None = None
    due_precision: str = "day"
    escalates_to: str | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        """The key without the person: it stays the same when identity finds that two numbers are one person."""
        return name_of(self.key)

    @property
    def event(self) -> str:
        return event_of(self.about)

    @property
    def due(self) -> datetime:
        return self.due_at or FAR


def name_of(key: str) -> str:
    return key.rpartition("|")[0]


def event_of(about: str | None) -> str:
    """What a piece of work is about; work about the person herself is about no event."""
    return "" if not about or about.startswith("Patient/") else about


def opens_work(owed: Owed, now: datetime) -> bool:
    """Open and breached obligations ask for work; one whose due date is unknown does once it has opened."""
    if owed.status == "unknown":
        return owed.opens_at is not None and owed.opens_at <= now
    return owed.status in OPENING


def groups(owed: Iterable[Owed]) -> list[list[Owed]]:
    """One touch satisfies all: obligations of one person, activity and event that some role can do together.

    Earliest due first, each joins the first group that keeps a common role; so the answer does not depend on order.
    """
    found: list[tuple[set[str], list[Owed]]] = []
    for one in sorted(owed, key=lambda o: (o.due, o.key)):
        mine = set(one.roles)
        for roles, members in found:
            if roles & mine or not (roles or mine):
                roles &= mine
                members.append(one)
                break
        else:
            found.append((mine, [one]))
    return [members for _, members in found]


def common_roles(group: list[Owed]) -> list[str]:
    """The roles every obligation of the group allows, in the order its earliest one prefers them."""
    shared = set.intersection(*(set(o.roles) for o in group))
    return [role for role in group[0].roles if role in shared]


def read(rows: Iterable[dict[str, Any]]) -> list[Owed]:
    """Obligations from rows of think.obligation."""
    return [
        Owed(
            key=row["obligation_key"],
            person_id=row["person_id"],
            model=row["model"],
            step=row["step"],
            activity=row["activity"],
            about=row["about"],
            roles=tuple(row["roles"]),
            status=row["status"],
            due_at=row["due_at"],
            opens_at=row["opens_at"],
            warn_at=row["warn_at"],
            due_precision=row["due_precision"],
            escalates_to=row["escalates_to"],
            resolved_at=row["resolved_at"],
            resolved_by=row["resolved_by"],
            reason=row["reason"],
        )
        for row in rows
    ]
