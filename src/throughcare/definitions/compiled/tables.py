"""Tables: what an expression finds when it looks something up, in rows written out or in a file of the site."""

from typing import Any

from throughcare.definitions.expressions import NUMBERS, Mistake, Spelled, quoted, same, uses_of, wanted
from throughcare.definitions.grammar import Table
from throughcare.definitions.imported import Imported

NOTHING = {"integer": "0", "decimal": "0", "boolean": "false", "text": "'none'"}


def kind(value: Any) -> str:
    """The kind of a value that an author writes."""
    if isinstance(value, list):
        return "list"
    kinds = {bool: "boolean", int: "integer", str: "text"}
    return kinds.get(type(value)) or ("date" if hasattr(value, "isoformat") else "decimal")


def sql(value: Any) -> str:
    """A value as the engine writes it."""
    of = kind(value)
    if of == "list":
        return "null"
    if of == "text":
        return quoted(value)
    if of == "date":
        return f"date {quoted(value.isoformat())}"
    return str(value).lower()


def one_kind(values: list[Any], whose: str) -> str:
    kinds = {kind(value) for value in values}
    if kinds == {"integer", "decimal"}:
        return "decimal"
    if len(kinds) != 1:
        raise Mistake(f"{whose} are of different kinds.", do="Give all of them one kind.")
    return kinds.pop()


def looked_up(table: Table, keys: list[Spelled], scope: Any) -> Spelled:
    """band: the highest row not above x. exact: the row with equal keys, or with band_last the highest not above the
    last of them. Outside the rows: unknown, or surely nothing when the table is closed.
    """
    if table.kind == "slope":
        raise Mistake(f'the table "{table.id}" is a line.', do=f"Write interpolate({table.id}, x).")
    if table.import_:
        return _imported(table, keys, scope, scope.book.imported(table))
    width = len(table.rows[0]) - 1 if table.rows else 0
    if not width or len(keys) != width or any(len(row) != width + 1 for row in table.rows):
        raise Mistake(f'the table "{table.id}" is looked up by {width} value(s).')
    for row in table.rows:
        for key, item in zip(keys, row, strict=False):
            same(key, Spelled(sql(item), kind(item)), scope, f"{table.id}: {item}")
    rows, signs = table.rows, ["="] * width
    if table.kind == "band":
        rows, signs = sorted(rows, key=lambda row: row[0], reverse=True), [">="] * width
    elif table.band_last:
        rows, signs = sorted(rows, key=lambda row: row[-2], reverse=True), [*signs[1:], ">="]
    cases = []
    for row in rows:
        parts = (f"{k.sql} {sign} {sql(item)}" for k, sign, item in zip(keys, signs, row, strict=False))
        cases.append(f"when {' and '.join(parts)} then {sql(row[-1])}")
    gives = one_kind([row[-1] for row in rows], f'the values of the table "{table.id}"')
    return Spelled(f"(case {' '.join(cases)}{_else(table, keys, gives)} end)", gives, uses_of(keys))


def interpolated(table: Table, x: Spelled, scope: Any) -> Spelled:
    """A straight line inside each row [from, to, value at from, value at to], to six places."""
    if table.kind != "slope":
        raise Mistake(f'the table "{table.id}" has no lines.', do=f"Write lookup({table.id}, …).")
    x = wanted(x, "number", scope, table.id)
    cases = []
    for row in table.rows:
        if len(row) != 4 or any(kind(item) not in NUMBERS for item in row) or row[0] > row[1]:
            what = f'the table "{table.id}": {row} is not a line.'
            raise Mistake(what, do="Write [from, to, value at from, value at to].")
        low, high, first, last = row
        rise = f"care_ratio(cast({x.sql} - {low} as decimal(18,6)) * {last - first}, {high - low}, 1000000, 1)"
        value = f"cast({first} + {rise} as decimal(18,6))" if high > low else f"cast({first} as decimal(18,6))"
        cases.append(f"when {x.sql} >= {low} and {x.sql} <= {high} then {value}")
    return Spelled(f"(case {' '.join(cases)}{_else(table, [x], 'decimal')} end)", "decimal", x.uses)


def _imported(table: Table, keys: list[Spelled], scope: Any, file: Imported) -> Spelled:
    """One value from the rows of a file: a question of its own, which the engine answers for all rows at once."""
    if not table.keys or not table.value:
        what = f'the table "{table.id}" does not name its keys and its value.'
        raise Mistake(what, do='Add keys = ["code"], value = "price".')
    if len(keys) != len(table.keys):
        raise Mistake(f'the table "{table.id}" is looked up by {len(table.keys)} value(s).')
    keys = [scope.local_day(key) if key.type == "timestamp" else key for key in keys]
    columns = [file.column(name, key.type) for name, key in zip(table.keys, keys, strict=True)]
    file.one_each(columns)
    gives = file.kind(table.value)
    value, last = f't."{file.column(table.value, gives)}"', f't."{columns[-1]}"'
    banded = table.kind == "band" or table.band_last
    signs = ["="] * (len(keys) - 1) + [">=" if banded else "="]
    where = " and ".join(f'{k.sql} {sign} t."{column}"' for k, sign, column in zip(keys, signs, columns, strict=True))
    found = f"arg_max({value}, {last})" if banded else f"min({value})"
    asked = f'(select {found} from "{file.relation}" t where {where})'
    if table.closed and not file.missing:
        blank = " or ".join(f"{key.sql} is null" for key in keys)
        asked = f"(case when {blank} then null else coalesce({asked}, {_nothing(table, gives)}) end)"
    return Spelled(asked, gives, uses_of(keys))


def _else(table: Table, keys: list[Spelled], gives: str) -> str:
    """What lies outside the rows. Of something unknown nothing is sure, in a closed table either."""
    if not table.closed:
        return ""
    return f" when {' or '.join(f'{key.sql} is null' for key in keys)} then null else {_nothing(table, gives)}"


def _nothing(table: Table, gives: str) -> str:
    if gives not in NOTHING:
        raise Mistake(f'the table "{table.id}" is closed, but there is no {gives} that means nothing.')
    return NOTHING[gives]
