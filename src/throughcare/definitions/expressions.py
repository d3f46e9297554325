"""Expressions: what a care model's author types, read strictly, typed, and spelled for the engine."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError

from throughcare.definitions.near import nearest

NUMBERS = ("integer", "decimal")
DAYS = ("date", "timestamp")
PARSED_MAX = 8192  # the care models that ship write 4,400 different ones, twice each


class Mistake(Exception):
    """Something in an expression that the grammar does not allow: what, why, and what to do."""

    def __init__(self, what: str, why: str = "", do: str = "") -> None:
        self.what, self.why, self.do = what, why, do
        super().__init__(" ".join(part for part in (what, why, do) if part))


@dataclass(frozen=True, slots=True)
class Spelled:
    """An expression in the engine's words: its SQL, its type, and the (alias, column) pairs it reads."""

    sql: str
    type: str
    uses: frozenset[tuple[str, str]] = frozenset()


class Scope(Protocol):
    """What names mean where an expression stands."""

    functions: Mapping[str, Any]

    def column(self, table: str, name: str) -> Spelled: ...
    def local_day(self, x: Spelled) -> Spelled: ...
    def local_midnight(self, x: Spelled) -> Spelled: ...
    def in_value_set(self, code: Spelled, system: Spelled | None, name: str) -> Spelled: ...
    def lookup(self, table: str, keys: list[Spelled]) -> Spelled: ...
    def business_days(self) -> str: ...
    def member(self, x: Spelled, name: str) -> Spelled: ...


class _Care(sqlglot.Dialect):
    """The engine's grammar with no function known, so that every call is ours to judge."""

    class Parser(DuckDB.Parser):  # type: ignore[misc, valid-type]
        FUNCTIONS: dict[str, Any] = {}
        NO_PAREN_FUNCTIONS: dict[Any, Any] = {}
        FUNCTION_PARSERS: dict[str, Any] = {}
        NO_PAREN_FUNCTION_PARSERS: dict[str, Any] = {}


_REFUSED = {
    exp.Div: ("The / sign is not allowed.", "Binary division is not exact.", "Write ratio(a, b, places)."),
    exp.Is: ("`is` is not allowed.", "", "Write known(x), not known(x) or is_true(x)."),
    exp.Case: ("`case` is not allowed.", "", "Write a fact with choose = [{ if, then }, …, { else }]."),
    exp.Like: ("`like` is not allowed.", "", "Name a value set and write in_value_set(code, name)."),
    exp.DPipe: ("Joining texts with || is not allowed.", "", "Keep the columns apart."),
    exp.Cast: ("Casts are not allowed.", "", "Each function says which types it takes."),
    exp.Null: ("`null` is not allowed.", "", "Write known(x) to ask whether x is known."),
    exp.Interval: ("`interval` is not allowed.", "", "Write days_after, months_after or hours_after."),
    exp.Window: ("Windows (`over`) are not allowed.", "", "A set with pick says which row."),
    exp.Filter: ("`filter` is not allowed.", "", "A fact with where in its phrase says which rows."),
}


def phrase(text: str) -> tuple[str, str | None]:
    """ "view where condition" as its two parts; "view" alone has no condition."""
    match = re.fullmatch(r"\s*([a-z][a-z0-9_.]*)(?:\s+where\s+(.+?))?\s*", text, re.DOTALL)
    if not match:
        raise Mistake(f'"{text}" is not a phrase.', "", 'Write "view" or "view where condition".')
    return match.group(1), match.group(2)


@lru_cache(maxsize=PARSED_MAX)
def parse(text: str) -> Any:
    """One expression as a tree, which is only read; a Mistake when it is not one."""
    try:
        tree = sqlglot.parse_one(text, dialect=_Care)
    except SqlglotError as error:
        for word, kind in (("case", exp.Case), ("cast", exp.Cast), ("over", exp.Window)):
            if re.search(rf"\b{word}\b", text):
                raise Mistake(*_REFUSED[kind]) from None
        where = error.errors[0] if getattr(error, "errors", None) else {}  # type: ignore[attr-defined]
        near = f' near "{where["highlight"]}"' if where.get("highlight") else ""
        raise Mistake(f'"{text}" cannot be read{near}.', "", "Check commas, brackets and quotes.") from None
    if isinstance(tree, exp.Query | exp.Alias):
        raise Mistake(f'"{text}" is not one expression.', "", "Join conditions with and, or, not.")
    return tree


def names_in(text: str) -> list[tuple[str, str]]:
    """The names an expression speaks of, as (table or "", name), in order."""
    return [(c.table, c.name) for c in parse(text).find_all(exp.Column)]


def spell(text: str, scope: Scope, want: str = "") -> Spelled:
    """An expression typed and spelled; `want` is the type it must have ("boolean", "date", "number", "day" or any)."""
    found = _node(parse(text), scope)
    return wanted(found, want, scope, text) if want else found


def wanted(found: Spelled, want: str, scope: Scope, text: object) -> Spelled:
    """The same value as the type that is wanted, when one may be read as the other; `text` is what a mistake quotes."""
    if want == "date" and found.type == "timestamp":
        return scope.local_day(found)
    fits = {"number": NUMBERS, "day": DAYS}.get(want, (want,))
    if found.type not in fits and found.type != "unknown":
        words = {"number": "a number", "day": "a date", "date": "a date", "boolean": "true or false"}
        raise Mistake(f'"{text}" is {said(found.type)}, but {words.get(want, said(want))} is wanted.')
    return found


def said(kind: str) -> str:
    return {"boolean": "true or false", "integer": "a number", "decimal": "a number"}.get(kind, f"a {kind}")


def _node(node: Any, scope: Scope) -> Spelled:
    if reader := _READ.get(type(node)):
        return reader(node, scope)
    for kind, words in _REFUSED.items():
        if isinstance(node, kind):
            raise Mistake(*words)
    raise Mistake(f'"{node.sql(dialect="duckdb")}" is not allowed in an expression.', "", "See the list of functions.")


def _column(node: exp.Column, scope: Scope) -> Spelled:
    if node.args.get("db"):
        raise Mistake(f'"{node.sql()}" has too many dots.', "", "Write name, this.name or person.name.")
    return scope.column(node.table, node.name)


def _literal(node: exp.Literal, scope: Scope) -> Spelled:
    if node.is_string:
        return Spelled(quoted(node.this), "text")
    return Spelled(node.this, "decimal" if "." in node.this else "integer")


def _boolean(node: exp.Boolean, scope: Scope) -> Spelled:
    return Spelled("true" if node.this else "false", "boolean")


def _date(node: exp.Cast, scope: Scope) -> Spelled:
    literal = node.this
    if isinstance(literal, exp.Literal) and literal.is_string and node.to.this == exp.DataType.Type.DATE:
        return Spelled(f"date {quoted(literal.this)}", "date")
    raise Mistake(*_REFUSED[exp.Cast])


def _logic(word: str) -> Callable[[Any, Scope], Spelled]:
    def read(node: exp.Connector, scope: Scope) -> Spelled:
        sides = [wanted(_node(x, scope), "boolean", scope, x) for x in node.flatten()]
        return Spelled("(" + f" {word} ".join(s.sql for s in sides) + ")", "boolean", uses_of(sides))

    return read


def _not(node: exp.Not, scope: Scope) -> Spelled:
    x = wanted(_node(node.this, scope), "boolean", scope, node.this)
    return Spelled(f"(not {x.sql})", "boolean", x.uses)


def _compare(sign: str) -> Callable[[Any, Scope], Spelled]:
    def read(node: exp.Binary, scope: Scope) -> Spelled:
        a, b = same(_node(node.this, scope), _node(node.expression, scope), scope, node)
        return Spelled(f"({a.sql} {sign} {b.sql})", "boolean", a.uses | b.uses)

    return read


def _between(node: exp.Between, scope: Scope) -> Spelled:
    x, low, high = (_node(node.args[part], scope) for part in ("this", "low", "high"))
    x1, low = same(x, low, scope, node)
    x2, high = same(x, high, scope, node)
    return Spelled(f"({x1.sql} >= {low.sql} and {x2.sql} <= {high.sql})", "boolean", uses_of([x1, x2, low, high]))


def _in(node: exp.In, scope: Scope) -> Spelled:
    x = _node(node.this, scope)
    if isinstance(node.args.get("field"), exp.Column):
        return scope.member(x, node.args["field"].name)
    if not node.expressions or node.args.get("query"):
        raise Mistake(f'"{node.sql()}" is not allowed.', "", "Write x in ('a', 'b'), or x in a list parameter.")
    items = [same(x, _node(item, scope), scope, node)[1] for item in node.expressions]
    return Spelled(f"({x.sql} in ({', '.join(i.sql for i in items)}))", "boolean", uses_of([x, *items]))


def _arithmetic(sign: str) -> Callable[[Any, Scope], Spelled]:
    def read(node: exp.Binary, scope: Scope) -> Spelled:
        sides = [_node(node.this, scope), _node(node.expression, scope)]
        if any(s.type in DAYS for s in sides):
            raise Mistake(
                f'"{node.sql()}" adds or subtracts dates.', "", "Write days_after, days_before, days_between."
            )
        a, b = (wanted(s, "number", scope, node) for s in sides)
        kind = "integer" if a.type == b.type == "integer" else "decimal"
        sql = f"({a.sql} {sign} {b.sql})"
        if sign == "*" and kind == "decimal":
            sql = f"cast(cast({a.sql} as decimal(38,6)) * cast({b.sql} as decimal(38,6)) as decimal(18,6))"
        return Spelled(sql, kind, a.uses | b.uses)

    return read


def _negative(node: exp.Neg, scope: Scope) -> Spelled:
    x = wanted(_node(node.this, scope), "number", scope, node)
    return Spelled(f"(-{x.sql})", x.type, x.uses)


def _call(node: exp.Anonymous, scope: Scope) -> Spelled:
    name = node.name.lower()
    if name == "cast":
        raise Mistake(*_REFUSED[exp.Cast])
    function = scope.functions.get(name)
    if function is None:
        near = nearest(name, scope.functions)
        raise Mistake(
            f"{name}() is not a function." + (f" Did you mean {scope.functions[near].call}?" if near else ""),
            do="" if near else f"The functions are: {', '.join(scope.functions)}.",
        )
    return function.spell(node.expressions, scope, lambda item: _node(item, scope))


def same(a: Spelled, b: Spelled, scope: Scope, text: object) -> tuple[Spelled, Spelled]:
    """Both sides of a comparison in one type: a timestamp beside a date is read as its local day."""
    if {a.type, b.type} == {"date", "timestamp"}:
        return (scope.local_day(a), b) if a.type == "timestamp" else (a, scope.local_day(b))
    if a.type == b.type or "unknown" in (a.type, b.type) or (a.type in NUMBERS and b.type in NUMBERS):
        return a, b
    raise Mistake(f'"{text}" compares {said(a.type)} with {said(b.type)}.', "", "Compare things of one kind.")


def uses_of(parts: list[Spelled]) -> frozenset[tuple[str, str]]:
    return frozenset().union(*(p.uses for p in parts))


def quoted(text: str) -> str:
    return "'" + str(text).replace("'", "''") + "'"


_READ: dict[type, Callable[[Any, Scope], Spelled]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    exp.Cast: _date,
    exp.Paren: lambda node, scope: _node(node.this, scope),
    exp.And: _logic("and"),
    exp.Or: _logic("or"),
    exp.Not: _not,
    exp.EQ: _compare("="),
    exp.NEQ: _compare("<>"),
    exp.LT: _compare("<"),
    exp.LTE: _compare("<="),
    exp.GT: _compare(">"),
    exp.GTE: _compare(">="),
    exp.Between: _between,
    exp.In: _in,
    exp.Add: _arithmetic("+"),
    exp.Sub: _arithmetic("-"),
    exp.Mul: _arithmetic("*"),
    exp.Neg: _negative,
    exp.Anonymous: _call,
}
