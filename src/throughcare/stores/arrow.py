"""Rows as Arrow tables: a few rows straight from their answers, many through COPY."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

import pyarrow as pa
from pyarrow import compute, csv

from throughcare.stores.postgres import Connection
from throughcare.stores.sql import query

_TYPES = {
    "text": pa.string(),
    "jsonb": pa.string(),
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "bigint": pa.int64(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"),
    "numeric": pa.decimal128(38, 10),
    "text[]": pa.list_(pa.string()),
}
_BETWEEN = "\x1f"
_LENGTH = re.compile(r"\(.*\)")


def schema(columns: Mapping[str, str]) -> pa.Schema:
    """The Arrow schema of columns given with their SQL types."""
    return _schema(tuple(columns.items()))


@lru_cache(maxsize=256)
def _schema(columns: tuple[tuple[str, str], ...]) -> pa.Schema:
    return pa.schema([(name, _TYPES[_LENGTH.sub("", kind)]) for name, kind in columns])


def of_rows(columns: Mapping[str, str], rows: Sequence[tuple]) -> pa.Table:
    """A few rows as the driver gives them."""
    shape = schema(columns)
    if not rows:
        return shape.empty_table()
    values = zip(*rows, strict=True)
    return pa.table([pa.array(v, kind) for v, kind in zip(values, shape.types, strict=True)], schema=shape)


def selected(columns: Mapping[str, str], *, as_csv: bool = False) -> bytes:
    """The select list that yields these columns in a form the readers here take."""
    return b", ".join(_column(name, kind, as_csv) for name, kind in columns.items())


def _column(name: str, kind: str, as_csv: bool) -> bytes:
    if kind == "text[]" and as_csv:
        return query("stores/column_list", column=name).strip()
    return query("stores/column_text" if kind == "jsonb" else "stores/column", column=name).strip()


def of_copy(
    connection: Connection, statement: bytes, values: Mapping[str, Any], columns: Mapping[str, str]
) -> pa.Table:
    """Many rows: `statement` is a `copy (select …) to stdout (format csv)` with these columns."""
    with connection.cursor() as cursor, cursor.copy(statement, values) as copy:
        data = b"".join(copy)
    shape = schema(columns)
    if not data:
        return shape.empty_table()
    flat = {f.name: pa.string() if pa.types.is_list(f.type) else f.type for f in shape}
    table = csv.read_csv(
        BytesIO(data),
        read_options=csv.ReadOptions(column_names=list(columns), block_size=1 << 24),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=flat, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""],
            true_values=["t"], false_values=["f"],
        ),
    )  # fmt: skip
    return _lists(table, shape)


def _lists(table: pa.Table, shape: pa.Schema) -> pa.Table:
    for i, field in enumerate(shape):
        if pa.types.is_list(field.type):
            table = table.set_column(i, field, _split(table.column(i)))
    return table


def _split(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Lists came joined; an empty text is an empty list."""
    parts = compute.split_pattern(column, _BETWEEN)
    empty = compute.equal(column, "")
    return compute.if_else(empty, pa.scalar([], pa.list_(pa.string())), parts)
