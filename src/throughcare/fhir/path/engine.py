"""Compile an expression once, then ask it of as many resources as needed."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from . import boundaries, clock, conversion, existence, fhirs, numbers, projection, strings, subsets, tree  # noqa: F401
from .check import check
from .compiler import Compiler
from .context import Context, Trace
from .fast import plan
from .lexer import malformed
from .mistake import Mistake
from .model import model
from .parser import Expr, parse
from .plans import MISSHAPEN, Read, as_list
from .system import type_of
from .values import Node

CACHE_EXPRESSIONS = 4096


class Path:
    """A compiled expression. Call it with a resource to get a list of FHIR values."""

    __slots__ = ("closure", "expression", "short", "tree")

    def __init__(self, expression: str, node: Expr, closure: Any) -> None:
        self.expression, self.tree, self.closure = expression, node, closure
        self.short: dict[Any, Read | None] = {}

    def __call__(
        self,
        resource: Any,
        *,
        env: dict[str, Any] | None = None,
        within: Any = None,
        now: datetime | None = None,
        trace: Trace | None = None,
    ) -> list:
        """The values: elements as they stand in JSON, computed days, times and amounts as their own small classes.

        `env` holds %variables; `within` the Bundle or container that resolve() may look in; `now` the moment of asking;
        `trace` hears name and types of each trace(), never values.
        """
        if env is None and type(resource) is dict:
            read = self.short_way(resource.get("resourceType"))
            if read is not None:
                try:
                    return read(resource)
                except MISSHAPEN:
                    pass
        found = self.items(resource, env=env, within=within, now=now, trace=trace)
        return [_plain(item) for item in found if _has_value(item)]

    def short_way(self, kind: Any) -> Read | None:
        """Direct access to the values for one type of resource, where the expression allows it."""
        try:
            return self.short[kind]
        except KeyError:
            found = plan(self.tree, kind) if kind in model().resources else None
            return self.short.setdefault(kind, None if found is None else as_list(found))

    def first(self, resource: Any, *, env: dict[str, Any] | None = None, now: datetime | None = None) -> Any:
        """The first value, or None."""
        found = self(resource, env=env, now=now)
        return found[0] if found else None

    def typed(self, resource: Any, *, env: dict[str, Any] | None = None, within: Any = None) -> list[tuple[str, Any]]:
        """Each value with the name of its type: ("Quantity", {...}), ("date", "2020-05"), ("System.Boolean", True)."""
        return [
            (_type_word(item), _plain(item))
            for item in self.items(resource, env=env, within=within)
            if _has_value(item)
        ]

    def check(self, kind: str) -> None:
        """Raise Malformed when the expression can never be right for this type, naming an element it does not have."""
        check(self.tree, self.expression, kind)

    def items(
        self,
        resource: Any,
        *,
        env: dict[str, Any] | None = None,
        within: Any = None,
        now: datetime | None = None,
        trace: Trace | None = None,
        kind: str = "",
    ) -> list:
        """The result as the engine holds it: nodes with their types, and System values.

        `kind` names the type of an input that is a part of a resource, such as Patient.contact.
        """
        node = tree.root(resource, kind)
        context = Context(node, node, node if within is None else tree.root(within), env or {}, now, trace)
        try:
            found = self.closure(context, [] if resource is None else [node])
        except Mistake as mistake:
            raise malformed(mistake.what, self.expression, mistake.at or 0) from None
        except RecursionError:
            raise malformed("The record nests too deep to follow.", self.expression, 0) from None
        return found


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
