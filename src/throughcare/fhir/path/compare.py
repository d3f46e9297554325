"""Equal, equivalent, before and after: the three-valued comparisons of FHIRPath. None stands for `cannot be known`."""

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from . import moments, units
from .mistake import Mistake
from .system import QUANTITIES, system
from .values import Date, DateTime, Moment, Node, Quantity, Time

Number = (int, Decimal)
_SPACE = re.compile(r"\s")


# Units of time whose length differs between the calendar and UCUM.
_LOOSE = frozenset(("year", "month", "a", "mo"))


def equal(a: Any, b: Any) -> bool | None:
    """Whether two single items are equal."""
    a, b = system(a), system(b)
    if type(a) is type(b) and not isinstance(a, (Moment, Quantity, Node)):
        return a == b
    if isinstance(a, bool) or isinstance(b, bool):
        return False
    if isinstance(a, Number) and isinstance(b, Number):
        return a == b
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        return _equal_amounts(_amount(a), _amount(b))
    a, b = _read_text(a, b)
    if isinstance(a, Moment) and isinstance(b, Moment):
        if isinstance(a, Time) != isinstance(b, Time):
            return False
        order = moments.compare(*_same_kind(a, b))
        return None if order is None else order == 0
    if isinstance(a, Node) and isinstance(b, Node):
        if a.value is None and b.value is None:
            return a.extra == b.extra
        return key(a) == key(b)
    return False


def _amount(value: Any) -> Any:
    return Quantity(Decimal(value)) if isinstance(value, Number) and not isinstance(value, bool) else value


def _equal_amounts(a: Any, b: Any) -> bool | None:
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        # An amount in words of no known system may be equal or not.
        return None if any(isinstance(x, Node) and isinstance(x.value, dict) for x in (a, b)) else False
    order = compare_amounts(a, b)
    return None if order is None else order == 0


def units_alike(a: Quantity, b: Quantity) -> bool:
    return a.unit == b.unit and a.calendar == b.calendar


def compare_amounts(a: Quantity, b: Quantity) -> int | None:
    """Order of two amounts in a common unit, None when there is none."""
    a, b = reconcile(a, b)
    there = converted(a, b)
    return None if there is None else _sign(there, b.value)


def converted(a: Quantity, b: Quantity) -> Decimal | None:
    """How much `a` is in the unit of `b`; None when they measure different things.

    A calendar month is 30 days and a calendar year 365, but 12 months; neither is the UCUM month or year.
    """
    if units_alike(a, b):
        return a.value
    x, y = a.measure, b.measure
    if x is None or y is None or x.powers != y.powers:
        return None
    if a.calendar != b.calendar and {a.unit, b.unit} & _LOOSE:
        return None
    if {a.unit, b.unit} == {"year", "month"}:
        return a.value * 12 if a.unit == "year" else a.value / 12
    with localcontext(prec=50):
        value = (a.value * x.factor + x.offset - y.offset) / y.factor
    return +value


def reconcile(a: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
    """An amount of a record that may be UCUM or calendar time takes the side of the other."""
    if a.both and b.calendar:
        a = Quantity(a.value, units.CODE_WORDS[a.unit], calendar=True)
    elif b.both and a.calendar:
        b = Quantity(b.value, units.CODE_WORDS[b.unit], calendar=True)
    return a, b


def _sign(a: Any, b: Any) -> int:
    return (a > b) - (a < b)


def _same_kind(a: Moment, b: Moment) -> tuple[Moment, Moment]:
    if isinstance(a, Date) and isinstance(b, DateTime):
        return moments.as_date_time(a), b
    if isinstance(b, Date) and isinstance(a, DateTime):
        return a, moments.as_date_time(b)
    return a, b


def _read_text(a: Any, b: Any) -> tuple[Any, Any]:
    """Text beside a day or time is read as one: a value that no definition types stands in JSON as text."""
    if isinstance(a, Moment) and isinstance(b, str):
        return a, _moment_of(b, type(a)) or b
    if isinstance(b, Moment) and isinstance(a, str):
        return _moment_of(a, type(b)) or a, b
    return a, b


def _moment_of(text: str, kind: type[Moment]) -> Moment | None:
    return Time.parse(text) if kind is Time else Date.parse(text) or DateTime.parse(text)


def order(a: Any, b: Any) -> int | None:
    """-1, 0 or 1 for two single items, None when it cannot be known; raises when they have no order."""
    a, b = system(a), system(b)
    if isinstance(a, str) and isinstance(b, str):
        return _sign(a, b)
    if isinstance(a, Number) and isinstance(b, Number) and not isinstance(a, bool) and not isinstance(b, bool):
        return _sign(a, b)
    a, b = _read_text(a, b)
    if isinstance(a, Moment) and isinstance(b, Moment) and isinstance(a, Time) == isinstance(b, Time):
        return moments.compare(*_same_kind(a, b))
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        a, b = _amount(a), _amount(b)
        if isinstance(a, Quantity) and isinstance(b, Quantity):
            return compare_amounts(a, b)
        if any(isinstance(x, Node) and isinstance(x.value, dict) for x in (a, b)):
            return None
    if any(isinstance(x, Node) and x.value is None for x in (a, b)):
        return None
    if isinstance(a, Node) and isinstance(b, Node) and a.kind in QUANTITIES and b.kind in QUANTITIES:
        return _order_of_words(a.value, b.value)
    raise Mistake(f"{type_word(a)} and {type_word(b)} have no order.")


def _order_of_words(a: dict, b: dict) -> int | None:
    """Order of two Quantities that are not UCUM amounts: known when unit, system and code are the same."""
    if any(a.get(part) != b.get(part) for part in ("unit", "system", "code")) or "comparator" in a or "comparator" in b:
        return None
    return _sign(a["value"], b["value"]) if "value" in a and "value" in b else None


def type_word(value: Any) -> str:
    """A type in words for a fault; never the value."""
    if isinstance(value, Node):
        return value.kind or "a value"
    if isinstance(value, bool):
        return "Boolean"
    return {str: "String", int: "Integer", Decimal: "Decimal"}.get(type(value), type(value).__name__)


def equivalent(a: Any, b: Any) -> bool:
    """Whether two single items mean the same: case, spaces, order and digits beyond the coarser one do not count."""
    a, b = system(a), system(b)
    if isinstance(a, str) and isinstance(b, str):
        return _SPACE.sub(" ", a).casefold() == _SPACE.sub(" ", b).casefold()
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, Number) and isinstance(b, Number):
        return _alike(Decimal(a), Decimal(1), Decimal(b), Decimal(1))
    if isinstance(a, Quantity) or isinstance(b, Quantity):
        return _equivalent_amounts(_amount(a), _amount(b))
    if isinstance(a, Node) and isinstance(b, Node):
        return _equivalent_json(a.value, b.value)
    return bool(equal(a, b))


def _equivalent_amounts(a: Any, b: Any) -> bool:
    if not isinstance(a, Quantity) or not isinstance(b, Quantity):
        return False
    x, y = (units.measure(_definite(q)) for q in (a, b))
    if x is None or y is None or x.powers != y.powers:
        return units_alike(a, b) and _alike(a.value, Decimal(1), b.value, Decimal(1))
    if x.offset != y.offset:
        return _alike(a.value * x.factor + x.offset, Decimal(1), b.value * y.factor + y.offset, Decimal(1))
    return _alike(a.value, x.factor, b.value, y.factor)


def _definite(amount: Quantity) -> str:
    if not amount.calendar:
        return amount.unit
    return {"year": "a", "month": "mo"}.get(amount.unit) or units.CALENDAR_CODES[amount.unit]


def _alike(a: Decimal, a_size: Decimal, b: Decimal, b_size: Decimal) -> bool:
    """Equal when rounded to the coarser of the two."""
    grain_a, grain_b = (Decimal(1).scaleb(min(int(x.normalize().as_tuple().exponent), 0)) for x in (a, b))
    if grain_a * a_size < grain_b * b_size:
        a, a_size, b, b_size, grain_a = b, b_size, a, a_size, grain_b
    with localcontext(prec=60):
        return a.quantize(grain_a, ROUND_HALF_UP) == (b * b_size / a_size).quantize(grain_a, ROUND_HALF_UP)


def _equivalent_json(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equivalent_json(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return equivalent_sets(a, b, _equivalent_json)
    return equivalent(a, b) if not isinstance(a, (dict, list)) and not isinstance(b, (dict, list)) else False


def equivalent_sets(a: list, b: list, same: Any = equivalent) -> bool:
    """Whether two collections hold equivalent items in any order."""
    rest = list(b)
    for item in a:
        for i, other in enumerate(rest):
            if same(item, other):
                del rest[i]
                break
        else:
            return False
    return not rest


def equal_lists(a: list, b: list) -> bool | None:
    """Equality of two collections, in order; None when either is empty or a pair cannot be known."""
    if not a or not b:
        return None
    if len(a) != len(b):
        return False
    answers = [equal(x, y) for x, y in zip(a, b, strict=True)]
    return False if False in answers else None if None in answers else True


def key(item: Any) -> Any:
    """A hashable stand-in: two items have one key exactly when they are surely equal."""
    item = system(item)
    if isinstance(item, str):
        return item
    if isinstance(item, bool):
        return (bool, item)
    if isinstance(item, Moment):
        zoned = item.zone is not None and len(item.parts) > 3
        return (Time if isinstance(item, Time) else DateTime, moments.utc(item), zoned)
    if isinstance(item, Quantity):
        return _amount_key(item)
    if isinstance(item, Node):
        return _json_key(item.extra if item.value is None else item.value)
    return item


def _amount_key(item: Quantity) -> tuple:
    if item.measure is None:
        return (Quantity, item.value, item.unit)
    if item.unit in ("year", "month"):
        return (Quantity, item.value * (12 if item.unit == "year" else 1), "month")
    return (
        Quantity,
        item.value * item.measure.factor + item.measure.offset,
        item.measure.powers,
        item.unit in _LOOSE and item.unit,
    )


def _json_key(value: Any) -> Any:
    if isinstance(value, dict):
        return (dict, frozenset((k, _json_key(v)) for k, v in value.items()))
    if isinstance(value, list):
        return (list, tuple(_json_key(v) for v in value))
    return (bool, value) if isinstance(value, bool) else value
