"""Operators: logic with three values, comparison, union and membership; arithmetic joins them from its own file."""

from collections.abc import Callable
from typing import Any

from . import compare
from .arithmetic import ARITHMETIC
from .mistake import Mistake
from .subsets import distinct, known, single
from .system import system
from .values import Node


def truth(items: list) -> bool | None:
    """A collection as a condition: none is unknown, one item that is not a Boolean counts as true."""
    if not items:
        return None
    item = system(single(items, "condition"))
    if item is True or item is False:
        return item
    return None if isinstance(item, Node) and item.value is None else True


def _answer(value: bool | None) -> list:
    return [] if value is None else [value]


def _and(left: list, right: Callable[[], list]) -> list:
    a = truth(left)
    if a is False:
        return [False]
    b = truth(right())
    return [False] if b is False else [True] if a and b else []


def _or(left: list, right: Callable[[], list]) -> list:
    a = truth(left)
    if a:
        return [True]
    b = truth(right())
    return [True] if b else [False] if a is False and b is False else []


def _xor(left: list, right: list) -> list:
    a, b = truth(left), truth(right)
    return [] if a is None or b is None else [a is not b]


def _implies(left: list, right: Callable[[], list]) -> list:
    a = truth(left)
    if a is False:
        return [True]
    b = truth(right())
    return [True] if b else [] if a is None or b is None else [False]


def _equal(left: list, right: list) -> list:
    return _answer(compare.equal_lists(left, right))


def _unequal(left: list, right: list) -> list:
    same = compare.equal_lists(left, right)
    return [] if same is None else [not same]


def _equivalent(left: list, right: list) -> list:
    return [compare.equivalent_sets(left, right)]


def _not_equivalent(left: list, right: list) -> list:
    return [not compare.equivalent_sets(left, right)]


def _ordering(holds: Callable[[int], bool]) -> Callable[[list, list], list]:
    def run(left: list, right: list) -> list:
        a, b = single(left), single(right)
        if a is None or b is None:
            return []
        order = compare.order(a, b)
        return [] if order is None else [holds(order)]

    return run


def _in(left: list, right: list) -> list:
    item = single(left)
    return [] if item is None else [compare.key(item) in {compare.key(other) for other in right}]


def _contains(left: list, right: list) -> list:
    return _in(right, left)


def _join_text(left: list, right: list) -> list:
    words = [known(side) for side in (left, right)]
    if any(word is not None and not isinstance(word, str) for word in words):
        raise Mistake("'&' joins text only.")
    return ["".join(word or "" for word in words)]


BINARY: dict[str, Callable[[list, Any], list]] = {
    "and": _and,
    "or": _or,
    "xor": _xor,
    "implies": _implies,
    "=": _equal,
    "!=": _unequal,
    "~": _equivalent,
    "!~": _not_equivalent,
    "<": _ordering(lambda o: o < 0),
    "<=": _ordering(lambda o: o <= 0),
    ">": _ordering(lambda o: o > 0),
    ">=": _ordering(lambda o: o >= 0),
    "in": _in,
    "contains": _contains,
    "|": lambda left, right: distinct(left + right),
    **ARITHMETIC,
    "&": _join_text,
}
LAZY = frozenset(("and", "or", "implies"))
