"""Functions on numbers: rounding, powers, roots and logarithms, in decimals throughout."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from typing import Any

from .compare import type_word
from .context import Context
from .mistake import Mistake
from .operators import is_number, number
from .registry import function
from .subsets import single, whole
from .system import system
from .values import Quantity


def _on_number(name: str, run: Callable[..., Any], least: int = 0, most: int | None = None) -> None:
    """A function of one number: empty when there is none or the result does not exist."""

    @function(name, least, most)
    def applied(context: Context, items: list, *arguments: list) -> list:
        values = [system(single(given, "number")) for given in (items, *arguments)]
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
    """The sum of numbers or of amounts in one unit."""
    values = [system(item) for item in items]
    if all(is_number(value) for value in values):
        return sum(values)
    raise Mistake("Only numbers can be summed.")


@function("sum")
def _sum(context: Context, items: list) -> list:
    return number(total(items)) if items else []


@function("avg")
def _average(context: Context, items: list) -> list:
    return [Decimal(total(items)) / len(items)] if items else []


def _extreme(name: str, sign: int) -> None:
    @function(name)
    def applied(context: Context, items: list) -> list:
        from .compare import order

        best: list = []
        for item in items:
            if not best or (order(item, best[0]) or 0) == sign:
                best = [item]
        return best


_extreme("min", -1)
_extreme("max", 1)


@function("precision")
def _precision(context: Context, items: list) -> list:
    """Digits known: decimals of a number, digits written of a day or time."""
    value = system(single(items))
    if value is None:
        return []
    if is_number(value):
        return [max(0, -int(Decimal(value).as_tuple().exponent))]
    from .values import Moment

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
