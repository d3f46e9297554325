"""Tabular faces of the record: ViewDefinitions (SQL on FHIR) compiled to functions from a resource to rows."""

import re
from collections.abc import Callable, Iterable
from itertools import product
from typing import Any, NamedTuple

from throughcare.faults import Malformed

from .path.compiler import Compiler
from .path.context import Closure, Context
from .path.lexer import malformed
from .path.mistake import Mistake
from .path.model import model
from .path.parser import Expr, parse
from .path.system import system
from .path.tree import root
from .path.values import Moment, Node, Quantity

REPEAT_DEPTH_MAX = 64
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_VALUE_KEYS = re.compile(r"value([A-Z]\w*)")

Rows = Callable[[Context, list], list[tuple]]


class Column(NamedTuple):
    """A column: its name, its FHIR type ('' when the definition leaves it open), whether it holds a list."""

    name: str
    type: str
    collection: bool


class View:
    """A compiled ViewDefinition."""

    __slots__ = ("_constants", "_rows", "_wanted", "columns", "name", "resource")

    def __init__(self, name: str, resource: str, columns: list[Column], rows: Rows, wanted: list[Any], constants: dict) -> None:
        self.name, self.resource, self.columns = name, resource, columns
        self._rows, self._wanted, self._constants = rows, wanted, constants

    def rows(self, resource: dict) -> list[tuple]:
        """The rows of one resource, values in the order of `columns`; none for another type of resource."""
        if resource.get("resourceType") != self.resource:
            return []
        node = root(resource)
        context = Context(node, node, node, {**self._constants, "rowIndex": 0}, None, None)
        if not all(wanted(context, [node]) for wanted in self._wanted):
            return []
        return self._rows(context, [node])


def run(definition: dict, resources: Iterable[dict]) -> list[dict]:
    """All rows of all resources as dictionaries."""
    view = compile_view(definition)
    names = [column.name for column in view.columns]
    return [dict(zip(names, row, strict=True)) for resource in resources for row in view.rows(resource)]


def compile_view(definition: dict) -> View:
    """Compile a ViewDefinition; a mistake in it is Malformed, said before any resource is read."""
    if not isinstance(definition, dict):
        raise Malformed("A ViewDefinition must be a JSON object.")
    resource = definition.get("resource")
    if resource not in model().resources:
        raise Malformed("A ViewDefinition names the resource type it reads, such as Patient, in `resource`.")
    return _Definition(definition, resource).view()


class _Definition:
    def __init__(self, definition: dict, resource: str) -> None:
        self.definition, self.resource = definition, resource
        self.name = definition.get("name") or resource
        self.constants = dict(self.constant(given) for given in _list(definition, "constant"))

    def view(self) -> View:
        selects = _list(self.definition, "select")
        if not selects:
            raise Malformed("A ViewDefinition needs at least one `select`.", where=self.name)
        columns, rows = self.together([self.select(given) for given in selects])
        names = [column.name for column in columns]
        if twice := {name for name in names if names.count(name) > 1}:
            raise Malformed(f"Two columns have one name: {', '.join(sorted(twice))}.", where=self.name)
        wanted = [self.condition(given.get("path")) for given in _list(self.definition, "where")]
        return View(self.name, self.resource, columns, rows, wanted, self.constants)

    def constant(self, given: dict) -> tuple[str, Any]:
        values = [(key, value) for key, value in given.items() if _VALUE_KEYS.fullmatch(key)]
        if len(values) != 1 or not _NAME.fullmatch(given.get("name", "")):
            raise Malformed("A constant needs a name and exactly one value.", where=self.name)
        key, value = values[0]
        kind = key[5:] if key[5:] in model().types else key[5].lower() + key[6:]
        return given["name"], system(Node(value, kind))

    def path(self, expression: Any) -> tuple[Expr, Closure]:
        """An expression of the view, its closure saying where a mistake stands."""
        tree = parse(expression)
        self.known_variables(tree, expression)
        closure = Compiler(expression).closure(tree)

        def run(context: Context, this: list) -> list:
            try:
                return closure(context, this)
            except Mistake as mistake:
                raise malformed(mistake.what, expression, mistake.at or 0) from None

        return tree, run

    def known_variables(self, tree: Expr, expression: str) -> None:
        if tree.op == "variable" and tree.value not in self.constants and tree.value not in _VARIABLES:
            raise malformed(f"The view defines no constant %{tree.value}.", expression, tree.at)
        for part in tree.args:
            self.known_variables(part, expression)

    def condition(self, expression: Any) -> Callable[[Context, list], bool]:
        _, closure = self.path(expression)

        def holds(context: Context, this: list) -> bool:
            items = closure(context, this)
            if not items:
                return False
            answer = system(items[0])
            if len(items) > 1 or not isinstance(answer, bool):
                raise malformed("A `where` of a view must be true or false.", expression, 0)
            return answer

        return holds

    def select(self, given: dict) -> tuple[list[Column], Rows]:
        """One select: its columns, its nested selects and its union, for each item it runs over."""
        if not isinstance(given, dict):
            raise Malformed("Each `select` must be a JSON object.", where=self.name)
        parts = [self.column(column) for column in _list(given, "column")]
        parts += [self.select(nested) for nested in _list(given, "select")]
        if "unionAll" in given:
            parts.append(self.union(_list(given, "unionAll")))
        columns, rows = self.together(parts)
        over = [name for name in ("forEach", "forEachOrNull", "repeat") if name in given]
        if len(over) > 1:
            raise Malformed(f"A select has either {over[0]} or {over[1]}, not both.", where=self.name)
        return columns, self.over(over[0], given, rows) if over else rows

    def over(self, how: str, given: dict, rows: Rows) -> Rows:
        items = self.repeated(given["repeat"]) if how == "repeat" else self.path(given[how])[1]

        def run(context: Context, this: list) -> list[tuple]:
            found = items(context, this)
            before, result = context.env["rowIndex"], []
            for index, item in enumerate(found):
                context.env["rowIndex"] = index
                result += rows(context, [item])
            if not found and how == "forEachOrNull":
                context.env["rowIndex"] = 0
                result = rows(context, [])
            context.env["rowIndex"] = before
            return result

        return run

    def repeated(self, paths: Any) -> Closure:
        """Everything reached by following any of the paths again and again, parents before their children."""
        if not isinstance(paths, list) or not paths:
            raise Malformed("`repeat` is a list of paths.", where=self.name)
        steps = [self.path(path)[1] for path in paths]

        def follow(context: Context, this: list, depth: int = 0) -> list:
            if depth > REPEAT_DEPTH_MAX:
                raise Malformed(f"A repeat goes deeper than {REPEAT_DEPTH_MAX} levels.", where=self.name)
            found = []
            for step in steps:
                for item in step(context, this):
                    found.append(item)
                    found += follow(context, [item], depth + 1)
            return found

        return follow

    def union(self, branches: list) -> tuple[list[Column], Rows]:
        compiled = [self.select(branch) for branch in branches]
        if not compiled:
            raise Malformed("`unionAll` is empty.", where=self.name)
        columns = compiled[0][0]
        for other, _ in compiled[1:]:
            if [column.name for column in other] != [column.name for column in columns]:
                raise Malformed("The branches of a unionAll must have the same columns in the same order.", where=self.name)
        parts = [rows for _, rows in compiled]
        return columns, lambda context, this: [row for rows in parts for row in rows(context, this)]

    def together(self, parts: list[tuple[list[Column], Rows]]) -> tuple[list[Column], Rows]:
        """Parts side by side: every combination of their rows."""
        columns = [column for names, _ in parts for column in names]
        runs = [rows for _, rows in parts]
        if len(runs) == 1:
            return columns, runs[0]

        def run(context: Context, this: list) -> list[tuple]:
            found = [rows(context, this) for rows in runs]
            return [sum(combination, ()) for combination in product(*found)]

        return columns, run

    def column(self, given: dict) -> tuple[list[Column], Rows]:
        name = given.get("name", "")
        if not _NAME.fullmatch(name):
            raise Malformed(f"{name!r} cannot be the name of a column.", where=self.name)
        column = Column(name, given.get("type", ""), bool(given.get("collection")))
        _, closure = self.path(given.get("path"))
        if column.collection:
            return [column], lambda context, this: [([plain(item) for item in closure(context, this)],)]
        expression = given["path"]

        def run(context: Context, this: list) -> list[tuple]:
            items = closure(context, this)
            if len(items) > 1:
                raise malformed(f"Column {name} has several values; say `collection` or pick one.", expression, 0)
            return [(plain(items[0]) if items else None,)]

        return [column], run


_VARIABLES = frozenset(("rowIndex", "context", "resource", "rootResource", "ucum", "sct", "loinc"))


def plain(item: Any) -> Any:
    """A value for a table: days, times and amounts as text."""
    if type(item) is Node:
        return item.value
    return str(item) if isinstance(item, (Moment, Quantity)) else item


def _list(given: dict, name: str) -> list:
    value = given.get(name, [])
    if not isinstance(value, list):
        raise Malformed(f"`{name}` must be a list.")
    return value
