"""Filter, map, repeat, sum up and sort a collection, item by item."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from . import tree
from .compare import key, order
from .context import Closure, Context
from .existence import each_truth
from .mistake import Mistake
from .operators import truth
from .registry import function
from .subsets import known, single
from .system import type_of

REPEAT_ITEMS_MAX = 100_000


def text(items: list, what: str = "text") -> str | None:
    """The one piece of text, None for none."""
    item = known(items, what)
    if item is not None and not isinstance(item, str):
        raise Mistake(f"Text is expected as {what}.")
    return item


def each(context: Context, items: list, body: Closure) -> list[list]:
    """The body run on every item, with $this and $index set."""
    before, results = context.index, []
    for context.index, item in enumerate(items):
        results.append(body(context, [item]))
    context.index = before
    return results


@function("where", 1, lazy=True)
def _where(context: Context, items: list, condition: Closure) -> list:
    return [item for item, answer in zip(items, each_truth(context, items, condition), strict=True) if answer]


@function("select", 1, lazy=True)
def _select(context: Context, items: list, body: Closure) -> list:
    return [value for values in each(context, items, body) for value in values]


@function("repeat", 1, lazy=True)
def _repeat(context: Context, items: list, body: Closure) -> list:
    found: dict[Any, Any] = {}
    level = items
    while level:
        fresh = []
        for value in _select(context, level, body):
            if (name := key(value)) not in found:
                found[name] = value
                fresh.append(value)
        level = fresh
    return list(found.values())


@function("repeatAll", 1, lazy=True)
def _repeat_all(context: Context, items: list, body: Closure) -> list:
    found, level = [], items
    while level := _select(context, level, body):
        found.extend(level)
        if len(found) > REPEAT_ITEMS_MAX:
            raise Mistake(f"repeatAll() has found more than {REPEAT_ITEMS_MAX} items; it may never end.")
    return found


@function("aggregate", 1, 2, lazy=True)
def _aggregate(context: Context, items: list, body: Closure, start: Closure | None = None) -> list:
    before = context.total, context.index
    total = start(context, items) if start else []
    for index, item in enumerate(items):
        context.total, context.index = total, index
        total = body(context, [item])
    context.total, context.index = before
    return total


@function("iif", 2, 3, lazy=True)
def _iif(context: Context, items: list, condition: Closure, then: Closure, otherwise: Closure | None = None) -> list:
    if len(items) > 1:
        raise Mistake(f"iif() is asked of one item; there are {len(items)}.")
    answer = condition(context, items)
    if truth(answer):
        return then(context, items)
    return otherwise(context, items) if otherwise else []


@function("children")
def _children(context: Context, items: list) -> list:
    return tree.children(items)


@function("descendants")
def _descendants(context: Context, items: list) -> list:
    return tree.descendants(items)


@function("sort", 0, 8, lazy=True)
def _sort(context: Context, items: list, *keys: Closure) -> list:
    """Ascending by each key, descending after a minus; items without a key come first either way."""
    if not keys:
        return _sorted([([item], item) for item in items], [False])
    rows = [([], item) for item in items]  # type: list[tuple[list, Any]]
    for body in keys:
        for row, values in zip(rows, each(context, items, body), strict=True):
            row[0].append(single(values, "sort key"))
    return _sorted(rows, [getattr(body, "descending", False) for body in keys])


def _sorted(rows: list[tuple[list, Any]], descending: list[bool]) -> list:
    def before(a: tuple[list, Any], b: tuple[list, Any]) -> int:
        for x, y, down in zip(a[0], b[0], descending, strict=True):
            if x is None or y is None:
                if x is not y:
                    return -1 if x is None else 1
            elif sign := order(x, y) or 0:
                return -sign if down else sign
        return 0

    return [item for _, item in sorted(rows, key=cmp_to_key(before))]


def descending(body: Closure) -> Callable:
    """Mark a sort key as descending."""

    def run(context: Context, this: list) -> list:
        return body(context, this)

    run.descending = True  # type: ignore[attr-defined]
    return run


@function("trace", 1, 2, lazy=True)
def _trace(context: Context, items: list, name: Closure, body: Closure | None = None) -> list:
    """Passes items on. The caller's sink, if any, hears the name and the types, never a value."""
    label = text(name(context, items), "the name of a trace") or ""
    if context.trace is not None:
        shown = items if body is None else [v for values in each(context, items, body) for v in values]
        context.trace(label, [".".join(filter(None, type_of(item))) for item in shown])
    return items


@function("defineVariable", 1, 2, lazy=True)
def _define_variable(context: Context, items: list, name: Closure, value: Closure | None = None) -> list:
    label = text(name(context, items), "the name of a variable")
    if not label:
        raise Mistake("A variable needs a name.")
    if (
        label in context.defined
        or label in context.env
        or label in ("context", "resource", "rootResource", "ucum", "sct", "loinc")
    ):
        raise Mistake(f"The variable %{label} is defined already.")
    context.defined = {**context.defined, label: items if value is None else value(context, items)}
    return items
