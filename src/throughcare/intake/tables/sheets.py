"""Sheets: the rows of a workbook of .xlsx as they are shown to have been computed; no formula runs here."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from openpyxl import load_workbook

from throughcare.faults import Malformed
from throughcare.intake.tables.read import COLUMNS_MAX, Row

BYTES_MAX = 64 << 20
UNPACKED_BYTES_MAX = 512 << 20
SHEETS_MAX = 50
ROWS_MAX = 1_048_576  # as many as a sheet has
_START = b"PK\x03\x04"


class Number(str):
    """The text of a cell that is a number, with a point before its decimals."""


def is_workbook(start: bytes) -> bool:
    """A zip whose first files are of Open XML; which sheets it has stands at its end."""
    return start.startswith(_START) and (b"[Content_Types].xml" in start or b"xl/" in start)


def sheets(stream: IO[bytes], ratio: int) -> Iterator[tuple[str, Iterator[Row]]]:
    """Each sheet by its name. Raises Malformed where the file is no workbook, or too large a one."""
    data = stream.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise Malformed(f"The workbook has more than {BYTES_MAX:,} bytes.", do="Divide it, or save it as CSV.")
    with _named():
        _bounded(data, ratio)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
    if len(names) > SHEETS_MAX:
        raise Malformed(f"The workbook has {len(names)} sheets; {SHEETS_MAX} are the most.")
    for name in names:
        yield name, _rows(book[name])
    book.close()


def _bounded(data: bytes, ratio: int) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        swollen = sum(info.file_size for info in packed.infolist())
    if swollen > min(UNPACKED_BYTES_MAX, len(data) * ratio + (1 << 20)):
        raise Malformed("The workbook swells to more than is accepted when it is opened.", do="Save it as CSV.")


@contextmanager
def _named() -> Iterator[None]:
    """Whatever a damaged workbook makes the library raise is one fault, in words and without its content."""
    try:
        yield
    except Malformed:
        raise
    except Exception as error:
        said = f"The workbook cannot be read ({type(error).__name__})."
        raise Malformed(said, do="Open it, and save it anew as .xlsx or CSV.") from None


def _rows(sheet: Any) -> Iterator[Row]:
    """Every row that holds something, without the blank cells at its end."""
    with _named():
        if not hasattr(sheet, "iter_rows"):
            return  # a sheet of charts
        sheet.reset_dimensions()
        for line, values in enumerate(sheet.iter_rows(max_row=ROWS_MAX, max_col=COLUMNS_MAX, values_only=True), 1):
            cells = [_text(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield Row(line, cells, "")


def _text(value: Any) -> str:
    """Days and moments as ISO writes them, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return Number(int(value) if whole else format(Decimal(repr(value)), "f"))
    return str(value).replace("\0", " ").strip()
