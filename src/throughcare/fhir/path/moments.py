"""Calendar arithmetic and comparison on days and times that may be known only in part."""

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from .mistake import Mistake
from .units import CODE_WORDS
from .values import CALENDAR_UNITS, Date, DateTime, Moment, Quantity, Time, days_in_month

# How many parts of a moment must be known before a unit can be added as it is.
_PARTS = {"year": 1, "month": 2, "day": 3, "hour": 4, "minute": 5, "second": 6}
_SMALLER = {"millisecond": ("second", 1000), "second": ("minute", 60), "minute": ("hour", 60), "hour": ("day", 24)}
_MICROSECONDS = {"day": 86_400_000_000, "hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000}


def compare(a: Moment, b: Moment) -> int | None:
    """-1, 0 or 1; None when the known parts are equal and one knows more, or only one of two times has an offset."""
    x, y = a.parts, b.parts
    if len(x) > 3 and len(y) > 3 and a.kind == "DateTime":
        if (a.zone is None) != (b.zone is None):
            return None
        if a.zone != b.zone:
            x, y = utc(a), utc(b)
    for known, other in zip(x, y, strict=False):
        if known != other:
            return -1 if known < other else 1
    return 0 if len(x) == len(y) else None


def utc(moment: Moment) -> tuple:
    """The parts moved to UTC, as many as before."""
    if not moment.zone or len(moment.parts) < 4:
        return moment.parts
    y, mo, d, h, *rest = moment.parts
    moved = datetime(y, mo, d, h, rest[0] if rest else 0) - timedelta(minutes=moment.zone)
    parts = (moved.year, moved.month, moved.day, moved.hour, moved.minute)
    return (*parts, rest[1]) if len(rest) > 1 else parts[: len(moment.parts)]


def add(moment: Moment, amount: Quantity, sign: int) -> Moment:
    """A moment so much later or earlier. Fractions of a unit are dropped; a month after Jan 31 is Feb 28 or 29."""
    unit = _calendar_unit(amount)
    count = (amount.value * sign).quantize(Decimal(1), ROUND_DOWN)
    if unit == "week":
        unit, count = "day", count * 7
    if isinstance(moment, Time):
        return _add_to_time(moment, *_in_milliseconds(unit, amount.value * sign))
    unit, count = _coarsen(unit, count, 3 if isinstance(moment, Date) else 6, len(moment.parts))
    try:
        parts = _shift(moment.parts, unit, int(count))
    except (OverflowError, ValueError):
        raise Mistake("The result is not a day of the calendar.") from None
    return type(moment)(parts, moment.zone)


def _calendar_unit(amount: Quantity) -> str:
    if amount.unit in CALENDAR_UNITS:
        return CALENDAR_UNITS[amount.unit]
    word = CODE_WORDS.get(amount.unit, "")
    if not word or (word in ("year", "month") and not amount.both):
        raise Mistake(f"A day or time cannot be moved by '{amount.unit}'; use a calendar word such as days or months.")
    return word


def _coarsen(unit: str, count: Decimal, most: int, known: int) -> tuple[str, Decimal]:
    """An amount in the finest unit that the moment knows: months become years where only the year is known."""
    known = min(known, most)
    if unit == "millisecond" and known == 6:
        return unit, count
    while unit == "millisecond" or _PARTS[unit] > known:
        if unit in _SMALLER:
            unit, size = _SMALLER[unit]
        elif unit == "day":
            unit, size = ("month", 30) if known == 2 else ("year", 365)
        else:
            unit, size = "year", 12
        count = (count / size).quantize(Decimal(1), ROUND_DOWN)
    return unit, count


def _shift(parts: tuple, unit: str, count: int) -> tuple:
    if unit in ("year", "month"):
        months = count * (12 if unit == "year" else 1)
        total = parts[0] * 12 + (parts[1] - 1 if len(parts) > 1 else 0) + months
        year, month = total // 12, total % 12 + 1
        if not 1 <= year <= 9999:
            raise ValueError(year)
        day = (min(parts[2], days_in_month(year, month)),) if len(parts) > 2 else ()
        return (year, month, *day, *parts[3:])[: len(parts)]
    return _elapse(parts, unit, count)


def _elapse(parts: tuple, unit: str, count: int) -> tuple:
    second = parts[5] if len(parts) > 5 else Decimal(0)
    whole = int(second)
    start = datetime(*parts[:5]) if len(parts) > 3 else datetime(*parts[:3])
    start += timedelta(seconds=min(whole, 59))
    if unit == "millisecond":
        exact = second - whole + Decimal(count) / 1000
        carry = int(exact // 1)
        moved, left = start + timedelta(seconds=carry), exact - carry
    else:
        moved, left = start + timedelta(microseconds=_MICROSECONDS[unit] * count), second - whole
    known = (moved.year, moved.month, moved.day, moved.hour, moved.minute, moved.second + left)
    return known[: len(parts)]


def _add_to_time(moment: Time, unit: str, count: Decimal) -> Time:
    if unit in ("year", "month", "day"):
        raise Mistake(f"A time of day cannot be moved by a {unit}.")
    unit, count = _coarsen(unit, count, 6, len(moment.parts) + 3)
    return Time(_elapse((2000, 1, 1, *moment.parts), unit, int(count))[3:])


def _in_milliseconds(unit: str, amount: Decimal) -> tuple[str, Decimal]:
    """A time of day takes fractions of a second; a day and time does not (official suite, testPlusDate19)."""
    if unit == "second" and amount != amount.to_integral_value():
        return "millisecond", (amount * 1000).quantize(Decimal(1), ROUND_DOWN)
    return unit, amount.quantize(Decimal(1), ROUND_DOWN)


def as_date_time(moment: Date) -> DateTime:
    return DateTime(moment.parts, None, moment.text)
