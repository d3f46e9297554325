"""Functions on numbers: rounding, powers, roots and logarithms, in decimals throughout."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from typing import Any

from .arithmetic import ARITHMETIC, is_number, number
from .compare import order, type_word
from .context import Context
from .mistake import Mistake
from .registry import function
from .subsets import known, whole
from .values import Moment, Quantity


def _on_number(name: str, run: Callable[..., Any], least: int = 0, most: int | None = None) -> None:
    """A function of one number: empty when there is none or the result does not exist."""

    @function(name, least, most)
    def applied(context: Context, items: list, *arguments: list) -> list:
        values = [known(given, "number") for given in (items, *arguments)]
        if name == "round" and values[1:] == [None]:
            values.pop()
        if None in values:
            return []
        for value in values:
            if not is_number(value) and not isinstance(value, Quantity):
                raise Mistake(f"{name}() does not apply to {type_word(value)}.")
        first = values[0]
        try:
            if isinstance(first, Quantity):
                return _on_amount(name, run, first, values[1:])
            result = run(*values)
        except (DecimalException, OverflowError):
            return []
        return number(result)


def _on_amount(name: str, run: Callable, amount: Quantity, rest: list) -> list:
    if name not in ("abs", "ceiling", "floor", "truncate", "round"):
        raise Mistake(f"{name}() does not apply to an amount with a unit.")
    return [Quantity(Decimal(run(amount.value, *rest)), amount.unit, calendar=amount.calendar)]


def _rounding(mode: str) -> Callable[[Any], int]:
    return lambda value: int(Decimal(value).to_integral_value(mode))


def _round(value: Any, digits: int = 0) -> Any:
    """To so many decimals, half away from zero."""
    if digits < 0:
        raise Mistake("round() takes no fewer than 0 digits.")
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _power(value: Any, exponent: Any) -> Any:
    result = Decimal(value) ** Decimal(exponent)
    if isinstance(value, int) and isinstance(exponent, int) and exponent >= 0:
        return int(result)
    return result


def _log(value: Any, base: Any) -> Decimal:
    with_base = Decimal(value).ln() / Decimal(base).ln()
    nearest = with_base.to_integral_value()
    return nearest if Decimal(base) ** nearest == Decimal(value) else with_base


_on_number("abs", abs)
_on_number("ceiling", _rounding(ROUND_CEILING))
_on_number("floor", _rounding(ROUND_FLOOR))
_on_number("truncate", _rounding(ROUND_DOWN))
_on_number("round", _round, 0, 1)
_on_number("sqrt", lambda value: Decimal(value).sqrt())
_on_number("exp", lambda value: Decimal(value).exp())
_on_number("ln", lambda value: Decimal(value).ln())
_on_number("log", _log, 1)
_on_number("power", _power, 1)


def total(items: list) -> Any:
    """The sum of numbers or of amounts that share a unit; None when one is missing or of another kind."""
    values = [known([item]) for item in items]
    sum_of = values[0]
    for value in values[1:]:
        found = [] if sum_of is None or value is None else ARITHMETIC["+"]([sum_of], [value])
        sum_of = found[0] if found else None
    if sum_of is not None and not is_number(sum_of) and not isinstance(sum_of, Quantity):
        raise Mistake("Only numbers and amounts can be summed.")
    return sum_of


@function("sum")
def _sum(context: Context, items: list) -> list:
    result = total(items) if items else None
    return [] if result is None else [result]


@function("avg")
def _average(context: Context, items: list) -> list:
    result = total(items) if items else None
    return [] if result is None else ARITHMETIC["/"]([result], [len(items)])


def _extreme(name: str, sign: int) -> None:
    @function(name)
    def applied(context: Context, items: list) -> list:
        best: list = []
        for item in items:
            if known([item]) is None:
                return []
            if not best or (order(item, best[0]) or 0) == sign:
                best = [item]
        return best


_extreme("min", -1)
_extreme("max", 1)


@function("precision")
def _precision(context: Context, items: list) -> list:
    """Digits known: decimals of a number, digits written of a day or time."""
    value = known(items)
    if value is None:
        return []
    if is_number(value):
        return [max(0, -int(Decimal(value).as_tuple().exponent))]
    if not isinstance(value, Moment):
        raise Mistake(f"precision() does not apply to {type_word(value)}.")
    return [known_digits(value)]


def known_digits(moment: Any) -> int:
    text = moment.text.split("Z")[0]
    if "T" in text:
        day, _, time = text.partition("T")
        text = day + time.split("+")[0].split("-")[0]
    return sum(char.isdigit() for char in text)


def whole_or(given: list | None, otherwise: int) -> int | None:
    return otherwise if given is None else whole(given, "the precision")
