"""A run: one load in progress: where it reads for, the door it commits through, and its counts."""

import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.counts import Counts
from throughcare.intake.fhir import Line
from throughcare.intake.marks import Done, forget, marks
from throughcare.intake.work import Job
from throughcare.record import sources
from throughcare.record.changes import Changes, Committed, Quarantined
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

BROKEN_KEPT = 4096
UNREADABLE = (Malformed, OSError, EOFError, zlib.error)


@dataclass(slots=True)
class Run:
    """`commit` is the door, given by whoever starts the run; `said` hears how much was read so far."""

    database: Database
    source: str
    prefix: str
    settings: Settings
    commit: Callable[[Changes], Committed]
    said: Callable[[int], None]
    counts: Counts = field(default_factory=Counts)
    again: bool = False  # read also what was loaded before

    def of(self, source: str) -> "Run":
        """The same run for what another source says, counted together."""
        with self.database.connection() as connection:
            prefix = sources.known(connection, {source: None}, at=datetime.now(UTC))[source][1]
        return replace(self, source=source, prefix=prefix)

    def done(self, digest: bytes, part: str) -> Done:
        """How far an earlier run came with this part of a file: what is to be read again was not read before."""
        if self.again:
            forget(self.database, digest, self.source, part)
        before = marks(self.database, digest, self.source).get(part, Done())
        self.counts.before(before)
        return before

    def job(self, file: str, lines: list[Line], as_of: datetime | None = None) -> Job:
        own = self.settings
        return Job(
            lines, self.source, self.prefix, file, own.time_zone, own.resource_bytes_max, own.json_depth_max, as_of
        )

    def write(self, changes: Changes) -> None:
        """Commit, then count: what could not be read and what the record refused are both in quarantine now."""
        committed = self.commit(changes)
        refused = len(changes.quarantined) + len(committed.refused)
        self.counts.read += committed.stored + committed.known + refused
        self.counts.stored += committed.stored
        self.counts.known += committed.known
        self.counts.quarantined += refused
        self.counts.entries += committed.entries
        self.counts.why([q.reason for q in changes.quarantined] + [reason for _, reason in committed.refused])
        self.said(self.counts.read)

    def broken(self, member: Member, fault: Exception, line: int = 1) -> None:
        """A stream that cannot be read on: one entry, with the start of the file so that one sees what it was."""
        reason = fault.what if isinstance(fault, Malformed) else f"The file cannot be read on ({type(fault).__name__})."
        start = b""
        with suppress(OSError), open(member.file, "rb") as stream:  # not member.open(): that is what failed
            start = f"{member.name}\n".encode() * bool(member.name) + stream.read(BROKEN_KEPT)
        self.write(Changes(quarantined=[Quarantined(self.source, member.shown, line, reason, start)]))

    def unwhole(self, members: list[Member], lacks: str) -> None:
        """Files that speak only together, and one beside them that cannot be read: without it they would say less."""
        reason = f"{lacks} cannot be read, and the files beside it speak only together: none of them is taken in."
        names = "\n".join(member.name or member.file for member in members).encode()
        where = members[0].file if members[0].name else str(Path(members[0].file).parent)
        self.write(Changes(quarantined=[Quarantined(self.source, where, 1, reason, names)]))
