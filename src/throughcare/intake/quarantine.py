"""Quarantine: what could not be stored: seen, fixed and replayed, or dropped. Nothing in it is ever lost silently."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from throughcare.faults import Fault
from throughcare.intake import formats
from throughcare.intake.archive import of_bytes
from throughcare.intake.documents import Documents
from throughcare.intake.fhir import Line
from throughcare.intake.pieces import load_pieces
from throughcare.intake.run import Run
from throughcare.intake.work import work
from throughcare.record.changes import Changes, Committed
from throughcare.settings import Settings
from throughcare.stores.postgres import Database
from throughcare.stores.sql import query

Commit = Callable[[Changes], Committed]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list; the text itself may hold personal data and is shown only when asked for."""

    entry_no: int
    at: datetime
    source: str
    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, whole."""

    entry_no: int
    source: str
    file: str
    line: int
    reason: str
    body: bytes
    state: str


def listed(database: Database, *, state: str = "waiting", limit: int = 200) -> list[Listed]:
    with database.connection() as connection:
        rows = connection.execute(query("intake/quarantine_list"), {"state": state, "limit": limit})
        return [Listed(*row) for row in rows]


def entry(database: Database, entry_no: int) -> Entry:
    with database.connection() as connection:
        row = connection.execute(query("intake/quarantine_entry"), {"entry_no": entry_no}).fetchone()
    if row is None:
        raise Fault(f"There is no quarantine entry {entry_no}.", do="See: throughcare quarantine list")
    number, source, file, line, reason, body, state = row
    return Entry(number, source, file, line, reason, bytes(body), state)


def replay(
    database: Database, found: Entry, *, settings: Settings, commit: Commit, fixed: bytes | None = None
) -> list[str]:
    """Take an entry in again, corrected or as it is; the reasons if it is refused again, none if it is in now."""
    with database.connection() as connection:
        row = connection.execute(query("intake/source_prefix"), {"source": found.source}).fetchone()
    run = Run(database, found.source, row[0] if row else "", settings, commit, lambda done: None)
    _take_in(run, found, found.body if fixed is None else fixed)
    if not run.counts.quarantined:
        _settle(database, found.entry_no, "replayed")
    return list(run.counts.reasons)


def _take_in(run: Run, found: Entry, data: bytes) -> None:
    """A Bundle is opened as a document, another format read as what it is; anything else is a line of FHIR.

    Refused again, it stays the entry it is.
    """
    member = of_bytes(found.file, data)
    if name := formats.of(member):
        load_pieces(run, name, [member])
    elif b'"Bundle"' in data:
        documents = Documents(run)
        documents.add(member, data)
        documents.finish()
    else:
        done = work(run.job(found.file, [Line(found.line, data)]))
        run.write(Changes(puts=list(done.prepared), quarantined=done.quarantined))


def drop(database: Database, entry_no: int) -> None:
    """Say that an entry is not wanted; it stays in the table, marked so."""
    _settle(database, entry(database, entry_no).entry_no, "dropped")


def _settle(database: Database, entry_no: int, state: str) -> None:
    with database.connection() as connection:
        connection.execute(query("intake/quarantine_settle"), {"entry_no": entry_no, "state": state})
