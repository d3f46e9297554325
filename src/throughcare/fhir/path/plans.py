"""Ways to read: each step of a plain expression as dictionary access, and what can be said of what is there."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from .model import Element, model

Read = Callable[[Any], Any]

# Simple types whose JSON value is their System value as it stands.
TEXTS = frozenset("string code uri url id canonical markdown oid uuid base64Binary System.String".split())
NUMBERS = frozenset("integer positiveInt unsignedInt decimal System.Integer System.Decimal".split())
BOOLEANS = frozenset(("boolean", "System.Boolean"))
_CONSTANT_KINDS = {str: "System.String", bool: "System.Boolean", int: "System.Integer", Decimal: "System.Decimal"}


class TakeLongWay(Exception):
    """This record needs the general engine."""


# What a direct reader raises on a record whose lists and objects are not where its type says.
MISSHAPEN = (TakeLongWay, AttributeError, TypeError, LookupError)


class Plan(NamedTuple):
    """How to read an expression. `one`: `read` gives a value or None, else a list. `truth`: True, False or None.

    `keys` are the JSON keys walked so far while every step is single. For simple values `there` tells whether anything
    is there at all, extensions included, and `exact` reads them, refusing any with an id or extensions beside. `choice`
    holds the options of a choice element whose type is not chosen yet. `equals` is set on a condition that asks whether
    one element equals a constant. A `kind` of '' is nothing or of mixed types.
    """

    read: Read
    kind: str
    one: bool = True
    truth: bool = False
    keys: tuple[str, ...] | None = None
    there: Read | None = None
    exact: Read | None = None
    equals: tuple[str, Any] | None = None
    choice: tuple[tuple[str, str], ...] = ()
    constant: bool = False

    @property
    def simple(self) -> bool:
        return self.kind in model().primitives or self.kind.startswith("System.")


def itself(value: Any) -> Any:
    return value


def nothing(value: Any) -> None:
    return None


def yes(value: Any) -> bool:
    return True


def no(value: Any) -> bool:
    return False


EMPTY = Plan(nothing, "", there=no, exact=nothing)


def focus_on(kind: str) -> Plan:
    """The item itself, known to be there."""
    simple = kind in model().primitives
    return Plan(itself, kind, keys=(), there=yes if simple else None, exact=itself if simple else None)


def constant(value: Any) -> Plan | None:
    kind = _CONSTANT_KINDS.get(type(value))
    return Plan(lambda _: value, kind, truth=kind == "System.Boolean", constant=True) if kind else None


def boolean(read: Read) -> Plan:
    return Plan(read, "System.Boolean", truth=True)


def text(read: Read, *, one: bool = True) -> Plan:
    """Computed text: never with extensions."""
    return Plan(read, "System.String", one, there=_found(read, one), exact=read)


def truth_of(found: Plan) -> Read | None:
    """The plan as a condition."""
    if found.truth:
        return found.read
    return found.read if found.kind in BOOLEANS and found.one and not found.choice else None


def typed(left: Plan | None, name: str) -> Plan | None:
    """The chosen option of a choice element, or the plan itself when it is of that type already."""
    if left is None or not left.choice:
        return left if left is not None and left.kind == name else None
    for key, kind in left.choice:
        if kind == name:
            return walk(left, Element(key, False, False, ((key, kind),)))
    return None


def step(left: Plan, name: str) -> Plan | None:
    """One element further."""
    if left.choice or left.simple:
        return None
    element = model().elements.get(left.kind, {}).get(name)
    if element is None or "Resource" in element.types:
        return None
    if element.choice:
        return left._replace(choice=element.options)
    return walk(left, element)


def walk(left: Plan, element: Element) -> Plan:
    key, kind = element.options[0]
    simple = kind in model().primitives
    keys = (*left.keys, key) if left.keys is not None and not element.many else None
    there, exact = (_presence_of(left, key), _exactly(left, key, element.many)) if simple else (None, None)
    if left.one and not element.many:
        return Plan(_deep(keys) if keys else _then(left.read, key), kind, keys=keys, there=there, exact=exact)
    if left.one:
        return Plan(_listed(left, key, simple), kind, one=False, there=there, exact=exact)
    return Plan(_all_listed(left.read, key, element.many, simple), kind, one=False, there=there, exact=exact)


def _deep(keys: tuple[str, ...]) -> Read:
    """Nested single elements in one go."""
    a, b, c = (*keys, "", "")[:3]
    if len(keys) == 1:
        return lambda value: value.get(a)
    if len(keys) == 2:
        return lambda value: inner.get(b) if (inner := value.get(a)) is not None else None
    read: Read = lambda value: (  # noqa: E731
        deep.get(c) if (inner := value.get(a)) is not None and (deep := inner.get(b)) is not None else None
    )
    for key in keys[3:]:
        read = _then(read, key)
    return read


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


def _exactly(left: Plan, key: str, many: bool) -> Read:
    """The values of a simple element, refusing those with an id or extensions beside them."""
    read, shadow = left.read, "_" + key

    def of_one(value: Any) -> Any:
        inner = read(value)
        if inner is None:
            return () if many else None
        if shadow in inner:
            raise TakeLongWay
        return _values(inner.get(key)) if many else inner.get(key)

    def of_many(value: Any) -> list:
        found: list[Any] = []
        for item in read(value):
            if shadow in item:
                raise TakeLongWay
            given = item.get(key)
            if given is not None:
                found += _values(given) if many else (given,)
        return found

    return of_one if left.one else of_many


def _presence_of(left: Plan, key: str) -> Read:
    """Whether a simple element is there at all, if only with an extension."""
    read, shadow = left.read, "_" + key
    if left.one:
        return lambda value: (inner := read(value)) is not None and (key in inner or shadow in inner)
    return lambda value: any(key in item or shadow in item for item in read(value))


def presence(left: Plan) -> Read | None:
    """Whether there is anything."""
    if left.choice:
        read, keys = left.read, tuple(k for key, _ in left.choice for k in (key, "_" + key))
        if left.one:
            return lambda value: (inner := read(value)) is not None and any(key in inner for key in keys)
        return lambda value: any(key in item for item in read(value) for key in keys)
    if left.there is not None:
        return left.there
    if left.simple or not left.kind:
        return None
    read = left.read
    return (lambda value: read(value) is not None) if left.one else (lambda value: bool(read(value)))


def kept(left: Plan, test: Read, equals: tuple[str, Any] | None = None) -> Plan | None:
    """The items that meet a condition; `equals` is the condition when it is an element being equal to a constant."""
    if left.choice or (left.simple and left.exact is None):
        return None
    read, found = left.exact or left.read, _kept_of_many(left.exact or left.read, test, equals)
    if left.one:
        found = lambda value: item if (item := read(value)) is not None and test(item) else None  # noqa: E731
    if not left.simple:
        return Plan(found, left.kind, left.one)
    return Plan(found, left.kind, left.one, there=_found(found, left.one), exact=found)


def _kept_of_many(read: Read, test: Read, equals: tuple[str, Any] | None) -> Read:
    if equals is None:
        return lambda value: [item for item in read(value) if test(item)]
    key, wanted = equals
    return lambda value: [item for item in read(value) if item.get(key) == wanted]


def _found(read: Read, one: bool) -> Read:
    return (lambda value: read(value) is not None) if one else (lambda value: bool(read(value)))


def end(left: Plan, at: int) -> Plan | None:
    """The first (0) or last (-1) item."""
    if left.choice or (left.simple and left.exact is None):
        return None
    if left.one:
        return left
    read = left.exact or left.read
    found: Read = lambda value: items[at] if (items := read(value)) else None  # noqa: E731
    if not left.simple:
        return Plan(found, left.kind)
    return Plan(found, left.kind, there=_found(found, one=True), exact=found)


def as_list(found: Plan) -> Read:
    """The values of a plan as a list."""
    read = found.read
    if not found.one:
        return lambda value: list(read(value))
    return lambda value: [] if (item := read(value)) is None else [item]
