"""Conditions read directly: text, numbers and Booleans beside constants, and what and, or and not make of them."""

import operator
from collections.abc import Callable
from typing import Any

from .plans import BOOLEANS, NUMBERS, TEXTS, Plan, Read, as_list, boolean, text, truth_of

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def logic(symbol: str, left: Plan, right: Plan) -> Plan | None:
    a, b = truth_of(left), truth_of(right)
    if a is None or b is None:
        return None
    if symbol == "and":
        return boolean(lambda value: _both(a(value), b, value))
    return boolean(lambda value: _either(a(value), b, value))


def _both(a: bool | None, b: Read, value: Any) -> bool | None:
    if a is False:
        return False
    other = b(value)
    return False if other is False else True if a and other else None


def _either(a: bool | None, b: Read, value: Any) -> bool | None:
    if a:
        return True
    other = b(value)
    return True if other else False if a is False and other is False else None


def equality(left: Plan, right: Plan, wanted: bool) -> Plan | None:
    """A path of text, number or Boolean beside a constant of that sort."""
    if left.constant:
        left, right = right, left
    alike = any(left.kind in sort and right.kind in sort for sort in (TEXTS, BOOLEANS, NUMBERS))
    if not alike or not right.constant or left.there is None or left.exact is None:
        return None
    read, there, exact, value_of = left.read, left.there, left.exact, right.read(None)

    def one(value: Any) -> bool | None:
        found = read(value)
        if found is None:
            return None if not there(value) else not wanted
        return (found == value_of) is wanted

    def many(value: Any) -> bool | None:
        found = exact(value)
        return None if not found else (len(found) == 1 and found[0] == value_of) is wanted

    equals = (left.keys[0], value_of) if wanted and left.keys is not None and len(left.keys) == 1 else None
    return boolean(one if left.one else many)._replace(equals=equals)


def order(left: Plan, right: Plan, holds: Callable[[Any, Any], bool]) -> Plan | None:
    if not right.constant or not left.one or left.kind not in NUMBERS or right.kind not in NUMBERS or left.constant:
        return None
    read, bound = left.read, right.read(None)
    return boolean(lambda value: None if (found := read(value)) is None else holds(found, bound))


def union(left: Plan, right: Plan) -> Plan | None:
    """Text from two paths, each different one once."""
    if left.kind != right.kind or left.kind not in TEXTS:
        return None
    a, b = as_list(left), as_list(right)
    return Plan(lambda value: list(dict.fromkeys((*a(value), *b(value)))), left.kind, one=False)


def joined(left: Plan, right: Plan) -> Plan | None:
    if not (left.one and right.one and left.kind in TEXTS and right.kind in TEXTS):
        return None
    a, b = left.read, right.read
    return text(lambda value: (a(value) or "") + (b(value) or ""))
