"""Migrations: numbered SQL files, applied once each and in order; a changed file is refused."""

import hashlib
from importlib import resources

import psycopg

from throughcare.faults import Fault
from throughcare.stores.sql import query

_LOCK = 7_483_920_118_001  # any number that nothing else on the server uses


def up(connection: psycopg.Connection[tuple], files: dict[str, str] | None = None) -> list[str]:
    """Apply what is missing, each file in its own transaction; two processes at once take turns."""
    files = shipped() if files is None else files
    connection.execute("select pg_advisory_lock(%s)", [_LOCK])
    try:
        connection.execute(query("stores/migration_table"))
        applied = dict(connection.execute("select name, digest from throughcare_migration").fetchall())
        _refuse_changed(files, applied)
        todo = [name for name in sorted(files) if name not in applied]
        for name in todo:
            _apply(connection, name, files[name])
        return todo
    finally:
        connection.execute("select pg_advisory_unlock(%s)", [_LOCK])


def shipped() -> dict[str, str]:
    """Every migration in the folder, by name."""
    folder = resources.files("throughcare.stores").joinpath("migrations")
    return {f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".sql")}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _apply(connection: psycopg.Connection[tuple], name: str, text: str) -> None:
    with connection.transaction():
        connection.execute(text.encode())
        connection.execute("insert into throughcare_migration (name, digest) values (%s, %s)", [name, digest(text)])


def _refuse_changed(files: dict[str, str], applied: dict[str, str]) -> None:
    """A database made by a newer or another product must not be half understood."""
    changed = [name for name, seal in sorted(applied.items()) if name in files and digest(files[name]) != seal]
    if changed:
        raise Fault(
            f"Migration {changed[0]} was applied in another form than the one shipped.",
            why="The schema is not the one this version was written for.",
            do="Use the version that made this database, or restore a backup.",
        )
    unknown = sorted(set(applied) - set(files))
    if unknown:
        raise Fault(
            f"The database has migration {unknown[-1]}, which this version does not know.",
            why="It was made by a newer version.",
            do="Upgrade Throughcare.",
        )
