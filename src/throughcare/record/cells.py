"""Cells of flat views: each value in the form of its column, with codes translated and dates in local days."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from throughcare.fhir import dates

Cell = Callable[[Any], Any]

SQL_TYPES = {
    **dict.fromkeys(("string", "code", "uri", "url", "canonical", "id", "markdown", "oid", "uuid", "time"), "text"),
    **dict.fromkeys(("integer", "positiveInt", "unsignedInt", "integer64"), "bigint"),
    "boolean": "boolean",
    "decimal": "numeric(38,10)",
    "date": "date",
    "dateTime": "timestamptz",
    "instant": "timestamptz",
}
_NUMBER_MAX = Decimal(10) ** 27
_INTEGER_MAX = 2**63 - 1


def cell_maker(sql_type: str, codes: dict[str, str], zone: str) -> Cell:
    """How values of a column are written; a value that its type cannot hold is left blank, not refused."""
    if sql_type == "text":
        return _text if not codes else lambda value: codes.get(str(value), _text(value))
    if sql_type == "date":
        return lambda value: _day(str(value), zone)
    if sql_type == "timestamptz":
        return lambda value: _moment(str(value), zone)
    return {"bigint": _integer, "boolean": _boolean}.get(sql_type, _number)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _integer(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and abs(number) <= _INTEGER_MAX else None


def _number(value: Any) -> Decimal | None:
    number = Decimal(value) if isinstance(value, int | Decimal) else None
    return number if number is not None and number.is_finite() and abs(number) < _NUMBER_MAX else None


@lru_cache(maxsize=65536)
def _day(text: str, zone: str) -> date | None:
    """A day as it is where the site is; of a month or a year, its first day."""
    try:
        return dates.local_date(text, zone)
    except OverflowError:  # a zone away from the first or the last moment of the calendar
        return None


@lru_cache(maxsize=65536)
def _moment(text: str, zone: str) -> datetime | None:
    """A moment; of a day without a time, its local midnight. In UTC, as the record keeps all moments."""
    try:
        at = dates.instant(text, zone)
        return at.astimezone(UTC) if at else None
    except OverflowError:
        return None
