"""Rows put together: one row of cells, a row for each item, every combination of parts side by side."""

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

from throughcare.faults import Malformed
from throughcare.fhir.path.context import Context

from .cells import Cell, row_maker

Rows = Callable[[Any, Context], list]


class Column(NamedTuple):
    """A column: its name, its FHIR type ('' when the definition leaves it open), whether it holds a list."""

    name: str
    type: str
    collection: bool


class Part(NamedTuple):
    """A piece of a row: cells when it gives exactly one row, else a function to rows."""

    columns: list[Column]
    cells: list[Cell] | None
    rows: Rows | None


def rows_of(part: Part) -> Rows:
    if part.cells is None:
        return part.rows  # type: ignore[return-value]
    make = row_maker(part.cells)
    return lambda focus, context: [make(focus, context)]


def filtered(tests: list[Callable[[Any, Context], bool]], rows: Rows) -> Rows:
    if not tests:
        return rows
    if len(tests) == 1:
        only = tests[0]
        return lambda focus, context: rows(focus, context) if only(focus, context) else []
    return lambda focus, context: rows(focus, context) if all(test(focus, context) for test in tests) else []


def each(items: Rows, part: Part, direct: bool, indexed: bool) -> Rows:
    """The rows of every item; `indexed` counts the items in %rowIndex."""
    if part.cells is not None and direct and not indexed:
        make = row_maker(part.cells)
        return lambda focus, context: [make(item, context) for item in items(focus, context)]
    rows = rows_of(part)
    if indexed:
        return lambda focus, context: [
            row
            for i, item in enumerate(items(focus, context))
            for row in _at(context, i, rows, item if direct else [item])
        ]
    return lambda focus, context: [
        row for item in items(focus, context) for row in rows(item if direct else [item], context)
    ]


def or_none(rows: Rows, items: Rows, none: Rows, fixed: list[tuple] | None) -> Rows:
    """The rows, or those that stand for no items at all: the columns asked of nothing."""

    def run(focus: Any, context: Context) -> list[tuple]:
        if items(focus, context):
            return rows(focus, context)
        return fixed if fixed is not None else _at(context, 0, none, [])

    return run


def fixed_rows(none: Rows) -> list[tuple] | None:
    """The rows for nothing, where they are always the same; None where they depend on the resource."""
    try:
        return none([], Context(None, None, None, {"rowIndex": 0}, None, None))
    except Malformed:
        return None


def _at(context: Context, index: int, rows: Rows, focus: Any) -> list[tuple]:
    before = context.env["rowIndex"]
    context.env["rowIndex"] = index
    found = rows(focus, context)
    context.env["rowIndex"] = before
    return found


def combined(parts: list[Part]) -> Rows:
    """Runs of cells become one row each; what gives several rows is multiplied with the rest."""
    runs: list[tuple[bool, Any]] = []
    cells: list[Cell] = []
    for part in parts:
        if part.cells is not None:
            cells += part.cells
            continue
        if cells:
            runs.append((True, row_maker(cells)))
            cells = []
        runs.append((False, part.rows))
    if cells:
        runs.append((True, row_maker(cells)))
    return _multiplied(runs)


def _multiplied(runs: list[tuple[bool, Any]]) -> Rows:
    if len(runs) == 1:
        return runs[0][1]
    if len(runs) == 2 and runs[0][0]:
        head, several = runs[0][1], runs[1][1]

        def headed(focus: Any, context: Context) -> list[tuple]:
            found = several(focus, context)
            if not found:
                return []
            first = head(focus, context)
            return [first + row for row in found]

        return headed

    def run(focus: Any, context: Context) -> list[tuple]:
        found = [[make(focus, context)] if single else make(focus, context) for single, make in runs]
        return [sum(combination, ()) for combination in product(*found)]

    return run
