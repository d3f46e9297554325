"""Many rows at once: the text form in which PostgreSQL takes a table in, and columns of Arrow tables in that form."""

import re
from collections.abc import Iterable
from typing import Any

import psycopg
import pyarrow as pa
from psycopg.pq import PipelineStatus

from throughcare.stores.sql import query

NULL = "\\N"
_BLOCK = 1 << 18
_MEANT = {b"\\": b"\\", b"t": b"\t", b"n": b"\n", b"r": b"\r"}
_ESCAPE = re.compile(rb"\\(.)")


def text(value: str) -> str:
    """A text as COPY wants it; most hold nothing to escape."""
    if "\\" in value or "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return value


def raw(value: bytes) -> bytes:
    """The same of bytes: stored text comes back exactly as it was."""
    if b"\\" in value:
        value = value.replace(b"\\", b"\\\\")
    if b"\n" in value or b"\t" in value or b"\r" in value:
        value = value.replace(b"\t", b"\\t").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return value


def unraw(value: bytes) -> bytes:
    """What `raw` was given."""
    return _ESCAPE.sub(lambda found: _MEANT[found[1]], value)


def field(value: Any) -> str:
    """Any value of a flat or an answer row."""
    if value is None:
        return NULL
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        return text(array(value))
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return str(value)


def array(values: Iterable[Any]) -> str:
    """An array literal, every element quoted."""
    quoted = ("NULL" if v is None else '"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values)
    return "{" + ",".join(quoted) + "}"


def into(connection: psycopg.Connection[tuple], table: str, columns: list[str], lines: Iterable[bytes]) -> None:
    """Send finished lines into a table, in blocks: one call into the driver for many rows.

    Inside a pipeline, where COPY cannot stand, each line becomes an insert that travels with its neighbours.
    """
    if connection.info.pipeline_status != PipelineStatus.OFF:
        holes = ", ".join(["%s"] * len(columns)).encode()
        statement = query("stores/insert", table=table, columns=columns) + b" values (" + holes + b")"
        for line in lines:
            connection.execute(statement, _values(line))
        return
    with connection.cursor() as cursor, cursor.copy(query("stores/copy_in", table=table, columns=columns)) as copy:
        block: list[bytes] = []
        size = 0
        for line in lines:
            block.append(line)
            size += len(line)
            if size > _BLOCK:
                copy.write(b"".join(block))
                block, size = [], 0
        copy.write(b"".join(block))


def _values(line: bytes) -> list[str | None]:
    """The values of one line, as texts that take the type of their column."""
    parts = line.removesuffix(b"\n").split(b"\t")
    return [None if part == b"\\N" else unraw(part).decode() for part in parts]


def lines_of(table: pa.Table) -> Iterable[bytes]:
    """An Arrow table as lines."""
    columns = [[field(v) for v in column.to_pylist()] for column in table.columns]
    return (("\t".join(row) + "\n").encode() for row in zip(*columns, strict=True))
