"""Seats: the roles as found, and where an assignment may fill one, as it does; sources and people stand above it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from throughcare.act.shapes import ROLE, Resource, Stored, code_of, extension

Row = dict[str, Any]
Place = tuple[int, str]  # person, role


def given(rows: list[Row], assigned: Iterable[Row], teams: Iterable[Stored]) -> list[Row]:
    """Rows of think.role with the workers of think.assigned in the seats nobody else fills, marked `assigned`.

    A member whom only an earlier assignment brought into the team is found there like any other: such an echo follows
    the assignment, in every care model that found it, and stays where none speaks of the role any more.
    """
    echoes, named = _standing(teams)
    choices: dict[Place, dict[str, Row]] = defaultdict(dict)
    for one in assigned:
        choices[one["person_id"], one["role"]].setdefault(one["model"], one)
    places = [(row["person_id"], row["role"]) for row in rows]
    return [
        _filled(row, choices.get(place, {}), echoes.get(place, {}), named.get(place))
        for row, place in zip(rows, places, strict=True)
    ]


def _filled(row: Row, choices: Mapping[str, Row], echoes: Mapping[str, str], named: str | None) -> Row:
    member, own = row["member"], choices.get(row["model"])
    if member and member not in echoes:
        return row
    if named:
        return row | {"member": named}
    one = own or (next(iter(choices.values()), None) if member else None)
    if one is None:
        return row | {"assigned": echoes[member]} if member else row
    return row | {"member": one["worker"], "assigned": one["because"] if one["worker"] else None}


def _standing(teams: Iterable[Stored]) -> tuple[dict[Place, dict[str, str]], dict[Place, str]]:
    """Whom assignments brought into the teams, with the reason; and whom people named, by person and role."""
    echoes: dict[Place, dict[str, str]] = defaultdict(dict)
    named: dict[Place, str] = {}
    for team in teams:
        for one in team.body.get("participant", ()):
            member, role = one.get("member", {}).get("reference"), role_of(one)
            if not member or not role:
                continue
            if because := extension(one, "assigned"):
                echoes[team.person_id, role][member] = because
            elif not extension(one, "care-model"):
                named.setdefault((team.person_id, role), member)
    return echoes, named


def role_of(participant: Resource) -> str:
    return next((code for r in participant.get("role", ()) if (code := code_of(r, ROLE))), "")
