"""Quarantine: what could not be stored, kept whole with its reason, and the checkpoint of the load that met it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from throughcare.record.changes import Mark, Quarantined
from throughcare.record.prepare import Prepared, digest
from throughcare.record.versions import Item
from throughcare.stores import copy
from throughcare.stores.postgres import Connection
from throughcare.stores.sql import query


def of_refused(items: Sequence[Item], refused: Sequence[tuple[int, str]]) -> list[Quarantined]:
    """Resources that came from a file and were refused by the record."""
    found = ((items[index], reason) for index, reason in refused)
    return [
        Quarantined(item.source, item.file, item.line, reason, copy.unraw(item.body))
        for item, reason in found
        if isinstance(item, Prepared) and item.file
    ]


def keep(connection: Connection, *entries: Sequence[Quarantined], at: datetime) -> int:
    """Keep them; the same text of the same source again renews its entry and is counted there. How many are new."""
    told = [((one.source, digest(one.body)), one) for some in entries for one in some]
    if not told:
        return 0
    times = Counter(key for key, _ in told)
    rows = [(q.source, q.file, q.line, q.reason, q.body, key[1], times[key]) for key, q in dict(told).items()]
    names = ("sources", "files", "lines", "reasons", "bodies", "digests", "times")
    given = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return sum(added for (added,) in connection.execute(query("record/add_quarantined"), {"at": at, **given}))


def move_mark(connection: Connection, mark: Mark, stored: int, known: int, quarantined: int) -> None:
    """Move the checkpoint together with what it counts."""
    connection.execute(query("record/move_mark"), {
        "file_digest": mark.file_digest, "source": mark.source, "member": mark.member, "lines_done": mark.lines_done,
        "finished": mark.finished, "read": mark.read, "stored": stored, "known": known, "quarantined": quarantined,
    })  # fmt: skip
