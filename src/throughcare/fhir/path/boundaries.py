"""The earliest and latest, lowest and highest value that something known only so far can stand for."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from .arithmetic import is_number
from .compare import type_word
from .context import Context
from .mistake import Mistake
from .numbers import whole_or
from .registry import function
from .subsets import single
from .system import system
from .values import Date, DateTime, Quantity, Time, days_in_month

DIGITS_MAX = 31
_DIGITS = {"Date": (4, 6, 8), "DateTime": (4, 6, 8, 10, 12, 17), "Time": (2, 4, 9)}
# Where no offset is known the moment may be anywhere on earth: the first place to see a day is UTC+14, the last UTC-12.
_FIRST_ZONE, _LAST_ZONE = 14 * 60, -12 * 60


def _boundary(high: bool):
    def run(context: Context, items: list, precision: list | None = None) -> list:
        value = system(single(items))
        if value is None or precision == []:
            return []
        if isinstance(value, str):
            value = DateTime.parse(value) or Time.parse(value) or value
        result = _bound(value, precision, high)
        return [] if result is None else [result]

    return run


def _bound(value: Any, precision: list | None, high: bool) -> Any:
    if is_number(value):
        digits = whole_or(precision, 8)
        return None if digits is None or not 0 <= digits <= DIGITS_MAX else decimal_bound(Decimal(value), digits, high)
    if isinstance(value, Quantity):
        number = _bound(value.value, precision, high)
        return None if number is None else Quantity(number, value.unit, calendar=value.calendar)
    if isinstance(value, (Date, DateTime, Time)):
        steps = _DIGITS[value.kind]
        digits = whole_or(precision, steps[-1])
        return None if digits not in steps else _moment_bound(value, steps.index(digits) + 1, high)
    raise Mistake(f"Boundaries are not known for {type_word(value)}.")


def decimal_bound(value: Decimal, digits: int, high: bool) -> Decimal:
    """Half a step of the last digit away, written to so many digits (outward by rounding, inward by cutting)."""
    with localcontext(prec=60):
        half = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)
        outward = high is not value.is_signed() or value == 0
        bound = value + half if high else value - half
        return bound.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP if outward else ROUND_DOWN)


def _moment_bound(value: Any, count: int, high: bool) -> Any:
    """The moment filled up, or cut, to so many parts."""
    parts = value.parts
    if isinstance(parts[-1], Decimal):
        parts = (*parts[:-1], _to_milliseconds(parts[-1], high))
    if isinstance(value, Time):
        return Time((parts + ((59, Decimal("59.999")) if high else (0, Decimal("0.000")))[len(parts) - 1 :])[:count])
    if len(parts) < 2:
        parts += (12 if high else 1,)
    if len(parts) < 3:
        parts += (days_in_month(*parts) if high else 1,)
    if isinstance(value, Date):
        return Date(parts[:count])
    return DateTime(_filled(parts, high)[:count], _zone(value, count, high))


def _to_milliseconds(second: Decimal, high: bool) -> Decimal:
    """A second with three decimals: those not given are 000 or 999."""
    places = -int(second.as_tuple().exponent)
    rest = Decimal("0.999") % Decimal(1).scaleb(-places) if high and places < 3 else Decimal(0)
    return (second + rest).quantize(Decimal("0.001"), ROUND_DOWN)


def _filled(parts: tuple, high: bool) -> tuple:
    if len(parts) == 4:
        parts += (0,)  # FHIR has no time of day without minutes: an hour alone is that hour sharp
    return parts + ((23, 59, Decimal("59.999")) if high else (0, 0, Decimal("0.000")))[len(parts) - 3 :]


def _zone(value: DateTime, count: int, high: bool) -> int | None:
    if count < 4:
        return None
    return value.zone if value.zone is not None else _LAST_ZONE if high else _FIRST_ZONE


function("lowBoundary", 0, 1)(_boundary(False))
function("highBoundary", 0, 1)(_boundary(True))
