"""Values: days and amounts of the repository, whose "~" and 9999-12-31 say nothing."""

import re
from datetime import date
from decimal import Decimal

from throughcare.faults import Malformed
from throughcare.intake.hmis.read import Row

NEVER = "9999-12-31"
_AMOUNT = re.compile(r"[-+]?(\d{1,16}(\.\d{0,8})?|\.\d{1,8})")


def word(row: Row, column: str) -> str:
    """A code or a number; digits that a spreadsheet wrote as 1104867175.0 are those before the point."""
    text = row[column].removesuffix(".0")
    return "" if text == "~" else text


def day(row: Row, column: str) -> str:
    """A day, or the day of a moment; '' where there is none. Malformed where it is no day."""
    text = row[column][:10]
    if not text or text == NEVER:
        return ""
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else _none(row, column)
    except ValueError:
        return _none(row, column)


def amount(row: Row, column: str) -> Decimal | None:
    text = row[column]
    if text and not _AMOUNT.fullmatch(text):
        raise Malformed(f"{row.place}: {column} is no number.")
    return Decimal(text) if text else None


def _none(row: Row, column: str) -> str:
    raise Malformed(f"{row.place}: {column} is no date.")
