"""Compile an expression once, then ask it of as many resources as needed."""

from datetime import datetime
from functools import lru_cache
from typing import Any, TypedDict, Unpack

from . import boundaries, clock, conversion, existence, fhirs, numbers, projection, strings, subsets, tree  # noqa: F401
from .check import check
from .compiler import Compiler
from .context import Closure, Context, Trace
from .fast import plan
from .lexer import malformed
from .mistake import Mistake
from .model import model
from .parser import Expr, parse
from .plans import MISSHAPEN, Read, as_list
from .system import type_of
from .values import Node

CACHE_EXPRESSIONS = 4096


class Around(TypedDict, total=False):
    """What an evaluation may be given besides its input."""

    env: dict[str, Any] | None  # %variables by name
    resource: Any  # the resource that the input is a part of: %resource
    within: Any  # the Bundle or container that resolve() may look in: %rootResource
    now: datetime | None  # the moment of asking
    trace: Trace | None  # hears the name and the types of each trace(), never values
    kind: str  # the type of an input that is a part of a resource, such as Patient.contact


class Path:
    """A compiled expression. Call it with a resource, or a part of one, to get a list of FHIR values."""

    __slots__ = ("closure", "expression", "short", "tree")

    def __init__(self, expression: str, node: Expr, closure: Closure) -> None:
        self.expression, self.tree, self.closure = expression, node, closure
        self.short: dict[Any, Read | None] = {}

    def __call__(self, focus: Any, **around: Unpack[Around]) -> list:
        """The values: elements as they stand in JSON, computed days, times and amounts as their own small classes."""
        if not around and type(focus) is dict:
            read = self.short_way(focus.get("resourceType"))
            if read is not None:
                try:
                    return read(focus)
                except MISSHAPEN:
                    pass
        return [_plain(item) for item in self.items(focus, **around) if _has_value(item)]

    def short_way(self, kind: Any) -> Read | None:
        """Direct access to the values for one type of resource, where the expression allows it."""
        try:
            return self.short[kind]
        except KeyError:
            if kind not in model().resources:
                return None
            found = plan(self.tree, kind)
            return self.short.setdefault(kind, None if found is None else as_list(found))
        except TypeError:  # a resourceType that is not even text
            return None

    def first(self, focus: Any, **around: Unpack[Around]) -> Any:
        """The first value, or None."""
        found = self(focus, **around)
        return found[0] if found else None

    def typed(self, focus: Any, **around: Unpack[Around]) -> list[tuple[str, Any]]:
        """Each value with the name of its type: ("Quantity", {...}), ("date", "2020-05"), ("System.Boolean", True)."""
        return [(_type_word(item), _plain(item)) for item in self.items(focus, **around) if _has_value(item)]

    def check(self, kind: str) -> None:
        """Raise Malformed when the expression can never be right for this type, naming an element it does not have."""
        check(self.tree, self.expression, kind)

    def items(self, focus: Any, **around: Unpack[Around]) -> list:
        """The result as the engine holds it: nodes with their types, and System values."""
        node = tree.root(focus, around.get("kind", ""))
        resource = tree.root(given) if (given := around.get("resource")) is not None else node
        within = tree.root(given) if (given := around.get("within")) is not None else resource
        context = Context(node, resource, within, around.get("env") or {}, around.get("now"), around.get("trace"))
        try:
            return self.closure(context, [] if focus is None else [node])
        except Mistake as mistake:
            raise malformed(mistake.what, self.expression, mistake.at or 0) from None
        except RecursionError:
            raise malformed("The record nests too deep to follow.", self.expression, 0) from None


def _has_value(item: Any) -> bool:
    return type(item) is not Node or item.value is not None


def _plain(item: Any) -> Any:
    return item.value if type(item) is Node else item


def _type_word(item: Any) -> str:
    space, name = type_of(item)
    return name if space == "FHIR" else f"System.{name}"


@lru_cache(maxsize=CACHE_EXPRESSIONS)
def compile(expression: str, *, as_filters: bool = False) -> Path:
    """The compiled expression, kept for the next time it is asked for.

    `as_filters`: read `as` as ofType(), as R4's SearchParameters mean it (`Observation.component.value as Quantity`).
    """
    try:
        node = parse(expression)
        return Path(expression, node, Compiler(expression, as_filters=as_filters).closure(node))
    except RecursionError:
        raise malformed("The expression has too many steps.", expression[:60], 0) from None
