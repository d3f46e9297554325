"""Opening a database: what is refused, and in which words."""

import pytest
from psycopg.conninfo import make_conninfo

from throughcare.faults import Conflict, Unavailable
from throughcare.settings import Settings
from throughcare.stores import postgres


def test_both_paths_are_recent_enough_and_speak_utf8(database):
    facts = postgres.facts(database)
    assert int(facts["server"].split()[1].split(".")[0]) >= postgres.OLDEST
    assert facts["schema"].endswith(".sql")


def test_a_server_that_is_not_there_is_a_plain_fault_without_the_password():
    dsn = "postgresql://someone:hunter2@127.0.0.1:1/none"
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        postgres.open(Settings.read({}, database=dsn))
    assert "hunter2" not in str(caught.value) and "someone" not in str(caught.value)


def test_a_superuser_is_refused(bundled_server):
    with pytest.raises(Unavailable, match="superuser"):
        postgres.open(Settings.read({}, database=bundled_server.admin))


def test_an_old_server_is_refused(database, monkeypatch):
    monkeypatch.setattr(postgres, "OLDEST", 99)
    with pytest.raises(Unavailable, match="needs 99 or newer"):
        postgres.open(database.settings)


def test_a_block_that_raises_leaves_nothing(database):
    with pytest.raises(ZeroDivisionError), database.connection() as connection:
        connection.execute("insert into record.source (name) values ('x')")
        1 / 0  # noqa: B018
    with database.connection() as connection:
        assert connection.execute("select count(*) from record.source where name = 'x'").fetchone() == (0,)


def test_what_the_driver_says_is_not_passed_on(database):
    with pytest.raises(Conflict) as caught, database.connection() as connection:
        connection.execute("insert into record.source (name) values ('a secret'), ('a secret')")
    assert "secret" not in str(caught.value)


def test_every_session_is_in_utc(database):
    elsewhere = make_conninfo(database.dsn, options="-c timezone=Asia/Tokyo")
    with postgres.open(Settings.read({}, database=elsewhere)) as other, other.connection() as connection:
        assert connection.execute("show timezone").fetchone() == ("UTC",)


def test_a_statement_often_run_while_a_table_was_small_uses_its_index_once_it_is_large(database):
    with database.connection() as connection:
        connection.execute("create temporary table grows (id integer primary key, said text)")
        connection.execute("insert into grows select g, 'x' from generate_series(1, 5) g")
        connection.execute("analyze grows")
        connection.execute("prepare one (integer) as select said from grows where id = $1")
        for _ in range(12):
            connection.execute("execute one (3)")
        connection.execute("insert into grows select g, 'x' from generate_series(6, 50000) g")
        plan = " ".join(line for (line,) in connection.execute("explain execute one (3)"))
    assert "Index" in plan and "Seq Scan" not in plan


def test_a_pooled_connection_that_the_server_ended_is_replaced_before_anyone_gets_it(database):
    with database.connection() as connection:
        (pid,) = connection.execute("select pg_backend_pid()").fetchone()
    with database.connect() as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [pid])
    with database.reading() as connection:
        assert connection.execute("select pg_backend_pid()").fetchone() != (pid,)


def test_a_reading_connection_is_in_no_transaction_and_the_next_one_is(database):
    with database.reading() as connection:
        assert connection.execute("select now() = statement_timestamp()").fetchone() == (True,)
        assert connection.info.transaction_status == connection.info.transaction_status.IDLE
    with database.connection() as connection:
        connection.execute("select 1")
        assert connection.info.transaction_status == connection.info.transaction_status.INTRANS
