"""What goes in by COPY comes out the same, and both ways out give the same Arrow tables."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughcare.stores import arrow, copy
from throughcare.stores.sql import query

COLUMNS = {
    "t": "text", "b": "boolean", "i": "bigint", "d": "date", "at": "timestamptz", "n": "numeric(38,10)", "l": "text[]",
}  # fmt: skip
ROWS = [
    ("one", True, 1, date(2026, 7, 6), datetime(2026, 7, 6, 13, 0, 0, 250000, tzinfo=UTC), Decimal("1.10"), ["a", "b"]),
    ("", False, -(2**63), date(1, 1, 1), datetime(1900, 1, 1, tzinfo=UTC), Decimal("-0.0000000001"), []),
    ('tab\t, "quote" \\N\nline\r', None, None, None, None, None, None),
    (None, None, 2**63 - 1, date(9999, 12, 31), datetime(2300, 1, 1, tzinfo=UTC), Decimal(10) ** 27, ["é,{}"]),
]


@pytest.fixture
def connection(database):
    with database.connect() as connection:
        connection.execute("create temporary table every (" + ", ".join(f"{n} {k}" for n, k in COLUMNS.items()) + ")")
        yield connection


def test_both_ways_out_give_what_went_in(connection):
    lines = [("\t".join(map(copy.field, row)) + "\n").encode() for row in ROWS]
    copy.into(connection, "every", list(COLUMNS), lines)
    by_row = connection.execute(b"select " + arrow.selected(COLUMNS) + b" from every", binary=True).fetchall()
    one = arrow.of_rows(COLUMNS, by_row)
    statement = b"copy (select " + arrow.selected(COLUMNS, as_csv=True) + b" from every) to stdout (format csv)"
    two = arrow.of_copy(connection, statement, {}, COLUMNS)
    assert one.equals(two)
    assert [tuple(row.values()) for row in one.to_pylist()] == ROWS


def test_an_arrow_table_goes_in_as_it_is(connection):
    table = arrow.of_rows(COLUMNS, ROWS)
    copy.into(connection, "every", table.column_names, copy.lines_of(table))
    assert connection.execute("select * from every", binary=True).fetchall() == ROWS


@settings(max_examples=300, deadline=None)
@given(st.binary())
def test_bytes_come_back_from_their_copy_form(data):
    assert copy.unraw(copy.raw(data)) == data
    assert not set(copy.raw(data)) & set(b"\n\t\r")


def test_names_in_a_query_are_quoted():
    found = query("stores/copy_in", table='flat.a"; drop table x', columns=["a", 'b"'])
    assert b'copy "flat"."a""; drop table x" ("a", "b""")' in found
