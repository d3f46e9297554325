"""Makers: what each table's rows become; tables.toml names one for every table."""

from collections.abc import Callable
from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.hmis import people, places, stays, told, worth
from throughcare.intake.hmis.export import Export
from throughcare.intake.hmis.read import Row
from throughcare.intake.hmis.values import TABLES
from throughcare.intake.shapes import without_blanks

Resource = dict[str, Any]


def _beside(row: Row, export: Export) -> list[Resource]:
    """Nothing of its own: the row speaks inside others, or tells of the system and nobody in it."""
    return []


_MAKERS: dict[str, Callable[[Row, Export], list[Resource]]] = {
    "beside": _beside,
    "user": people.user,
    "client": people.client,
    "organization": places.organization,
    "project": places.project,
    "site": places.site,
    "exit": stays.exit_,
    "stay": stays.stay,
    "disability": told.disability,
    "health": told.health,
    "income": worth.income,
    "living": told.answers,
    "answers": told.answers,
    "service": told.service,
    "event": told.event,
    "assessment": told.assessment,
}


def made(row: Row, export: Export) -> list[Resource]:
    """The resources of a row. Raises Malformed with file, line and column."""
    if row.table not in TABLES:
        raise Malformed(f"{row.place}: there is no such table in the HMIS layout.")
    return without_blanks(_MAKERS[TABLES[row.table]["makes"]](row, export))
