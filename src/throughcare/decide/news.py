"""News: whose answers differ from the stored ones, compared by column and not by person."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

KEYS = {
    "finding": ("person_id", "model", "rule"),
    "role": ("person_id", "model", "role"),
    "obligation": ("obligation_key",),
    "proposal": ("person_id", "model", "kind", "id", "about"),
    "line": ("person_id", "model", "line", "row_key"),
}
IGNORED = {"since"}


def people(name: str, fresh: pa.Table, stored: pa.Table) -> set[int]:
    """People with a row that is new, gone, or not the same in some column."""
    new, old = _keys(name, fresh), _keys(name, stored)
    found = _whose(fresh, pc.invert(pc.is_in(new, value_set=old))) | _whose(
        stored, pc.invert(pc.is_in(old, value_set=new))
    )
    both = pc.is_in(new, value_set=old)
    mine = fresh.filter(both)
    theirs = stored.take(pc.index_in(new.filter(both), value_set=old))
    for column in mine.column_names:
        if column not in IGNORED and column not in KEYS[name]:
            a, b = _plain(mine.column(column)), _plain(theirs.column(column))
            differs = pc.fill_null(pc.not_equal(a, b.cast(a.type)), False)
            differs = pc.or_(differs, pc.not_equal(pc.is_null(a), pc.is_null(b)))
            found |= _whose(mine, differs)
    return found


def of_any(names: Iterable[str], fresh: Mapping[str, pa.Table], stored: Mapping[str, pa.Table]) -> set[int]:
    """People with news in at least one of these answers."""
    return set().union(*(people(name, fresh[name], stored[name]) for name in names))


def dated(fresh: pa.Table, stored: pa.Table) -> pa.Table:
    """Findings with the moment since when they hold: the stored one where the answer is the same."""
    at = pc.index_in(_keys("finding", fresh), value_set=_keys("finding", stored))
    old = stored.take(at)
    same = pc.fill_null(pc.equal(fresh.column("answer"), old.column("answer").cast(pa.string())), False)
    since = pc.if_else(same, old.column("since").cast(fresh.column("since").type), fresh.column("since"))
    return fresh.set_column(fresh.column_names.index("since"), "since", since)


def _keys(name: str, table: pa.Table) -> Any:
    parts = [table.column(column).cast(pa.string()).combine_chunks() for column in KEYS[name]]
    return pc.binary_join_element_wise(*parts, "\x1f")


def _plain(column: Any) -> Any:
    """A column in a form that compares: lists joined, JSON without the spaces the database puts in."""
    if pa.types.is_list(column.type):
        return pc.binary_join(column.cast(pa.list_(pa.string())), "\x1f")
    if pa.types.is_string(column.type) and pc.any(pc.starts_with(column, "[")).as_py():
        return pa.chunked_array([pa.array([_compact(text) for text in column.to_pylist()], pa.string())])
    return column


def _compact(text: str | None) -> str | None:
    return msgspec.json.encode(msgspec.json.decode(text)).decode() if text and text[0] == "[" else text


def _whose(table: pa.Table, chosen: Any) -> set[int]:
    return set(table.filter(chosen).column("person_id").unique().to_pylist())
