"""Dated numbers: parameters read as of a row's own day, and of its own state and payer where these differ."""

from collections.abc import Callable
from typing import Any

from throughcare.definitions.compiled import tables
from throughcare.definitions.expressions import Mistake, Spelled, quoted, same, uses_of
from throughcare.definitions.grammar import Parameter
from throughcare.definitions.near import did_you_mean

SCOPES = {"state": "state", "payer": "payer_id"}  # how values may be told apart, and by which column
Cases = Callable[[dict[str, Any]], str]


def value(scope: Any, name: str, parameter: Parameter) -> Spelled:
    """The value of the row's own date, and of its own state and payer where the parameter tells them apart."""
    every = [value for values in _values(parameter) for value in values.values()]
    kind = tables.one_kind(every, f'the values of the parameter "{name}"')
    day = scope.rule_day()
    return _scoped(scope, name, parameter, _cases(day, tables.sql), Spelled("", kind, day.uses))


def member(scope: Any, x: Spelled, name: str) -> Spelled:
    """x in a list parameter: the list of the row's own date."""
    parameter = scope.book.parameters.get(name)
    if not parameter or not _is_list(parameter):
        lists = [n for n, p in scope.book.parameters.items() if _is_list(p)]
        raise Mistake(f'"{name}" is not a parameter that holds a list.{did_you_mean(name, lists)}')
    for item in (item for values in _values(parameter) for listed in values.values() for item in listed):
        same(x, Spelled("", tables.kind(item)), scope, f"{name}: {item}")
    day = scope.rule_day()
    cases = _cases(day, lambda listed: _inside(x, listed))
    return _scoped(scope, name, parameter, cases, Spelled("", "boolean", x.uses | day.uses))


def _cases(day: Spelled, told: Callable[[Any], str]) -> Cases:
    """Dated values as one expression: the newest that had taken effect."""

    def cases(values: dict[str, Any]) -> str:
        since = sorted(values.items(), reverse=True)
        dated = (f"when {day.sql} >= date {quoted(start)} then {told(given)}" for start, given in since)
        return f"(case {' '.join(dated)} end)"

    return cases


def _scoped(scope: Any, name: str, parameter: Parameter, cases: Cases, made: Spelled) -> Spelled:
    """The most specific scope that has a value wins; of an unknown state or payer nothing is known."""
    if not parameter.scoped:
        return Spelled(cases(parameter.values), made.type, made.uses)
    told = {key: _told_apart(scope, name, key) for key in SCOPES if any(getattr(s, key) for s in parameter.scoped)}
    parts = []
    for one in sorted(parameter.scoped, key=lambda s: ((s.state is None) + (s.payer is None), s.payer is None)):
        holds = [f"{told[key].sql} = {quoted(getattr(one, key))}" for key in SCOPES if getattr(one, key)]
        if not holds:
            raise Mistake(f'the parameter "{name}" has a scope of nothing.', do='Add state = "NY" or payer = "…".')
        parts.append(f"case when {' and '.join(holds)} then {cases(one.values)} end")
    blank = " or ".join(f"{column.sql} is null" for column in told.values())
    sql = f"(case when {blank} then null else coalesce({', '.join([*parts, cases(parameter.values)])}) end)"
    return Spelled(sql, made.type, uses_of([made, *told.values()]))


def _told_apart(scope: Any, name: str, key: str) -> Spelled:
    """The column that says which state or payer it is."""
    wanted = SCOPES[key]
    found: Spelled | None = scope.own_or_persons(wanted)
    if not found or found.type not in ("text", "unknown"):
        why = f'Its row has no text column "{wanted}", so it cannot be told which holds.'
        do = f"Add also = {{ {wanted} = … }} to the set, or a fact {wanted} on person."
        raise Mistake(f'the parameter "{name}" has values by {key}.', why, do)
    return found


def _values(parameter: Parameter) -> list[dict[str, Any]]:
    """All its lists of dated values: the general one, and those of each scope."""
    return [parameter.values, *(scope.values for scope in parameter.scoped)]


def _is_list(parameter: Parameter) -> bool:
    return all(isinstance(given, list) for values in _values(parameter) for given in values.values())


def _inside(x: Spelled, listed: list[Any]) -> str:
    """x in a list; in an empty one nothing is, but of an unknown x that too is unknown."""
    items = ", ".join(tables.sql(item) for item in listed)
    return f"{x.sql} in ({items})" if listed else f"({x.sql} is null and null)"
