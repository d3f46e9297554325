"""The past: tables as they stood on an earlier day, by when things were known, or by when they happened."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.definitions.compiled.frames import first_day

Tables = Mapping[str, pa.Table]
COMMON = ("key", "person_id", "about", "source", "known_from", "known_to")
ENDS = ("ended", "stopped", "exit", "died", "decided", "notified", "arranged", "resolved", "withdrawn", "move_in")


def known(tables: Tables, now: datetime) -> dict[str, pa.Table]:
    """The rows the record held at a moment, from tables with all their versions."""
    return {name: _known(table, now) for name, table in tables.items()}


def _known(table: pa.Table, now: datetime) -> pa.Table:
    if "known_from" not in table.column_names:
        return table
    at = pa.scalar(now, table.schema.field("known_from").type)
    open_ended = pc.fill_null(pc.greater(table["known_to"], at), True) if "known_to" in table.column_names else True
    return table.filter(pc.and_(pc.fill_null(pc.less_equal(table["known_from"], at), True), open_ended))


def happened(tables: Tables, now: datetime, zone: str) -> dict[str, pa.Table]:
    """What is known today of what had happened by a moment: later rows are gone, later ends have not come.

    For a record that was filled at once, whose rows do not say when each would have been heard of.
    """
    return {name: _happened(table, now, zone) for name, table in tables.items()}


def _happened(table: pa.Table, now: datetime, zone: str) -> pa.Table:
    today = now.astimezone(ZoneInfo(zone)).date()
    kinds = {f.name: _kind(f.type) for f in table.schema if f.name not in COMMON}
    own = None if "birth_date" in kinds else first_day({n: k for n, k in kinds.items() if k})
    if own:
        table = table.filter(pc.fill_null(pc.less_equal(table[own], pa.scalar(today)), True))
    for nth, field in enumerate(table.schema):
        if kinds.get(field.name) and field.name.startswith(ENDS):
            limit = pa.scalar(today if kinds[field.name] == "date" else now, field.type)
            later = pc.fill_null(pc.greater(table.column(nth), limit), False)
            table = table.set_column(nth, field, pc.if_else(later, pa.scalar(None, field.type), table.column(nth)))
    return _alive(table)


def _alive(table: pa.Table) -> pa.Table:
    """Whoever died later was alive."""
    if not {"died", "died_on"} <= set(table.column_names):
        return table
    nth = table.column_names.index("died")
    undated = pc.and_(pc.fill_null(table["died"], False), pc.is_null(table["died_on"]))
    return table.set_column(nth, table.schema.field("died"), pc.if_else(undated, False, table["died"]))


def _kind(kind: pa.DataType) -> str:
    return "date" if pa.types.is_date(kind) else "timestamp" if pa.types.is_timestamp(kind) else ""
