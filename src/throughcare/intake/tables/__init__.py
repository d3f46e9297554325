"""Tables: a CSV or a spreadsheet of any agency, read by a mapping of the site that says what its columns are."""

from collections.abc import Iterator
from dataclasses import replace

from throughcare.intake.archive import Member
from throughcare.intake.formats import Given, Piece
from throughcare.intake.tables import mappings, opened, sheets
from throughcare.intake.tables.making import Maker
from throughcare.intake.tables.read import written
from throughcare.intake.tables.told import told
from throughcare.settings import Settings

TITLE = "Table"
TOGETHER = False


def knows_here(start: bytes, name: str, settings: Settings) -> bool:
    """A text whose columns a mapping of the site knows; a workbook wherever the site has mappings."""
    of_site = mappings.of_site(settings)
    return bool(of_site) and (sheets.is_workbook(start) or bool(opened.fitting(start, name, of_site)))


def wrong_here(settings: Settings) -> list[str]:
    return mappings.unknowing(mappings.of_site(settings))


def source_of(members: list[Member], given: Given) -> str:
    """Whose the table is, as its mapping says; of a workbook, the first sheet that is known."""
    found = opened.all_of(members[0], mappings.of_site(given.settings), given.settings)
    return next((mapping.source for mapping, _, _, _ in found if mapping), given.source)


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """A piece for each row, or for the rows that belong together; a sheet that no mapping knows is refused as one."""
    number = 0
    for mapping, where, head, rows in opened.all_of(members[0], mappings.of_site(given.settings), given.settings):
        if mapping is None or mapping.source != given.source:
            number += 1
            reason = "Its mapping is of another source than the sheet before." if mapping else "No mapping knows it."
            yield Piece(number, body=written(head.cells).encode(), reason=reason, file=where, line=head.line)
            continue
        maker = Maker(mapping, mappings.bound(mapping, head.cells), given.settings.time_zone)
        for piece in told(maker, head, rows):
            number += 1
            yield replace(piece, number=number, file=where)
