"""HMIS CSV: the export of a homeless management information system, FY2024 and FY2026, its tables read together."""

from collections.abc import Iterator
from functools import partial

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given, Piece
from throughcare.intake.hmis import makers, read
from throughcare.intake.hmis.export import Export
from throughcare.intake.hmis.read import Row
from throughcare.intake.hmis.values import TABLES

TITLE = "HMIS CSV"
TOGETHER = True


def knows(start: bytes, name: str) -> bool:
    """Every table of an export ends in ExportID, and has the columns of all tables or those of Export.csv."""
    columns = set(read.columns(start))
    return "exportid" in columns and ("datecreated" in columns or "exportstartdate" in columns)


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """Row by row, tables in the order of the layout, so that people and projects come before what is told of them."""
    order = {table: n for n, table in enumerate(TABLES)}
    ranked = sorted(members, key=lambda member: (order.get(read.table(member), len(order)), member.shown))
    export = Export.of(ranked, given)
    seen: set[tuple[str, str]] = set()
    number = 0
    for member in ranked:
        for row in read.rows(member):
            number += 1
            yield _piece(number, row, export, seen)


def _piece(number: int, row: Row, export: Export, seen: set[tuple[str, str]]) -> Piece:
    """All that a row says, or the reason with file, line and column; what is withdrawn is deleted, not stored."""
    piece = partial(Piece, number, body=row.raw, file=row.file, line=row.line)
    try:
        if row.fault:
            raise Malformed(f"{row.place}: {row.fault}")
        _once(row, seen)
        made = makers.made(row, export)
    except Malformed as fault:
        return piece(reason=fault.what)
    if row["DateDeleted"]:
        gone = [(one["resourceType"], one["id"]) for one in made]
        return piece(deletes=gone, as_of=export.made_at)
    return piece(resources=made, as_of=export.made_at)


def _once(row: Row, seen: set[tuple[str, str]]) -> None:
    """A key stands in a table once; the first row keeps it."""
    column = TABLES.get(row.table, {}).get("key", "")
    if not column:
        return
    key = row.table, row.needed(column)
    if key in seen:
        raise Malformed(f"{row.place}, {column}: an earlier row of the table has the same key.")
    seen.add(key)
