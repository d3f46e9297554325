"""Retold lives: the people of all care models' cases, told again and again, beside random ones; to time and compare.

A case's people belong to its care model, nearly belong, or leave something unknown: so all of a published set is at
work, at any size. Their days are moved so that each case's moment is the moment asked about.
"""

import random
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.decide.evaluate import TYPES, fitted
from throughcare.decide.invented import invented
from throughcare.decide.lives import lives
from throughcare.definitions.cases import load_cases
from throughcare.definitions.compiled import Plan
from throughcare.definitions.grammar import CareModel, Library

RANDOM = 1000  # random people among those who are told again
OWN = r"~\d+$|^[a-z_]+/\d+-\d+$|^Patient/\d+$|^[a-z_]+_(id|key)-\d+$"  # what people told again do not share
NAMES = ("key", "worker_id", "site_id")  # columns of texts that name something of one life
LIFE, DAYS = "$life", "$days"  # beside the rows: whose they are, and how far their days are moved
DAY = 86_400_000_000  # microseconds
Tables = dict[str, pa.Table]


def retold(
    plan: Plan, models: Sequence[CareModel], library: Library, people: int, now: datetime, seed: int
) -> dict[str, pa.Table]:
    """Rows for so many people, or for a few more where a case has several; numbered from 1, whole lives each."""
    stock = _stock(plan, models, library, now, seed)
    owners = pc.drop_null(stock["person"]["person_id"])
    many, spread = len(owners), pc.max(owners).as_py()
    ends = sorted(zip(stock["person"][LIFE].to_pylist(), stock["person"]["person_id"].to_pylist(), strict=True))
    full, rest = divmod(people, many)
    last = ends[rest - 1][0] + 1 if rest else 0
    found = {}
    for view, table in stock.items():
        part = table.filter(pc.less(table[LIFE], last))
        told = [_again(table, nth, spread) for nth in range(full)] + ([_again(part, full, spread)] if rest else [])
        found[view] = pa.concat_tables(told).drop_columns([LIFE])
    return found


def _stock(plan: Plan, models: Sequence[CareModel], library: Library, now: datetime, seed: int) -> Tables:
    """Every life once, in an order drawn with the seed; a text that names a row of its own life is marked by it.

    So is the id of a worker or a site of its own: or the more lives are told, the more people would share one worker.
    """
    cases = [case for model in models for case in load_cases(Path(model.folder))]
    order = list(range(len(cases) + RANDOM))
    random.Random(seed).shuffle(order)
    parts: dict[str, list[pa.Table]] = {view: [] for view in plan.views}
    people = 0
    for life, case in zip(order, cases, strict=False):
        told = lives(case.life, case.now, case.expect.zone)
        days = (now.date() - case.now.date()).days
        for view, columns in plan.views.items():
            if view in told.tables and told.tables[view].num_rows:
                parts[view].append(_beside(fitted(told.tables[view], columns), life, days, people))
        people += len(told.people)
    found = {view: _of(parts[view], columns) for view, columns in plan.views.items()}
    own = [_named(t, name) for t in found.values() for name in NAMES if name in t.column_names]
    keys = pa.concat_arrays([chunk for column in own for chunk in column.chunks]).drop_null()
    drawn = invented(plan, models, library, RANDOM, now, seed)
    numbers = pa.array([0, *order[len(cases) :]], pa.int64())
    return {
        view: pa.concat_tables([_own(_moved(table), keys), _random(drawn[view], numbers, people)])
        for view, table in found.items()
    }


def _of(parts: list[pa.Table], columns: dict[str, str]) -> pa.Table:
    return pa.concat_tables(parts) if parts else _beside(fitted(None, columns), 0, 0, 0)


def _beside(table: pa.Table, life: int, days: int, people: int) -> pa.Table:
    """The rows of one life with its number, how far its days are moved, and people of its own."""
    if "person_id" in table.column_names:
        table = _set(table, "person_id", pc.add(table["person_id"], people))
    table = table.append_column(LIFE, pa.array([life] * table.num_rows, pa.int64()))
    return table.append_column(DAYS, pa.array([days] * table.num_rows, pa.int32()))


def _random(table: pa.Table, numbers: pa.Array, people: int) -> pa.Table:
    """Random people come after those of the cases; what is nobody's comes with the first life."""
    if "person_id" not in table.column_names:
        return table.append_column(LIFE, pa.array([0] * table.num_rows, pa.int64()))
    lives_of = numbers.take(table["person_id"].combine_chunks())
    return _set(table, "person_id", pc.add(table["person_id"], people)).append_column(LIFE, lives_of)


def _moved(table: pa.Table) -> pa.Table:
    """All days as far from now as they were from the case's moment."""
    days = table[DAYS]
    micros = pc.multiply(days.cast(pa.int64()), DAY).cast(pa.duration("us"))
    for field in table.schema:
        column = table[field.name]
        if pa.types.is_timestamp(field.type):
            table = _set(table, field.name, pc.add(column, micros))
        elif pa.types.is_date(field.type) and field.name != "birth_date":
            table = _set(table, field.name, pc.add(column.cast(pa.int32()), days).cast(pa.date32()))
    return table.drop_columns([DAYS])


def _named(table: pa.Table, column: str) -> pa.ChunkedArray:
    """A text beside the number of its life."""
    return pc.binary_join_element_wise(table[column], table[LIFE].cast(pa.string()), "~")


def _own(table: pa.Table, keys: pa.Array) -> pa.Table:
    """Every text that names a row of its life, with the mark of that life."""
    for field in table.schema:
        if pa.types.is_string(field.type):
            marked = _named(table, field.name)
            table = _set(table, field.name, pc.if_else(pc.is_in(marked, keys), marked, table[field.name]))
    return table


def _again(table: pa.Table, nth: int, spread: int) -> pa.Table:
    """The same lives once more, as other people: their numbers, and the marks of their rows, are others."""
    if not nth:
        return table
    if "person_id" in table.column_names:
        table = _set(table, "person_id", pc.add(table["person_id"], nth * spread))
    for field in table.schema:
        if field.type == TYPES["text"]:
            column = table[field.name]
            own = pc.match_substring_regex(column, OWN)
            again = pc.binary_join_element_wise(column, f"{nth}", "+")
            table = _set(table, field.name, pc.if_else(own, again, column))
    return table


def _set(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), table.schema.field(name), column)
