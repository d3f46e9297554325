"""Kill -9 of committing clients and of the server at random moments: nothing acknowledged lost, nothing half."""

import os
import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from throughcare.record import audit
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres

from .committer import STAYS

ROUNDS = 4
READY_SECONDS_MAX = 10


def start(where, name, ledger):
    return subprocess.Popen([sys.executable, Path(__file__).with_name("committer.py"), str(where), name, ledger])


def await_lines(ledger, more):
    """Wait until the ledger has grown, so that the kill hits a process at work."""

    def size():
        return ledger.stat().st_size if ledger.exists() else 0

    aim = size() + more
    for _ in range(600):
        if size() >= aim:
            return
        time.sleep(0.05)
    pytest.fail("the committer wrote nothing for thirty seconds")


def check(database, *ledgers):
    """What was acknowledged is there, in the commit that was named; every commit is whole, and so is the chain."""
    lines = [line for ledger in ledgers for line in ledger.read_text().splitlines(keepends=True)]
    acknowledged = [line.split() for line in lines if line.endswith("\n")]
    with database.connection() as connection:
        rows = connection.execute("select commit_no, resource_type || '/' || resource_id, body from record.resource")
        stored = {(str(n), key): sha256(body.encode()).hexdigest() for n, key, body in rows}
        commits = connection.execute("select commit_no, resources from record.commit order by commit_no").fetchall()
        current = connection.execute(
            "select (select count(*) from record.resource where known_to is null),"
            " (select count(*) from record.search), (select count(*) from flat.encounter where known_to is null),"
            " (select count(distinct (resource_type, resource_id)) from record.resource)"
        ).fetchone()
    assert acknowledged and [a for a in acknowledged if stored.get((a[0], a[1])) != a[2]] == []
    assert [n for n, _ in commits] == list(range(1, len(commits) + 1))
    assert sum(count for _, count in commits) == len(stored) == len(commits) * (STAYS + 1)
    assert current[0] == current[1] == current[3] and current[2] == len(commits) * STAYS
    assert audit.verify(database) is None


def test_a_client_killed_at_any_moment_loses_nothing_and_leaves_nothing_half(database, tmp_path):
    ledger = tmp_path / "ledger"
    for round_no in range(ROUNDS):
        client = start(database.dsn, f"client{round_no}", ledger)
        await_lines(ledger, random.Random(round_no).randrange(500, 20_000))
        client.kill()
        client.wait()
        check(database, ledger)


def test_a_server_killed_at_any_moment_loses_nothing_and_is_ready_in_seconds(short_folder, tmp_path):
    data_dir = short_folder / f"k{os.urandom(3).hex()}"
    settings = Settings.read({}, data_dir=data_dir)
    ledgers = []
    with postgres.open(settings) as database:
        database.migrate()
        ensure_views(database)
        for round_no in range(ROUNDS):
            pair = [tmp_path / f"{round_no}-{i}" for i in range(2)]
            clients = [start(data_dir, f"c{round_no}{i}", ledger) for i, ledger in enumerate(pair)]
            await_lines(pair[0], random.Random(round_no).randrange(500, 20_000))
            [os.kill(client.pid, signal.SIGSTOP) for client in clients]  # or they would start it again
            os.kill(bundled.running(data_dir), signal.SIGKILL)
            [client.kill() for client in clients]
            [client.wait() for client in clients]
            began = time.monotonic()
            bundled.start(data_dir)
            assert time.monotonic() - began < READY_SECONDS_MAX
            ledgers += [ledger for ledger in pair if ledger.exists() and ledger.stat().st_size]
            check(database, *ledgers)
    bundled.stop(data_dir)
