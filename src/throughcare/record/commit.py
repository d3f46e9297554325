"""Commit: everything one change says becomes true at one moment, or nothing of it does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from throughcare.record import answers, audit, people, quarantine, recipes, sources, versions, write
from throughcare.record.changes import Changes, Committed, Delete, Heard, Put
from throughcare.record.prepare import Prepared, prepare
from throughcare.stores.postgres import Connection, Database
from throughcare.stores.sql import query

_TICK = timedelta(microseconds=1)


def commit(
    database: Database, changes: Changes, *, door: str, stage: str, actor: str, role: str = "", at: datetime,
    views: recipes.Views | None = None,
) -> Committed:  # fmt: skip
    """Write `changes` in one durable transaction and say what it did. Refusals are results; a Conflict writes nothing.

    Commits form one line behind record.head: the feed has no gaps, and moments only grow, whatever `at` says.
    """
    views = views or recipes.shipped(database.settings.time_zone)
    with database.connection() as connection:
        known = sources.known(connection, _sources(changes), at=at)
        puts = [_prepared(put, views, known) for put in changes.puts]
        head = connection.execute(query("record/head")).fetchone()
        assert head is not None
        return _write(connection, changes, [*puts, *changes.deletes], known, head, door, stage, actor, role, at, views)


def _write(
    connection: Connection, changes: Changes, items: Sequence[versions.Item], known: dict[str, sources.Source],
    head: tuple, door: str, stage: str, actor: str, role: str, at: datetime, views: recipes.Views,
) -> Committed:  # fmt: skip
    commit_no, last_at, audit_no, seal = head
    moment = write.Moment(commit_no + 1, max(at, last_at + _TICK))
    sorting = versions.sort(connection, items, known)
    linked = _write_people_and_rows(connection, changes, sorting, known, views, moment)
    answers.replace(connection, changes.answers, changes.answers_for)
    quarantine.keep(connection, changes.quarantined, quarantine.of_refused(items, sorting.refused), at=moment.at)
    stored = len(sorting.rows)
    if changes.mark:
        quarantine.move_mark(connection, changes.mark, stored, sorting.known, len(changes.quarantined) + len(sorting.refused))
    if changes.cursor:
        connection.execute(query("record/move_cursor"), dict(zip(("stage", "commit_no"), changes.cursor, strict=True)))
    wrote = bool(stored or linked or changes.answers or changes.cursor or changes.mark or changes.quarantined or sorting.refused)
    heard = [*changes.audit, *([_own_line(sorting, stage, linked)] if stored or linked else [])]
    if wrote:
        line = {"door": door, "stage": stage, "actor": actor, "resources": stored}
        connection.execute(query("record/add_commit"), {"commit_no": moment.commit_no, "at": moment.at, **line})
    end = audit.append(
        connection, heard, after=(audit_no, bytes(seal)), commit_no=moment.commit_no if wrote else None,
        actor=actor, role=role, at=at,
    )  # fmt: skip
    if wrote or heard:
        number, when = (moment.commit_no, moment.at) if wrote else (commit_no, last_at)
        values = {"commit_no": number, "at": when, "audit_no": end[0], "audit_hash": end[1]}
        connection.execute(query("record/finish"), values)
    return Committed(*((moment.commit_no, moment.at) if wrote else (commit_no, last_at)), stored, sorting.known, tuple(sorting.refused))


def _write_people_and_rows(
    connection: Connection, changes: Changes, sorting: versions.Sorting, known: dict[str, sources.Source],
    views: recipes.Views, moment: write.Moment,
) -> int:  # fmt: skip
    """New rows first, links after: a link in the same commit also moves the rows the commit brought."""
    whose = people.of_patients(connection, _patients(sorting), commit_no=moment.commit_no)
    if sorting.rows:
        write.versions(connection, sorting, known, whose, views, moment)
    return people.link(connection, changes.links, views.tables, commit_no=moment.commit_no) if changes.links else 0


def _sources(changes: Changes) -> dict[str, str | None]:
    """The sources of a change; a resource prepared elsewhere says which prefix it was prepared with."""
    wanted: dict[str, str | None] = {one.source: None for one in [*changes.puts, *changes.deletes]}
    wanted |= {one.source: one.prefix for one in changes.puts if isinstance(one, Prepared)}
    return wanted


def _prepared(put: Put | Prepared, views: recipes.Views, known: dict[str, sources.Source]) -> Prepared:
    return put if isinstance(put, Prepared) else prepare(put, views, prefix=known[put.source][1])


def _patients(sorting: versions.Sorting) -> set[str]:
    """Every patient that the written rows name."""
    items = [item for item, _ in sorting.rows if not isinstance(item, Delete)]
    named = {item.patient for item in items} | {row[2] for item in items for row in item.flat}
    return {patient for patient in named if patient is not None}


def _own_line(sorting: versions.Sorting, stage: str, linked: int) -> Heard:
    """What the commit itself did; the digest over its versions' digests ties the audit to the record."""
    seals = blake2b(digest_size=16)
    for item, _ in sorting.rows:
        seals.update(versions.GONE if isinstance(item, Delete) else item.digest)
    counts = f"stored={len(sorting.rows)} known={sorting.known} refused={len(sorting.refused)} linked={linked}"
    return Heard("commit", detail=f"{stage} {counts} digest={seals.hexdigest()}", purpose="HOPERAT")
