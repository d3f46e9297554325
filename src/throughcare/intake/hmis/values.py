"""Values: what a cell says, checked against the lists of the HMIS data standards (tables.toml)."""

import re
import tomllib
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.hmis.read import Row

_READ = tomllib.loads((files(__package__) / "tables.toml").read_text())
TABLES: dict[str, dict[str, Any]] = _READ["table"]
LISTS: dict[str, list[int]] = _READ["list"]
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T].*)?")
_AMERICAN = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?: .*)?")
_SAID = {0: "no", 1: "yes"}


def day(row: Row, column: str) -> str:
    """A date as FHIR writes it, '' for none: YYYY-MM-DD, or MM-DD-YYYY as some systems write. Raises Malformed."""
    if not (text := row[column]):
        return ""
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        if found := _AMERICAN.fullmatch(text):
            return date(int(found[3]), int(found[1]), int(found[2])).isoformat()
    except ValueError:
        pass
    raise Malformed(f"{row.place}, {column}: it is not a date (YYYY-MM-DD).")


def needed_day(row: Row, column: str) -> str:
    row.needed(column)
    return day(row, column)


def code(row: Row, column: str) -> int | None:
    """A code of the list that belongs to the column, None for none. Raises Malformed."""
    if not (text := row[column]):
        return None
    allowed = LISTS.get(column, LISTS["yes_no_or_why"])
    if not text.isascii() or not text.isdigit() or len(text) > 4 or int(text) not in allowed:
        raise Malformed(f"{row.place}, {column}: the code is not in its list.")
    return int(text)


def number(row: Row, column: str) -> Decimal | None:
    """An amount. Raises Malformed."""
    if not (text := row[column]):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= 10**9 or "e" in text.lower():
        raise Malformed(f"{row.place}, {column}: it is not a number.")
    return value


def yes(row: Row, column: str) -> bool | None:
    """Yes or no; None when nobody knows or would say."""
    return {1: True, 0: False}.get(code(row, column))  # type: ignore[arg-type]


def outcome(row: Row, column: str) -> str:
    return _SAID.get(code(row, column), "")  # type: ignore[arg-type]
