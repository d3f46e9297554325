"""Load: files into the record, resumable and idempotent; read = stored + known + quarantined, always."""

import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from throughcare.faults import Malformed
from throughcare.intake import archive, fhir
from throughcare.intake.archive import Member
from throughcare.intake.counts import Counts
from throughcare.intake.documents import Documents
from throughcare.intake.marks import Done, marks
from throughcare.intake.pool import Pool
from throughcare.intake.run import Run
from throughcare.intake.work import Job
from throughcare.record import sources
from throughcare.record.changes import Changes, Committed, Mark
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

UNREADABLE = (Malformed, OSError, EOFError, zlib.error)


def load(
    database: Database, paths: list[Path], *, source: str, id_prefix: str = "", settings: Settings,
    commit: Callable[[Changes], Committed], said: Callable[[int], None] = lambda done: None,
) -> Counts:  # fmt: skip
    """Load every FHIR file under the paths. Each portion is durable before it is counted."""
    sources.ensure(database, source, id_prefix, at=datetime.now(UTC))
    run = Run(database, source, id_prefix, settings, commit, said)
    documents = Documents(run)
    with Pool() as pool:
        for member in archive.members(paths, settings.archive_ratio_max):
            _load_member(run, pool, documents, member)
    documents.finish()
    return run.counts


def _load_member(run: Run, pool: Pool, documents: Documents, member: Member) -> None:
    try:
        kind = fhir.look(member)
        if kind is fhir.Kind.DOCUMENT:
            documents.add(member, fhir.document(member, run.settings.document_bytes_max))
    except UNREADABLE as fault:
        run.broken(member, fault)
        return
    if kind is fhir.Kind.LINES:
        _load_lines(run, pool, member)
    elif kind is fhir.Kind.OTHER:
        run.counts.left_out.append(member.shown)


def _load_lines(run: Run, pool: Pool, member: Member) -> None:
    """Portion after portion, each committed together with the mark of how far the file is done."""
    before = marks(run.database, member.digest, run.source).get(member.name, Done())
    run.counts.before(before)
    mark = partial(Mark, member.digest, run.source, member=member.name)
    last = before.lines_done
    if before.finished:
        return
    try:
        for done in pool.results(_jobs(run, member, last)):
            last, read = done.last_line, len(done.prepared) + len(done.quarantined)
            moved = mark(lines_done=last, read=read)
            run.write(Changes(puts=list(done.prepared), quarantined=done.quarantined, mark=moved))
    except UNREADABLE as fault:
        run.broken(member, fault, last + 1)
        return
    run.write(Changes(mark=mark(lines_done=last, read=0, finished=True)))


def _jobs(run: Run, member: Member, after: int) -> Iterator[Job]:
    lines = fhir.lines(member, run.settings.resource_bytes_max, after)
    while portion := list(islice(lines, run.settings.load_batch)):
        yield run.job(member.shown, portion)
