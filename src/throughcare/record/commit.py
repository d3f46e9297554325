"""Commit: everything one change says becomes true at one moment, or nothing of it does."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from throughcare.record import answers, audit, messages, people, quarantine, recipes, sources, told, versions, write
from throughcare.record.changes import Changes, Committed, Delete, Heard, Put
from throughcare.record.prepare import Prepared, prepare
from throughcare.stores.postgres import Connection, Database, together
from throughcare.stores.sql import query

FEW = 20  # resources; up to so many their statements travel together, above it COPY is quicker
_TICK = timedelta(microseconds=1)


class _Who(NamedTuple):
    door: str
    stage: str
    actor: str
    role: str


class _Wrote(NamedTuple):
    """What a commit wrote beside versions of resources."""

    linked: int
    messages: int
    entries: int  # of quarantine, that are new


class _Head(NamedTuple):
    """Where the feed and the audit chain end."""

    commit_no: int
    at: datetime
    audit_no: int
    seal: bytes


def commit(
    database: Database, changes: Changes, *, door: str, stage: str, actor: str, role: str = "", at: datetime,
    views: recipes.Views | None = None,
) -> Committed:  # fmt: skip
    """Write `changes` in one durable transaction and say what it did. Refusals are results; a Conflict writes nothing.

    Commits form one line behind record.head: the feed has no gaps, and moments only grow, whatever `at` says.
    """
    views = views or recipes.shipped(database.settings.time_zone)
    few = len(changes.puts) + len(changes.deletes) <= FEW and not changes.answers
    with database.connection() as connection, together(connection) if few else nullcontext():
        known = sources.known(connection, _sources(changes), at=at)
        items: list[versions.Item] = [*(_prepared(put, views, known) for put in changes.puts), *changes.deletes]
        row = connection.execute(query("record/head")).fetchone()
        assert row is not None
        head = _Head(row[0], row[1], row[2], bytes(row[3]))
        moment = write.Moment(head.commit_no + 1, max(at, head.at + _TICK))
        sorting = versions.sort(connection, items, known)
        wrote = _write(connection, changes, items, sorting, known, views, moment)
        return _finish(connection, changes, sorting, wrote, head, moment, _Who(door, stage, actor, role), at)


def _write(
    connection: Connection, changes: Changes, items: Sequence[versions.Item], sorting: versions.Sorting,
    known: Mapping[str, sources.Source], views: recipes.Views, moment: write.Moment,
) -> _Wrote:  # fmt: skip
    """All rows but the feed's and the audit's. Links come last, so they also move the rows this commit brought."""
    if sorting.rows:
        whose = people.of_patients(connection, _patients(sorting), commit_no=moment.commit_no)
        write.versions(connection, sorting, known, whose, views, moment)
    told.keep(connection, sorting.told)
    answers.replace(connection, changes.answers, changes.answers_for)
    refused = quarantine.of_refused(items, sorting.refused)
    entries = quarantine.keep(connection, changes.quarantined, refused, at=moment.at)
    if changes.mark:
        quarantined = len(changes.quarantined) + len(sorting.refused)
        quarantine.move_mark(connection, changes.mark, len(sorting.rows), sorting.known, quarantined)
    if changes.cursor:
        stage, commit_no = changes.cursor
        connection.execute(query("record/move_cursor"), {"stage": stage, "commit_no": commit_no})
    kept = messages.keep(connection, changes.messages, commit_no=moment.commit_no, at=moment.at)
    linked = people.link(connection, changes.links, views.tables, commit_no=moment.commit_no) if changes.links else 0
    return _Wrote(linked, kept, entries)


def _finish(
    connection: Connection, changes: Changes, sorting: versions.Sorting, besides: _Wrote, head: _Head,
    moment: write.Moment, who: _Who, at: datetime,
) -> Committed:  # fmt: skip
    """The audit, the line of the feed, and the new head. What changed nothing gets no number; its audit stays."""
    stored = len(sorting.rows)
    told = bool(stored or besides.linked or besides.messages)
    wrote = bool(told or sorting.refused or _besides_resources(changes))
    if wrote:
        line = {"door": who.door, "stage": who.stage, "actor": who.actor, "resources": stored}
        connection.execute(query("record/add_commit"), {"commit_no": moment.commit_no, "at": moment.at, **line})
    now = head._replace(commit_no=moment.commit_no, at=moment.at) if wrote else head
    heard = [*changes.audit, *([_own_line(sorting, who.stage, besides)] if told else [])]
    number, seal = audit.append(
        connection, heard, after=(head.audit_no, head.seal), commit_no=moment.commit_no if wrote else None,
        actor=who.actor, role=who.role, at=at,
    )  # fmt: skip
    if wrote or heard:
        values = {"commit_no": now.commit_no, "at": now.at, "audit_no": number, "audit_hash": seal}
        connection.execute(query("record/finish"), values)
    refused = tuple(sorting.refused)
    return Committed(now.commit_no, now.at, stored, sorting.known, refused, besides.messages, besides.entries)


def _besides_resources(changes: Changes) -> bool:
    return bool(changes.answers or changes.cursor or changes.mark or changes.quarantined)


def _sources(changes: Changes) -> dict[str, str | None]:
    """The sources of a change; a resource prepared elsewhere says which prefix it was prepared with."""
    wanted: dict[str, str | None] = {one.source: None for one in [*changes.puts, *changes.deletes]}
    return wanted | {one.source: one.prefix for one in changes.puts if isinstance(one, Prepared)}


def _prepared(put: Put | Prepared, views: recipes.Views, known: Mapping[str, sources.Source]) -> Prepared:
    return put if isinstance(put, Prepared) else prepare(put, views, prefix=known[put.source][1])


def _patients(sorting: versions.Sorting) -> set[str]:
    """Every patient that the written rows name."""
    items = [item for item, _ in sorting.rows if not isinstance(item, Delete)]
    named = {item.patient for item in items} | {row[2] for item in items for row in item.flat}
    return {patient for patient in named if patient is not None}


def _own_line(sorting: versions.Sorting, stage: str, besides: _Wrote) -> Heard:
    """What the commit itself did; the digest over its versions' digests ties the audit to the record."""
    seals = blake2b(digest_size=16)
    for item, _ in sorting.rows:
        seals.update(versions.GONE if isinstance(item, Delete) else item.digest)
    counts = f"stored={len(sorting.rows)} known={sorting.known} refused={len(sorting.refused)} linked={besides.linked}"
    counts += f" messages={besides.messages}" if besides.messages else ""
    return Heard("commit", detail=f"{stage} {counts} digest={seals.hexdigest()}", purpose="HOPERAT")
