"""Pieces: what a format made of a stream, into the record portion by portion; a bad piece never stops the next."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from throughcare.faults import Malformed
from throughcare.intake import formats
from throughcare.intake.archive import Member
from throughcare.intake.formats import Format, Given, Piece
from throughcare.intake.run import UNREADABLE, Run
from throughcare.intake.work import Done as Worked
from throughcare.intake.work import of_document
from throughcare.record.changes import Changes, Delete, Mark, Quarantined


def load_pieces(run: Run, name: str, members: list[Member]) -> None:
    """Each portion is committed together with the mark of how far the streams are done."""
    one = formats.known()[name]
    given = Given(run.source, run.settings)
    if whose := getattr(one, "source_of", None):
        try:
            run = run.of(whose(members, given))
        except UNREADABLE as fault:
            run.broken(_broken(members, fault), fault)
            return
        given = Given(run.source, run.settings)
    title, digest, part = one.TITLE, _digest(members), members[0].name if len(members) == 1 else f"({name})"
    before = run.done(digest, part)
    last, gathered = before.lines_done, Changes()
    if before.finished:
        run.counts.skipped += [member.shown for member in members]
        settle(one, run)
        return
    try:
        for piece in _after(one.pieces(members, given), last):
            last = piece.number
            _take(run, title, piece.file or _place(members), piece, gathered)
            if _read(gathered) + len(gathered.messages) >= run.settings.load_batch:
                gathered.mark = Mark(digest, run.source, last, _read(gathered), part)
                run.write(gathered)
                gathered = Changes()
    except UNREADABLE as fault:
        gathered.mark = Mark(digest, run.source, last, _read(gathered), part)
        run.write(gathered)
        run.broken(_broken(members, fault), fault, last + 1)
        settle(one, run)
        return
    gathered.mark = Mark(digest, run.source, last, _read(gathered), part, finished=True)
    run.write(gathered)
    settle(one, run)


def settle(one: Format, run: Run) -> None:
    """Make FHIR of the messages that were kept as they are, in a format of messages."""
    if make := getattr(one, "settle", None):
        make(run)


def _after(pieces: Iterator[Piece], last: int) -> Iterator[Piece]:
    return (piece for piece in pieces if piece.number > last)


def _read(changes: Changes) -> int:
    return len(changes.puts) + len(changes.deletes) + len(changes.quarantined)


def _take(run: Run, title: str, file: str, piece: Piece, gathered: Changes) -> None:
    """All resources of a piece, or none: then the piece itself goes into quarantine."""
    run.counts.pieces[title] += 1
    line = piece.line or piece.number
    done, job = Worked(), run.job(file, [], piece.as_of)
    for resource in piece.resources:
        of_document(resource, job, line, done)
    reason = piece.reason or next((q.reason for q in done.quarantined), "")
    if reason:
        run.counts.refused[title] += 1
        gathered.quarantined.append(Quarantined(run.source, file, line, reason, piece.body))
        return
    gathered.puts += done.prepared
    gathered.messages += piece.messages
    gathered.deletes += [Delete(kind, id, run.source, as_of=piece.as_of) for kind, id in piece.deletes]


def _place(members: list[Member]) -> str:
    """The file; of several that speak together, the folder or archive they lie in."""
    if len(members) == 1:
        return members[0].shown
    return members[0].file if members[0].name else str(Path(members[0].file).parent)


def _broken(members: list[Member], fault: Exception) -> Member:
    """The stream that could not be read on, where the fault names it."""
    where = fault.where if isinstance(fault, Malformed) else ""
    return next((member for member in members if member.shown == where), members[0])


def _digest(members: list[Member]) -> bytes:
    """Of one stream its own; of several, of all of them."""
    if len(members) == 1:
        return members[0].digest
    return blake2b(b"".join(member.digest for member in members), digest_size=16).digest()
