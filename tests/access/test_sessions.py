"""Signing in: one answer to every failure, new secrets, and sessions that end when they should."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from throughcare.access import passwords, sessions, staff, throttle
from throughcare.faults import Refused

from ..workspace.world import NOW, PASSWORD

IDLE = timedelta(minutes=15)
ZONE = ZoneInfo("America/New_York")


def enter(town, name="noor", password=PASSWORD, at=NOW, source="10.0.0.1", old=""):
    return sessions.sign_in(town.site.database, name, password, source=source, at=at, old_token=old)


def who(town, signed, at=NOW):
    return sessions.find(town.site.database, signed.token, at=at, idle=IDLE, zone=ZONE)


def test_the_right_password_opens_and_only_a_hash_of_the_secret_is_kept(town):
    signed = enter(town)
    assert who(town, signed).name == "Noor Haddad"
    with town.site.database.connection() as connection:
        rows = connection.execute("select * from door.session").fetchall()
        hashes = connection.execute("select password_hash from door.staff").fetchall()
    assert signed.token.encode() not in repr(rows).encode()
    assert all(h.startswith("$argon2id$") for (h,) in hashes)


@pytest.mark.parametrize(
    ("name", "password"), [("noor", "wrong"), ("nobody", PASSWORD), ("", ""), ("noor", PASSWORD + " ")]
)
def test_every_failure_is_the_same_nothing(town, name, password):
    assert enter(town, name, password) is None


def test_a_name_nobody_has_costs_the_same_work_as_a_wrong_password(town, monkeypatch):
    staff.add(town.site.database, "zoe", "Zoe", roles=["auditor"], password=PASSWORD, by="tests", at=NOW)
    asked = []
    real = passwords._hash.verify
    monkeypatch.setattr(passwords._hash, "verify", lambda p, h: asked.append(h) or real(p, h))
    enter(town, "nobody", "x" * 20)
    enter(town, "zoe", "x" * 20)
    assert len(asked) == 2 and all(h.startswith("$argon2id$v=19$m=65536,t=3,p=1$") for h in asked)


def test_each_sign_in_has_a_new_secret_and_ends_the_one_before(town):
    first = enter(town)
    second = enter(town, old=first.token)
    assert first.token != second.token
    assert who(town, first) is None and who(town, second) is not None


def test_fifteen_idle_minutes_end_a_session_and_activity_keeps_it(town):
    signed = enter(town)
    assert who(town, signed, NOW + timedelta(minutes=14)) is not None
    assert who(town, signed, NOW + timedelta(minutes=28)) is not None
    assert who(town, signed, NOW + timedelta(minutes=44)) is None


def test_no_session_lasts_longer_than_a_working_day(town):
    signed, at = enter(town), NOW
    while at < NOW + timedelta(hours=12):
        assert who(town, signed, at) is not None
        at += timedelta(minutes=14)
    assert who(town, signed, at) is None


@pytest.mark.parametrize("change", ["disable", "role", "team", "password"])
def test_a_change_of_rights_ends_the_session_at_once(town, change):
    signed, database = enter(town), town.site.database
    if change == "disable":
        staff.disable(database, "noor", by="ada", at=NOW)
    elif change == "role":
        staff.set_roles(database, "noor", ["nurse"], by="ada", at=NOW)
    elif change == "team":
        staff.set_teams(database, "noor", ["Bay"], by="ada", at=NOW)
    else:
        staff.new_password(database, "noor", by="ada", at=NOW)
    assert who(town, signed) is None
    if change == "disable":
        assert enter(town) is None


def test_guessing_is_slowed_from_one_source_while_the_real_person_comes_in_from_another(town):
    for n in range(throttle.TRIES):
        assert enter(town, password=f"guess {n}") is None
    assert enter(town) is None, "the right password does not help a source that guessed"
    assert enter(town, source="10.0.0.2") is not None


def test_waiting_never_lasts_longer_than_fifteen_minutes_however_often_one_asks(town):
    for n in range(40):
        enter(town, password="guess", at=NOW + timedelta(seconds=n * 20))
    assert enter(town, at=NOW + timedelta(minutes=14)) is None
    last_counted = NOW + timedelta(seconds=20 * (throttle.TRIES - 1))
    assert enter(town, at=last_counted + timedelta(minutes=15, seconds=1)) is not None


def test_a_source_that_tries_many_names_is_slowed_too(town, monkeypatch):
    monkeypatch.setattr(throttle, "TRIES_OF_SOURCE", 8)
    for n in range(8):
        enter(town, name=f"name{n}")
    assert enter(town) is None
    assert enter(town, source="10.0.0.9") is not None


def test_the_last_administrator_cannot_be_removed(town):
    with pytest.raises(Refused):
        staff.disable(town.site.database, "ada", by="ada", at=NOW)
    with pytest.raises(Refused):
        staff.set_roles(town.site.database, "ada", ["auditor"], by="ada", at=NOW)
    staff.add(town.site.database, "eve", "Eve Stone", roles=["administrator"], by="ada", at=NOW)
    staff.disable(town.site.database, "ada", by="eve", at=NOW)


def test_the_first_run_makes_one_administrator_and_only_when_there_is_nobody(database):
    secret = staff.first_run(database, at=NOW)
    assert len(secret) >= 20
    assert staff.first_run(database, at=NOW) is None
    signed = sessions.sign_in(database, staff.FIRST, secret, source="", at=NOW)
    assert signed.must_change
    found = sessions.find(database, signed.token, at=NOW, idle=IDLE, zone=ZONE)
    assert found.roles == {"administrator"} and found.must_change
