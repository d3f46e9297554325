"""Quarantine: what could not be stored: seen, fixed and replayed, or dropped. Nothing in it is ever lost silently."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from msgspec import structs

from throughcare.faults import Fault, Malformed
from throughcare.intake import formats
from throughcare.intake.archive import Member, of_bytes
from throughcare.intake.documents import Documents
from throughcare.intake.fhir import Line
from throughcare.intake.pieces import load_pieces
from throughcare.intake.run import Run
from throughcare.intake.work import work
from throughcare.record.changes import Changes, Committed, Put, Quarantined
from throughcare.record.prepare import Prepared
from throughcare.settings import Settings
from throughcare.stores import copy
from throughcare.stores.postgres import Database
from throughcare.stores.sql import query

Commit = Callable[[Changes], Committed]
STATES = ("waiting", "replayed", "dropped")
ALONE = (
    "No format is known by this text alone, and it is no FHIR resource. Correct it where it came from, and load that."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list; the text itself may hold personal data and is shown only when asked for."""

    entry_no: int
    at: datetime
    source: str
    file: str
    line: int
    reason: str
    times: int  # that the same text came


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
    data = found.body if fixed is None else fixed
    run = _Again(database, found.source, row[0] if row else "", settings, _still(commit, data), lambda done: None)
    _take_in(run, found, data)
    if not run.counts.quarantined:
        _move(database, found.entry_no, "replayed", since=STATES)
    return list(run.counts.reasons)


class _Again(Run):
    """Text in memory: what cannot be read on is this text, not the beginning of a file."""

    def broken(self, member: Member, fault: Exception, line: int = 1) -> None:
        reason = fault.what if isinstance(fault, Malformed) else f"It cannot be read on ({type(fault).__name__})."
        self.write(Changes(quarantined=[Quarantined(self.source, member.shown, line, reason, member.open().read())]))


def _take_in(run: Run, found: Entry, data: bytes) -> None:
    """A Bundle is opened as a document, another format read as what it is; anything else is a line of FHIR."""
    member = of_bytes(found.file, data)
    if name := formats.of(member, run.settings):
        # another digest than its file's, which may have been read to its end before
        load_pieces(run, name, [replace(member, digest=blake2b(b"again " + data, digest_size=16).digest())])
    elif b'"Bundle"' in data:
        documents = Documents(run)
        documents.add(member, data)
        documents.finish()
    elif not data.lstrip().startswith(b"{"):
        run.write(Changes(quarantined=[Quarantined(found.source, found.file, found.line, ALONE, data)]))
    else:
        done = work(run.job(found.file, [Line(found.line, data)]))
        run.write(Changes(puts=list(done.prepared), quarantined=done.quarantined))


def _still(commit: Commit, data: bytes) -> Commit:
    """The door for a text that is tried again: refused again, it stays the entry it is, and may be tried once more."""

    def commit_still(changes: Changes) -> Committed:
        others = [one for one in changes.quarantined if one.body != data]
        puts = [_without_file(put) if _text(put) == data else put for put in changes.puts]
        return commit(replace(changes, quarantined=others, puts=puts, mark=None))

    return commit_still


def _text(put: Put | Prepared) -> bytes:
    return copy.unraw(put.body) if isinstance(put, Prepared) else put.body


def _without_file(put: Put | Prepared) -> Put | Prepared:
    """What has no file is not put into quarantine when the record refuses it."""
    return structs.replace(put, file="") if isinstance(put, Prepared) else replace(put, file="")


def drop(database: Database, entry_no: int) -> bool:
    """Say that an entry is not wanted; it stays in the table, marked so. False when it did not wait."""
    return _move(database, entry(database, entry_no).entry_no, "dropped", since=("waiting",))


def restore(database: Database, entry_no: int) -> bool:
    """Let a dropped entry wait again. False when it was not dropped."""
    return _move(database, entry(database, entry_no).entry_no, "waiting", since=("dropped",))


def _move(database: Database, entry_no: int, state: str, *, since: tuple[str, ...]) -> bool:
    values = {"entry_no": entry_no, "state": state, "since": list(since)}
    with database.connection() as connection:
        return connection.execute(query("intake/quarantine_settle"), values).rowcount == 1
