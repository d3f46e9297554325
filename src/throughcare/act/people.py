"""What act asks about people: their reference, time zone, organizations, consents that hold, and whether they died."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class People:
    """By person number; everyone a pass was asked about has a zone, only those with a patient have the rest."""

    patients: dict[int, str]
    zones: dict[int, tzinfo]
    organizations: dict[int, frozenset[str]]
    died: frozenset[int]
    consents: frozenset[tuple[int, str]]

    def organization(self, person: int) -> str | None:
        """The one organization that manages the person; None when several do, or none."""
        known = self.organizations.get(person, frozenset())
        return next(iter(known)) if len(known) == 1 else None


def read(
    people: Iterable[int],
    patients: Iterable[tuple[str, int]],
    persons: Iterable[Row],
    consents: Iterable[Row],
    zone: tzinfo,
    now: datetime,
) -> People:
    """People from their patients and from rows of the views person and consent; `zone` is the site's."""
    numbers = list(people)
    first: dict[int, str] = {}
    for patient, person in patients:
        first[person] = min(first.get(person, patient), patient)
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in persons:
        rows[row["person_id"]].append(row)
    zones = {n: _zone(rows[n], zone) for n in numbers}
    return People(
        patients={n: f"Patient/{first[n]}" for n in numbers if n in first},
        zones=zones,
        organizations={n: _organizations(rows[n]) for n in numbers},
        died=frozenset(n for n in numbers if any(r["died"] or r["died_on"] for r in rows[n])),
        consents=frozenset((c["person_id"], c["kind"]) for c in consents if _holds(c, zones[c["person_id"]], now)),
    )


def _zone(rows: Iterable[Row], site: tzinfo) -> tzinfo:
    for row in sorted(rows, key=lambda r: str(r["key"])):
        if row["zone"]:
            try:
                return ZoneInfo(row["zone"])
            except (ZoneInfoNotFoundError, ValueError):
                continue  # a name nobody knows: the site's zone is the best guess
    return site


def _organizations(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(r["managing_organization"] for r in rows if r["managing_organization"])


def _holds(consent: Row, zone: tzinfo, now: datetime) -> bool:
    today = now.astimezone(zone).date()
    begun = consent["from_on"] is None or consent["from_on"] <= today
    over = consent["to_on"] is not None and consent["to_on"] < today
    withdrawn = consent["withdrawn_at"] is not None and consent["withdrawn_at"] <= now
    return consent["status"] == "active" and begun and not over and not withdrawn
