"""From one kind of value to another: each toX() has its convertsToX()."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import units
from .arithmetic import INTEGER_MAX, LONG_MAX
from .compare import converted, reconcile
from .context import Context
from .mistake import Mistake
from .projection import text
from .registry import function
from .subsets import single
from .system import system
from .values import CALENDAR_UNITS, Date, DateTime, Long, Moment, Node, Quantity, Time

_TRUE = frozenset(("true", "t", "yes", "y", "1", "1.0"))
_FALSE = frozenset(("false", "f", "no", "n", "0", "0.0"))
_QUANTITY = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([A-Za-z]+))?", re.ASCII)


def _conversion(name: str, convert: Callable[[Any], Any]) -> None:
    """Enter toX() and convertsToX() for a converter that gives None for what it cannot convert."""

    @function("to" + name)
    def to(context: Context, items: list) -> list:
        item = single(items)
        result = None if item is None else convert(system(item))
        return [] if result is None else [result]

    @function("convertsTo" + name)
    def converts(context: Context, items: list) -> list:
        item = single(items)
        return [] if item is None else [convert(system(item)) is not None]


def to_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, Decimal)):
        return {0: False, 1: True}.get(int(value)) if value == int(value) else None
    word = value.lower() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def _to_whole(value: Any, most: int) -> int | None:
    if isinstance(value, (bool, int)) or (isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value, re.ASCII)):
        number = int(value)
    else:
        return None
    return number if -most - 1 <= number <= most else None


def to_integer(value: Any) -> int | None:
    return _to_whole(value, INTEGER_MAX)


def to_long(value: Any) -> Long | None:
    number = _to_whole(value, LONG_MAX)
    return None if number is None else Long(number)


def to_decimal(value: Any) -> Decimal | None:
    if isinstance(value, (bool, int, Decimal)):
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+(\.\d+)?", value, re.ASCII):
        return Decimal(value)
    return None


def to_string(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (int, Moment, Quantity)):
        return str(value)
    return None


def to_date(value: Any) -> Date | None:
    if isinstance(value, Date):
        return value
    if isinstance(value, DateTime):
        return Date(value.parts[:3])
    if isinstance(value, str):
        return Date.parse(value) or (to_date(moment) if (moment := DateTime.parse(value)) else None)
    return None


def to_date_time(value: Any) -> DateTime | None:
    if isinstance(value, Date):
        return DateTime(value.parts, None, value.text)
    if isinstance(value, DateTime):
        return value
    return DateTime.parse(value) if isinstance(value, str) else None


def to_time(value: Any) -> Time | None:
    if isinstance(value, Time):
        return value
    return Time.parse(value.removeprefix("T")) if isinstance(value, str) else None


def to_quantity(value: Any) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, (bool, int, Decimal)) and not isinstance(value, Long):
        return Quantity(Decimal(value))
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    number, code, word = match.groups()
    if word is None:
        return Quantity(Decimal(number), code or "1")
    return Quantity(Decimal(number), CALENDAR_UNITS[word], calendar=True) if word in CALENDAR_UNITS else None


for _name, _convert in {
    "Boolean": to_boolean,
    "Integer": to_integer,
    "Long": to_long,
    "Decimal": to_decimal,
    "String": to_string,
    "Date": to_date,
    "DateTime": to_date_time,
    "Time": to_time,
}.items():
    _conversion(_name, _convert)


@function("toQuantity", 0, 1)
def _to_quantity(context: Context, items: list, unit: list | None = None) -> list:
    item = single(items)
    if isinstance(item, Node) and isinstance(item.value, dict) and "comparator" in item.value:
        raise Mistake("A Quantity with a comparator is a range, not an amount.")
    amount = None if item is None else to_quantity(system(item))
    if amount is not None and unit is not None:
        wanted = text(unit, "the unit")
        amount = None if wanted is None else in_unit(amount, wanted)
    return [] if amount is None else [amount]


@function("convertsToQuantity", 0, 1)
def _converts_to_quantity(context: Context, items: list, unit: list | None = None) -> list:
    return [bool(_to_quantity(context, items, unit))] if items else []


def in_unit(amount: Quantity, unit: str) -> Quantity | None:
    """The same amount in another unit, None when the units measure different things."""
    calendar = unit in CALENDAR_UNITS
    target = Quantity(Decimal(0), CALENDAR_UNITS.get(unit, unit), calendar=calendar)
    if amount.both and calendar:
        amount = Quantity(amount.value, units.CODE_WORDS[amount.unit], calendar=True)
    if (amount.unit, amount.calendar) == (target.unit, calendar):
        return amount
    value = converted(amount, target)
    return None if value is None else Quantity(value.normalize() + 0, target.unit, calendar=calendar)


@function("comparable", 1)
def _comparable(context: Context, items: list, other: list) -> list:
    if not items or not other:
        return []
    a, b = (_amount_or_none(single(side)) for side in (items, other))
    if a is None or b is None:
        return [False]
    return [converted(*reconcile(a, b)) is not None]


def _amount_or_none(item: Any) -> Quantity | None:
    if isinstance(item, Node) and isinstance(item.value, dict) and "comparator" in item.value:
        raise Mistake("A Quantity with a comparator is a range, not an amount.")
    value = system(item)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Quantity(Decimal(value))
    return value if isinstance(value, Quantity) else None
