"""One stay, one row: where a visit of ours stands for what several told, readers see it in the place of theirs.

It has the key that the stay had first, and whatever names one of the tellings names the stay.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

VIEW = "stay_telling"
COLUMNS = {"row_key": "text", "stay_key": "text", "told_key": "text"}
_VISITS = ("encounter", "encounter_code")
_NAMING = ("about", "encounter_key", "part_of")  # columns that may name a visit


def asked(tables: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether any of these tables has visits in it, or names them."""
    return any(name in _VISITS or not columns.keys().isdisjoint(_NAMING) for name, columns in tables.items())


def one_row_each(found: Mapping[str, pa.Table], tellings: pa.Table) -> dict[str, pa.Table]:
    """The same tables, with each stay as one row."""
    if not tellings.num_rows:
        return dict(found)
    visits = tellings.filter(pc.starts_with(tellings["told_key"], "Encounter/"))  # claims stay claims
    rows, stays = (tellings[name].combine_chunks() for name in ("row_key", "stay_key"))
    told, told_stays = (visits[name].combine_chunks() for name in ("told_key", "stay_key"))
    names, shown = pa.concat_arrays([told, rows, stays]), pa.concat_arrays([told_stays, stays, stays])
    hidden = pc.filter(names, pc.invert(pc.is_in(names, value_set=rows)))
    once = {view: _without(table, hidden) if view in _VISITS else table for view, table in found.items()}
    return {view: _naming(table, view, names, shown) for view, table in once.items()}


def _without(table: pa.Table, hidden: pa.Array) -> pa.Table:
    visits = pc.replace_substring_regex(table["key"], "#.*$", "")
    return table.filter(pc.invert(pc.is_in(visits, value_set=hidden)))


def _naming(table: pa.Table, view: str, names: pa.Array, shown: pa.Array) -> pa.Table:
    """The table with every name of a telling, or of our own visit, made the name of the stay."""
    for nth, field in enumerate(table.schema):
        if field.name in _NAMING or (view == "encounter" and field.name == "key"):
            at = pc.index_in(table.column(nth), value_set=names)
            if at.null_count < len(at):
                table = table.set_column(nth, field, pc.coalesce(pc.take(shown, at), table.column(nth)))
    return table
