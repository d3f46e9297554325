"""The short way: where types are known beforehand, an expression becomes plain dictionary access.

Only forms whose answer is surely the same as the long way's are taken; any other expression, and any record whose lists
and objects are not where its type says, goes the long way (docs/why/0010). A test asks every official case both ways.
"""

import operator
from collections.abc import Callable
from typing import Any

from .conditions import ORDERS, equality, joined, logic, order, union
from .fhirs import reference_key
from .mistake import Mistake
from .model import model
from .parser import Expr
from .plans import (
    BOOLEANS,
    EMPTY,
    TEXTS,
    Plan,
    Read,
    as_list,
    boolean,
    constant,
    end,
    focus_on,
    itself,
    kept,
    presence,
    step,
    text,
    truth_of,
    typed,
)
from .strings import pattern, whole_of


def plan(tree: Expr, kind: str, constants: dict[str, Any] | None = None) -> Plan | None:
    """The short way for an input of one type, or None when the expression needs the general engine."""
    if kind not in model().elements and kind not in TEXTS:
        return None
    found = _Planner(constants or {}).plan(tree, focus_on(kind))
    return None if found is None or found.choice else found


class _Planner:
    def __init__(self, constants: dict[str, Any]) -> None:
        self.constants = constants

    def plan(self, node: Expr, focus: Plan) -> Plan | None:
        make = getattr(self, "_" + node.op, None)
        return make(node, focus) if make else None

    def condition(self, node: Expr, kind: str) -> Read | None:
        """A condition on an item of a type, as a function to True, False or None."""
        found = self.plan(node, focus_on(kind))
        return None if found is None else truth_of(found)

    def fixed(self, node: Expr, sort: type) -> Any:
        """The value of a literal or constant of one Python type, else None."""
        found = self.plan(node, EMPTY)
        value = found.read(None) if found is not None and found.constant else None
        return value if type(value) is sort else None

    def _group(self, node: Expr, focus: Plan) -> Plan | None:
        return self.plan(node.args[0], focus)

    def _this(self, node: Expr, focus: Plan) -> Plan:
        return focus

    def _literal(self, node: Expr, focus: Plan) -> Plan | None:
        values: tuple = node.value  # type: ignore[assignment]
        return constant(values[0]) if values else EMPTY

    def _variable(self, node: Expr, focus: Plan) -> Plan | None:
        return constant(self.constants[str(node.value)]) if node.value in self.constants else None

    def _member(self, node: Expr, focus: Plan) -> Plan | None:
        name = str(node.value)
        if name in model().types and name[0].isupper():
            return focus if model().is_a(focus.kind, name) else None
        return step(focus, name)

    def _chain(self, node: Expr, focus: Plan) -> Plan | None:
        left, right = self.plan(node.args[0], focus), node.args[1]
        if left is None:
            return None
        if right.op == "member":
            return step(left, str(right.value))
        return self.applied(right, left) if right.op == "call" else None

    def _call(self, node: Expr, focus: Plan) -> Plan | None:
        return self.applied(node, focus)

    def _as(self, node: Expr, focus: Plan) -> Plan | None:
        left = self.plan(node.args[0], focus)
        return typed(left, str(node.value)) if left is not None and left.one else None

    def _item(self, node: Expr, focus: Plan) -> Plan | None:
        left, at = self.plan(node.args[0], focus), self.fixed(node.args[1], int)
        if left is None or at is None or left.one or left.simple or left.choice:
            return None
        read = left.read
        return Plan(lambda value: items[at] if 0 <= at < len(items := read(value)) else None, left.kind)

    def applied(self, call: Expr, left: Plan) -> Plan | None:
        make = getattr(self, "do_" + str(call.value), None)
        return make(left, *call.args) if make and len(call.args) in _ARGUMENTS[str(call.value)] else None

    def do_ofType(self, left: Plan, name: Expr) -> Plan | None:
        return typed(left, _dotted(name).removeprefix("FHIR."))

    def do_as(self, left: Plan, name: Expr) -> Plan | None:
        return self.do_ofType(left, name) if left.one else None

    def do_where(self, left: Plan, condition: Expr) -> Plan | None:
        found = None if left.choice else self.plan(condition, focus_on(left.kind))
        test = None if found is None else truth_of(found)
        return None if found is None or test is None else kept(left, test, found.equals)

    def do_first(self, left: Plan) -> Plan | None:
        return end(left, 0)

    def do_last(self, left: Plan) -> Plan | None:
        return end(left, -1)

    def do_extension(self, left: Plan, url: Expr) -> Plan | None:
        wanted = self.fixed(url, str)
        found = step(left, "extension")
        if not wanted or found is None or found.kind != "Extension":
            return None
        read = found.read
        return Plan(lambda value: [item for item in read(value) if item.get("url") == wanted], "Extension", one=False)

    def do_exists(self, left: Plan, condition: Expr | None = None) -> Plan | None:
        found = left if condition is None else self.do_where(left, condition)
        there = None if found is None else presence(found)
        return None if there is None else boolean(there)

    def do_empty(self, left: Plan) -> Plan | None:
        there = presence(left)
        return None if there is None else boolean(lambda value: not there(value))

    def do_not(self, left: Plan) -> Plan | None:
        read = left.read
        return boolean(lambda value: None if (answer := read(value)) is None else not answer) if left.truth else None

    def do_iif(self, left: Plan, condition: Expr, then: Expr, otherwise: Expr | None = None) -> Plan | None:
        test = self.condition(condition, left.kind) if left.read is itself else None
        a, b = self.plan(then, left), self.plan(otherwise, left) if otherwise else EMPTY
        if test is None or a is None or b is None or a.choice or b.choice:
            return None
        one = a.one and b.one
        x, y = (a.read, b.read) if one else (as_list(a), as_list(b))
        kind = _common(a, b)
        read: Read = lambda value: x(value) if test(value) else y(value)  # noqa: E731
        if kind not in TEXTS and kind not in BOOLEANS:
            return Plan(read, kind if kind in model().elements and kind not in model().primitives else "", one)
        return Plan(read, kind, one, truth=kind == "System.Boolean")

    def do_join(self, left: Plan, separator: Expr | None = None) -> Plan | None:
        by = self.fixed(separator, str) if separator else ""
        if by is None or left.kind not in TEXTS or left.one or left.choice:
            return None
        read = left.read
        return text(lambda value: by.join(read(value)))

    def asked(self, left: Plan, arg: Expr, ask: Callable[[str, str], bool]) -> Plan | None:
        """A question to one piece of text."""
        wanted = self.fixed(arg, str)
        if wanted is None or left.kind not in TEXTS or not left.one or left.choice:
            return None
        read = left.read
        return boolean(lambda value: None if (found := read(value)) is None else ask(found, wanted))

    def do_startsWith(self, left: Plan, start: Expr) -> Plan | None:
        return self.asked(left, start, str.startswith)

    def do_endsWith(self, left: Plan, end_: Expr) -> Plan | None:
        return self.asked(left, end_, str.endswith)

    def do_contains(self, left: Plan, part: Expr) -> Plan | None:
        return self.asked(left, part, operator.contains)

    def matched(self, left: Plan, form: Expr, shape: Callable[[str], str]) -> Plan | None:
        wanted = self.fixed(form, str)
        try:
            search = pattern(shape(wanted)).search if wanted else None
        except Mistake:
            search = None
        return self.asked(left, form, lambda found, _: search(found) is not None) if search else None

    def do_matches(self, left: Plan, form: Expr) -> Plan | None:
        return self.matched(left, form, str)

    def do_matchesFull(self, left: Plan, form: Expr) -> Plan | None:
        return self.matched(left, form, lambda wanted: whole_of(wanted, ""))

    def do_getResourceKey(self, left: Plan) -> Plan | None:
        if left.kind not in model().resources or left.keys != ():
            return None
        prefix = left.kind + "/"
        return text(lambda value: prefix + name if (name := value.get("id")) is not None else None)

    def do_getReferenceKey(self, left: Plan, name: Expr | None = None) -> Plan | None:
        kind = _dotted(name) if name else ""
        found = step(left, "reference") if left.kind == "Reference" else None
        if found is None:
            return None
        read = found.read
        if found.one:
            return text(lambda value: reference_key(given, kind) or None if (given := read(value)) else None)
        return text(lambda value: [key for given in read(value) if (key := reference_key(given, kind))], one=False)

    def _binary(self, node: Expr, focus: Plan) -> Plan | None:
        symbol = str(node.value)
        left = self.plan(node.args[0], focus)
        if symbol == "in":
            return self.membership(left, self.words(node.args[1]))
        right = self.plan(node.args[1], focus)
        if left is None or right is None or left.choice or right.choice:
            return None
        if symbol in ("and", "or"):
            return logic(symbol, left, right)
        if symbol in ("=", "!="):
            return equality(left, right, symbol == "=")
        if symbol in ORDERS:
            return order(left, right, ORDERS[symbol])
        return union(left, right) if symbol == "|" else joined(left, right) if symbol == "&" else None

    def membership(self, left: Plan | None, words: frozenset[str] | None) -> Plan | None:
        if left is None or words is None or left.kind not in TEXTS or left.there is None or not left.one or left.choice:
            return None
        read, there = left.read, left.there
        return boolean(
            lambda value: found in words if (found := read(value)) is not None else False if there(value) else None
        )

    def words(self, node: Expr) -> frozenset[str] | None:
        """A union of text literals."""
        if node.op == "group":
            return self.words(node.args[0])
        if node.op == "binary" and node.value == "|":
            left, right = (self.words(arg) for arg in node.args)
            return None if left is None or right is None else left | right
        value = self.fixed(node, str) if node.op in ("literal", "variable") else None
        return None if value is None else frozenset((value,))


# How many arguments each function of the short way takes.
_ARGUMENTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys("first last empty not getResourceKey".split(), (0,)),
    **dict.fromkeys("ofType as where extension startsWith endsWith contains matches matchesFull".split(), (1,)),
    **dict.fromkeys("exists join getReferenceKey".split(), (0, 1)),
    "iif": (2, 3),
}


def _dotted(node: Expr) -> str:
    """A type written as an argument."""
    if node.op == "member":
        return str(node.value)
    if node.op == "chain" and all(arg.op == "member" for arg in node.args):
        return f"{node.args[0].value}.{node.args[1].value}"
    return ""


def _common(a: Plan, b: Plan) -> str:
    if a is EMPTY or b is EMPTY:
        return b.kind if a is EMPTY else a.kind
    return a.kind if a.kind == b.kind else ""
