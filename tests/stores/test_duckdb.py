"""DuckDB: what does not fit in memory is written where nobody else can read it, and nothing stays behind."""

import stat
from pathlib import Path

import pytest

from throughcare.stores.duckdb import connect


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
