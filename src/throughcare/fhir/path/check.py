"""Check an expression against the types before any record is read: unknown elements, wrong types, undefined order."""

from typing import NamedTuple

from .lexer import malformed
from .mistake import Mistake
from .model import model
from .parser import Expr
from .types import SYSTEM_TYPES, type_test
from .values import Date, DateTime, Long, Quantity, Time


class Shape(NamedTuple):
    """What an expression can give: type names (None where only the record can tell); whether order has meaning."""

    types: frozenset[str] | None
    ordered: bool = True


_UNKNOWN = Shape(None)
_BOOLEAN = Shape(frozenset(("System.Boolean",)))
_ANYTHING = frozenset(("Resource", "DomainResource"))
_SAME = frozenset(
    "where first last tail skip take single distinct exclude trace intersect sort defineVariable union combine".split()
)
_NEEDS_ORDER = frozenset("first last tail skip take".split())
_YES_OR_NO = frozenset(
    "exists empty all not hasValue allTrue anyTrue allFalse anyFalse subsetOf supersetOf isDistinct startsWith endsWith"
    " contains matches matchesFull conformsTo comparable".split()
)
_LITERALS: dict[type, str] = {
    **{kind: kind.__name__ for kind in (Date, DateTime, Time, Quantity, Long)},
    str: "String",
    bool: "Boolean",
}
_EITHER = frozenset(("|",))
_ANSWERS = frozenset("and or xor implies = != ~ !~ < > <= >= in contains".split())


def check(tree: Expr, text: str, kind: str) -> Shape:
    """Raise Malformed when the expression can never be right for a resource or element of a type."""
    focus = Shape(frozenset((kind,)) if kind else None)
    return _Checker(text).shape(tree, focus)


class _Checker:
    def __init__(self, text: str) -> None:
        self.text = text

    def shape(self, node: Expr, this: Shape) -> Shape:
        return getattr(self, "_" + node.op)(node, this)

    def _group(self, node: Expr, this: Shape) -> Shape:
        return self.shape(node.args[0], this)

    def _literal(self, node: Expr, this: Shape) -> Shape:
        return Shape(frozenset(f"System.{_LITERALS.get(type(v), 'Decimal')}" for v in node.value))  # type: ignore[attr-defined]

    def _this(self, node: Expr, this: Shape) -> Shape:
        return this

    def _index(self, node: Expr, this: Shape) -> Shape:
        return Shape(frozenset(("System.Integer",)))

    def _total(self, node: Expr, this: Shape) -> Shape:
        return _UNKNOWN

    def _variable(self, node: Expr, this: Shape) -> Shape:
        return _UNKNOWN

    def _member(self, node: Expr, this: Shape) -> Shape:
        name = str(node.value)
        if name in model().types and this.types is not None:
            same = frozenset(t for t in this.types if model().is_a(t, name))
            if same:
                return Shape(same, this.ordered)
        return self.under(this, name, node.at)

    def under(self, left: Shape, name: str, at: int) -> Shape:
        """The element of that name in any of the types."""
        if left.types is None or not left.types or left.types & _ANYTHING:
            return Shape(None, left.ordered)
        found: set[str] = set()
        for kind in left.types:
            element = model().elements.get(kind, {}).get(name)
            found.update(element.types if element else ())
        if not found and not all(kind.startswith("System.") for kind in left.types):
            raise malformed(f"{' or '.join(sorted(left.types))} has no element {name}.", self.text, at)
        return Shape(frozenset(found) or None, left.ordered)

    def _chain(self, node: Expr, this: Shape) -> Shape:
        left, right = self.shape(node.args[0], this), node.args[1]
        if right.op == "member":
            return self.under(left, str(right.value), right.at)
        return self.applied(right, this, left)

    def _call(self, node: Expr, this: Shape) -> Shape:
        return self.applied(node, this, this)

    def applied(self, call: Expr, this: Shape, left: Shape) -> Shape:
        name = str(call.value)
        if name in ("is", "as", "ofType"):
            kind = call.args[0].value if call.args[0].op == "member" else None
            return _BOOLEAN if name == "is" else self.typed(left, str(kind) if kind else "")
        if name in _NEEDS_ORDER and not left.ordered:
            raise malformed(f"{name}() depends on an order that these items do not have.", self.text, call.at)
        inner = [self.shape(arg, Shape(left.types)) for arg in call.args] if name in _PER_ITEM else []
        if name == "iif":
            return self.condition(call, left, inner)
        if name in ("children", "descendants"):
            return Shape(None, False)
        if name == "select":
            return Shape(inner[0].types, left.ordered)
        if name == "extension":
            return Shape(frozenset(("Extension",)), left.ordered)
        if name in _YES_OR_NO:
            return _BOOLEAN
        if name in ("union", "combine"):
            return _either(left, self.shape(call.args[0], this))
        return left if name in _SAME else _UNKNOWN

    def condition(self, call: Expr, left: Shape, inner: list[Shape]) -> Shape:
        types = inner[0].types
        if types and all(t.startswith("System.") and t != "System.Boolean" for t in types):
            raise malformed("The condition of iif() is never true or false.", self.text, call.at)
        return _either(*inner[1:]) if len(inner) > 2 else inner[1]

    def typed(self, left: Shape, name: str) -> Shape:
        try:
            test = type_test(name) if name else None
        except Mistake:
            test = None
        if test is None:
            return _UNKNOWN
        names = {test.fhir} if test.fhir else {f"System.{test.system}"} if test.system in SYSTEM_TYPES else set()
        return Shape(frozenset(names), left.ordered)

    def _item(self, node: Expr, this: Shape) -> Shape:
        left = self.shape(node.args[0], this)
        self.shape(node.args[1], this)
        return left

    def _sign(self, node: Expr, this: Shape) -> Shape:
        return self.shape(node.args[0], this)

    def _binary(self, node: Expr, this: Shape) -> Shape:
        left, right = (self.shape(arg, this) for arg in node.args)
        if node.value in _EITHER:
            return _either(left, right)
        return _BOOLEAN if node.value in _ANSWERS else _UNKNOWN

    def _is(self, node: Expr, this: Shape) -> Shape:
        self.shape(node.args[0], this)
        return _BOOLEAN

    def _as(self, node: Expr, this: Shape) -> Shape:
        return self.typed(self.shape(node.args[0], this), str(node.value))


# Functions whose arguments are asked of each item.
_PER_ITEM = frozenset("where select exists all iif sort".split())


def _either(*shapes: Shape) -> Shape:
    known = [shape.types for shape in shapes]
    ordered = all(shape.ordered for shape in shapes)
    return Shape(None if any(t is None for t in known) else frozenset().union(*known), ordered)  # type: ignore[arg-type]
