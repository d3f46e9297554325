"""Versions: what each resource of a commit is to the record: new, the next version, already known, or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from throughcare.faults import Conflict
from throughcare.record import told
from throughcare.record.changes import Delete
from throughcare.record.prepare import Prepared, digest
from throughcare.record.sources import Source
from throughcare.stores.postgres import Connection
from throughcare.stores.sql import query

Key = tuple[str, str]
Item = Prepared | Delete
GONE = digest(b"")


@dataclass(slots=True)
class Standing:
    """What the record, or this commit so far, holds under one key."""

    version: int
    digest: bytes
    source_id: int
    row: int | None = None  # the row of this commit that wrote it; None when it was stored before


@dataclass(slots=True)
class Sorting:
    """The versions a commit writes, the stored ones it closes, and what it did not take."""

    rows: list[tuple[Item, int]] = field(default_factory=list)  # (resource, version)
    passed: set[int] = field(default_factory=set)  # rows that a later row of this same commit replaces
    closed: dict[Key, int] = field(default_factory=dict)  # stored versions that are no longer current
    known: int = 0
    told: dict[Key, datetime] = field(default_factory=dict)  # for which moment its source said so last
    refused: list[tuple[int, str]] = field(default_factory=list)


def sort(connection: Connection, items: Sequence[Item], sources: Mapping[str, Source]) -> Sorting:
    """Compare every resource with what stands under its id, in order, as if each came alone."""
    keys = [(item.resource_type, item.resource_id) for item in items]
    standing = _standing(connection, set(keys))
    twice = len(set(keys)) < len(keys)
    sorting, names = Sorting(), {source_id: name for name, (source_id, _) in sources.items()}
    sorting.told = told.of(connection, {key for key, item in zip(keys, items, strict=True) if item.as_of})
    for index, (key, item) in enumerate(zip(keys, items, strict=True)):
        source_id, found = sources[item.source][0], standing.get(key)
        seal = GONE if isinstance(item, Delete) else item.digest
        if item.if_version is not None:
            _check_version(item, found)
        if found is not None and found.source_id != source_id:
            holder = names.get(found.source_id, "another source")
            sorting.refused.append((index, _taken(key, holder)))
        elif _is_older(sorting, key, item) or seal == (GONE if found is None else found.digest):
            sorting.known += 1
        else:
            _write(sorting, item, key, found)
            if twice:
                standing[key] = Standing(sorting.rows[-1][1], seal, source_id, len(sorting.rows) - 1)
    return sorting


def _is_older(sorting: Sorting, key: Key, item: Item) -> bool:
    """Whether the source has said otherwise, or nothing any more, for a later moment. If not, this is the last word."""
    if item.as_of is None:
        return False
    if item.as_of < sorting.told.get(key, item.as_of):
        return True
    sorting.told[key] = item.as_of
    return False


def _write(sorting: Sorting, item: Item, key: Key, found: Standing | None) -> None:
    if found is not None and found.row is not None:
        sorting.passed.add(found.row)
    elif found is not None:
        sorting.closed[key] = found.version
    sorting.rows.append((item, found.version + 1 if found else 1))


def _check_version(item: Item, found: Standing | None) -> None:
    """The writer said which version it read; a lost update is refused, with the whole commit."""
    version = found.version if found else 0
    if version != item.if_version:
        raise Conflict(
            f"{item.resource_type}/{item.resource_id} is at version {version}, not {item.if_version}.",
            why="Someone else wrote in between.",
            do="Read it again and repeat the change.",
        )


def _taken(key: Key, holder: str) -> str:
    return f"The id {key[0]}/{key[1]} is already held by {holder}. Load with --id-prefix to keep the two apart."


def _standing(connection: Connection, keys: set[Key]) -> dict[Key, Standing]:
    if not keys:
        return {}
    asked = "\n".join([f"{resource_type}/{resource_id}" for resource_type, resource_id in keys])
    rows = connection.execute(query("record/current"), {"keys": asked}, binary=True)
    return {(r[0], r[1]): Standing(r[2], bytes(r[3]), r[4]) for r in rows}
