"""DuckDB: what does not fit in memory is written where nobody else can read it, and nothing stays behind."""

import re
import stat
from pathlib import Path

import pyarrow as pa
import pytest

from throughcare.stores.duckdb import COUNTED_FROM, Thinker, connect


def test_what_does_not_fit_in_memory_is_spilled_where_only_we_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    engine = connect()
    ((folder,),) = engine.execute("select current_setting('temp_directory')").fetchall()
    assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
    engine.execute("set memory_limit = '60MB'")
    engine.execute(
        "create table many as select i, md5(i::varchar) || md5((i + 1)::varchar) as t from range(3000000) r(i)"
    )
    assert list(Path(folder).iterdir()) and not list(tmp_path.iterdir())
    engine.close()
    assert not list(Path(folder).iterdir())


def test_of_many_rows_that_are_counted_the_engine_plans_by_how_many_there_are() -> None:
    """The same side of a join is looked up in the other, whichever is named first."""
    many, few = (pa.table({"a": pa.array(range(n))}) for n in (4 * COUNTED_FROM, COUNTED_FROM))
    with Thinker() as engine:
        engine.give("many", many, counted=True)
        engine.give("few", few, counted=True)
        one, other = (_rows(engine, f"{a} join {b} using (a)") for a, b in (("few", "many"), ("many", "few")))
        assert one == other and {COUNTED_FROM, 4 * COUNTED_FROM} <= set(one)
        for rows in (3, 2):
            engine.give("few", few.slice(0, rows))
            assert engine.run("select count(*) as n from many join few using (a)").to_pylist() == [{"n": rows}]
    with Thinker() as engine:
        engine.give("few", few)
        assert COUNTED_FROM not in _rows(engine, "few")


def test_what_is_prepared_reads_the_rows_of_now_whatever_was_counted_in_between() -> None:
    some = [pa.table({"a": pa.array(range(n))}) for n in (1, 2 * COUNTED_FROM, 3)]
    sql = "select a from rows order by a"
    with Thinker() as engine:
        engine.give("rows", some[0])
        assert engine.run_prepared("asked", sql).num_rows == 1
        engine.give("rows", some[1], counted=True)
        assert engine.run_once("asked", sql).num_rows == 2 * COUNTED_FROM
        engine.give("rows", some[2])
        assert engine.run_prepared("asked", sql).num_rows == engine.run_once("asked", sql).num_rows == 3


def _rows(engine: Thinker, source: str) -> list[int]:
    """How many rows the engine expects of each step of its plan."""
    plan = engine.run(f"explain (format json) select count(*) from {source}").column("explain_value")[0].as_py()
    return [int(found) for found in re.findall(r'"Estimated Cardinality": "(\d+)"', plan)]
