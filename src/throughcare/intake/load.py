"""Load: files into the record, resumable and idempotent; read = stored + known + quarantined, always."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from throughcare.intake import archive, fhir, formats
from throughcare.intake.archive import Member
from throughcare.intake.counts import Counts
from throughcare.intake.documents import Documents
from throughcare.intake.pieces import load_pieces
from throughcare.intake.pool import Pool
from throughcare.intake.run import UNREADABLE, Run
from throughcare.intake.work import Job
from throughcare.record import sources
from throughcare.record.changes import Changes, Committed, Mark
from throughcare.settings import Settings
from throughcare.stores.postgres import Database

MANY = 10_000  # resources after which the database counts anew: what is asked next is planned by how many there are


def load(
    database: Database, paths: list[Path], *, source: str, id_prefix: str = "", settings: Settings,
    commit: Callable[[Changes], Committed], said: Callable[[int], None] = lambda done: None, again: bool = False,
) -> Counts:  # fmt: skip
    """Load every file under the paths that is in a known format. Each portion is durable before it is counted.

    A file that was loaded to its end is skipped, unless it is to be read `again`.
    """
    sources.ensure(database, source, id_prefix, at=datetime.now(UTC))
    run = Run(database, source, id_prefix, settings, commit, said, again=again)
    run.counts.wrong_here += formats.wrong_here(settings)
    documents = Documents(run)
    with Pool() as pool:
        for group in archive.groups(paths, settings.archive_ratio_max):
            _load_group(run, pool, documents, group)
    documents.finish()
    if run.counts.stored >= MANY:
        with database.connection() as connection:
            connection.execute("analyze")
    return run.counts


def _load_group(run: Run, pool: Pool, documents: Documents, group: list[Member]) -> None:
    """The files of one folder or zip: each by itself, then those that speak only beside each other."""
    together: dict[str, list[Member]] = defaultdict(list)
    lacks = ""
    for member in group:
        try:
            name = _load_member(run, pool, documents, member)
        except UNREADABLE as fault:
            run.broken(member, fault)
            lacks = lacks or Path(member.name or member.file).name
            continue
        if name and formats.known()[name].TOGETHER:
            together[name].append(member)
        elif name:
            load_pieces(run, name, [member])
    for name, members in together.items():
        if lacks:
            run.unwhole(members, lacks)
        else:
            load_pieces(run, name, members)


def _load_member(run: Run, pool: Pool, documents: Documents, member: Member) -> str:
    """Load a stream that is FHIR; the name of its format when it is another: large JSON may say its type at its end."""
    kind = fhir.look(member)
    if kind is fhir.Kind.DOCUMENT and (name := formats.of(member, run.settings)):
        return name
    if kind is fhir.Kind.DOCUMENT:
        documents.add(member, fhir.document(member, run.settings.document_bytes_max))
    elif kind is fhir.Kind.LINES:
        _load_lines(run, pool, member)
    elif name := formats.of(member, run.settings):
        return name
    else:
        run.counts.left_out.append(member.shown)
    return ""


def _load_lines(run: Run, pool: Pool, member: Member) -> None:
    """Portion after portion, each committed together with the mark of how far the file is done."""
    before = run.done(member.digest, member.name)
    mark = partial(Mark, member.digest, run.source, member=member.name)
    last = before.lines_done
    if before.finished:
        run.counts.skipped.append(member.shown)
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
