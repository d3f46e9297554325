"""Migrations: once each, in order, and never in another form."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from throughcare.faults import Fault
from throughcare.stores import migrate

FILES = {"0001_a.sql": "create table a (n int);", "0002_b.sql": "create table b (n int);\ninsert into b values (1);"}


@pytest.fixture
def empty(server):
    name = server.create()
    with server.open(name) as database:
        yield database
    server.drop(name)


def test_each_is_applied_once(empty):
    with empty.connect() as connection:
        assert migrate.up(connection, {"0001_a.sql": FILES["0001_a.sql"]}) == ["0001_a.sql"]
        assert migrate.up(connection, FILES) == ["0002_b.sql"]
        assert migrate.up(connection, FILES) == []


def test_a_changed_file_is_refused(empty):
    with empty.connect() as connection:
        migrate.up(connection, FILES)
        with pytest.raises(Fault, match=r"0001_a[.]sql was applied in another form"):
            migrate.up(connection, {**FILES, "0001_a.sql": "create table a (n bigint);"})


def test_a_database_of_a_newer_version_is_refused(empty):
    with empty.connect() as connection:
        migrate.up(connection, FILES)
        with pytest.raises(Fault, match=r"0002_b[.]sql, which this version does not know"):
            migrate.up(connection, {"0001_a.sql": FILES["0001_a.sql"]})


def test_one_that_fails_leaves_nothing_of_itself(empty):
    with empty.connect() as connection:
        with pytest.raises(Exception, match="nonsense"):
            migrate.up(connection, {**FILES, "0003_c.sql": "create table c (n int); nonsense;"})
        assert connection.execute("select to_regclass('a'), to_regclass('c')").fetchone() == ("a", None)


def test_two_processes_at_once_take_turns(empty):
    with ThreadPoolExecutor() as pool:
        applied = [pool.submit(empty.migrate) for _ in range(4)]
    assert sorted(name for one in applied for name in one.result()) == sorted(migrate.shipped())
