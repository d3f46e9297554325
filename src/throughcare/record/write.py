"""Writing versions: the rows of one commit, sent table by table in COPY form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from throughcare.record import recipes
from throughcare.record.changes import Delete
from throughcare.record.people import Person
from throughcare.record.prepare import Prepared
from throughcare.record.sources import Source
from throughcare.record.versions import GONE, Sorting
from throughcare.stores import copy
from throughcare.stores.postgres import Connection
from throughcare.stores.sql import query

_RESOURCE = [
    "resource_type", "resource_id", "version", "commit_no", "known_from", "known_to", "person_id", "patient_no",
    "source_id", "deleted", "digest", "body",
]  # fmt: skip
_SEARCH = [
    "resource_type", "resource_id", "person_id", "patient_no", "terms", "texts",
    "span_params", "span_lows", "span_highs", "number_params", "numbers",
]  # fmt: skip
_NOBODY = f"{copy.NULL}\t{copy.NULL}"


@dataclass(frozen=True, slots=True)
class Moment:
    """The commit that is being written."""

    commit_no: int
    at: datetime


def versions(
    connection: Connection, sorting: Sorting, sources: Mapping[str, Source], people: Mapping[str, Person],
    views: recipes.Views, moment: Moment,
) -> None:  # fmt: skip
    """Write new versions with their flat and search rows, after closing the ones they replace."""
    _close(connection, sorting, views, moment)
    whose: dict[str | None, str] = {patient: f"{person}\t{no}" for patient, (person, no) in people.items()}
    copy.into(connection, "record.resource", _RESOURCE, _resources(sorting, sources, whose, moment))
    now = [item for i, (item, _) in enumerate(sorting.rows) if i not in sorting.passed and isinstance(item, Prepared)]
    copy.into(connection, "record.search", _SEARCH, _searches(now, whose))
    for view, lines in _flat(now, whose, moment).items():
        columns = [*recipes.ALWAYS, *views.tables[view].columns]
        copy.into(connection, f"flat.{view}", columns, lines)


def _close(connection: Connection, sorting: Sorting, views: recipes.Views, moment: Moment) -> None:
    if not sorting.closed:
        return
    types, ids = map(list, zip(*sorting.closed, strict=True))
    values = {"at": moment.at, "types": types, "ids": ids, "versions": list(sorting.closed.values())}
    connection.execute(query("record/close_versions"), values)
    connection.execute(query("record/drop_search"), values)
    for view, table in views.tables.items():
        keys = [f"{t}/{i}" for t, i in sorting.closed if t in table.resource_types]
        if keys:
            connection.execute(query("record/close_flat", table=f"flat.{view}"), {"at": moment.at, "keys": keys})


# Types and ids hold nothing that COPY would need escaped: prepare and the sources' prefixes see to that.
def _resources(
    sorting: Sorting, sources: Mapping[str, Source], whose: Mapping[str | None, str], moment: Moment
) -> Iterable[bytes]:
    at = moment.at.isoformat(sep=" ")
    for i, (item, version) in enumerate(sorting.rows):
        until = at if i in sorting.passed else copy.NULL
        gone = isinstance(item, Delete)
        whom, seal, body = (_NOBODY, GONE, b"") if isinstance(item, Delete) else _content(item, whose)
        head = (
            f"{item.resource_type}\t{item.resource_id}\t{version}\t{moment.commit_no}\t{at}\t{until}\t{whom}\t"
            f"{sources[item.source][0]}\t{'t' if gone else 'f'}\t\\\\x{seal.hex()}\t"
        )
        yield head.encode() + body + b"\n"


def _content(item: Prepared, whose: Mapping[str | None, str]) -> tuple[str, bytes, bytes]:
    return whose.get(item.patient, _NOBODY), item.digest, item.body


def _searches(items: Iterable[Prepared], whose: Mapping[str | None, str]) -> Iterable[bytes]:
    for item in items:
        head = f"{item.resource_type}\t{item.resource_id}\t{whose.get(item.patient, _NOBODY)}\t"
        yield f"{head}{item.search}\n".encode()


def _flat(items: Iterable[Prepared], whose: Mapping[str | None, str], moment: Moment) -> dict[str, list[bytes]]:
    lines: dict[str, list[bytes]] = {}
    at = moment.at.isoformat(sep=" ")
    for item in items:
        source = copy.text(item.source)
        for view, key, patient, about, cells in item.flat:
            line = f"{key}\t{whose.get(patient, _NOBODY)}\t{about}\t{source}\t{at}\t{copy.NULL}{cells}\n"
            lines.setdefault(view, []).append(line.encode())
    return lines
