"""A load that is killed at any moment loses nothing, doubles nothing, and the next run completes it exactly."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psycopg
import pytest

from throughcare.community.make import make
from throughcare.stores import bundled

COMMAND = Path(sys.executable).with_name("throughcare")
KILLS = 4


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    make(folder, 500, 7, date(2026, 3, 17))
    return folder / "practice_0"


def test_a_load_killed_again_and_again_completes_exactly(export: Path, short_folder: Path) -> None:
    data_dir = short_folder / "killed"
    expected = sum(len(p.read_bytes().splitlines()) for p in export.glob("*.ndjson"))
    environ = {**os.environ, "THROUGHCARE_DATA_DIR": str(data_dir), "THROUGHCARE_LOAD_BATCH": "100"}
    bundled.start(data_dir)
    try:
        stored = [_kill_one(export, environ, data_dir, random.Random(n)) for n in range(KILLS)]
        assert stored == sorted(stored) and stored[0] < expected, "the kills came too late to prove anything"
        last = subprocess.run(
            [COMMAND, "load", export, "--json"], env=environ, capture_output=True, text=True, check=True
        )
        counts = json.loads(last.stdout)
        assert counts["read"] == expected == counts["stored"] + counts["known"] and counts["quarantined"] == 0
        assert counts["known"] >= stored[-1]
        assert _count(data_dir) == (expected, expected)
    finally:
        bundled.stop(data_dir)


def _kill_one(export: Path, environ: dict[str, str], data_dir: Path, chance: random.Random) -> int:
    """Start a load, kill it without warning a moment after it has begun to write; what is stored then."""
    process = subprocess.Popen(
        [COMMAND, "load", export], env=environ, stdout=subprocess.DEVNULL, start_new_session=True
    )
    before, deadline = _count(data_dir)[0], time.monotonic() + 30
    while _count(data_dir)[0] == before and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.25))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.2)
    return _count(data_dir)[0]


def _count(data_dir: Path) -> tuple[int, int]:
    """(rows, different resources) in the record; zero before there is one."""
    with psycopg.connect(bundled.dsn(data_dir)) as connection:
        if connection.execute("select to_regclass('record.resource')").fetchone() == (None,):
            return 0, 0
        row = connection.execute(
            "select count(*), count(distinct (resource_type, resource_id)) from record.resource"
        ).fetchone()
        return row or (0, 0)
