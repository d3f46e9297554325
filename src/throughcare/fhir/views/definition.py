"""From a ViewDefinition to functions: selects, their columns, what they run over, and what they filter."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from throughcare.faults import Malformed
from throughcare.fhir.path.check import check
from throughcare.fhir.path.compiler import Compiler
from throughcare.fhir.path.context import Closure, Context
from throughcare.fhir.path.fast import plan
from throughcare.fhir.path.lexer import malformed
from throughcare.fhir.path.mistake import Mistake
from throughcare.fhir.path.model import model
from throughcare.fhir.path.parser import Expr, parse
from throughcare.fhir.path.plans import Plan, as_list, truth_of
from throughcare.fhir.path.system import system
from throughcare.fhir.path.values import Node

from .cells import direct_cell, full_cell
from .rows import Column, Part, Rows, combined, each, filtered, fixed_rows, or_none, rows_of

REPEAT_DEPTH_MAX = 64
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_VALUE = re.compile(r"value([A-Z]\w*)")
_VARIABLES = frozenset(("rowIndex", "context", "resource", "rootResource", "ucum", "sct", "loinc"))
_OVER = ("forEach", "forEachOrNull", "repeat")


class Level(NamedTuple):
    """What a select runs on: values of one type read directly, or items of the engine."""

    kind: str
    direct: bool

    def boxed(self, focus: Any) -> list:
        return [Node(focus, self.kind)] if self.direct else focus


class Path(NamedTuple):
    """An expression of the view at one level."""

    text: str
    closure: Closure
    plan: Plan | None
    kind: str  # the one type it leads to, '' when unknown


class Definition:
    """Compiles one definition. Without `direct`, everything goes through the engine."""

    def __init__(self, definition: dict, resource: str, *, direct: bool = True, strict: bool = False) -> None:
        self.definition, self.strict, self.needs_context = definition, strict, False
        self.name = str(definition.get("name") or resource)
        self.level = Level(resource, direct)
        self.constants = dict(self.constant(given) for given in _list(definition, "constant"))

    def compiled(self) -> tuple[list[Column], Rows]:
        selects = _list(self.definition, "select")
        if not selects:
            raise Malformed("A ViewDefinition needs at least one `select`.", where=self.name)
        whole = self.together([self.select(given, self.level) for given in selects])
        names = [column.name for column in whole.columns]
        if twice := {name for name in names if names.count(name) > 1}:
            raise Malformed(f"Two columns have one name: {', '.join(sorted(twice))}.", where=self.name)
        tests = [self.condition(given.get("path")) for given in _list(self.definition, "where")]
        return whole.columns, filtered(tests, rows_of(whole))

    def constant(self, given: dict) -> tuple[str, Any]:
        values = [(key, value) for key, value in given.items() if _VALUE.fullmatch(key)]
        if len(values) != 1 or not _NAME.fullmatch(given.get("name", "")):
            raise Malformed("A constant needs a name and exactly one value.", where=self.name)
        key, value = values[0]
        kind = key[5:] if key[5:] in model().types else key[5].lower() + key[6:]
        return given["name"], system(Node(value, kind))

    def path(self, expression: Any, level: Level) -> Path:
        tree = parse(expression)
        self.known_variables(tree, expression)
        types = check(tree, expression, level.kind).types if self.strict else _types(tree, expression, level.kind)
        kind = next(iter(types)) if types is not None and len(types) == 1 else ""
        short = plan(tree, level.kind, self.constants) if level.direct else None
        return Path(expression, _speaking(Compiler(expression).closure(tree), expression), short, kind)

    def known_variables(self, tree: Expr, expression: str) -> None:
        if tree.op == "variable" and tree.value not in self.constants and tree.value not in _VARIABLES:
            raise malformed(f"The view defines no constant %{tree.value}.", expression, tree.at)
        for part in tree.args:
            self.known_variables(part, expression)

    def condition(self, expression: Any) -> Callable[[Any, Context], bool]:
        path = self.path(expression, self.level)
        test = truth_of(path.plan) if path.plan else None
        if test is not None:
            return lambda focus, context: bool(test(focus))
        self.needs_context = True
        boxed, closure = self.level.boxed, path.closure

        def holds(focus: Any, context: Context) -> bool:
            items = closure(context, boxed(focus))
            answer = system(items[0]) if items else False
            if len(items) > 1 or not isinstance(answer, bool):
                raise malformed("A `where` of a view must be true or false.", expression, 0)
            return answer

        return holds

    def select(self, given: Any, level: Level) -> Part:
        """One select: its columns, its nested selects and its union, for each item it runs over."""
        if not isinstance(given, dict):
            raise Malformed("Each `select` must be a JSON object.", where=self.name)
        over = [name for name in _OVER if name in given]
        if len(over) > 1:
            raise Malformed(f"A select has either {over[0]} or {over[1]}, not both.", where=self.name)
        return self.over(over[0], given, level) if over else self.inside(given, level)

    def inside(self, given: dict, level: Level) -> Part:
        parts = [self.column(column, level) for column in _list(given, "column")]
        parts += [self.select(nested, level) for nested in _list(given, "select")]
        if "unionAll" in given:
            parts.append(self.union(_list(given, "unionAll"), level))
        return self.together(parts)

    def over(self, how: str, given: dict, level: Level) -> Part:
        items, below = self.repeated(given["repeat"], level) if how == "repeat" else self.items(given[how], level)
        part = self.inside(given, below)
        indexed = "%rowIndex" in repr(given)
        self.needs_context |= indexed
        if how != "forEachOrNull":
            return Part(part.columns, None, each(items, part, below.direct, indexed))
        none = rows_of(self.inside(given, Level(below.kind, False)))
        fixed = fixed_rows(none) if below.direct and "%" not in repr(given) else None
        self.needs_context |= below.direct and fixed is None
        return Part(part.columns, None, or_none(each(items, part, below.direct, indexed), items, none, fixed))

    def items(self, expression: Any, level: Level) -> tuple[Rows, Level]:
        """What a forEach runs over, and the level that its items make."""
        path = self.path(expression, level)
        if path.plan is not None and path.plan.kind:
            read = path.plan.read if not path.plan.one else as_list(path.plan)
            return lambda focus, context: read(focus), Level(path.plan.kind, True)
        self.needs_context = True
        closure, boxed = path.closure, level.boxed
        return lambda focus, context: closure(context, boxed(focus)), Level(path.kind, False)

    def repeated(self, given: Any, level: Level) -> tuple[Rows, Level]:
        """Everything reached by following any of the paths again and again, parents before their children."""
        if not isinstance(given, list) or not given:
            raise Malformed("`repeat` is a list of paths.", where=self.name)
        loose = Definition(self.definition, self.level.kind, direct=False)
        self.needs_context = True
        paths = [loose.path(text, Level("", False)) for text in given]
        kind = self.path(given[0], level).kind
        steps, boxed = [path.closure for path in paths], level.boxed

        def follow(context: Context, this: list, depth: int = 0) -> list:
            if depth > REPEAT_DEPTH_MAX:
                raise Malformed(f"A repeat goes deeper than {REPEAT_DEPTH_MAX} levels.", where=self.name)
            found = []
            for step in steps:
                for item in step(context, this):
                    found.append(item)
                    found += follow(context, [item], depth + 1)
            return found

        return lambda focus, context: follow(context, boxed(focus)), Level(kind if len(paths) == 1 else "", False)

    def union(self, branches: list, level: Level) -> Part:
        parts = [self.select(branch, level) for branch in branches]
        if not parts:
            raise Malformed("`unionAll` is empty.", where=self.name)
        columns = parts[0].columns
        for other in parts[1:]:
            if [column.name for column in other.columns] != [column.name for column in columns]:
                raise Malformed(
                    "The branches of a unionAll must have the same columns in the same order.", where=self.name
                )
        runs = [rows_of(part) for part in parts]
        return Part(columns, None, lambda focus, context: [row for rows in runs for row in rows(focus, context)])

    def together(self, parts: list[Part]) -> Part:
        """Parts side by side: every combination of their rows."""
        columns = [column for part in parts for column in part.columns]
        if all(part.cells is not None for part in parts):
            return Part(columns, [cell for part in parts for cell in part.cells or ()], None)
        return Part(columns, None, combined(parts))

    def column(self, given: dict, level: Level) -> Part:
        name = given.get("name", "")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise Malformed(f"{name!r} cannot be the name of a column.", where=self.name)
        column = Column(name, given.get("type", ""), bool(given.get("collection")))
        path = self.path(given.get("path"), level)
        if path.plan is not None:
            cell = direct_cell(path.plan, name, path.text, collection=column.collection)
        else:
            self.needs_context = True
            cell = full_cell(path.closure, level.boxed, name, path.text, collection=column.collection)
        return Part([column], [cell], None)


def _list(given: dict, name: str) -> list:
    value = given.get(name, [])
    if not isinstance(value, list):
        raise Malformed(f"`{name}` must be a list.")
    return value


def _types(tree: Expr, expression: str, kind: str) -> frozenset[str] | None:
    try:
        return check(tree, expression, kind).types
    except Malformed:
        return None


def _speaking(closure: Closure, expression: str) -> Closure:
    """The closure, its mistakes saying where they stand."""

    def run(context: Context, this: list) -> list:
        try:
            return closure(context, this)
        except Mistake as mistake:
            raise malformed(mistake.what, expression, mistake.at or 0) from None

    return run
