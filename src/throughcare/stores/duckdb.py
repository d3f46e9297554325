"""DuckDB thinks: tables in, one statement at a time, tables out. Nothing is kept between runs but prepared plans."""

import atexit
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Iterable
from functools import cache
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from throughcare.faults import Fault

# Only the connection runs prepared statements; it reminds us each time that a relation copies less. Rows are few here.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
ROWS_AT_ONCE = 1_000_000
COUNTED_FROM = 5_000  # rows of which it is worth half a millisecond to tell the engine that there are so many


def connect(**config: str | int) -> duckdb.DuckDBPyConnection:
    """An engine that knows nothing yet. What does not fit in memory goes where only this user can read."""
    return duckdb.connect(config={"autoinstall_known_extensions": False, "temp_directory": _spilled(), **config})


@cache
def _spilled() -> str:
    """One folder a process, gone with it; without it the engine writes into the folder a command is started in."""
    folder = tempfile.mkdtemp(prefix="throughcare-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class _Held:
    """A table by name whose rows may change between runs, so that prepared statements stay prepared."""

    __slots__ = ("__weakref__", "table")

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)


class Thinker:
    """One engine in this process. Give it tables by name, run SQL over them, get a table back."""

    def __init__(self, macros: Iterable[str] = ()) -> None:
        self._engine = connect(threads=2)
        self._held: dict[str, _Held] = {}
        self._counted: set[str] = set()  # the names under which the engine sees a table itself
        self._prepared: dict[str, str] = {}
        self._threads = 2
        self._finalizer = weakref.finalize(self, _close, self._engine, self._held)
        self._engine.execute("set timezone = 'UTC'")
        for macro in macros:
            self._engine.execute(f"create macro {macro}")

    def give(self, name: str, table: pa.Table, *, counted: bool = False) -> None:
        """Make a table readable by its name; the same name again replaces its rows, the columns stay.

        Of a large table that is counted the engine knows how many rows there are, and plans its joins by that. What is
        prepared reads what it was prepared over, so that never changes but for its rows.
        """
        new, counted = name not in self._held, counted and table.num_rows >= COUNTED_FROM
        held = self._held.setdefault(name, _Held(table))
        held.table = table
        if counted or new or name in self._counted:
            self._engine.register(name, table if counted else held)
            (self._counted.add if counted else self._counted.discard)(name)

    def hands(self, threads: int) -> None:
        """How many threads think. One is quicker for a few people: setting more to work costs more than they do."""
        if threads != self._threads:
            self._engine.execute(f"set threads = {threads}")
            self._threads = threads

    def run(self, sql: str, name: str = "statement") -> pa.Table:
        """Everything a statement answers. `name` is what a fault calls it."""
        try:
            return self._engine.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise _failed(name) from error

    def run_prepared(self, name: str, sql: str) -> pa.Table:
        """The same, with the plan kept: the second run of the same name costs a quarter of the first."""
        try:
            if self._prepared.get(name) != sql:
                self._engine.execute(f'prepare "{name}" as {sql}')
                self._prepared[name] = sql
            return self._engine.execute(f'execute "{name}"').to_arrow_reader(ROWS_AT_ONCE).read_all()  # type: ignore[union-attr]
        except duckdb.Error as error:
            raise _failed(name) from error

    def run_once(self, name: str, sql: str) -> pa.Table:
        """The same, with nothing kept: a prepared plan holds the hash tables of its last run until the next."""
        try:
            return self._engine.execute(sql).to_arrow_reader(ROWS_AT_ONCE).read_all()  # type: ignore[union-attr]
        except duckdb.Error as error:
            raise _failed(name) from error

    def close(self) -> None:
        self._finalizer()

    def __enter__(self) -> "Thinker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def thinker(tables: dict[str, pa.Table]) -> Thinker:
    """An engine that knows these tables."""
    engine = Thinker()
    for name, table in tables.items():
        engine.give(name, table)
    return engine


def _close(engine: Any, held: dict[str, Any]) -> None:
    for name in held:
        engine.unregister(name)
    held.clear()
    engine.close()


def _failed(name: str) -> Fault:
    """The engine's own words stay in the chained error: they would mean nothing to an author."""
    return Fault(
        f"The engine could not work out {name}.",
        why="The definition was accepted but could not be run.",
        do="Report the care model and this message; the engine's words are in the log.",
    )
