"""Care teams: one team per person, with the members every care model found for its roles, and one named lead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from throughcare.act.shapes import (
    ROLE,
    Resource,
    Stored,
    Write,
    code_of,
    concept,
    extension,
    extensions,
    ident,
    instant,
    without,
)

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


def staff_teams(
    filled: Mapping[int, list[dict[str, Any]]], teams: Iterable[Stored], patients: Mapping[int, str], now: datetime
) -> list[Write]:
    """The team writes: members as found now, members people named as they are, an empty team never begun."""
    standing: dict[int, list[Stored]] = defaultdict(list)
    for team in teams:
        standing[team.person_id].append(team)
    writes = []
    for person in sorted((filled.keys() | standing.keys()) & patients.keys()):
        writes += _one_person(person, filled.get(person, []), standing.get(person, []), patients[person], now)
    return writes


def _one_person(
    person: int, filled: list[dict[str, Any]], teams: list[Stored], patient: str, now: datetime
) -> list[Write]:
    """The person's own team is revised; a team from before two numbers became one person is closed."""
    own = ident("ct", person)
    mine = next((t for t in teams if t.body["id"] == own), None)
    if mine is None and not filled:
        return [_closed(t) for t in teams if t.body["status"] == "active"]
    old = mine.body if mine else {"resourceType": "CareTeam", "id": own, "subject": {"reference": patient}}
    twins = [t for t in teams if t is not mine and t.body["status"] == "active"]
    by_people = [p for t in teams for p in t.body.get("participant", ()) if not extension(p, "care-model")]
    new = _staffed(old, filled, by_people, now)
    kept = [] if new == old else [Write(person, new, mine.version if mine else None)]
    return kept + [_closed(t) for t in twins]


def _closed(team: Stored) -> Write:
    return Write(team.person_id, team.body | {"status": "inactive"}, team.version)


def _staffed(old: Resource, filled: list[dict[str, Any]], by_people: list[Resource], now: datetime) -> Resource:
    began = {_seat(p): p["period"] for p in old.get("participant", ()) if "period" in p}
    chosen = any(extension(p, "lead") for p in by_people)
    lead = None if chosen else _lead(filled)
    found = {(row["model"], row["role"], row["member"]): row for row in filled}
    people = list({repr(sorted(p.items(), key=str)): p for p in by_people}.values())
    ours = [_participant(seat, seat == lead, began.get(seat), now) for seat in sorted(found)]
    members = people + ours
    status = "active" if members else "inactive"
    return without(old, "participant") | {"status": status} | ({"participant": members} if members else {})


def _lead(filled: list[dict[str, Any]]) -> Seat | None:
    """One named lead: of the care models that name one, the lead of the one the person joined first."""
    leads = sorted((r["since"], r["model"], r["role"], r["member"]) for r in filled if r["is_lead"])
    return leads[0][1:] if leads else None


def _participant(seat: Seat, lead: bool, period: Resource | None, now: datetime) -> Resource:
    model, role, member = seat
    return {
        "extension": extensions(care_model=model, lead=True if lead else None),
        "role": [concept(ROLE, role)],
        "member": {"reference": member},
        "period": period or {"start": instant(now)},
    }


def _seat(participant: Resource) -> Seat:
    role = next((code for r in participant.get("role", ()) if (code := code_of(r, ROLE))), "")
    return extension(participant, "care-model") or "", role, participant.get("member", {}).get("reference", "")
