"""Deadlines: the closed list of shapes that `due`, `every` and `warn` may take."""

import re
from dataclasses import dataclass
from typing import Any

from throughcare.definitions.expressions import DAYS, Mistake, Spelled, spell, wanted

UNITS = {
    "minute": "minutes",
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "years",
    "business day": "business days",
}
SHAPES = (
    "2 business days after X",
    "14 days after X",
    "48 hours after X_at",
    "30 minutes after X_at",
    "6 months after X",
    "3 days before X",
    "end of month of X",
    "by X",
)
_N = r"(\d+|[a-z_][a-z0-9_]*)"
_SHIFT = re.compile(rf"{_N} (business days?|days?|weeks?|hours?|minutes?|months?|years?) (after|before) (.+)")
_LENGTH = re.compile(rf"{_N} (business days?|days?|weeks?|hours?|minutes?|months?|years?)")


@dataclass(frozen=True, slots=True)
class Length:
    """How long: a number and a unit."""

    n: Spelled
    unit: str


def length(text: str, scope: Any) -> Length:
    """ "180 days", "6 months", "a1c_interval days"."""
    match = _LENGTH.fullmatch(" ".join(text.split()))
    if not match:
        raise Mistake(f'"{text}" is not a length of time.', do='Write "7 days", "1 month", "2 business days".')
    return Length(spell(match[1], scope, "number"), UNITS[match[2].rstrip("s")])


def due(text: str, scope: Any) -> Spelled:
    """The deadline: a date (its whole day counts) or a moment."""
    plain = " ".join(text.split())
    if match := _SHIFT.fullmatch(plain):
        base = wanted(spell(match[4], scope), "day", scope, match[4])
        long = Length(spell(match[1], scope, "number"), UNITS[match[2].rstrip("s")])
        return shifted(base, long, 1 if match[3] == "after" else -1, scope)
    if match := re.fullmatch(r"end of month of (.+)", plain):
        day = spell(match[1], scope, "date")
        return Spelled(f"last_day({day.sql})", "date", day.uses)
    text = plain.removeprefix("by ")
    found = spell(text, scope)
    if found.type not in DAYS:
        raise Mistake(f'"{plain}" is not a deadline.', do=f"Write one of: {'; '.join(SHAPES)}.")
    return found


def shifted(base: Spelled, long: Length, way: int, scope: Any) -> Spelled:
    """A date or moment moved by a length; hours and minutes make a moment of it, all else a day."""
    n = f"cast({long.n.sql} as integer)"
    uses = base.uses | long.n.uses
    if long.unit in ("hours", "minutes"):
        moment = scope.local_midnight(base) if base.type == "date" else base
        sign = "+" if way > 0 else "-"
        return Spelled(f"({moment.sql} {sign} to_{long.unit}({n}))", "timestamp", uses | moment.uses)
    day = scope.local_day(base) if base.type == "timestamp" else base
    uses |= day.uses
    if long.unit == "business days":
        name = "care_business_days_after" if way > 0 else "care_business_days_before"
        return Spelled(f"{name}({day.sql}, {n}, {scope.business_days()})", "date", uses)
    sign = "+" if way > 0 else "-"
    if long.unit in ("days", "weeks"):
        return Spelled(f"({day.sql} {sign} {n}{' * 7' if long.unit == 'weeks' else ''})", "date", uses)
    months = f"to_months({n}{' * 12' if long.unit == 'years' else ''})"
    return Spelled(f"cast({day.sql} {sign} {months} as date)", "date", uses)


def warn(text: str, scope: Any) -> Length:
    """ "24 hours before due"."""
    match = re.fullmatch(r"(.+) before due", " ".join(text.split()))
    if not match:
        raise Mistake(f'warn: "{text}" is not "… before due".', do='Write "24 hours before due".')
    return length(match[1], scope)
