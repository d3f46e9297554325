"""The reader: the only way screens read. It runs named queries, each with the viewer's access condition in it."""

from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from throughcare.access import guard, predicate
from throughcare.access.viewer import Viewer
from throughcare.stores.sql import query


class Reader:
    """Reads for one viewer, at one moment. A page opens one reader and asks it by the names of queries."""

    def __init__(self, database: Any, viewer: Viewer) -> None:
        self.database, self.viewer = database, viewer
        self._connection: Any = None

    @contextmanager
    def open(self) -> Iterator["Reader"]:
        """Keep one connection for the several queries of a page, in one transaction: one page, one moment."""
        with self.database.connection() as connection:
            self._connection = connection
            try:
                connection.execute("set transaction isolation level repeatable read, read only")
                yield self
            finally:
                self._connection = None

    def rows(self, name: str, **given: object) -> list[Any]:
        """All rows of a named query, as tuples with names. Whoever asks for a page size gives `limit`."""
        text = compiled(name, self.viewer)
        values = {**given, **predicate.parameters(self.viewer)}
        if self._connection is not None:
            return _fetch(self._connection, name, text, values)
        with self.open():
            return _fetch(self._connection, name, text, values)

    def row(self, name: str, **given: object) -> Any | None:
        """The first row, or None: not there and not yours are the same answer."""
        found = self.rows(name, **given)
        return found[0] if found else None


def compiled(name: str, viewer: Viewer) -> str:
    """The text of a query for a viewer: checked once, then each slot replaced by the viewer's condition."""
    text = guard.checked(name, query(name).decode())
    return guard.SLOT.sub(lambda slot: _slot(slot[1], slot[2], viewer), text)


def _slot(kind: str, alias: str, viewer: Viewer) -> str:
    if kind == "nobody":
        return predicate.about_nobody(alias)
    if kind == "program":
        return predicate.of_programs(alias)
    if kind == "steward":
        return predicate.stewarding(viewer)
    return predicate.auditing(viewer) if kind == "auditor" else predicate.condition(viewer, alias)


def _fetch(connection: Any, name: str, text: str, values: dict[str, object]) -> list[Any]:
    cursor = connection.execute(text, values)
    row = _row(name, tuple(column.name for column in cursor.description))
    return [row._make(found) for found in cursor.fetchall()]


@cache
def _row(name: str, columns: tuple[str, ...]) -> Any:
    return namedtuple("Row_" + name.replace("/", "_"), columns)
