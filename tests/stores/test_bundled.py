"""The bundled database: started, adopted, stopped; it comes back after any crash."""

import multiprocessing
import os
import shutil
import signal
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from throughcare.faults import Unavailable
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres

BINS = [None, *sorted(Path("/usr/lib/postgresql").glob("*/bin"))]


@pytest.fixture
def data_dir(short_folder):
    folder = short_folder / f"b{os.urandom(3).hex()}"
    yield folder
    bundled.stop(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize("bin_dir", BINS, ids=lambda b: b.parent.name if b else "wheel")
def test_it_starts_is_adopted_and_stops(short_folder, bin_dir):
    folder = short_folder / f"v{os.urandom(3).hex()}"
    dsn = bundled.start(folder, bin_dir)
    first = bundled.running(folder)
    assert first and bundled.start(folder, bin_dir) == dsn and bundled.running(folder) == first
    with psycopg.connect(dsn) as connection:
        role, superuser, sums = connection.execute(
            "select current_user, usesuper, current_setting('data_checksums') from pg_user where usename = current_user"
        ).fetchone()
        tcp, database_owner = connection.execute(
            "select current_setting('listen_addresses'), pg_get_userbyid(datdba) from pg_database"
            " where datname = current_database()"
        ).fetchone()
    assert (role, superuser, sums, tcp, database_owner) == ("throughcare", False, "on", "", "throughcare")
    assert bundled.stop(folder, bin_dir) and bundled.running(folder) is None
    assert not bundled.stop(folder, bin_dir)


def test_nobody_else_may_enter_the_socket_folder(data_dir):
    bundled.start(data_dir)
    assert stat.S_IMODE(bundled.socket_dir(data_dir).stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try as another user")
def test_another_user_of_the_machine_is_refused_even_at_the_socket(data_dir):
    bundled.start(data_dir)
    bundled.socket_dir(data_dir).chmod(0o755)
    (bundled.socket_dir(data_dir) / ".s.PGSQL.5432").chmod(0o777)
    answers = multiprocessing.get_context("fork").Queue()
    stranger = multiprocessing.get_context("fork").Process(target=_as_nobody, args=(bundled.dsn(data_dir), answers))
    stranger.start()
    assert "Peer authentication failed" in answers.get(timeout=20)
    stranger.join()


def _as_nobody(dsn, answers):
    os.setuid(65534)
    try:
        psycopg.connect(dsn)
        answers.put("came in")
    except psycopg.OperationalError as error:
        answers.put(str(error))


def test_it_comes_back_after_kill_9_with_everything_committed(data_dir):
    dsn = bundled.start(data_dir)
    for round_no in range(3):
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("create table if not exists t (n int)")
            connection.execute("insert into t values (%s)", [round_no])
        os.kill(bundled.running(data_dir), signal.SIGKILL)
        assert bundled.start(data_dir) == dsn
        with psycopg.connect(dsn) as connection:
            assert connection.execute("select count(*) from t").fetchone() == (round_no + 1,)


def test_an_open_database_revives_its_killed_server(data_dir):
    with postgres.open(Settings.read({}, data_dir=data_dir)) as database:
        with database.connection() as connection:
            connection.execute("create table t (n int)")
        os.kill(bundled.running(data_dir), signal.SIGKILL)
        assert await_answer(database, "select count(*) from t") == (0,)


def await_answer(database, question):
    """Whoever asks while the dead server's children still leave is told so, and asks again."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        try:
            with database.connection() as connection:
                return connection.execute(question).fetchone()
        except Unavailable:
            time.sleep(0.1)
    return None


def test_a_cluster_half_made_is_made_anew(data_dir):
    half = data_dir / "postgres.new" / "base"
    half.mkdir(parents=True)
    assert bundled.start(data_dir)


def test_a_cluster_of_another_version_is_refused_in_plain_words(data_dir):
    bundled.start(data_dir)
    bundled.stop(data_dir)
    (data_dir / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(Unavailable, match="made by PostgreSQL 14"):
        bundled.start(data_dir)


def test_two_that_start_at_once_share_one_server(data_dir):
    with ThreadPoolExecutor() as pool:
        said = [pool.submit(bundled.start, data_dir) for _ in range(4)]
    assert [one.result() for one in said] == [bundled.dsn(data_dir)] * 4


def test_a_long_path_still_gets_a_socket(short_folder):
    folder = short_folder / ("long" * 30)
    try:
        with psycopg.connect(bundled.start(folder)) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert len(str(bundled.socket_dir(folder))) < 40
    finally:
        bundled.stop(folder)
        shutil.rmtree(bundled.socket_dir(folder))


def test_a_folder_without_postgresql_is_named(tmp_path):
    with pytest.raises(Unavailable, match="no pg_ctl"):
        bundled.start(tmp_path / "d", tmp_path)
