"""Opened: the tables that lie in a file, each with its mapping: one in a text, one in each sheet of a workbook."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from throughcare.intake.archive import Member
from throughcare.intake.tables import mappings, read, sheets
from throughcare.intake.tables.grammar import Mapping, Reads
from throughcare.intake.tables.mappings import Wrong
from throughcare.intake.tables.mistakes import HEADER_LINE_MAX
from throughcare.intake.tables.read import Row
from throughcare.settings import Settings

LOOK_BYTES = 1 << 16
Site = Sequence[Mapping | Wrong]
Table = tuple[Mapping | None, str, Row, Iterator[Row]]  # its mapping, where it lies, its header, its rows


def all_of(member: Member, of_site: Site, settings: Settings) -> Generator[Table, None, None]:
    """Each table; its mapping is None when none knows it.

    Raises Malformed when the file is none, when two mappings know it, or one that has mistakes.
    """
    stream = member.open()
    try:
        start = stream.read(LOOK_BYTES)
    finally:
        stream.close()
    if sheets.is_workbook(start):
        yield from _of_workbook(member, of_site, settings)
    else:
        yield from _of_text(member, mappings.best_of(fitting(start, member.shown, of_site)))


def fitting(start: bytes, name: str, of_site: Site) -> list[Mapping | Wrong]:
    """The mappings that know the text that begins so; each reads the header its own way.

    A row of a sheet that waits in quarantine is a text, and its name ends in that of the sheet.
    """
    sheet = name.rpartition("!")[2] if "!" in name else ""
    return [one for one in of_site if mappings.fits(one, name, read.header(start, one.reads), sheet)]


def _of_text(member: Member, mapping: Mapping | None) -> Iterator[Table]:
    """The one table of a text; none where there is no header."""
    stream = member.open()
    try:
        rows = read.rows(stream, mapping.reads if mapping else Reads())
        if head := next(rows, None):
            yield mapping, member.shown, head, rows
    finally:
        stream.close()


def _of_workbook(member: Member, of_site: Site, settings: Settings) -> Iterator[Table]:
    """Each sheet that holds something and that no mapping leaves out."""
    stream = member.open()
    try:
        for sheet, rows in sheets.sheets(stream, settings.archive_ratio_max):
            first = list(islice(rows, HEADER_LINE_MAX))
            if not first or any(sheet in one.leaves_out for one in of_site):
                continue
            knowing = [one for one in of_site if mappings.fits(one, member.shown, _head(first, one).cells, sheet)]
            mapping = mappings.best_of(knowing)
            head = _head(first, mapping)
            below = chain((row for row in first if row.line > head.line), rows)
            yield mapping, f"{member.shown}!{sheet}", head, _padded(below, len(head.cells), mapping)
    finally:
        stream.close()


def _head(first: list[Row], mapping: Mapping | Wrong | None) -> Row:
    """The first row from the mapping's header line on."""
    line = mapping.reads.header_line if mapping else 1
    return next((row for row in first if row.line >= line), first[0])


def _padded(rows: Iterable[Row], width: int, mapping: Mapping | None) -> Iterator[Row]:
    """Rows of a sheet as those of a text: as wide as the header, numbers as the mapping writes them."""
    comma = mapping is not None and mapping.reads.decimal == ","
    for row in rows:
        cells = row.cells + [""] * (width - len(row.cells))
        if comma:
            cells = [cell.replace(".", ",") if isinstance(cell, sheets.Number) else cell for cell in cells]
        yield read.fitted(replace(row, cells=cells), width)
