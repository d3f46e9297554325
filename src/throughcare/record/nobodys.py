"""Nobody's rows: organizations, places, sessions. Every look reads them all, and they seldom change: they are kept."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

import pyarrow as pa

from throughcare.record.recipes import Views
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

Columns = dict[str, str]
_Asked = tuple[str, tuple[tuple[str, str], ...]]  # a view, and its columns


class _Rows(NamedTuple):
    """The rows of a view as they were up to a commit."""

    until: int
    table: pa.Table


class Kept:
    """The rows of views that are no person's, of one database, as the newest reader found them."""

    def __init__(self) -> None:
        self._rows: dict[_Asked, _Rows] = {}

    def read(
        self, connection: Connection, views: Views, tables: Mapping[str, Columns], until: int,
        reader: Callable[[Mapping[str, Columns]], dict[str, pa.Table]],
    ) -> dict[str, pa.Table]:  # fmt: skip
        """The tables up to this commit. Only what was written since they were kept is read by `reader`."""
        asked = {name: (name, tuple(columns.items())) for name, columns in tables.items()}
        there = {name: self._rows[key] for name, key in asked.items() if key in self._rows}
        since = min((rows.until for rows in there.values()), default=until)
        types = sorted({kind for name in there for kind in views.tables[name].resource_types})
        values = {"since": since, "until": max(since, until), "types": types}
        written = {t for (t,) in connection.execute(query("record/types_written"), values)} if since != until else set()
        found = {
            name: rows.table
            for name, rows in there.items()
            if rows.until <= until and written.isdisjoint(views.tables[name].resource_types)
        }
        found |= reader({name: columns for name, columns in tables.items() if name not in found})
        for name, key in asked.items():
            if name not in there or there[name].until < until:
                self._rows[key] = _Rows(until, found[name])
        return found


_KEPT: WeakKeyDictionary[Database, Kept] = WeakKeyDictionary()


def kept(database: Database) -> Kept:
    """What is kept of a database, for as long as someone has it open."""
    return _KEPT.setdefault(database, Kept())
