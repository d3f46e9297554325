"""Told: rows become pieces, each by itself or with those it belongs to; what is wrong is said with line and column."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from itertools import groupby, islice

from throughcare.faults import Malformed
from throughcare.intake.formats import Piece
from throughcare.intake.shapes import Resource
from throughcare.intake.tables.making import Maker
from throughcare.intake.tables.read import Row, written
from throughcare.intake.tables.values import BadCell, moment

ROWS_OF_A_PIECE_MAX = 10_000


def told(maker: Maker, head: Row, rows: Iterator[Row]) -> Iterator[Piece]:
    """A piece for all that is told together; its body can be read again as a table of its own."""
    for group in together(maker, rows):
        try:
            made, reason = resources(maker, group), ""
        except Malformed as fault:
            made, reason = [], f"Line {group[0].line}: {fault.what}"
        as_of = _as_of(maker, group[0]) if not reason else None
        yield Piece(0, made, _body(maker, head, group), reason, line=group[0].line, as_of=as_of)


def resources(maker: Maker, group: list[Row]) -> list[Resource]:
    """What the rows say. Raises Malformed, or BadCell with the column."""
    if broken := next((row for row in group if row.fault), None):
        raise Malformed(broken.fault)
    if maker.mapping.reads.updated:
        _as_of(maker, group[0])
    return maker.resources(group)


def _as_of(maker: Maker, row: Row) -> datetime | None:
    column = maker.mapping.reads.updated
    text = maker.cell(row, column) if column else ""
    try:
        return moment(text, maker.mapping.reads) if text else None
    except ValueError as error:
        raise BadCell(column, *error.args[:2]) from None


def together(maker: Maker, rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows that follow each other with the same key. A key that comes again later would undo what it said before."""
    columns = maker.mapping.reads.together
    if not columns:
        yield from ([row] for row in rows)
        return
    seen: set[bytes] = set()

    def key(row: Row) -> tuple[str, ...]:
        return ("", str(row.line)) if row.fault else tuple(maker.cell(row, column) for column in columns)

    for what, group in groupby(rows, key=key):
        found = list(islice(group, ROWS_OF_A_PIECE_MAX + 1))
        seal = blake2b("\x1f".join(what).encode(), digest_size=8).digest()
        if seal in seen:
            apart = f"Rows with the same {', '.join(columns)} stand apart: sort the table by it."
            found[0] = replace(found[0], fault=apart)
        elif len(found) > ROWS_OF_A_PIECE_MAX:
            found = [replace(found[0], fault=f"More than {ROWS_OF_A_PIECE_MAX:,} rows belong together.")]
        seen.add(seal)
        yield found


def _body(maker: Maker, head: Row, group: list[Row]) -> bytes:
    """The rows under their header, written as the mapping reads them."""
    reads = maker.mapping.reads
    texts = [row.text or written(row.cells, reads.separator or ",") for row in (head, *group)]
    return "\n".join([*[""] * (reads.header_line - 1), *texts]).encode(reads.encoding or "utf-8", "replace")
