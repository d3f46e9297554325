"""Questions about a whole collection: is there anything, are all, how many."""

from .compare import key
from .context import Closure, Context
from .mistake import Mistake
from .operators import truth
from .registry import function
from .system import system
from .values import Node, Quantity


def each_truth(context: Context, items: list, condition: Closure) -> list[bool | None]:
    """The condition asked of every item, with $this and $index set."""
    before, answers = context.index, []
    for context.index, item in enumerate(items):
        answers.append(truth(condition(context, [item])))
    context.index = before
    return answers


@function("empty")
def _empty(context: Context, items: list) -> list:
    return [not items]


@function("exists", 0, 1, lazy=True)
def _exists(context: Context, items: list, condition: Closure | None = None) -> list:
    return [bool(items) if condition is None else True in each_truth(context, items, condition)]


@function("all", 1, lazy=True)
def _all(context: Context, items: list, condition: Closure) -> list:
    return [all(each_truth(context, items, condition))]


@function("count")
def _count(context: Context, items: list) -> list:
    return [len(items)]


def _booleans(items: list) -> list[bool]:
    values = [system(item) for item in items]
    if any(not isinstance(value, bool) for value in values):
        raise Mistake("Only true and false are expected here.")
    return values


@function("allTrue")
def _all_true(context: Context, items: list) -> list:
    return [all(_booleans(items))]


@function("anyTrue")
def _any_true(context: Context, items: list) -> list:
    return [any(_booleans(items))]


@function("allFalse")
def _all_false(context: Context, items: list) -> list:
    return [not any(_booleans(items))]


@function("anyFalse")
def _any_false(context: Context, items: list) -> list:
    return [not all(_booleans(items))]


@function("subsetOf", 1)
def _subset_of(context: Context, items: list, others: list) -> list:
    return [{key(item) for item in items} <= {key(item) for item in others}]


@function("supersetOf", 1)
def _superset_of(context: Context, items: list, others: list) -> list:
    return [{key(item) for item in items} >= {key(item) for item in others}]


@function("not")
def _not(context: Context, items: list) -> list:
    answer = truth(items)
    return [] if answer is None else [not answer]


@function("hasValue")
def _has_value(context: Context, items: list) -> list:
    return [len(items) == 1 and _simple(items[0])]


@function("getValue")
def _get_value(context: Context, items: list) -> list:
    item = items[0] if len(items) == 1 else None
    return [system(item)] if item is not None and _simple(item) else []


def _simple(item: object) -> bool:
    if isinstance(item, Node):
        return item.value is not None and not isinstance(item.value, dict)
    return not isinstance(item, Quantity)
