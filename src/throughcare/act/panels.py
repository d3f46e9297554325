"""Panels: which staff team serves whom, and the worker named for a person, kept equal to the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Row = tuple[int, int, int | None]  # person, team, named worker


@dataclass(frozen=True, slots=True)
class Worker:
    """Someone who signs in: the practitioner the record knows them as, and the teams they are in."""

    staff_id: int
    practitioner: str | None
    teams: tuple[int, ...]


def panels(
    organizations: Mapping[int, frozenset[str]],
    teams: Iterable[tuple[int, list[str] | None]],
    workers: Iterable[Worker],
    leads: Mapping[int, str],
    stored: Iterable[Row],
) -> set[Row]:
    """Who is on whose panel: a team serves the people of its organizations, or everyone when it names none.

    `organizations` holds everyone asked about. A named worker keeps the person whatever the team serves;
    where nobody is named, the lead of the person's care team is, in their own team.
    """
    by_practitioner: dict[str | None, Worker] = {w.practitioner: w for w in workers if w.practitioner}
    named = {(person, team): staff for person, team, staff in stored if staff is not None and person in organizations}
    rows: set[Row] = {(person, team, staff) for (person, team), staff in named.items()}
    for team, serves in teams:
        served = None if serves is None else frozenset(serves)
        for person, places in organizations.items():
            if (person, team) not in named and (served is None or served & places):
                lead = by_practitioner.get(leads.get(person))
                rows.add((person, team, lead.staff_id if lead and team in lead.teams else None))
    return rows


def changed(wanted: set[Row], stored: Iterable[Row]) -> set[int]:
    """The people whose panel differs from the stored one."""
    return {person for person, _, _ in wanted ^ set(stored)}
