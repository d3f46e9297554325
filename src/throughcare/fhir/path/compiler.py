"""From tree to closures: each node of an expression becomes one Python function of (context, items)."""

from collections.abc import Callable
from typing import Any

from . import arithmetic, operators, tree
from .context import Closure, Context
from .lexer import malformed
from .mistake import Mistake
from .model import model
from .parser import Expr
from .projection import descending
from .registry import FUNCTIONS
from .subsets import item_at
from .types import TypeTest, type_test
from .values import Node

_TYPE_FUNCTIONS = frozenset(("is", "as", "ofType"))


class Compiler:
    """Compiles one expression. `as_filters`: `as` drops items of other types instead of refusing several items."""

    def __init__(self, text: str, *, as_filters: bool = False) -> None:
        self.text, self.as_filters = text, as_filters
        self.scoped = "defineVariable" in text

    def closure(self, node: Expr) -> Closure:
        return getattr(self, "_" + node.op)(node)

    def part(self, node: Expr) -> Closure:
        """An operand or argument: what it defines stays inside it."""
        run = self.closure(node)
        if not self.scoped:
            return run

        def inside(context: Context, this: list) -> list:
            before = context.defined
            try:
                return run(context, this)
            finally:
                context.defined = before

        return inside

    def _group(self, node: Expr) -> Closure:
        return self.part(node.args[0])

    def _literal(self, node: Expr) -> Closure:
        values = node.value
        return lambda context, this: list(values)  # type: ignore[call-overload]

    def _this(self, node: Expr) -> Closure:
        return lambda context, this: this

    def _index(self, node: Expr) -> Closure:
        return lambda context, this: [] if context.index is None else [context.index]

    def _total(self, node: Expr) -> Closure:
        return lambda context, this: context.total

    def _variable(self, node: Expr) -> Closure:
        name, at = str(node.value), node.at
        return self._placed(lambda context, this: context.variable(name), at)

    def _member(self, node: Expr) -> Closure:
        """A name at the head of a path: the type of the item itself, or an element of it."""
        name = str(node.value)
        is_a = model().is_a
        if not name[0].isupper():
            return lambda context, this: tree.named(this, name)

        def head(context: Context, this: list) -> list:
            same = [
                item for item in this if type(item) is Node and (is_a(item.kind, name) or _calls_itself(item, name))
            ]
            return same or tree.named(this, name)

        return head

    def _chain(self, node: Expr) -> Closure:
        left, right = self.closure(node.args[0]), node.args[1]
        if right.op == "member":
            name = str(right.value)
            return lambda context, this: tree.named(left(context, this), name)
        if right.op != "call":
            raise malformed(f"${right.op} cannot follow a dot.", self.text, right.at)
        step = self._step(right)
        return lambda context, this: step(context, this, left(context, this))

    def _call(self, node: Expr) -> Closure:
        step = self._step(node)
        return lambda context, this: step(context, this, this)

    def _item(self, node: Expr) -> Closure:
        items, index = self.closure(node.args[0]), self.part(node.args[1])
        return self._placed(lambda context, this: item_at(items(context, this), index(context, this)), node.at)

    def _sign(self, node: Expr) -> Closure:
        operand = self.part(node.args[0])
        run = arithmetic.negative if node.value == "-" else arithmetic.positive
        return self._placed(lambda context, this: run(operand(context, this)), node.at)

    def _binary(self, node: Expr) -> Closure:
        run = operators.BINARY[str(node.value)]
        left, right = self.part(node.args[0]), self.part(node.args[1])
        if node.value in operators.LAZY:
            return self._placed(lambda context, this: run(left(context, this), lambda: right(context, this)), node.at)
        return self._placed(lambda context, this: run(left(context, this), right(context, this)), node.at)

    def _is(self, node: Expr) -> Closure:
        operand, test = self.part(node.args[0]), self._test(str(node.value), node.at)
        run = self._type_step(node.op, test)
        return self._placed(lambda context, this: run(operand(context, this)), node.at)

    _as = _is

    def _test(self, name: str, at: int) -> TypeTest:
        try:
            return type_test(name)
        except Mistake as mistake:
            raise malformed(mistake.what, self.text, at) from None

    def _type_step(self, how: str, test: TypeTest) -> Callable[[list], list]:
        if how == "is":
            return test.answers
        return test.only if how == "ofType" or self.as_filters else test.cast

    def _step(self, node: Expr) -> Callable[[Context, list, list], list]:
        """A function applied to the items before it; `this` stays the focus of plain arguments."""
        name = str(node.value)
        if name in _TYPE_FUNCTIONS and len(node.args) == 1:
            run = self._type_step(name, self._test(_type_name(node.args[0], self.text), node.at))
            return self._placed_step(lambda context, this, items: run(items), node.at)
        if name not in FUNCTIONS:
            raise malformed(f"There is no function {name}().", self.text, node.at)
        function = FUNCTIONS[name]
        if not function.least <= len(node.args) <= function.most:
            raise malformed(f"{name}() does not take {len(node.args)} arguments.", self.text, node.at)
        if name == "getReferenceKey" and node.args:
            kind = _type_name(node.args[0], self.text)
            return self._placed_step(lambda context, this, items: function.run(context, items, kind), node.at)
        args = [self._sort_key(arg) for arg in node.args] if name == "sort" else [self.part(arg) for arg in node.args]
        return self._placed_step(self._applied(function, args), node.at)

    def _sort_key(self, node: Expr) -> Closure:
        """A minus before a sort key turns the order around, for text as for numbers."""
        down = node.op == "sign" and node.value == "-"
        return descending(self.part(node.args[0])) if down else self.part(node)

    def _applied(self, function: Any, args: list[Closure]) -> Callable[[Context, list, list], list]:
        run = function.run
        if function.lazy:
            return lambda context, this, items: run(context, items, *args)
        if not args:
            return lambda context, this, items: run(context, items)
        if len(args) == 1:
            only = args[0]
            return lambda context, this, items: run(context, items, only(context, this))
        return lambda context, this, items: run(context, items, *[arg(context, this) for arg in args])

    def _placed(self, run: Closure, at: int) -> Closure:
        """A mistake inside learns where in the expression it happened."""

        def placed(context: Context, this: list) -> list:
            try:
                return run(context, this)
            except Mistake as mistake:
                if mistake.at is None:
                    mistake.at = at
                raise

        return placed

    def _placed_step(self, run: Callable, at: int) -> Callable[[Context, list, list], list]:
        def placed(context: Context, this: list, items: list) -> list:
            try:
                return run(context, this, items)
            except Mistake as mistake:
                if mistake.at is None:
                    mistake.at = at
                raise

        return placed


def _calls_itself(item: Node, name: str) -> bool:
    return not item.kind and isinstance(item.value, dict) and item.value.get("resourceType") == name


def _type_name(node: Expr, text: str) -> str:
    """A type written as an argument: Quantity, FHIR.Quantity, System.String."""
    if node.op == "member":
        return str(node.value)
    if node.op == "chain" and node.args[0].op == "member" and node.args[1].op == "member":
        return f"{node.args[0].value}.{node.args[1].value}"
    raise malformed("Expected the name of a type.", text, node.at)
