"""Tables of a view: flat views and the answers before, as Arrow; few people by row, many by COPY."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa

from throughcare.record import one_stay
from throughcare.record.recipes import Views
from throughcare.stores import arrow
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

ANSWERS = ("finding", "obligation", "measure_row", "line")
FEW = 100  # people; above it COPY is quicker than rows one by one
_ALWAYS = {
    "key": "text", "person_id": "bigint", "about": "text", "source": "text",
    "known_from": "timestamptz", "known_to": "timestamptz",
}  # fmt: skip
_KEPT = {"key", "person_id"}

Columns = dict[str, str]
Reader = Callable[[Mapping[str, Columns]], dict[str, pa.Table]]
Nobodys = Callable[[Mapping[str, Columns], Reader], dict[str, pa.Table]]  # the tables asked for, read or kept


def wanted(database: Database, views: Views, names: Any) -> dict[str, Columns]:
    """Which columns of which tables: all, those of some views, or some columns of some."""
    every = {name: {**_ALWAYS, **view.columns} for name, view in views.tables.items()} | _answer_columns(database)
    if names is None:
        return every
    chosen = {name: every[name] for name in names if name in every}
    if isinstance(names, Mapping):
        chosen = {n: {c: t for c, t in cols.items() if c in _KEPT or c in names[n]} for n, cols in chosen.items()}
    return chosen


def read(
    connection: Connection, views: Views, tables: Mapping[str, Columns], at: datetime, people: Sequence[int] | None,
    *, past: bool, nobodys: Nobodys,
) -> dict[str, pa.Table]:  # fmt: skip
    """The rows known at a moment: of some people, and of views that are no person's all of them; a stay is one row."""
    if one_stay.VIEW not in views.tables or not one_stay.asked(tables):
        return _read(connection, views, tables, at, people, past=past, nobodys=nobodys)
    with_tellings = {**tables, one_stay.VIEW: {**tables.get(one_stay.VIEW, {}), **one_stay.COLUMNS}}
    found = _read(connection, views, with_tellings, at, people, past=past, nobodys=nobodys)
    once = one_stay.one_row_each(found, found[one_stay.VIEW])
    return {name: once[name] for name in tables}


def _read(
    connection: Connection, views: Views, tables: Mapping[str, Columns], at: datetime, people: Sequence[int] | None,
    *, past: bool, nobodys: Nobodys,
) -> dict[str, pa.Table]:  # fmt: skip
    found: dict[str, pa.Table] = {}
    if past:
        found = {name: arrow.schema(c).empty_table() for name, c in tables.items() if name in ANSWERS}
        tables = {name: c for name, c in tables.items() if name not in ANSWERS}
    if people is not None:
        whose = {n: c for n, c in tables.items() if n in views.tables and not views.tables[n].of_people}
        found |= nobodys(whose, lambda asked: _by_copy(connection, asked, {"at": at, "people": None}))
        tables = {name: c for name, c in tables.items() if name not in whose}
    if people is not None and len(people) <= FEW:
        return found | _by_row(connection, tables, {"at": at, "people": list(people)})
    return found | _by_copy(connection, tables, {"at": at, "people": None if people is None else list(people)})


def _by_row(connection: Connection, tables: Mapping[str, Columns], values: dict[str, Any]) -> dict[str, pa.Table]:
    """All selects go out together and their answers come back together: one wait instead of one per table."""
    with connection.pipeline():
        cursors = {
            name: connection.execute(
                _select(name, tuple(columns.items()), as_csv=False, some=True), values, binary=True
            )
            for name, columns in tables.items()
        }
        return {name: arrow.of_rows(tables[name], cursor.fetchall()) for name, cursor in cursors.items()}


def _by_copy(connection: Connection, tables: Mapping[str, Columns], values: dict[str, Any]) -> dict[str, pa.Table]:
    some = values["people"] is not None
    return {
        name: arrow.of_copy(
            connection, _copy(_select(name, tuple(asked.items()), as_csv=True, some=some)), values, asked
        )
        for name, asked in tables.items()
    }


def _copy(select: bytes) -> bytes:
    return b"copy (" + select + b") to stdout (format csv)"


@lru_cache(maxsize=1024)
def _select(name: str, columns: tuple[tuple[str, str], ...], *, as_csv: bool, some: bool) -> bytes:
    which = "answers" if name in ANSWERS else "rows"
    rest = query(f"record/{which}_{'of_people' if some else 'of_all'}", table=_table(name))
    return b"select " + arrow.selected(dict(columns), as_csv=as_csv) + b" " + rest.split(b"\n", 1)[1]


def _table(name: str) -> str:
    return f"think.{name}" if name in ANSWERS else f"flat.{name}"


@lru_cache(maxsize=16)
def _answer_columns(database: Database) -> dict[str, Columns]:
    """The columns of the answers, as the schema has them."""
    found: dict[str, Columns] = {name: {} for name in ANSWERS}
    with database.connection() as connection:
        for table, column, kind in connection.execute(query("record/answer_columns"), {"tables": list(ANSWERS)}):
            found[table][column] = kind
    return found
