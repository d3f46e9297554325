"""One value of a row: read directly where the types allow it, else through the FHIRPath engine."""

from collections.abc import Callable
from typing import Any, NamedTuple

from throughcare.fhir.path.context import Closure, Context
from throughcare.fhir.path.lexer import malformed
from throughcare.fhir.path.plans import Plan
from throughcare.fhir.path.values import Moment, Node, Quantity

CellOf = Callable[[Any, Context], Any]


class Cell(NamedTuple):
    """A value of one focus. `direct` takes the focus alone, `full` the context too; `keys` say what direct reads."""

    direct: Callable[[Any], Any] | None
    full: CellOf | None = None
    keys: tuple[str, ...] = ()


def plain(item: Any) -> Any:
    """A value for a table: days, times and amounts as text."""
    if type(item) is Node:
        return item.value
    return str(item) if isinstance(item, (Moment, Quantity)) else item


def direct_cell(plan: Plan, name: str, expression: str, *, collection: bool) -> Cell:
    """A cell that reads dictionaries."""
    read = plan.read
    if collection:
        return Cell(
            (lambda focus: [] if (v := read(focus)) is None else [v]) if plan.one else (lambda focus: list(read(focus)))
        )
    if plan.one:
        return Cell(read, keys=plan.keys or ())

    def only(focus: Any) -> Any:
        items = read(focus)
        if len(items) > 1:
            raise several(name, expression)
        return items[0] if items else None

    return Cell(only)


def full_cell(closure: Closure, boxed: Callable[[Any], list], name: str, expression: str, *, collection: bool) -> Cell:
    """A cell that asks the engine; `boxed` makes the engine's items of a focus."""

    def values(focus: Any, context: Context) -> list:
        return [value for item in closure(context, boxed(focus)) if (value := plain(item)) is not None]

    def only(focus: Any, context: Context) -> Any:
        items = closure(context, boxed(focus))
        if len(items) > 1:
            raise several(name, expression)
        return plain(items[0]) if items else None

    return Cell(None, values if collection else only)


def several(name: str, expression: str) -> Exception:
    return malformed(f"Column {name} has several values; say `collection` or pick one.", expression, 0)


def row_maker(cells: list[Cell]) -> CellOf:
    """One function that makes the whole row.

    Its text is put together from positions only (c0, k0_1), so that plain elements cost no calls; no word of a
    definition ever becomes code.
    """
    names: dict[str, Any] = {}
    words = [_word(i, cell, names) for i, cell in enumerate(cells)]
    return eval(f"lambda f, x: ({', '.join(words)},)" if words else "lambda f, x: ()", names)


def _word(i: int, cell: Cell, names: dict[str, Any]) -> str:
    if cell.direct is None:
        names[f"c{i}"] = cell.full
        return f"c{i}(f, x)"
    if not 1 <= len(cell.keys) <= 4:
        names[f"c{i}"] = cell.direct
        return f"c{i}(f)"
    word = "f"
    for j, key in enumerate(cell.keys):
        names[f"k{i}_{j}"] = key
        word = f"f.get(k{i}_{j})" if j == 0 else f"(v{j}.get(k{i}_{j}) if (v{j} := {word}) is not None else None)"
    return word
