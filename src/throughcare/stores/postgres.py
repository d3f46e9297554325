"""PostgreSQL, which remembers: the bundled one or a server named by a DSN; the same code runs on both."""

import contextlib
import select
from collections.abc import Iterator
from typing import Any, Self

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from throughcare.faults import Unavailable
from throughcare.settings import Settings
from throughcare.stores import bundled, migrate
from throughcare.stores.faults import plain
from throughcare.stores.sql import query

OLDEST = 15
POOL_MAX = 8
POOL_WAIT_SECONDS = 10
SUSPECT_SECONDS = 1.0  # after which a bundled server that gives no connection is looked after; a living one is adopted
CONNECT_SECONDS = 10

Connection = psycopg.Connection[tuple]


def together(connection: Connection) -> contextlib.AbstractContextManager[object]:
    """Inside this block statements travel together and only a read waits: one way there and back instead of many."""
    return connection.pipeline()


class Database:
    """An open database: a pool of connections, each in UTC; a `with` block closes it."""

    def __init__(self, dsn: str, settings: Settings) -> None:
        self.dsn, self.settings = dsn, settings
        self.pool: ConnectionPool[Connection] = ConnectionPool(
            dsn, min_size=1, max_size=POOL_MAX, timeout=POOL_WAIT_SECONDS, kwargs=_OPTIONS, open=False,
            check=_check_alive, reconnect_timeout=2,
        )  # fmt: skip

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """A pooled connection in a transaction: committed at the end of the block, rolled back when it raises."""
        with plain(), self._taken() as connection, connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A pooled connection for one statement that writes nothing: no transaction is begun and ended around it."""
        with plain(), self._taken() as connection:
            connection.autocommit = True
            try:
                yield connection
            finally:
                connection.autocommit = False

    def connect(self) -> Connection:
        """A connection of one's own, outside the pool, in autocommit: for streams, cursors and listening."""
        with plain():
            return psycopg.connect(self.dsn, autocommit=True, **_OPTIONS)

    def migrate(self) -> list[str]:
        """Bring the schema up to this version of the product; the names of the migrations that were applied."""
        with plain(), psycopg.connect(self.dsn, autocommit=True, **_OPTIONS) as connection:
            return migrate.up(connection)

    def close(self) -> None:
        self.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _taken(self) -> Iterator[Connection]:
        """A living connection; when the bundled server has died, it is started again first."""
        connection = self._take()
        try:
            yield connection
        finally:
            self.pool.putconn(connection)

    def _take(self) -> Connection:
        self.pool.open()
        if self.settings.database:
            return self.pool.getconn()
        try:
            return self.pool.getconn(timeout=SUSPECT_SECONDS)
        except PoolTimeout:
            bundled.start(self.settings.data_dir, self.settings.postgres_bin or None)
            return self.pool.getconn()


# Each run of a statement is planned for the tables of now: a plan kept from when they were small reads them whole.
_OPTIONS: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "options": "-c timezone=UTC -c datestyle=iso,ymd -c plan_cache_mode=force_custom_plan",
    "client_encoding": "utf8",
}


def open(settings: Settings) -> Database:
    """Open the database of this installation, starting the bundled one when no DSN is given."""
    dsn = settings.database or bundled.start(settings.data_dir, settings.postgres_bin or None)
    database = Database(dsn, settings)
    try:
        with psycopg.connect(dsn, **_OPTIONS) as connection:
            _check(connection)
    except psycopg.OperationalError as error:
        raise Unavailable(
            f"The database cannot be reached ({_reason(error)}).",
            where="THROUGHCARE_DATABASE" if settings.database else str(settings.data_dir),
            do="Check that it runs, and the host, name and password in the DSN.",
        ) from None
    return database


def _check_alive(connection: Connection) -> None:
    """A server that has gone has closed its end, which is seen without asking it; whatever is unread is asked about."""
    unread = select.poll()
    unread.register(connection.fileno(), select.POLLIN)
    if unread.poll(0):
        ConnectionPool.check_connection(connection)


def _reason(error: psycopg.OperationalError) -> str:
    """The driver's last line, without the address: a DSN can hold a password."""
    return str(error).strip().splitlines()[-1].rpartition("failed: ")[2] or type(error).__name__


def _check(connection: Connection) -> None:
    major = connection.info.server_version // 10000
    if major < OLDEST:
        raise Unavailable(f"The server is PostgreSQL {major}; Throughcare needs {OLDEST} or newer.", do="Upgrade it.")
    superuser, encoding = connection.execute(query("stores/suitable")).fetchone() or (False, "UTF8")
    if superuser:
        raise Unavailable(
            "The DSN names a superuser.",
            why="The product's role must not be able to pass by row security or change the audit's owner.",
            do="Create a role that owns the database and nothing else, and name that one.",
        )
    if encoding != "UTF8":
        what = f"The database is encoded in {encoding}; it must be UTF8."
        raise Unavailable(what, do="Create it with encoding 'UTF8'.")


def facts(database: Database) -> dict[str, str]:
    """What a person asks first about a database: where, which version, how much."""
    with database.connection() as connection:
        row = connection.execute(query("stores/facts")).fetchone()
        assert row is not None
        newest = connection.execute("select max(name) from throughcare_migration").fetchone() if row[2] else None
    where = "a server (DSN)" if database.settings.database else f"bundled, in {database.settings.data_dir}"
    schema = newest[0] if newest and newest[0] else "none yet: throughcare db migrate"
    return {"where": where, "server": f"PostgreSQL {row[0]}", "size": row[1], "schema": schema}
