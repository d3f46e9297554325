"""The short way: where types are known beforehand, an expression becomes plain dictionary access.

Only forms whose answer is surely the same as the long way's are taken; any other expression, and any record that is not
shaped as its type says, goes the long way (docs/why/0010). A test asks every official case both ways.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from .fhirs import reference_key
from .model import Element, model
from .parser import Expr

Read = Callable[[Any], Any]

# Simple types whose JSON value is their System value as it stands.
TEXTS = frozenset("string code uri url id canonical markdown oid uuid base64Binary System.String".split())
NUMBERS = frozenset("integer positiveInt unsignedInt decimal System.Integer System.Decimal".split())
_BOOLEANS = frozenset(("boolean", "System.Boolean"))


class TakeLongWay(Exception):
    """This record needs the general engine."""


class Plan(NamedTuple):
    """How to read an expression. `one`: `read` gives a value or None, else a list. `truth`: True, False or None.

    `keys` are the JSON keys walked so far while every step is single. For simple values `there` tells whether anything is
    there at all, extensions included, and `bare` whether anything has extensions or an id. `choice` holds the options of a choice element whose type is not chosen yet.
    """

    read: Read
    kind: str
    one: bool = True
    truth: bool = False
    keys: tuple[str, ...] | None = None
    there: Read | None = None
    bare: Read | None = None
    choice: tuple[tuple[str, str], ...] = ()
    constant: bool = False


def plan(tree: Expr, kind: str, constants: dict[str, Any] | None = None) -> Plan | None:
    """The short way for an input of one type, or None when the expression needs the general engine."""
    if kind not in model().elements and kind not in TEXTS:
        return None
    found = _Planner(constants or {}).plan(tree, Plan(_itself, kind, keys=()))
    return None if found is None or found.choice else found


def _itself(value: Any) -> Any:
    return value


class _Planner:
    def __init__(self, constants: dict[str, Any]) -> None:
        self.constants = constants

    def plan(self, node: Expr, focus: Plan) -> Plan | None:
        make = getattr(self, "_" + node.op, None)
        return make(node, focus) if make else None

    def _group(self, node: Expr, focus: Plan) -> Plan | None:
        return self.plan(node.args[0], focus)

    def _this(self, node: Expr, focus: Plan) -> Plan:
        return focus

    def _literal(self, node: Expr, focus: Plan) -> Plan | None:
        values: tuple = node.value  # type: ignore[assignment]
        return _constant(values[0]) if len(values) == 1 else None

    def _variable(self, node: Expr, focus: Plan) -> Plan | None:
        return _constant(self.constants[str(node.value)]) if node.value in self.constants else None

    def _member(self, node: Expr, focus: Plan) -> Plan | None:
        name = str(node.value)
        if name in model().types and name[0].isupper():
            return focus if model().is_a(focus.kind, name) else None
        return _step(focus, name)

    def _chain(self, node: Expr, focus: Plan) -> Plan | None:
        left, right = self.plan(node.args[0], focus), node.args[1]
        if left is None:
            return None
        if right.op == "member":
            return _step(left, str(right.value))
        return self.applied(right, left, focus) if right.op == "call" else None

    def _call(self, node: Expr, focus: Plan) -> Plan | None:
        return self.applied(node, focus, focus)

    def _type(self, node: Expr, focus: Plan) -> Plan | None:
        how, name = node.value  # type: ignore[misc]
        left = self.plan(node.args[0], focus)
        return _typed(left, name) if left is not None and how == "as" and left.one else None

    def _item(self, node: Expr, focus: Plan) -> Plan | None:
        left, index = self.plan(node.args[0], focus), self.plan(node.args[1], focus)
        if left is None or index is None or left.one or not index.constant or type(at := index.read(None)) is not int:
            return None
        read = left.read
        if model().primitives & {left.kind}:
            return None  # an element that has only extensions counts as an item
        return left._replace(read=lambda value: items[at] if 0 <= at < len(items := read(value)) else None, one=True, keys=None)

    def applied(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        make = getattr(self, "do_" + str(call.value), None)
        return make(call, left, focus) if make else None

    def do_ofType(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        arg = call.args[0] if len(call.args) == 1 else None
        name = _dotted(arg) if arg else ""
        return _typed(left, name.removeprefix("FHIR.")) if name else None

    def do_as(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        return self.do_ofType(call, left, focus) if left.one else None

    def do_where(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        test = self.condition(call.args[0], left.kind) if len(call.args) == 1 and not left.choice else None
        if test is None or left.kind in model().primitives:
            return None
        read = left.read
        if left.one:
            kept = lambda value: item if (item := read(value)) is not None and test(item) else None  # noqa: E731
        else:
            kept = lambda value: [item for item in read(value) if test(item)]  # noqa: E731
        return Plan(kept, left.kind, left.one)

    def condition(self, node: Expr, kind: str) -> Read | None:
        """A condition on an item of a type, as a function to True, False or None."""
        found = self.plan(node, Plan(_itself, kind, keys=()))
        if found is None or found.choice:
            return None
        return _truth_of(found)

    def do_first(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        if left.choice or call.args or left.kind in model().primitives and not left.one:
            return self.first_text(left) if not left.choice and not call.args else None
        read = left.read
        return left if left.one else Plan(lambda value: items[0] if (items := read(value)) else None, left.kind)

    def first_text(self, left: Plan) -> Plan | None:
        """The first of simple values: where an item may have only extensions the long way decides."""
        if left.bare is None:
            return None
        read, extended = left.read, left.bare

        def first(value: Any) -> Any:
            if extended(value):
                raise TakeLongWay
            return items[0] if (items := read(value)) else None

        return Plan(first, left.kind)

    def do_extension(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        url = self.plan(call.args[0], focus) if len(call.args) == 1 else None
        if url is None or not url.constant or left.choice or left.kind in model().primitives or url.kind not in TEXTS:
            return None
        if "extension" not in model().elements.get(left.kind, {}) or not url.read(None):
            return None
        wanted, all_of = url.read(None), _step(left, "extension")
        if all_of is None:
            return None
        read = all_of.read
        return Plan(lambda value: [item for item in read(value) if item.get("url") == wanted], "Extension", one=False)

    def do_exists(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        if call.args:
            kept = self.do_where(call, left, focus)
            there = _presence(kept) if kept else None
        else:
            there = _presence(left)
        return None if there is None else _boolean(there)

    def do_empty(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        there = _presence(left)
        return None if there is None or call.args else _boolean(lambda value: not there(value))

    def do_not(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        if not left.truth:
            return None
        read = left.read
        return _boolean(lambda value: None if (answer := read(value)) is None else not answer)

    def do_join(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        by = self.plan(call.args[0], focus) if call.args else _constant("")
        if by is None or not by.constant or type(by.read(None)) is not str or left.kind not in TEXTS or left.one or left.choice:
            return None
        read, separator = left.read, by.read(None)
        return Plan(lambda value: separator.join(read(value)), "System.String")

    def do_getResourceKey(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        if left.kind not in model().resources or left.keys != ():
            return None
        prefix = left.kind + "/"
        return Plan(lambda value: prefix + name if (name := value.get("id")) is not None else None, "System.String")

    def do_getReferenceKey(self, call: Expr, left: Plan, focus: Plan) -> Plan | None:
        kind = _dotted(call.args[0]) if call.args else ""
        if left.kind != "Reference" or left.choice:
            return None
        text = _step(left, "reference")
        if text is None:
            return None
        read = text.read
        if text.one:
            return Plan(lambda value: reference_key(found, kind) or None if (found := read(value)) else None, "System.String")
        return Plan(lambda value: [key for r in read(value) if (key := reference_key(r, kind))], "System.String", one=False)

    def _binary(self, node: Expr, focus: Plan) -> Plan | None:
        symbol = str(node.value)
        left, right = self.plan(node.args[0], focus), self.plan(node.args[1], focus)
        if symbol == "in":
            return self.membership(node, left, focus)
        if left is None or right is None or left.choice or right.choice:
            return None
        if symbol in ("and", "or"):
            return self.logic(symbol, left, right)
        if symbol in ("=", "!="):
            return _equality(left, right, symbol == "=")
        if symbol in _ORDERS:
            return _order(left, right, _ORDERS[symbol])
        return _union(left, right) if symbol == "|" else None

    def logic(self, symbol: str, left: Plan, right: Plan) -> Plan | None:
        a, b = _truth_of(left), _truth_of(right)
        if a is None or b is None:
            return None
        if symbol == "and":
            return _boolean(lambda value: _both(a(value), b, value))
        return _boolean(lambda value: _either(a(value), b, value))

    def membership(self, node: Expr, left: Plan | None, focus: Plan) -> Plan | None:
        words = self.words(node.args[1])
        if left is None or words is None or left.kind not in TEXTS or left.there is None or not left.one:
            return None
        read, there = left.read, left.there
        return _boolean(
            lambda value: found in words if (found := read(value)) is not None else False if there(value) else None
        )

    def words(self, node: Expr) -> frozenset[str] | None:
        """A union of text literals."""
        if node.op == "group":
            return self.words(node.args[0])
        if node.op == "binary" and node.value == "|":
            left, right = (self.words(arg) for arg in node.args)
            return None if left is None or right is None else left | right
        found = self.plan(node, Plan(_itself, "")) if node.op in ("literal", "variable") else None
        value = found.read(None) if found is not None and found.constant else None
        return frozenset((value,)) if type(value) is str else None


def _constant(value: Any) -> Plan | None:
    kinds = {str: "System.String", bool: "System.Boolean", int: "System.Integer", Decimal: "System.Decimal"}
    kind = kinds.get(type(value))
    return Plan(lambda _: value, kind, truth=kind == "System.Boolean", constant=True) if kind else None


def _boolean(read: Read) -> Plan:
    return Plan(read, "System.Boolean", truth=True)


def _both(a: bool | None, b: Read, value: Any) -> bool | None:
    if a is False:
        return False
    other = b(value)
    return False if other is False else True if a and other else None


def _either(a: bool | None, b: Read, value: Any) -> bool | None:
    if a:
        return True
    other = b(value)
    return True if other else False if a is False and other is False else None


def _truth_of(found: Plan) -> Read | None:
    if found.truth:
        return found.read
    return found.read if found.kind in _BOOLEANS and found.one else None


def _dotted(node: Expr) -> str:
    if node.op == "member":
        return str(node.value)
    if node.op == "chain" and all(arg.op == "member" for arg in node.args):
        return f"{node.args[0].value}.{node.args[1].value}"
    return ""


def _typed(left: Plan | None, name: str) -> Plan | None:
    """The chosen option of a choice element, or the plan itself when it is of that type already."""
    if left is None:
        return None
    if not left.choice:
        return left if left.kind == name else None
    for key, kind in left.choice:
        if kind == name:
            return _walk(left, Element(key, False, False, ((key, kind),)))
    return None


def _step(left: Plan, name: str) -> Plan | None:
    """One element further."""
    if left.choice or left.kind in model().primitives:
        return None
    element = model().elements.get(left.kind, {}).get(name)
    if element is None or "Resource" in element.types:
        return None
    if element.choice:
        return left._replace(choice=element.options)
    return _walk(left, element)


def _walk(left: Plan, element: Element) -> Plan:
    key, kind = element.options[0]
    simple = kind in model().primitives
    keys = (*left.keys, key) if left.keys is not None and not element.many else None
    there, bare = (_presence_of(left, key), _extended(left, key)) if simple else (None, None)
    if left.one and not element.many:
        return Plan(_deep(keys) if keys else _then(left.read, key), kind, keys=keys, there=there, bare=bare)
    if left.one:
        return Plan(_listed(left, key, simple), kind, one=False, there=there, bare=bare)
    return Plan(_all_listed(left.read, key, element.many, simple), kind, one=False, there=there, bare=bare)


def _deep(keys: tuple[str, ...]) -> Read:
    """Nested single elements in one go."""
    a, b, c = (*keys, None, None)[:3]
    if len(keys) == 1:
        return lambda value: value.get(a)
    if len(keys) == 2:
        return lambda value: inner.get(b) if (inner := value.get(a)) is not None else None
    first = lambda value: (  # noqa: E731
        deep.get(c) if (inner := value.get(a)) is not None and (deep := inner.get(b)) is not None else None
    )
    for key in keys[3:]:
        first = _then(first, key)
    return first


def _then(read: Read, key: str) -> Read:
    return lambda value: inner.get(key) if (inner := read(value)) is not None else None


def _listed(left: Plan, key: str, simple: bool) -> Read:
    """A repeating element of one thing."""
    read = left.read
    if simple:
        return lambda value: _values(inner.get(key)) if (inner := read(value)) is not None else ()
    if left.keys == ():
        return lambda value: value.get(key, ())
    return lambda value: inner.get(key, ()) if (inner := read(value)) is not None else ()


def _values(given: Any) -> Any:
    if given is None:
        return ()
    if type(given) is not list or None in given:  # null stands for a value that has only extensions
        raise TakeLongWay
    return given


def _all_listed(read: Read, key: str, many: bool, simple: bool) -> Read:
    if not many:
        return lambda value: [found for item in read(value) if (found := item.get(key)) is not None]
    if simple:
        return lambda value: [found for item in read(value) for found in _values(item.get(key))]
    return lambda value: [found for item in read(value) for found in item.get(key, ())]


def _extended(left: Plan, key: str) -> Read:
    """Whether a simple element has an id or extensions beside it."""
    read, shadow = left.read, "_" + key
    if left.one:
        return lambda value: (inner := read(value)) is not None and shadow in inner
    return lambda value: any(shadow in item for item in read(value))


def _presence_of(left: Plan, key: str) -> Read:
    """Whether a simple element is there at all, if only with an extension."""
    read, shadow = left.read, "_" + key
    if left.one:
        return lambda value: (inner := read(value)) is not None and (key in inner or shadow in inner)
    return lambda value: any(key in item or shadow in item for item in read(value))


def _presence(left: Plan) -> Read | None:
    """Whether there is anything. A plan of simple values knows only by its `there`."""
    if left.choice:
        read, keys = left.read, tuple(k for key, _ in left.choice for k in (key, "_" + key))
        if left.one:
            return lambda value: (inner := read(value)) is not None and any(key in inner for key in keys)
        return lambda value: any(key in item for item in read(value) for key in keys)
    if left.there is not None:
        return left.there
    if left.kind in model().primitives or left.truth or left.constant or left.kind.startswith("System."):
        return None
    read = left.read
    return (lambda value: read(value) is not None) if left.one else (lambda value: bool(read(value)))


def _equality(left: Plan, right: Plan, wanted: bool) -> Plan | None:
    """A path of text, number or Boolean beside a constant of that sort."""
    if left.constant:
        left, right = right, left
    if not right.constant or left.constant:
        return None
    alike = any(left.kind in sort and right.kind in sort for sort in (TEXTS, _BOOLEANS, NUMBERS))
    if not alike or left.there is None or left.bare is None:
        return None
    read, there, extended, constant = left.read, left.there, left.bare, right.read(None)
    if left.one:

        def one(value: Any) -> bool | None:
            found = read(value)
            if found is None:
                return None if not there(value) else not wanted
            return (found == constant) is wanted

        return _boolean(one)

    def many(value: Any) -> bool | None:
        if extended(value):
            raise TakeLongWay
        found = read(value)
        return None if not found else (len(found) == 1 and found[0] == constant) is wanted

    return _boolean(many)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _order(left: Plan, right: Plan, holds: Callable[[Any, Any], bool]) -> Plan | None:
    if not right.constant or not left.one or left.kind not in NUMBERS or right.kind not in NUMBERS or left.constant:
        return None
    read, constant = left.read, right.read(None)
    return _boolean(lambda value: None if (found := read(value)) is None else holds(found, constant))


def _union(left: Plan, right: Plan) -> Plan | None:
    """Text from two paths, each different one once."""
    if left.kind != right.kind or left.kind not in TEXTS:
        return None
    a, b = as_list(left), as_list(right)
    return Plan(lambda value: list(dict.fromkeys((*a(value), *b(value)))), left.kind, one=False)


def as_list(found: Plan) -> Read:
    """The values of a plan as a list."""
    read = found.read
    if not found.one:
        return lambda value: list(read(value))
    return lambda value: [] if (item := read(value)) is None else [item]
