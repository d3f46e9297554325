"""Sources: the outside systems that tell us things, each with the prefix its ids get in the record."""

import re
from collections.abc import Mapping
from datetime import datetime

from throughcare.faults import Conflict, Fault
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

OURS = "throughcare"  # what we say ourselves is no feed
_PREFIX = re.compile(r"[A-Za-z0-9\-.]{0,32}")

Source = tuple[int, str]  # (source_id, id_prefix)


def ensure(database: Database, name: str, id_prefix: str = "", *, at: datetime) -> None:
    """Register a source before its first load. Its prefix can never change: ids in the record already carry it."""
    with database.connection() as connection:
        known(connection, {name: id_prefix}, at=at)


def known(connection: Connection, prefixes: Mapping[str, str | None], *, at: datetime) -> dict[str, Source]:
    """Sources by name, registering the new ones. A prefix of None means whatever the source has."""
    if not prefixes:
        return {}
    found = _find(connection, list(prefixes))
    missing = [name for name in prefixes if name not in found]
    for name in missing:
        _check(prefixes[name] or "")
    if missing:
        values = {"names": missing, "prefixes": [prefixes[name] or "" for name in missing], "at": at}
        connection.execute(query("record/add_sources"), values)
        found = _find(connection, list(prefixes))
    connection.execute(query("record/hear_sources"), {"names": [n for n in prefixes if n != OURS], "at": at})
    for name, prefix in prefixes.items():
        if prefix is not None and found[name][1] != prefix:
            raise Conflict(
                f"Source {name} has the id prefix {found[name][1]!r}, not {prefix!r}.",
                why="Its resources are already in the record under ids with that prefix.",
                do="Load with the prefix it has, or under another source name.",
            )
    return found


def _check(prefix: str) -> None:
    if not _PREFIX.fullmatch(prefix):
        raise Fault(f"{prefix!r} cannot be an id prefix.", do="Use up to 32 of A to Z, digits, dash and dot.")


def _find(connection: Connection, names: list[str]) -> dict[str, Source]:
    rows = connection.execute(query("record/sources"), {"names": names})
    return {name: (source_id, prefix) for name, source_id, prefix in rows}
