"""Parts of a collection: one, the first, the last, some, those in another."""

from typing import Any

from .compare import key
from .context import Context
from .mistake import Mistake
from .registry import function
from .system import system
from .values import Node


def single(items: list, what: str = "value") -> Any:
    """The one item, None for none; several are a mistake."""
    if not items:
        return None
    if len(items) > 1:
        raise Mistake(f"One {what} is expected; there are {len(items)}.")
    return items[0]


def known(items: list, what: str = "value") -> Any:
    """The System value of the one item; None for none, or for an element that has no value."""
    item = system(single(items, what))
    return None if type(item) is Node and item.value is None else item


def whole(items: list, what: str = "number") -> int | None:
    """The one whole number."""
    item = known(items, what)
    if item is None:
        return None
    if not isinstance(item, int) or isinstance(item, bool):
        raise Mistake(f"A whole number is expected as {what}.")
    return item


def item_at(items: list, index: list) -> list:
    i = whole(index, "index")
    return [] if i is None or i < 0 else items[i : i + 1]


def distinct(items: list) -> list:
    """Each different item once, the first of each kept."""
    if len(items) < 2:
        return items
    found: dict[Any, Any] = {}
    for item in items:
        found.setdefault(key(item), item)
    return list(found.values())


@function("single")
def _single(context: Context, items: list) -> list:
    single(items, "item")
    return items


@function("first")
def _first(context: Context, items: list) -> list:
    return items[:1]


@function("last")
def _last(context: Context, items: list) -> list:
    return items[-1:]


@function("tail")
def _tail(context: Context, items: list) -> list:
    return items[1:]


@function("skip", 1)
def _skip(context: Context, items: list, count: list) -> list:
    n = whole(count, "count")
    return [] if n is None else items[max(n, 0) :]


@function("take", 1)
def _take(context: Context, items: list, count: list) -> list:
    n = whole(count, "count")
    return [] if n is None else items[: max(n, 0)]


@function("intersect", 1)
def _intersect(context: Context, items: list, others: list) -> list:
    wanted = {key(item) for item in others}
    return [item for item in distinct(items) if key(item) in wanted]


@function("exclude", 1)
def _exclude(context: Context, items: list, others: list) -> list:
    unwanted = {key(item) for item in others}
    return [item for item in items if key(item) not in unwanted]


@function("distinct")
def _distinct(context: Context, items: list) -> list:
    return distinct(items)


@function("isDistinct")
def _is_distinct(context: Context, items: list) -> list:
    return [len(distinct(items)) == len(items)]


@function("union", 1)
def _union(context: Context, items: list, others: list) -> list:
    return distinct(items + others)


@function("combine", 1)
def _combine(context: Context, items: list, others: list) -> list:
    return items + others
