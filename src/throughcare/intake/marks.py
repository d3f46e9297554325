"""Marks: how far each file was committed before, so that a killed load goes on where it was."""

from dataclasses import dataclass

from throughcare.stores.postgres import Database
from throughcare.stores.sql import query


@dataclass(frozen=True, slots=True)
class Done:
    """What earlier runs committed of one file."""

    lines_done: int = 0
    finished: bool = False
    read: int = 0
    stored: int = 0
    known: int = 0
    quarantined: int = 0


def marks(database: Database, file_digest: bytes, source: str) -> dict[str, Done]:
    """By member of the file ('' for a file that is no archive)."""
    with database.connection() as connection:
        rows = connection.execute(query("intake/marks"), {"file_digest": file_digest, "source": source})
        return {member: Done(*rest) for member, *rest in rows}


def forget(database: Database, file_digest: bytes, source: str, member: str) -> None:
    """A file that was read to its end is as one never seen; one that was stopped goes on where it was."""
    with database.connection() as connection:
        values = {"file_digest": file_digest, "source": source, "member": member}
        connection.execute(query("intake/forget_mark"), values)
