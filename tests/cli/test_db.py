"""`throughcare db`, as an operator types it: start, look, bring up to date, check the audit, stop."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from throughcare.cli import throughcare
from throughcare.faults import Fault
from throughcare.settings import Settings
from throughcare.stores import bundled, postgres


@pytest.fixture
def data_dir(short_folder: Path):
    folder = short_folder / f"d{os.urandom(3).hex()}"
    yield folder
    bundled.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def db(data_dir: Path, *arguments: str) -> Result:
    return CliRunner().invoke(throughcare, ["--data-dir", str(data_dir), "db", *arguments])


def test_an_installation_from_nothing_to_a_whole_audit(data_dir):
    assert db(data_dir, "start").output.startswith("host=")
    assert "none yet: throughcare db migrate" in db(data_dir, "status").output
    made = db(data_dir, "migrate").output
    assert "0001_record.sql" in made and "encounter" in made
    again = db(data_dir, "migrate").output
    assert "none were missing" in again and "all were up to date" in again
    assert "bundled" in db(data_dir, "status").output
    assert "The audit is whole" in db(data_dir, "verify-audit").output
    assert "is stopped" in db(data_dir, "stop").output and "was not running" in db(data_dir, "stop").output


def test_a_broken_audit_is_a_fault_that_names_the_line(data_dir):
    db(data_dir, "migrate")
    with postgres.open(Settings.read({}, data_dir=data_dir)) as database, database.connection() as connection:
        forged = "insert into door.audit (audit_no, at, actor, action, hash) values (1, now(), 'x', 'x', 'x')"
        connection.execute(forged)
    found = db(data_dir, "verify-audit")
    assert isinstance(found.exception, Fault) and "audit line 1" in str(found.exception)


def test_a_stopped_database_says_how_to_start_it(data_dir):
    found = db(data_dir, "status")
    assert isinstance(found.exception, Fault) and "throughcare db start" in str(found.exception)


def test_a_server_of_ones_own_is_not_ours_to_stop(bundled_server, bundled_template):
    dsn = bundled_server.dsn(bundled_template)
    for verb in ("start", "stop"):
        found = CliRunner().invoke(throughcare, ["--database", dsn, "db", verb])
        assert isinstance(found.exception, Fault) and "not ours" in str(found.exception)
    assert "a server (DSN)" in CliRunner().invoke(throughcare, ["--database", dsn, "db", "status"]).output


@pytest.mark.parametrize("verb", ["start", "stop", "status", "migrate", "verify-audit"])
def test_every_help_shows_an_example(verb):
    said = CliRunner().invoke(throughcare, ["db", verb, "--help"]).output
    assert f"throughcare db {verb}" in said
