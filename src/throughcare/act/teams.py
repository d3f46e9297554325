"""Care teams: one team per person, with the members every care model found for its roles, and one named lead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from throughcare.act.seats import role_of
from throughcare.act.shapes import (
    ROLE,
    Resource,
    Stored,
    Write,
    concept,
    extension,
    extensions,
    ident,
    instant,
    without,
)
from throughcare.definitions.grammar import CareModel, OneLead

Seat = tuple[str, str, str]  # care model, role, member


def seats(rows: Iterable[dict[str, Any]], enrolled: Mapping[tuple[int, str], str]) -> dict[int, list[dict[str, Any]]]:
    """The filled roles of people in the care models they are in; `enrolled` says since when, by person and model."""
    filled: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["member"] and (row["person_id"], row["model"]) in enrolled:
            filled[row["person_id"]].append(row | {"since": enrolled[row["person_id"], row["model"]]})
    return filled


def owners(rows: Iterable[dict[str, Any]]) -> dict[tuple[int, str, str], str]:
    """The one practitioner who holds a role, by person, care model and role; a role with several has no one owner."""
    held: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row["member"] and row["member"].startswith("Practitioner/"):
            held[row["person_id"], row["model"], row["role"]].add(row["member"])
    return {seat: next(iter(members)) for seat, members in held.items() if len(members) == 1}


def claims(models: Sequence[CareModel], rules: Iterable[OneLead]) -> dict[str, int]:
    """Where each care model stands among those whose lead may lead: the service named first has the first claim."""
    services = [service for rule in rules for service in rule.services]
    return {m.model.id: services.index(m.model.service) for m in models if m.model.service in services}


def staff_teams(
    filled: Mapping[int, list[dict[str, Any]]],
    teams: Iterable[Stored],
    patients: Mapping[int, str],
    now: datetime,
    claim: Mapping[str, int] | None = None,
) -> list[Write]:
    """The team writes: members as found now, members people named as they are, an empty team never begun."""
    standing: dict[int, list[Stored]] = defaultdict(list)
    for team in teams:
        standing[team.person_id].append(team)
    writes = []
    for person in sorted((filled.keys() | standing.keys()) & patients.keys()):
        writes += _one_person(
            person, filled.get(person, []), standing.get(person, []), patients[person], now, claim or {}
        )
    return writes


def _one_person(
    person: int,
    filled: list[dict[str, Any]],
    teams: list[Stored],
    patient: str,
    now: datetime,
    claim: Mapping[str, int],
) -> list[Write]:
    """The person's own team is revised; a team from before two numbers became one person is closed."""
    own = ident("ct", person)
    mine = next((t for t in teams if t.body["id"] == own), None)
    if mine is None and not filled:
        return [_closed(t) for t in teams if t.body["status"] == "active"]
    old = mine.body if mine else {"resourceType": "CareTeam", "id": own, "subject": {"reference": patient}}
    twins = [t for t in teams if t is not mine and t.body["status"] == "active"]
    by_people = [p for t in teams for p in t.body.get("participant", ()) if not extension(p, "care-model")]
    new = _staffed(old, filled, by_people, now, claim)
    kept = [] if new == old else [Write(person, new, mine.version if mine else None)]
    return kept + [_closed(t) for t in twins]


def _closed(team: Stored) -> Write:
    return Write(team.person_id, team.body | {"status": "inactive"}, team.version)


def _staffed(
    old: Resource, filled: list[dict[str, Any]], by_people: list[Resource], now: datetime, claim: Mapping[str, int]
) -> Resource:
    began = {_seat(p): p["period"] for p in old.get("participant", ()) if "period" in p}
    chosen = any(extension(p, "lead") for p in by_people)
    lead = None if chosen else _lead(filled, claim)
    found = {(row["model"], row["role"], row["member"]): row for row in filled}
    people = list({repr(sorted(p.items(), key=str)): p for p in by_people}.values())
    ours = [
        _participant(seat, seat == lead, found[seat].get("assigned"), began.get(seat), now) for seat in sorted(found)
    ]
    members = people + ours
    status = "active" if members else "inactive"
    return without(old, "participant") | {"status": status} | ({"participant": members} if members else {})


def _lead(filled: list[dict[str, Any]], claim: Mapping[str, int]) -> Seat | None:
    """One named lead: of the care models that name one, by their claim; of equals the one the person joined first.

    A care model that nobody says since when the person is in stands behind those with a day.
    """
    leads = sorted(
        (claim.get(r["model"], len(claim)), not r["since"], r["since"], r["model"], r["role"], r["member"])
        for r in filled
        if r["is_lead"]
    )
    return leads[0][3:] if leads else None


def _participant(seat: Seat, lead: bool, assigned: str | None, period: Resource | None, now: datetime) -> Resource:
    model, role, member = seat
    return {
        "extension": extensions(care_model=model, lead=True if lead else None, assigned=assigned),
        "role": [concept(ROLE, role)],
        "member": {"reference": member},
        "period": period or {"start": instant(now)},
    }


def _seat(participant: Resource) -> Seat:
    member = participant.get("member", {}).get("reference", "")
    return extension(participant, "care-model") or "", role_of(participant), member
