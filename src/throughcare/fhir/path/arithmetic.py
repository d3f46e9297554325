"""Arithmetic: numbers in decimals, amounts with their units, days and times moved by amounts of time."""

from collections.abc import Callable
from decimal import Decimal, DecimalException, localcontext
from typing import Any

from . import compare, moments, units
from .compare import type_word
from .mistake import Mistake
from .subsets import known
from .values import Long, Moment, Quantity

INTEGER_MAX = 2**31 - 1
LONG_MAX = 2**63 - 1


def _operands(left: list, right: list) -> tuple[Any, Any] | None:
    a, b = known(left), known(right)
    return None if a is None or b is None else (a, b)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def number(value: int | Decimal) -> list:
    """A result that fits FHIRPath's numbers; one too large is empty, as the specification asks."""
    if isinstance(value, int):
        return [value] if abs(value) <= (LONG_MAX if isinstance(value, Long) else INTEGER_MAX) else []
    return [value]


def _arithmetic(
    symbol: str, on_numbers: Callable[[Any, Any], Any], on_others: Callable[[Any, Any], list | None]
) -> Callable:
    def run(left: list, right: list) -> list:
        pair = _operands(left, right)
        if pair is None:
            return []
        a, b = pair
        if is_number(a) and is_number(b):
            result = on_numbers(a, b)
            whole = isinstance(a, int) and isinstance(b, int) and isinstance(result, int)
            return number(Long(result) if whole and Long in (type(a), type(b)) else result)
        try:
            others = on_others(a, b)
        except DecimalException:
            return []
        if others is None:
            raise Mistake(f"'{symbol}' does not apply to {type_word(a)} and {type_word(b)}.")
        return others

    return run


def _add_others(a: Any, b: Any) -> list | None:
    if isinstance(a, str) and isinstance(b, str):
        return [a + b]
    if isinstance(a, Quantity) and isinstance(b, Moment):
        a, b = b, a
    if isinstance(a, Moment) and isinstance(b, Quantity):
        return [moments.add(a, b, 1)]
    return _sum(a, b, 1)


def _subtract_others(a: Any, b: Any) -> list | None:
    if isinstance(a, Moment) and isinstance(b, Quantity):
        return [moments.add(a, b, -1)]
    return _sum(a, b, -1)


def _sum(a: Any, b: Any, sign: int) -> list | None:
    """Amounts in the finer of the two units; amounts of different kinds have no sum."""
    a, b = _amount(a), _amount(b)
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        return None
    a, b = compare.reconcile(a, b)
    if units.is_scale(a.unit) or units.is_scale(b.unit):
        return []
    if compare.units_alike(a, b):
        return [Quantity(a.value + sign * b.value, a.unit, calendar=a.calendar)]
    if a.measure is None or b.measure is None:
        return []
    finer = a if a.measure.factor <= b.measure.factor else b
    x, y = compare.converted(a, finer), compare.converted(b, finer)
    return [] if x is None or y is None else [Quantity(x + sign * y, finer.unit, calendar=finer.calendar)]


def _amount(value: Any) -> Any:
    return Quantity(Decimal(value)) if is_number(value) else value


def _scaled(amount: Quantity, value: Decimal) -> list:
    """The same kind of amount; a scale with a zero of its own (a temperature) cannot be multiplied."""
    if units.is_scale(amount.unit):
        return []
    return [Quantity(value, amount.unit, calendar=amount.calendar, both=amount.both)]


def _plain(value: Any) -> Decimal | None:
    """The number that an amount without dimension stands for: 2, 2 '1', 50 '%', 3 'kg/kg'."""
    if is_number(value):
        return Decimal(value)
    if isinstance(value, Quantity) and not value.calendar and value.measure is not None and not value.measure.powers:
        return value.value * value.measure.factor
    return None


def _multiply_others(a: Any, b: Any) -> list | None:
    x, y = _plain(a), _plain(b)
    if isinstance(a, Quantity) and y is not None:
        return _scaled(a, a.value * y)
    if isinstance(b, Quantity) and x is not None:
        return _scaled(b, b.value * x)
    return _combined(a, b, ".") if isinstance(a, Quantity) and isinstance(b, Quantity) else None


def _divide_others(a: Any, b: Any) -> list | None:
    y = _plain(b)
    if isinstance(a, Quantity) and y is not None:
        return _scaled(a, a.value / y) if y else []
    a = _amount(a)
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        return _combined(a, b, "/") if b.value else []
    return None


def _combined(a: Quantity, b: Quantity, sign: str) -> list:
    """Product or quotient of two amounts, in base units. Calendar time has no place in a compound unit."""
    x, y = a.measure, b.measure
    if x is None or y is None or a.calendar or b.calendar or units.is_scale(a.unit) or units.is_scale(b.unit):
        return []
    with localcontext(prec=40):
        left, right = a.value * x.factor, b.value * y.factor
        value = left * right if sign == "." else left / right
    unit = units.written(x.powers, y.powers if sign == "." else tuple((u, -p) for u, p in y.powers))
    return [Quantity(+value, unit)]


def _divide(a: Any, b: Any) -> Any:
    return Decimal(a) / Decimal(b)


def _whole_division(a: Any, b: Any) -> int:
    return int(Decimal(a) // Decimal(b))


def _remainder(a: Any, b: Any) -> Any:
    rest = Decimal(a) % Decimal(b)
    return int(rest) if isinstance(a, int) and isinstance(b, int) else rest


def _whole_others(on_numbers: Callable[[Any, Any], Any]) -> Callable[[Any, Any], list | None]:
    """div and mod of amounts: by plain numbers, or between amounts of one kind."""

    def run(a: Any, b: Any) -> list | None:
        a, b = _amount(a), _amount(b)
        if not isinstance(a, Quantity) or not isinstance(b, Quantity):
            return None
        x, y = _plain(a), _plain(b)
        return [Quantity(Decimal(on_numbers(x, y)))] if x is not None and y else []

    return run


def _unless_zero(run: Callable[[list, list], list]) -> Callable[[list, list], list]:
    """Division by zero is empty, not an error."""

    def divided(left: list, right: list) -> list:
        pair = _operands(left, right)
        if pair is not None and is_number(pair[0]) and is_number(pair[1]) and pair[1] == 0:
            return []
        return run(left, right)

    return divided


def negative(items: list) -> list:
    item = known(items)
    if item is None:
        return []
    if isinstance(item, Quantity):
        return [Quantity(-item.value, item.unit, calendar=item.calendar, both=item.both)]
    if not is_number(item):
        raise Mistake(f"'-' does not apply to {type_word(item)}.")
    return [type(item)(-item)]


def positive(items: list) -> list:
    item = known(items)
    if item is not None and not isinstance(item, Quantity) and not is_number(item):
        raise Mistake(f"'+' does not apply to {type_word(item)}.")
    return items


ARITHMETIC: dict[str, Callable[[list, list], list]] = {
    "+": _arithmetic("+", lambda a, b: a + b, _add_others),
    "-": _arithmetic("-", lambda a, b: a - b, _subtract_others),
    "*": _arithmetic("*", lambda a, b: a * b, _multiply_others),
    "/": _unless_zero(_arithmetic("/", _divide, _divide_others)),
    "div": _unless_zero(_arithmetic("div", _whole_division, _whole_others(_whole_division))),
    "mod": _unless_zero(_arithmetic("mod", _remainder, _whole_others(_remainder))),
}
