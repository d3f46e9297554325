"""What expressions are worth in Spark: each test of the functions, tables and windows once more there."""

from collections.abc import Iterator
from inspect import signature

import pyarrow as pa
import pytest

from throughcare.definitions.compiled.plan import Statement
from throughcare.definitions.dialects import spark
from throughcare.stores.duckdb import Thinker as DuckDB
from throughcare.stores.spark import Thinker

from . import test_expressions, test_functions, test_tables
from .worth import Worth

pytest.importorskip("pyspark", reason="Spark is not installed: install the extra spark, and Java 17.")


class InSpark:
    """A thinker that is asked in DuckDB's words and answers in Spark."""

    def __init__(self) -> None:
        self._thinker = Thinker(spark.variables(["US", "US-MI"]), memory="2g")
        self._held: list[str] = []

    def give(self, name: str, table: pa.Table) -> None:
        self._thinker.give(name, table)
        self._held.append(name)

    def run(self, sql: str) -> pa.Table:
        for name, said in spark.said(Statement("worth", sql)):
            self._thinker.keep(name, said)
        return self._thinker.table("worth")

    def close(self) -> None:
        self._thinker.close()


@pytest.fixture(scope="module")
def worth() -> Iterator[Worth]:
    made = Worth()
    made.thinker.close()
    made.thinker = InSpark()
    yield made
    made.thinker.close()


for module in (test_functions, test_tables, test_expressions):
    globals().update(
        {n: f for n, f in vars(module).items() if n.startswith("test_") and "worth" in signature(f).parameters}
    )


def test_a_moment_in_json_is_written_as_duckdb_writes_it(worth: Worth) -> None:
    """As far as its parts of a second go, and with its distance from UTC; beside days, numbers and unknowns."""
    parts = ["timestamptz '2026-01-02 03:04:05+00'", "timestamptz '2026-01-02 03:04:05.120+00'", "null::timestamptz",
             "timestamptz '2026-01-02 03:04:05.000001+00'", "date '2026-01-02'", "cast(1.5 as decimal(18,6))",
             "'it ended at 03:04:05.100'"]  # fmt: skip
    given = ", ".join(f'"p{nth}" := {part}' for nth, part in enumerate(parts))
    sql = f'select cast(to_json(struct_pack({given})) as varchar) as "x"'
    with DuckDB(()) as duck:
        assert worth.thinker.run(sql).to_pydict() == duck.run(sql).to_pydict()
