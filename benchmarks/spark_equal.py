"""The same answers from Spark: people decided by DuckDB and by Spark, every answer compared row by row.

Run: python benchmarks/spark_equal.py [--people 5000] [--master local[2]] [--memory 6g]. Needs the extra `spark` and
Java 17. Both engines get the same plan of all published care models, the same people (those of the care models' cases,
retold with a fixed seed beside random ones) and the same moment, and look once. A difference is printed and counted;
any difference is a failure.
"""

import argparse
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa

from throughcare.decide.evaluate import ANSWERS, Answers, Engine
from throughcare.decide.on_spark import SparkEngine
from throughcare.decide.retold import retold
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.load import load_all, load_library
from throughcare.settings import Settings

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
ZONE = "America/New_York"
SEED = 7
SHOWN = 5


def main(people: int, master: str, memory: str) -> int:
    """The number of rows that one engine has and the other has not."""
    models, library = load_all(Settings()), load_library()
    plan = compile_models(models, library)
    tables = retold(plan, models, library, people, NOW, SEED)
    rows = sum(table.num_rows for table in tables.values())
    print(f"{tables['person'].num_rows:,} people, {rows:,} rows, {len(plan.statements)} statements", flush=True)
    duck, spark = Engine(plan), SparkEngine(plan, master=master, memory=memory)
    try:
        expected, took = timed(duck, tables)
        got, took_spark = timed(spark, tables)
    finally:
        duck.close()
        spark.close()
    print(f"DuckDB {took:.0f} s, Spark {took_spark:.0f} s\n\n| answer | rows | differences |\n|---|---|---|")
    different = {name: compared(name, getattr(expected, name), getattr(got, name)) for name in ANSWERS}
    return sum(different.values())


def timed(engine: Engine | SparkEngine, tables: dict[str, pa.Table]) -> tuple[Answers, float]:
    begun = time.perf_counter()
    answers = engine.run(tables, NOW, ZONE, own={})
    return answers, time.perf_counter() - begun


def compared(name: str, expected: pa.Table, got: pa.Table) -> int:
    """Rows of one answer that are not in the other, as often; columns in one order and of one type."""
    assert set(expected.column_names) == set(got.column_names), (name, expected.column_names, got.column_names)
    same = got.select(expected.column_names).cast(expected.schema)
    ours, theirs = (Counter(map(repr, table.to_pylist())) for table in (expected, same))
    missing, more = ours - theirs, theirs - ours
    print(f"| {name} | {expected.num_rows:,} | {missing.total() + more.total():,} |", flush=True)
    for sign, rows in (("only DuckDB", missing), ("only Spark", more)):
        for row in sorted(rows)[:SHOWN]:
            print(f"  {sign}: {row}")
    return missing.total() + more.total()


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=5000)
    asked.add_argument("--master", default="local[2]")
    asked.add_argument("--memory", default="6g")
    given = asked.parse_args()
    sys.exit(1 if main(given.people, given.master, given.memory) else 0)
