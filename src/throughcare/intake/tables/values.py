"""Values: the text of a cell as a type of FHIR has it; what is none is said with its column, never guessed."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from throughcare.faults import Malformed
from throughcare.intake.tables.grammar import Reads

_YES, _NO = {"true", "yes", "y", "t", "1"}, {"false", "no", "n", "f", "0"}
_NUMBER = {
    ".": re.compile(r"[-+]?(?:\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(?:\.\d{1,12})?"),
    ",": re.compile(r"[-+]?(?:\d{1,18}|\d{1,3}(?:[. \u00a0]\d{3}){1,5})(?:,\d{1,12})?"),
}
_WHOLE = ("integer", "positiveInt", "unsignedInt")
Read = Callable[[str], Any]


class BadCell(Malformed):
    """A cell that is not what the mapping takes it for. The fault names the column, never what the cell holds."""

    def __init__(self, column: str, what: str, do: str = "") -> None:
        self.column = column
        super().__init__(f'Column "{column}" {what}', do=do)


def reader(kind: str, reads: Reads, zone: str) -> Read:
    """What turns the text of a cell into this primitive type of FHIR. It raises ValueError with what is wrong."""
    if kind == "boolean":
        return _truth
    if kind == "decimal":
        return partial(_amount, decimal=reads.decimal)
    if kind in _WHOLE:
        return partial(_whole, decimal=reads.decimal)
    if kind in ("date", "dateTime", "instant"):
        return partial(_time, kind=kind, patterns=tuple(reads.dates), zone=zone)
    return str


def moment(text: str, reads: Reads) -> datetime:
    """For which moment a row speaks, in the time of its source."""
    return _moment(text, tuple(reads.dates))[0].replace(tzinfo=None)


def _truth(text: str) -> bool:
    if (word := text.casefold()) in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("is neither yes nor no.", "Say in a table of [values] what its words mean: true or false.")


def _amount(text: str, decimal: str) -> Decimal:
    bare = text.strip("$€£ \u00a0")
    if not _NUMBER[decimal].fullmatch(bare):
        raise ValueError(f'is no number with "{decimal}" before its decimals.', "Correct it, or `decimal` in [reads].")
    grouped = {".": ",", ",": ". \u00a0"}[decimal]
    return Decimal(bare.translate({ord(sign): None for sign in grouped}).replace(decimal, "."))


def _whole(text: str, decimal: str) -> int:
    number = _amount(text, decimal)
    if number != number.to_integral_value():
        raise ValueError("is no whole number.", "Correct it, or take another element for it.")
    return int(number)


@lru_cache(maxsize=1 << 15)
def _time(text: str, kind: str, patterns: tuple[str, ...], zone: str) -> str:
    found, has_time = _moment(text, patterns)
    if kind == "date" or (kind == "dateTime" and not has_time):
        return found.strftime("%Y-%m-%d") if found.year >= 1000 else f"{found.year:04}-{found:%m-%d}"
    if not has_time:
        raise ValueError("is a day without a time.", "Take an element that holds a day, or a column with the time.")
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).isoformat(timespec="seconds")


@lru_cache(maxsize=1 << 15)
def _moment(text: str, patterns: tuple[str, ...]) -> tuple[datetime, bool]:
    """The moment, and whether its time of day is said. 2026-01-31 and 2026-01-31T09:00 need no pattern."""
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), datetime.min.time()), False
        if len(text) >= 16 and text[4] == text[7] == "-":
            return datetime.fromisoformat(text), True
    except ValueError:
        pass
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern), "%H" in pattern or "%I" in pattern
        except ValueError:
            continue
    looked = " or ".join(["2026-01-31", *patterns])
    raise ValueError(f"is no date as {looked}.", "Correct it, or add its pattern to `dates` in [reads].")
